"""What the columns and the list for narrow screens show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from searchcore.errors import SearchError
from searchcore.evaluate import JudgedRanking
from searchcore.ranking import Method, Scale, arranged
from searchcore.types import PartialScores, Ranking, SearchResult, Share
from ui import words
from ui.runner import Outcome
from ui.state import PageState

PROBABILITIES = Scale("probability", "bar: probability from 0 to 1", high=1.0, decimals=4)


def put_together(methods: Mapping[str, Method], state: PageState) -> Mapping[str, Method]:
    """The methods as a state puts them together; as they are where that can't be, which its run says."""
    try:
        return arranged(methods, state.options)
    except SearchError:
        return methods


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands above a column: its name and how it came about; `query` where that is not the page's."""

    name: Markup
    how: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """A result so far, its judgements by method, and the methods still to come.

    `further` is the ranking that is cut, beyond the cut. `outcome` says how the run stands, `probability` whether
    scores are shown as probabilities where a method has them, `judging` whether each document can be judged. `given`
    are the visitor's grades, of which none may be relevant, so that nothing can be measured by them yet.
    Where one method ranks for several queries, `captions` say which column is whose, and `alone` names the documents
    that one of the rankings does not have. With `picking` each document can be put into a prediction, `mark` names
    one that stands out, and `beside` stands where the next column would.
    """

    result: SearchResult
    judged: Mapping[str, JudgedRanking]
    methods: Mapping[str, Method]
    further: Ranking | None = None
    pending: tuple[str, ...] = ()
    partial: PartialScores | None = None
    outcome: Outcome = Outcome.DONE
    probability: bool = False
    judging: bool = False
    given: Mapping[str, int] | None = None
    captions: Mapping[str, Caption] = field(default_factory=dict)
    alone: frozenset[str] = frozenset()
    picking: bool = False
    mark: str = ""
    beside: Markup = field(default_factory=Markup)

    def scale(self, method: Method) -> Scale:
        """The scale on which a method's scores are shown."""
        return PROBABILITIES if self.probability and method.scale.probability else method.scale

    def on_scale(self, score: float, method: Method) -> float:
        """A score as it is shown."""
        as_probability = method.scale.probability
        return as_probability(score) if self.probability and as_probability else score

    def caption(self, method: Method) -> Caption:
        """What stands above a method's column."""
        return self.captions.get(method.key) or Caption(escape(method.title), words.words_of(method).how)

    def shares(self, ranking: Ranking, doc_id: str) -> tuple[tuple[str, Share], ...]:
        """What a fusion's score of a document comes from, each with the title of its method."""
        return tuple((self.methods[share.method].title, share) for share in ranking.shares.get(doc_id, ()))

    def grades(self, method: str) -> Mapping[str, int] | None:
        """The judgements of the query that a method's ranking is for, where it has any."""
        judged = self.judged.get(method) if self.captions else next(iter(self.judged.values()), None)
        return self.given if judged is None else judged.grades
