"""What near enough costs: recall against time of indexes that don't compare all, and of exact search, which does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchcore.checks import check_query
from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.index import VectorIndex
from searchcore.models import Encoder
from searchcore.neighbours import Cells, Everything, FlatMap, NeighbourGraph, Walk, as_near, flat_map
from searchcore.running import Work
from searchcore.types import Corpus, Document

EXACT, HNSW, IVF = "exact", "hnsw", "ivf"
INDEXES = (EXACT, HNSW, IVF)
NEIGHBOURS = 10
EFS = (10, 14, 20, 40, 80, 160, 320)
PROBES = (1, 2, 4, 8, 16, 32, 64)
# Fewer queries would measure themselves: documents are asked for beside them.
LEAST_QUERIES, MOST_QUERIES = 50, 100
# The fastest of so many times is what the work takes; the others were interrupted.
REPEATS = 3
MICRO = 1e6
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Setting:
    """An index and how hard it looks: HNSW's ef, IVF's number of probes, nothing for exact search."""

    index: str
    value: int = 0

    def __post_init__(self) -> None:
        if self.index not in INDEXES:
            raise InvalidInput(f"index must be one of: {', '.join(INDEXES)}; got {quoted(self.index)}.")


@dataclass(frozen=True, slots=True)
class Spread:
    """What stands for all queries, and the ends of the middle half of them."""

    middle: float
    low: float
    high: float

    @classmethod
    def around(cls, middle: np.floating, values: NDArray[np.floating]) -> Spread:
        """The spread of one value a query around their mean or median."""
        low, high = np.percentile(values, (25, 75))
        return cls(float(middle), float(low), float(high))


@dataclass(frozen=True, slots=True)
class Point:
    """What a setting finds of the true neighbours (mean, from 0 to 1), and microseconds for one query (median)."""

    setting: Setting
    recall: Spread
    microseconds: Spread


@dataclass(frozen=True, slots=True)
class TradeOff:
    """Points of every index, exact search first, over `queries` queries and `documents` documents asked as such."""

    points: tuple[Point, ...]
    queries: int
    documents: int

    def of(self, index: str) -> list[Point]:
        """The points of one index, the quickest setting first."""
        return [point for point in self.points if point.setting.index == index]

    @property
    def exact(self) -> Point:
        """Exact search, which finds all."""
        return self.points[0]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One query among a corpus's vectors, found by `setting` and exactly.

    `exact` are the true neighbours and their cosines, best first; `found` those that the setting gave, or others as
    near; `missed` those that it did not, nearest first. The map is of the whole corpus. `compared` says with how many
    documents and middles of cells the query was compared.
    """

    corpus: Corpus
    query: str
    setting: Setting
    exact: tuple[tuple[Document, float], ...]
    found: tuple[Document, ...]
    missed: tuple[Document, ...]
    compared: int
    map: FlatMap
    place: tuple[float, float]
    trade_off: TradeOff
    graph: NeighbourGraph
    walk: Walk | None
    cells: Cells
    probed: tuple[int, ...]


def neighbour_steps(
    engine: Engine, corpus: str | Corpus, query: str, setting: Setting, encoder: str | None = None
) -> Work[Neighbourhood]:
    """Yield progress while indexes are built and measured, each once, then say what `setting` finds for the query.

    Raises InvalidInput for more probes than cells, or an ef below the number of neighbours.
    """
    found, text = engine.corpus(corpus), check_query(query)
    model = yield from engine.models.encoder(engine.models.resolve("encoder", encoder))
    index = yield from engine.resources.in_memory(found, (yield from engine.resources.index(found, model)))
    graph = yield from engine.resources.graph(found, index)
    near = yield from engine.resources.made(
        found, ("near", index.fingerprint), "measuring", lambda job: _Near(found, index, graph)
    )
    near.check(setting)
    vector, _, _ = yield from engine.resources.query_vector(found, model, text)
    made = yield from _trade_off(engine, near, model)
    return near.around(text, vector, setting, made)


