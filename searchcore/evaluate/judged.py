"""One ranking of a judged query: how good it is, how good it could be, and what it missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from searchcore.evaluate.measures import NDCG, RELEVANT_GRADE, by_grade, measured
from searchcore.types import Corpus, Query, Ranking


@dataclass(frozen=True, slots=True)
class JudgedRanking:
    """A ranking against the judgements of its query.

    `ndcg` is its nDCG@10, `best_ndcg` what a perfect order of the same documents would score. `grades`
    holds every judgement of the query, `ideal` its relevant documents, best first, and `missed` those
    of them that the ranking does not have at all. Relevant means a grade of 1 or more.
    """

    query: Query
    grades: Mapping[str, int]
    ndcg: float
    best_ndcg: float
    ideal: tuple[str, ...]
    missed: tuple[str, ...]


def judged_ranking(corpus: Corpus, query_text: str, ranking: Ranking) -> JudgedRanking | None:
    """`ranking` against the judgements of the prepared query with that text.

    None where the text is not a prepared query, or one without any relevant document.
    """
    query = corpus.prepared_query(query_text)
    grades = corpus.qrels.get(query.query_id, {}) if query else {}
    relevant = [doc_id for doc_id, grade in grades.items() if grade >= RELEVANT_GRADE]
    if query is None or not relevant:
        return None
    order = [hit.doc_id for hit in ranking.hits]
    present = set(order)
    # Equal grades in corpus order, the order of ties everywhere else.
    ideal = by_grade(sorted(relevant, key=corpus.position), grades)
    return JudgedRanking(
        query=query,
        grades=grades,
        ndcg=_ndcg(grades, order),
        best_ndcg=_ndcg(grades, list(by_grade(order, grades))),
        ideal=ideal,
        missed=tuple(doc_id for doc_id in ideal if doc_id not in present),
    )


def _ndcg(grades: Mapping[str, int], order: list[str]) -> float:
    return measured({"query": grades}, {"query": order}, [NDCG.name])["query"][NDCG.name]
