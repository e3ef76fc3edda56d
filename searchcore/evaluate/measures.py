"""Which measures there are, what each says, and their values, by the library ir_measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchcore.errors import InvalidInput, quoted
from searchcore.types import Corpus, Query

RELEVANT_GRADE = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure by the name that ir_measures gives it, its meaning in one line, and where it comes from.

    All measures lie between 0 and 1, and more is better. P, R and RR count every grade of 1 or more
    as relevant; nDCG uses the grades themselves.
    """

    name: str
    meaning: str
    citation: str


_RECALL = "Kent, Berry, Luehrs and Perry 1955, Machine literature searching VIII, American Documentation 6(2)"
NDCG = Measure(
    "nDCG@10",
    "How much of the best possible gain the first 10 give: high grades early count most; 1 is a perfect order.",
    "Järvelin and Kekäläinen 2002, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4)",
)
MEASURES: tuple[Measure, ...] = (
    NDCG,
    Measure(
        "RR@10",
        "One divided by the rank of the first relevant document (grade 1 or more); 0 if none is in the first 10.",
        "Kantor and Voorhees 2000, The TREC-5 confusion track, Information Retrieval 2",
    ),
    Measure(
        "P@5",
        "Precision: the share of the first 5 places that hold a relevant document (grade 1 or more).",
        "van Rijsbergen 1979, Information Retrieval, 2nd edition",
    ),
    Measure(
        "R@10",
        "Recall: the share of all relevant documents (grade 1 or more) that are in the first 10.",
        _RECALL,
    ),
)


def measures_for(candidates: int) -> tuple[Measure, ...]:
    """MEASURES, then recall at the number of candidates where that is not R@10 already."""
    name = f"R@{candidates}"
    if any(measure.name == name for measure in MEASURES):
        return MEASURES
    meaning = f"Recall: the share of all relevant documents (grade 1 or more) that are in the first {candidates}."
    return (*MEASURES, Measure(name, meaning, _RECALL))


def judged_queries(corpus: Corpus, qrels: Mapping[str, Mapping[str, int]]) -> tuple[Query, ...]:
    """The queries that have a relevant document by `qrels`, in corpus order; only they can be measured.

    Raises InvalidInput where there is none, or where a grade is no whole number from 0 on or points
    to a document that the corpus does not have.
    """
    for query_id, grades in qrels.items():
        _check_grades(corpus, query_id, grades)
    found = tuple(
        query
        for query in corpus.queries
        if any(grade >= RELEVANT_GRADE for grade in qrels.get(query.query_id, {}).values())
    )
    if not found:
        raise InvalidInput(
            f"corpus {quoted(corpus.name)} has no query with a relevant document, so nothing to measure."
        )
    return found


def _check_grades(corpus: Corpus, query_id: str, grades: Mapping[str, Any]) -> None:
    for doc_id, grade in grades.items():
        if isinstance(grade, bool) or not isinstance(grade, int) or grade < 0:
            raise InvalidInput(
                f"The grade of {quoted(doc_id)} for query {quoted(query_id)} must be a whole number from 0 on, "
                f"got {quoted(grade)}."
            )
        try:
            corpus.position(doc_id)
        except KeyError:
            raise InvalidInput(
                f"Query {quoted(query_id)} has a grade for {quoted(doc_id)}, which is not in the corpus."
            ) from None


def measured(
    qrels: Mapping[str, Mapping[str, int]], orders: Mapping[str, Sequence[str]], names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Values of the measures `names` by query, for `orders`: by query, the document ids from rank 1 on.

    Every query of `qrels` gets a value; one whose order is missing or empty gets 0 throughout.
    """
    # 45 ms to import, which a search on a corpus without judgements need not spend.
    import ir_measures

    evaluator = ir_measures.evaluator(
        [ir_measures.parse_measure(name) for name in names],
        {query_id: dict(grades) for query_id, grades in qrels.items()},
    )
    # Minus the rank as score: the providers behind ir_measures break ties in opposite ways.
    run = {
        query_id: {doc_id: -float(rank) for rank, doc_id in enumerate(order, start=1)}
        for query_id, order in orders.items()
    }
    values: dict[str, dict[str, float]] = {query_id: dict.fromkeys(names, 0.0) for query_id in qrels}
    for metric in evaluator.iter_calc(run):
        values[metric.query_id][str(metric.measure)] = float(metric.value)
    return values


def description(name: str) -> str:
    """What ir_measures says of the measure of that name, as in "nDCG@10", in one or two sentences."""
    import ir_measures

    measure = ir_measures.parse_measure(name)
    cutoff = f" Only the first {measure['cutoff']} places count." if "cutoff" in measure.params else ""
    return f"{measure.PRETTY_NAME}: {measure.SHORT_DESC}{cutoff}"


def by_grade(doc_ids: Sequence[str], grades: Mapping[str, int]) -> tuple[str, ...]:
    """`doc_ids` in the best order there is: highest grade first, equal grades as given."""
    return tuple(sorted(doc_ids, key=lambda doc_id: -grades.get(doc_id, 0)))
