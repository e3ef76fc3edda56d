"""Approximate search against exact search by numpy: microseconds a query and recall@10, measured in turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import in_turn
from searchcore.evaluate.crossing import made_up
from searchcore.index import ExactIndex
from searchcore.neighbours import Cells, Everything, NeighbourGraph, as_near

QUERIES, NEIGHBOURS, ROUNDS = 50, 10, 5
MICRO = 1e6


def main(vectors: int = 12_000) -> None:
    """Print for each index how long a query takes, how much of numpy's time that is, and what it finds."""
    made = made_up(vectors + QUERIES)
    matrix, queries = made[:vectors], made[vectors:]
    exact = ExactIndex(matrix)
    _, cosines = exact.search(queries, NEIGHBOURS)
    graph, cells = NeighbourGraph(matrix), Cells(matrix)
    searches = {"faiss, everything": Everything(matrix).search}
    searches |= {f"HNSW, ef {ef}": partial(graph.search, ef=ef) for ef in (10, 40, 160)}
    searches |= {f"IVF, probes {n}": partial(cells.search, probes=n) for n in (1, 4, 16) if n <= cells.count}
    print(
        f"\n{vectors:,} made-up vectors of 384 numbers, {QUERIES} queries one at a time; beside numpy in the same round"
    )
    for name, search in searches.items():
        compared = in_turn(partial(one_by_one, search, queries), partial(one_by_one, exact.search, queries), ROUNDS)
        took, ratio = median(compared.ours), median(compared.ratios)
        found = as_near(search(queries, NEIGHBOURS), queries, matrix, cosines).mean()
        print(
            f"  {took / QUERIES * MICRO:8.0f} µs  {name:20} {ratio:6.1f} x as fast as numpy, recall {found:.3f}",
            flush=True,
        )


def one_by_one(search: Callable[..., object], queries: NDArray[np.float32]) -> None:
    """Ask each query alone."""
    for row in queries:
        search(row[None, :], NEIGHBOURS)


if __name__ == "__main__":
    main()
