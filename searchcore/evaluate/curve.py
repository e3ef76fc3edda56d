"""What more candidates buy: quality, cost, and the ceiling that retrieval sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from searchcore.checks import check_depths, check_methods
from searchcore.engine import Engine
from searchcore.evaluate.measures import NDCG, by_grade, measured
from searchcore.evaluate.runs import RETRIEVED, OnProgress, Rankings, Task, checked_task, drained, ranked
from searchcore.ranking import BI_ENCODER, Method
from searchcore.running import Work
from searchcore.types import Corpus, Hit, Ranking

DEPTHS = (5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Means over the queries with `depth` candidates.

    `ndcg` is nDCG@10 and `passes` the transformer passes a query takes, both by method. `ceiling` is
    the best nDCG@10 that any reranker could reach on these candidates (sorted by grade), `recall` the
    share of the relevant documents that are among them.
    """

    depth: int
    ndcg: Mapping[str, float]
    passes: Mapping[str, float]
    ceiling: float
    recall: float


@dataclass(frozen=True, slots=True)
class CandidateCurve:
    """One point for each number of candidates, fewest first. The candidates come from the bi-encoder."""

    corpus: Corpus
    methods: tuple[str, ...]
    query_count: int
    points: tuple[CurvePoint, ...]


def candidate_curve(
    engine: Engine,
    corpus: str | Corpus,
    depths: Sequence[int] = DEPTHS,
    methods: Sequence[str] | None = None,
    *,
    encoder: str | None = None,
    scorer: str | None = None,
    matcher: str | None = None,
    split: str | None = None,
    on_progress: OnProgress | None = None,
) -> CandidateCurve:
    """nDCG@10, passes and the recall ceiling for each number of candidates in `depths` (1 to 200).

    Every query is searched once, at the largest depth: a score depends on its pair alone, so fewer
    candidates are the same ranking with some documents left out. Depths beyond the corpus become one
    point at its size. Raises a SearchError as `evaluate` does.
    """
    return drained(curve_steps(engine, corpus, depths, methods, encoder, scorer, matcher, split), on_progress)


def curve_steps(
    engine: Engine,
    corpus: str | Corpus,
    depths: Sequence[int] = DEPTHS,
    methods: Sequence[str] | None = None,
    encoder: str | None = None,
    scorer: str | None = None,
    matcher: str | None = None,
    split: str | None = None,
) -> Work[CandidateCurve]:
    """As `candidate_curve`, but yield Progress in queries and return the curve; closing it stops the work."""
    checked = check_depths(depths)
    # The bi-encoder's ranking is where the candidates come from, whether or not it is drawn.
    wanted = check_methods(methods, tuple(engine.methods), tuple(engine.methods))
    first = {key: first_stage(engine.methods, key) for key in (*wanted, BI_ENCODER)}
    needed = (*wanted, *first.values())
    task = checked_task(engine, corpus, max(checked), needed, RETRIEVED, encoder, scorer, matcher, split)
    kept = sorted({min(depth, task.candidates) for depth in checked})
    return _steps(engine, task, kept, tuple(name for name in task.methods if name in wanted), first)


def cut(ranking: Ranking, first: Ranking, depth: int) -> tuple[Hit, ...]:
    """The hits of `ranking` had there been only `depth` candidates: those that `first`, its first stage, has on top.

    Ranks and scores stay as they were; only the order counts.
    """
    candidates = {hit.doc_id for hit in first.hits[:depth]}
    return tuple(hit for hit in ranking.hits if hit.doc_id in candidates)


def first_stage(methods: Mapping[str, Method], key: str) -> str:
    """The key of the method that retrieves what the method `key` reranks, directly or through others."""
    while (before := methods[key].reranks) is not None:
        key = before
    return key


def _steps(
    engine: Engine, task: Task, depths: Sequence[int], methods: tuple[str, ...], first: Mapping[str, str]
) -> Work[CandidateCurve]:
    results = yield from ranked(engine, task)
    points = tuple(_point(task, results, depth, methods, first) for depth in depths)
    return CandidateCurve(task.corpus, methods, len(task.queries), points)


def _point(
    task: Task, results: Mapping[str, Rankings], depth: int, methods: tuple[str, ...], first: Mapping[str, str]
) -> CurvePoint:
    hits = {
        method: {
            query_id: cut(rankings[method], rankings[first[method]], depth) for query_id, rankings in results.items()
        }
        for method in (*methods, BI_ENCODER)
    }
    orders = {
        method: {query_id: [hit.doc_id for hit in found] for query_id, found in by_query.items()}
        for method, by_query in hits.items()
    }
    qrels = {query.query_id: task.qrels[query.query_id] for query in task.queries}
    candidates = orders[BI_ENCODER]
    best = {query_id: by_grade(order, qrels[query_id]) for query_id, order in candidates.items()}
    passes = {
        method: fmean(_passes(results[query_id][method], len(found)) for query_id, found in hits[method].items())
        for method in methods
    }
    return CurvePoint(
        depth=depth,
        ndcg={method: _mean(qrels, orders[method], NDCG.name) for method in methods},
        passes=passes,
        ceiling=_mean(qrels, best, NDCG.name),
        recall=_mean(qrels, candidates, f"R@{depth}"),
    )


def _passes(ranking: Ranking, kept: int) -> int:
    """The passes for `kept` of the hits: one that a candidate needed is saved with it, one for the query is not."""
    by_candidate = ranking.passes_needed >= len(ranking.hits)
    return ranking.passes_needed - (len(ranking.hits) - kept if by_candidate else 0)


def _mean(qrels: Mapping[str, Mapping[str, int]], orders: Mapping[str, Sequence[str]], name: str) -> float:
    return fmean(values[name] for values in measured(qrels, orders, [name]).values())
