"""A search, or two wordings compared, to take home, as the files are made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from searchcore.evaluate import JudgedRanking
from searchcore.models import DEFAULT_ENCODER, DEFAULT_SCORER
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER, Method
from searchcore.types import Ranking, SearchResult
from ui.predict.draw import You, prediction
from ui.predict.scored import YOU, Scored
from ui.search.chunks import reaches
from ui.search.verdict import hybrid, own_document, query_cuts, verdict
from ui.state import ORDER, PageState


@dataclass(frozen=True, slots=True)
class TakenSearch:
    """A finished search of `state` with its judgements by method; `own` where they are the visitor's.

    `predicted` is what a prediction came to, where one was made.
    """

    state: PageState
    result: SearchResult
    judged: Mapping[str, JudgedRanking]
    methods: Mapping[str, Method]
    own: bool = False
    predicted: Scored | None = None

    @property
    def rankings(self) -> Mapping[str, Ranking]:
        """The rankings, and as a last one the order that the visitor predicted."""
        guess = self.state.guess if self.predicted is not None and self.state.asks == ORDER else ()
        return {**self.result.rankings, **({YOU: prediction(guess)} if guess else {})}

    @property
    def named(self) -> Mapping[str, Method]:
        """The methods, and the visitor."""
        return {**self.methods, YOU: You()}

    @property
    def grades(self) -> Mapping[str, int]:
        """The judgements of the query; empty where there are none."""
        judged = next(iter(self.judged.values()), None)
        return judged.grades if judged is not None else {}

    def grades_of(self, column: str) -> Mapping[str, int]:
        """The judgements of the query that a column is for; empty where there are none."""
        return self.grades

    @property
    def queries(self) -> Mapping[str, str]:
        """By column its query, where they differ in that."""
        return {}

    @property
    def title(self) -> str:
        """What was asked, and where."""
        asked = " and ".join(f"“{query}”" for query in self.queries.values() or [self.result.query])
        return f"{asked} in “{self.result.corpus.title or self.result.corpus.name}”"

    @property
    def said(self) -> Sequence[str]:
        """The sentences that stand above it."""
        said = [self.predicted.sentence] if self.predicted is not None else []
        said.append(verdict(self.result, self.judged, self.methods, own=self.own))
        said += [hybrid(self.judged), reaches(self.result.rankings, self.methods)]
        said += [own_document(self.result), query_cuts(self.result, self.methods)]
        return [sentence for sentence in said if sentence]

    @property
    def note(self) -> str:
        """What a picture says below."""
        return self.predicted.sentence if self.predicted is not None else ""

    @property
    def alone(self) -> frozenset[str]:
        """The documents that one of two rankings does not have, where that is compared."""
        return frozenset()

    @property
    def models(self) -> tuple[str, str]:
        """The names of the bi-encoder and the cross-encoder, of which a column may not be shown."""
        used = {ranking.method: ranking.model for ranking in self.result.rankings.values()}
        encoder = used.get(BI_ENCODER) or self.state.encoder or DEFAULT_ENCODER
        return encoder, used.get(CROSS_ENCODER) or self.state.scorer or DEFAULT_SCORER


@dataclass(frozen=True, slots=True)
class TakenWordings(TakenSearch):
    """Two wordings compared: a search whose columns are what one method makes of each, judged by their own queries.

    `results` are the searches themselves by column, `sentences` what the page says of them, and `only_one` are the
    documents that one of the two rankings does not have.
    """

    results: Mapping[str, SearchResult] = field(default_factory=dict)
    sentences: Sequence[str] = ()
    only_one: frozenset[str] = frozenset()

    def grades_of(self, column: str) -> Mapping[str, int]:
        """See TakenSearch.grades_of."""
        return self.judged[column].grades if column in self.judged else {}

    @property
    def queries(self) -> Mapping[str, str]:
        """See TakenSearch.queries."""
        return {column: result.query for column, result in self.results.items()}

    @property
    def said(self) -> Sequence[str]:
        """See TakenSearch.said."""
        return self.sentences

    @property
    def method(self) -> str:
        """The method that ranks for both."""
        return next(iter(self.result.rankings.values())).method

    @property
    def note(self) -> str:
        """See TakenSearch.note."""
        by = "cross-encoder" if self.method == CROSS_ENCODER else "bi-encoder"
        return f"Both are ranked by the {by}. Compare places, not scores: they are of two queries."

    @property
    def alone(self) -> frozenset[str]:
        """See TakenSearch.alone."""
        return self.only_one
