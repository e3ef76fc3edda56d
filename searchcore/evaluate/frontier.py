"""Quality against time: what each way to search gives and takes, and which of them no other beats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median
from typing import NamedTuple

from searchcore.checks import check_depths
from searchcore.engine import Engine
from searchcore.evaluate.measures import NDCG, measured
from searchcore.evaluate.runs import RETRIEVED, OnProgress, Task, checked_task, drained, of_each_query
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER, Method, arranged, plan
from searchcore.request import Options
from searchcore.running import Work
from searchcore.types import Corpus, Query

DEPTHS = (5, 10, 20, 50)
# All that nDCG@10 looks at of a ranking that nothing is to be reranked of.
TOP = 10
# Smaller differences of nDCG are none.
DECIMALS = 3


class Way(NamedTuple):
    """A way to search: a method, how many documents it ranks, and whose ranking it reranks (None: it reads all)."""

    method: str
    depth: int
    first: str | None = None

    @property
    def options(self) -> Options:
        """How the methods are put together for it."""
        return Options(self.first or BI_ENCODER)


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """What a way to search comes to over all judged queries.

    `methods` are those that it needs, its own last. `ndcg` is the mean nDCG@10, `milliseconds` the median of what all
    of them take for a query, and `passes` the mean of their transformer passes.
    """

    way: Way
    methods: tuple[str, ...]
    ndcg: float
    milliseconds: float
    passes: float
    on_frontier: bool = False

    def beats(self, other: FrontierPoint) -> bool:
        """Whether it is as good and as fast as another, and better in one of the two."""
        mine, others = ((round(each.ndcg, DECIMALS), -each.milliseconds) for each in (self, other))
        return mine != others and all(a >= b for a, b in zip(mine, others, strict=True))


@dataclass(frozen=True, slots=True)
class Frontier:
    """All points, fastest first. `passes_run` were run for them now; what was known already keeps the time it took."""

    corpus: Corpus
    query_count: int
    points: tuple[FrontierPoint, ...]
    passes_run: int


class _Took(NamedTuple):
    """One way to search for one query: the order that it gives, and what that took."""

    order: tuple[str, ...]
    milliseconds: float
    passes: int
    passes_run: int


_OfQuery = Mapping[Way, _Took]


def frontier(
    engine: Engine,
    corpus: str | Corpus,
    depths: Sequence[int] = DEPTHS,
    *,
    encoder: str | None = None,
    scorer: str | None = None,
    matcher: str | None = None,
    split: str | None = None,
    on_progress: OnProgress | None = None,
) -> Frontier:
    """nDCG@10 and milliseconds a query of every method; of those that rerank, at each of `depths` (1 to 200 each).

    The cross-encoder reranks every method that reads the corpus; any other what it reranks by itself. A time is what
    the passes took when they were run, on this machine, with no loading and no waiting. Depths beyond the corpus become
    one at its size. Raises a SearchError as `evaluate` does.
    """
    return drained(frontier_steps(engine, corpus, depths, encoder, scorer, matcher, split), on_progress)


def frontier_steps(
    engine: Engine,
    corpus: str | Corpus,
    depths: Sequence[int] = DEPTHS,
    encoder: str | None = None,
    scorer: str | None = None,
    matcher: str | None = None,
    split: str | None = None,
) -> Work[Frontier]:
    """As `frontier`, but yield Progress in queries and return it; closing it stops the work."""
    checked = check_depths(depths)
    task = checked_task(engine, corpus, max(checked), None, RETRIEVED, encoder, scorer, matcher, split)
    # The largest first: its pairs are read together, and fewer candidates are among them.
    kept = sorted({min(depth, task.candidates) for depth in checked}, reverse=True)
    ways = tuple(_ways(engine.methods, kept, len(task.corpus)))
    return _steps(engine, task, ways)


def marked(points: Sequence[FrontierPoint]) -> tuple[FrontierPoint, ...]:
    """The points, fastest first, and each with whether it is on the frontier: no other beats it, and it finds anything.

    Points that are equal beat each other as little as they beat themselves.
    """
    ordered = sorted(points, key=lambda point: (point.milliseconds, -point.ndcg))
    return tuple(
        replace(point, on_frontier=point.ndcg > 0 and not any(other.beats(point) for other in points))
        for point in ordered
    )


def _ways(methods: Mapping[str, Method], depths: Sequence[int], documents: int) -> Iterator[Way]:
    whole = [key for key, method in methods.items() if method.reranks is None]
    for key in methods:
        if key in whole:
            yield Way(key, min(TOP, documents))
            continue
        for first in whole if key == CROSS_ENCODER else [BI_ENCODER]:
            yield from (Way(key, depth, first) for depth in depths)


def _steps(engine: Engine, task: Task, ways: Sequence[Way]) -> Work[Frontier]:
    # Of each way its methods, in running order.
    needed = {
        way: tuple(method.key for method in plan(arranged(engine.methods, way.options), [way.method])) for way in ways
    }
    results = yield from of_each_query(task, lambda query: _of_query(engine, task, needed, query))
    return Frontier(
        task.corpus,
        len(task.queries),
        marked([_point(task, way, needed[way], {q: by_way[way] for q, by_way in results.items()}) for way in ways]),
        passes_run=sum(took.passes_run for by_way in results.values() for took in by_way.values()),
    )


def _of_query(engine: Engine, task: Task, needed: Mapping[Way, tuple[str, ...]], query: Query) -> Work[_OfQuery]:
    """Every way to search for one query. Pairs and the query's vector are read once, and then remembered."""
    found: dict[Way, _Took] = {}
    for way, methods in needed.items():
        request = engine.checked(
            task.corpus,
            query.text,
            way.depth,
            methods,
            task.encoder,
            task.scorer,
            task.matcher,
            way.options,
            prepared=query,
        )
        rankings = yield from engine.ranking(request)
        found[way] = _Took(
            tuple(hit.doc_id for hit in rankings[way.method].hits),
            sum(ranking.measured_milliseconds for ranking in rankings.values()),
            sum(ranking.passes_needed for ranking in rankings.values()),
            sum(ranking.passes_run for ranking in rankings.values()),
        )
    return found


def _point(task: Task, way: Way, methods: tuple[str, ...], by_query: Mapping[str, _Took]) -> FrontierPoint:
    qrels = {query_id: task.qrels[query_id] for query_id in by_query}
    values = measured(qrels, {query_id: took.order for query_id, took in by_query.items()}, [NDCG.name])
    return FrontierPoint(
        way,
        methods,
        ndcg=fmean(value[NDCG.name] for value in values.values()),
        milliseconds=median(took.milliseconds for took in by_query.values()),
        passes=fmean(took.passes for took in by_query.values()),
    )
