"""From how many vectors on an index pays: exact search and a graph of neighbours over more and more made-up vectors."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from searchcore.engine import Engine
from searchcore.evaluate.tradeoff import EFS, MICRO, NEIGHBOURS, quickest
from searchcore.neighbours import Everything, NeighbourGraph, recall
from searchcore.running import Job, Work

DIMENSIONS = 384
# Real texts differ in few directions: vectors that lie anywhere have no near neighbours.
DIRECTIONS, NOISE, SEED = 32, 0.02, 7
FIRST_SIZE, QUERIES = 250, 30
SECONDS = 10.0
# Twice as many vectors take somewhat more than twice as long to link.
NEXT_TAKES = 2.6
ENOUGH = 0.95
MOST_DRAWN = 10_000_000
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AtSize:
    """So many made-up vectors: microseconds a query compared with all, and by the graph with the `ef` that is enough.

    `recall` is what that finds of the true neighbours, `seconds` how long the graph took to build.
    """

    count: int
    exact: float
    graph: float
    ef: int
    recall: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """What was measured, fewest vectors first, and straight on from there.

    Exact search takes time in proportion to the vectors, a graph to their logarithm (Malkov and Yashunin 2018): beyond
    what was measured both are drawn as that.
    """

    sizes: tuple[AtSize, ...]

    def exact(self, count: float) -> float:
        """Microseconds of exact search over so many vectors, from the largest size that was measured."""
        last = self.sizes[-1]
        return last.exact * count / last.count

    def graph(self, count: float) -> float:
        """Microseconds by the graph, from the line through all sizes over the logarithm of the count."""
        steps = np.log([size.count for size in self.sizes])
        slope, start = np.polyfit(steps, [size.graph for size in self.sizes], 1) if len(self.sizes) > 1 else (0.0, 0.0)
        # Where it ends, it goes on.
        offset = self.sizes[-1].graph - (slope * steps[-1] + start)
        return float(max(slope, 0.0) * (math.log(count) - steps[-1]) + slope * steps[-1] + start + offset)

    @property
    def count(self) -> int | None:
        """From so many vectors on the graph is quicker; None where that is beyond ten million."""
        for before, after in zip(self.sizes, self.sizes[1:], strict=False):
            if before.graph >= before.exact and after.graph < after.exact:
                return round(math.sqrt(before.count * after.count))
        if self.sizes[-1].graph < self.sizes[-1].exact:
            return self.sizes[0].count
        found = self.sizes[-1].count
        while found <= MOST_DRAWN and self.graph(found) >= self.exact(found):
            found = round(found * 1.05) + 1
        return found if found <= MOST_DRAWN else None

    @property
    def measured(self) -> bool:
        """Whether the lines cross within what was measured."""
        return any(size.graph < size.exact for size in self.sizes)


def crossing_steps(engine: Engine, seconds: float = SECONDS) -> Work[Crossing]:
    """Yield progress for about so many seconds of one core, then return what was measured; once for all who ask."""
    return engine.resources.made(None, ("crossing", seconds), "growing", lambda job: _grown(job, seconds))


def _grown(job: Job[Crossing], seconds: float) -> Crossing:
    # This thread's own time: a busy machine takes longer over it, and measures as much.
    began, sizes, count, took = time.thread_time(), list[AtSize](), FIRST_SIZE, 0.0
    while not sizes or time.thread_time() - began + took * NEXT_TAKES < seconds:
        before = time.thread_time()
        sizes.append(_at_size(job, count))
        took, count = time.thread_time() - before, count * 2
    return Crossing(tuple(sizes))


def _at_size(job: Job[Crossing], count: int) -> AtSize:
    made = made_up(count + QUERIES)
    matrix, queries = made[:count], made[count:]
    everything = Everything(matrix)
    exact = everything.search(queries, NEIGHBOURS)
    began = time.perf_counter()
    graph = NeighbourGraph(matrix, report=job.report)
    seconds = time.perf_counter() - began
    found = {ef: float(recall(graph.search(queries, NEIGHBOURS, ef), exact).mean()) for ef in EFS}
    ef = next((ef for ef, share in found.items() if share >= ENOUGH), EFS[-1])
    return AtSize(
        count,
        _median([quickest(partial(everything.search, q[None, :], NEIGHBOURS)) for q in queries]),
        _median([quickest(partial(graph.search, q[None, :], NEIGHBOURS, ef)) for q in queries]),
        ef,
        found[ef],
        seconds,
    )


def made_up(count: int) -> Vectors:
    """Unit vectors (count, 384) that differ in few directions, as those of texts do."""
    random = np.random.default_rng(SEED)
    turned = random.normal(size=(DIRECTIONS, DIMENSIONS)) / math.sqrt(DIMENSIONS)
    vectors = random.normal(size=(count, DIRECTIONS)) @ turned + NOISE * random.normal(size=(count, DIMENSIONS))
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _median(seconds: Sequence[float]) -> float:
    return float(np.median(seconds)) * MICRO
