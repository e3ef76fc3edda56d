"""What a reveal shows: how good the class's order and each student's are, and what the class's judgements come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from searchcore.evaluate import Grades, against
from searchcore.evaluate.measures import measured
from searchcore.ranking import Method, Scale
from searchcore.types import Hit, Ranking
from ui.classroom.asking import Ranked, Told, orders
from ui.classroom.judging import WANTED, Given, Judged, agreement, judged
from ui.classroom.question import Question
from ui.classroom.votes import Answer, Moved, Place, borda, moved
from ui.parameters import MOST_PREDICTED
from ui.predict.draw import You
from ui.predict.question import hidden_method, shown_method
from ui.predict.scored import AT_TEN, YOU, scored

STUDENTS = "students"


class Students(You):
    """The class, shown as a column beside those of the methods."""

    key = STUDENTS
    title = "The class"
    scale = Scale("points", "points by Borda’s count; bar: share of the most points", decimals=0)


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote on a question: what the class's answers come to, and how good its order is.

    `right` of `total` had first what turned out to be right. `values` are by `measure`, from 0 to 1 (or, by Kendall's
    tau, from -1), of the class and of each method; empty where nothing is measured. `moved` is there from the second
    vote on.
    """

    places: tuple[Place, ...]
    total: int
    right: int
    measure: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    moved: Moved | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """A revealed ORDER: the rankings, every vote, the option that the covered ranking has first, and `by_answer`
    what an answer of the last vote scores and what the ranking does that was there to see.
    """

    ranked: Ranked
    votes: tuple[Vote, ...]
    right: tuple[str, ...]
    by_answer: Mapping[Answer, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A revealed CHOICE: what is right, every vote, and what an answer of the last one scores."""

    told: Told
    votes: tuple[Vote, ...]
    right: tuple[str, ...]
    by_answer: Mapping[Answer, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Graded:
    """What the class's judgements come to. `by_class` and `built_in` are the methods' values of `measure`.

    By the judgements that the class made, and by those that the corpus has, where it has any. `lacking` documents have
    fewer judgements than wanted.
    """

    ranked: Ranked
    documents: tuple[Judged, ...]
    pool: int
    alpha: float | None
    measure: str
    by_class: Mapping[str, float]
    built_in: Mapping[str, float] | None

    @property
    def lacking(self) -> int:
        """How many documents of the pool have too few judgements."""
        return self.pool - sum(each.total >= WANTED for each in self.documents)

    @property
    def grades(self) -> Grades:
        """The judgements of the class, by document."""
        return {each.doc_id: each.grade for each in self.documents}


Outcome = Ordered | Chosen | Graded


def load() -> None:
    """Load what a reveal measures with, which takes two seconds the first time: before anybody waits for one."""
    for library in ("scipy.stats", "ir_measures", "krippendorff"):
        import_module(library)


def ranking_of(places: Sequence[Place], before: Sequence[Place] = ()) -> Ranking:
    """The class's order as a ranking; `before` is the vote before. What nobody named in either has not moved."""
    named = {place.key for place in (*places, *before) if place.points}
    was = {place.key: rank for rank, place in enumerate(before, start=1) if place.key in named}
    hits = tuple(
        Hit(rank, place.key, float(place.points), was.get(place.key)) for rank, place in enumerate(places, start=1)
    )
    return Ranking(STUDENTS, "", hits)


def ordered(
    question: Question, votes: Sequence[Mapping[str, Answer]], made: Ranked, methods: Mapping[str, Method]
) -> Ordered:
    """What the votes on an ORDER come to."""
    result = made.result
    hidden = result.rankings[hidden_method(question.state)]
    # Where neither ranking reorders the other, what is covered may begin with what nobody could choose.
    right = tuple(hit.doc_id for hit in hidden.hits if hit.doc_id in question.keys)[:1]
    counted = []
    for at, vote in enumerate(votes):
        places = borda(vote.values(), _in_corpus_order(question, made), question.picks)
        measure, values = _values(question, made, places, methods)
        counted.append(_vote(votes, at, places, right, measure, values))
    return Ordered(made, tuple(counted), right, _by_answer(question, votes[-1], made, right, methods))


def chosen(question: Question, votes: Sequence[Mapping[str, Answer]], told: Told) -> Chosen:
    """What the votes on a CHOICE come to."""
    counted = tuple(
        _vote(votes, at, borda(vote.values(), question.keys, 1), told.right) for at, vote in enumerate(votes)
    )
    scores = {answer: (float(answer[0] in told.right), 1.0) for answer in votes[-1].values()}
    return Chosen(told, counted, told.right, scores)


def graded(question: Question, given: Given, made: Ranked, predicted: Sequence[str]) -> Graded:
    """What the class's judgements come to; `predicted` is the order that the class gave for the query before, if any.

    The pool has what any method put among its first documents, so that far down every place is judged.
    """
    documents = judged(question.keys, given)
    measure = f"nDCG@{question.depth}"
    ranked_by = {**orders(made.result), **({STUDENTS: list(predicted)} if predicted else {})}
    by_class = _measured({each.doc_id: each.grade for each in documents}, ranked_by, measure)
    built_in = _measured(made.grades, ranked_by, measure) if made.grades else None
    return Graded(made, documents, len(question.options), agreement(documents), measure, by_class, built_in)


def _vote(
    votes: Sequence[Mapping[str, Answer]],
    at: int,
    places: tuple[Place, ...],
    right: Sequence[str],
    measure: str = "",
    values: Mapping[str, float] | None = None,
) -> Vote:
    said = votes[at].values()
    hits = sum(answer[0] in right for answer in said)
    turned = moved(votes[at - 1], votes[at]) if at else None
    return Vote(places, len(said), hits, measure, values or {}, turned)


def _in_corpus_order(question: Question, made: Ranked) -> list[str]:
    return sorted(question.keys, key=made.result.corpus.position)


def _values(
    question: Question, made: Ranked, places: Sequence[Place], methods: Mapping[str, Method]
) -> tuple[str, Mapping[str, float]]:
    """The measure that scores the models, for the class too; without judgements its agreement with what was covered."""
    if not places:
        return "", {}
    if made.grades:
        rankings = {STUDENTS: ranking_of(places), **made.result.rankings}
        corpus = made.result.corpus
        return AT_TEN, {key: against(corpus, made.grades, each).ndcg for key, each in rankings.items()}
    guess = tuple(place.key for place in places[:MOST_PREDICTED] if place.points)
    agreed = scored(made.result, question.state.with_changes(guess=guess), None, methods)
    return agreed.measure, {STUDENTS if key == YOU else key: value for key, value in agreed.values.items()}


def _by_answer(
    question: Question,
    vote: Mapping[str, Answer],
    made: Ranked,
    right: Sequence[str],
    methods: Mapping[str, Method],
) -> dict[Answer, tuple[float, float]]:
    """What each answer that was given scores, and what the ranking that was seen does: the same answer but once."""
    if question.picks == 1:
        seen = [hit.doc_id for hit in made.result.rankings[shown_method(question.state)].hits[:1]]
        theirs = float(seen == list(right))
        return {answer: (float(answer[0] in right), theirs) for answer in vote.values()}
    found = {}
    for answer in set(vote.values()):
        one = scored(made.result, question.state.with_changes(guess=answer), made.grades, methods)
        if one.yours is not None and one.theirs is not None:
            found[answer] = (one.yours, one.theirs)
    return found


def _measured(grades: Grades, by: Mapping[str, Sequence[str]], measure: str) -> dict[str, float]:
    """By name the value of its order; nothing where no document is relevant."""
    if not any(grades.values()):
        return {}
    values = measured(dict.fromkeys(by, grades), by, [measure])
    return {name: values[name][measure] for name in by}