class _Near:
    """A corpus's vectors with all their indexes."""

    def __init__(self, corpus: Corpus, index: VectorIndex, graph: NeighbourGraph) -> None:
        self.matrix = index.vectors(range(len(index)))
        self.corpus, self.index, self.graph = corpus, index, graph
        self.everything, self.cells, self.map = Everything(self.matrix), Cells(self.matrix), flat_map(self.matrix)
        self.points: dict[Setting, Point] = {}
        self.asked: Vectors | None = None

    @property
    def k(self) -> int:
        return min(NEIGHBOURS, len(self.index))

    def settings(self) -> list[Setting]:
        """Those that are measured; what goes beyond the corpus would find all there is."""
        efs = [ef for ef in EFS if ef <= max(len(self.index), EFS[0])]
        probes = sorted({min(each, self.cells.count) for each in PROBES})
        return [Setting(EXACT), *(Setting(HNSW, ef) for ef in efs), *(Setting(IVF, each) for each in probes)]

    def check(self, setting: Setting) -> None:
        """Raises InvalidInput for what the indexes can't do."""
        if setting.index != EXACT:
            self.search(self.matrix[:1], setting)

    def search(self, vectors: Vectors, setting: Setting) -> NDArray[np.int64]:
        """Positions (n, k) of what is found, -1 where there is no more."""
        if setting.index == HNSW:
            return self.graph.search(vectors, self.k, setting.value)
        if setting.index == IVF:
            return self.cells.search(vectors, self.k, setting.value)
        return self.everything.search(vectors, self.k)

    def near(self, vectors: Vectors, setting: Setting) -> NDArray[np.bool_]:
        """Which of those that a setting finds are as near as the true neighbours."""
        _, cosines = self.index.search(vectors, self.k)
        return as_near(self.search(vectors, setting), vectors, self.matrix, cosines)

    def measure(self, setting: Setting) -> Point:
        """The point of a setting, worked out once."""
        if setting not in self.points:
            assert self.asked is not None
            shares = self.near(self.asked, setting).mean(axis=1)
            seconds = [quickest(partial(self.search, row[None, :], setting)) for row in self.asked]
            times = np.array(seconds) * MICRO
            self.points[setting] = Point(
                setting, Spread.around(shares.mean(), shares), Spread.around(np.median(times), times)
            )
        return self.points[setting]

    def around(self, query: str, vector: Vectors, setting: Setting, trade_off: TradeOff) -> Neighbourhood:
        """What a setting finds around one query."""
        documents = self.corpus.documents
        [positions], [cosines] = self.index.search(vector[None, :], self.k)
        [found] = self.search(vector[None, :], setting)
        [near] = self.near(vector[None, :], setting)
        missing = [place for place in positions.tolist() if place not in found]
        # Those that were found in place of equally near ones are no loss.
        instead = sum(place not in positions for place in found[near].tolist())
        walk = self.graph.walk(vector, self.k, setting.value) if setting.index == HNSW else None
        probed = tuple(self.cells.nearest(vector, setting.value)) if setting.index == IVF else ()
        compared = len(self.index)
        if walk is not None:
            compared = len(walk.looked_at)
        elif setting.index == IVF:
            compared = self.cells.count + sum(self.cells.sizes()[cell] for cell in probed)
        return Neighbourhood(
            self.corpus,
            query,
            setting,
            tuple((documents[place], float(cosine)) for place, cosine in zip(positions, cosines, strict=True)),
            tuple(documents[place] for place in found[near].tolist()),
            tuple(documents[place] for place in missing[: len(missing) - instead]),
            compared,
            self.map,
            self.map.place(vector),
            trade_off,
            self.graph,
            walk,
            self.cells,
            probed,
        )


def _trade_off(engine: Engine, near: _Near, model: Encoder) -> Work[TradeOff]:
    """The points of all settings: the corpus's queries are asked, and its documents where there are few."""
    texts = [query.text for query in near.corpus.queries][:MOST_QUERIES]
    more = max(0, min(LEAST_QUERIES - len(texts), len(near.corpus)))
    if near.asked is None:
        places = np.linspace(0, len(near.corpus) - 1, more).astype(int).tolist()
        own = near.index.vectors(places)
        near.asked = np.concatenate([(yield from engine.resources.encode_queries(model, texts)), own]) if texts else own
    settings = near.settings()
    missing = [setting for setting in settings if setting not in near.points]
    yield from engine.resources.one_by_one(missing, near.measure)
    return TradeOff(tuple(near.points[setting] for setting in settings), len(texts), more)


def quickest(work: Callable[[], Any]) -> float:
    """Seconds that the quickest of a few runs took."""
    best = float("inf")
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def quickest_at(trade_off: TradeOff, index: str, share: float) -> Point | None:
    """The quickest point of an index that finds that share of the neighbours; None where none does."""
    enough = [point for point in trade_off.of(index) if point.recall.middle >= share]
    return min(enough, key=lambda point: point.microseconds.middle, default=None)
