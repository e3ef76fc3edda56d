"""One ranking of a judged query: how good it is, how good it could be, what it missed, and what reranking changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from searchcore.evaluate.measures import NDCG, RELEVANT_GRADE, by_grade, measured
from searchcore.types import Corpus, Hit, Ranking

Grades = Mapping[str, int]
NDCG_PLACES = 10


@dataclass(frozen=True, slots=True)
class JudgedRanking:
    """A ranking against the judgements of its query.

    `ndcg` is its nDCG@10, `best_ndcg` what a perfect order of the same documents would score. `grades`
    holds every judgement of the query, `ideal` its relevant documents, best first, and `missed` those
    of them that the ranking does not have at all. Relevant means a grade of 1 or more.
    """

    grades: Grades
    ndcg: float
    best_ndcg: float
    ideal: tuple[str, ...]
    missed: tuple[str, ...]


def grades_of(corpus: Corpus, query_text: str) -> Grades | None:
    """The judgements of the prepared query with that text; None where there is none, or nothing relevant."""
    query = corpus.prepared_query(query_text)
    grades = corpus.grades(query.query_id) if query else {}
    return grades if any(grade >= RELEVANT_GRADE for grade in grades.values()) else None


def judged_ranking(corpus: Corpus, query_text: str, ranking: Ranking) -> JudgedRanking | None:
    """`ranking` against the judgements of the prepared query with that text.

    None where the text is not a prepared query, or one without any relevant document.
    """
    grades = grades_of(corpus, query_text)
    return None if grades is None else against(corpus, grades, ranking)


def against(corpus: Corpus, grades: Grades, ranking: Ranking) -> JudgedRanking:
    """`ranking` against `grades`, by document; at least one of them must be 1 or more."""
    relevant = [doc_id for doc_id, grade in grades.items() if grade >= RELEVANT_GRADE]
    order = [hit.doc_id for hit in ranking.hits]
    present = set(order)
    # Equal grades in corpus order, the order of ties everywhere else.
    ideal = by_grade(sorted(relevant, key=corpus.position), grades)
    ndcg, best = _ndcgs(grades, [order, by_grade(order, grades)])
    return JudgedRanking(
        grades=grades,
        ndcg=ndcg,
        best_ndcg=best,
        ideal=ideal,
        missed=tuple(doc_id for doc_id in ideal if doc_id not in present),
    )


def decisive(grades: Grades, ranking: Ranking) -> Hit | None:
    """The hit of a reranked `ranking` whose move did most for the change in nDCG@10, or None where none did.

    In the sum that nDCG is, a document's share is its grade over the binary logarithm of one more than its rank
    (Järvelin and Kekäläinen 2002); its move changes the sum by the difference of two such shares.
    """
    changes = {
        hit: _share(grades, hit, hit.rank) - _share(grades, hit, hit.rank_before or hit.rank) for hit in ranking.hits
    }
    # Summed apart and exactly, so that documents of one grade that change places make no difference at all.
    after = math.fsum(_share(grades, hit, hit.rank) for hit in ranking.hits)
    total = after - math.fsum(_share(grades, hit, hit.rank_before or hit.rank) for hit in ranking.hits)
    best = max(changes, key=lambda hit: changes[hit] * (1 if total > 0 else -1), default=None)
    return best if best is not None and changes[best] * total > 0 else None


def ndcg_by_depth(corpus: Corpus, grades: Grades, first: Sequence[str], scores: Mapping[str, float]) -> list[float]:
    """nDCG@10 of reranking the first 1, 2, 3 ... documents of `first` by `scores`, as far as they have a score."""
    orders: list[Sequence[str]] = []
    for depth, doc_id in enumerate(first, start=1):
        if doc_id not in scores:
            break
        orders.append(sorted(first[:depth], key=lambda doc: (-scores[doc], corpus.position(doc))))
    return _ndcgs(grades, orders)


def _share(grades: Grades, hit: Hit, rank: int) -> float:
    return grades.get(hit.doc_id, 0) / math.log2(rank + 1) if rank <= NDCG_PLACES else 0.0


def _ndcgs(grades: Grades, orders: Sequence[Sequence[str]]) -> list[float]:
    names = [str(number) for number in range(len(orders))]
    values = measured(dict.fromkeys(names, grades), dict(zip(names, orders, strict=True)), [NDCG.name])
    return [values[name][NDCG.name] for name in names]
