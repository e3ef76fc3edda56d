"""Vectors sorted into cells, of which a query looks into the nearest few (Jégou et al. 2011, IVF; library faiss)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from searchcore.errors import InvalidInput, quoted

Vectors = NDArray[np.float32]
# faiss asks for 39 vectors a cell to learn from; fewer are no fault, if less even.
LEAST_IN_A_CELL = 39
SEED = 1234


def usual_cells(count: int) -> int:
    """How many cells so many vectors are sorted into: about the square root, with enough in each to learn from."""
    return max(1, min(math.isqrt(count), count // LEAST_IN_A_CELL))


class Cells:
    """`matrix` (n, dimensions) of unit vectors in `count` cells; the same ones whenever they are made of the same.

    Raises InvalidInput for more cells than vectors, or none.
    """

    def __init__(self, matrix: Vectors, count: int | None = None) -> None:
        import faiss

        wanted = usual_cells(len(matrix)) if count is None else count
        if isinstance(wanted, bool) or not isinstance(wanted, int) or not 1 <= wanted <= len(matrix):
            raise InvalidInput(f"cells must be a whole number from 1 to {len(matrix)} here, got {quoted(wanted)}.")
        self.count = wanted
        faiss.omp_set_num_threads(1)  # with more, no two builds are the same
        rows = np.ascontiguousarray(matrix, dtype=np.float32)
        middles = faiss.IndexFlatIP(rows.shape[1])
        self._index = faiss.IndexIVFFlat(middles, rows.shape[1], wanted, faiss.METRIC_INNER_PRODUCT)
        self._index.cp.seed = SEED
        self._index.cp.min_points_per_centroid = 1
        self._index.train(rows)
        self._index.add(rows)

    def __len__(self) -> int:
        """How many vectors they hold."""
        return int(self._index.ntotal)

    def sizes(self) -> list[int]:
        """How many vectors each cell has."""
        return [int(self._index.invlists.list_size(cell)) for cell in range(self.count)]

    def search(self, vectors: Vectors, k: int, probes: int) -> NDArray[np.int64]:
        """Positions (n, k) of the nearest in the `probes` nearest cells, best first, -1 where they have no more.

        Raises InvalidInput for more probes than cells, or none.
        """
        import faiss

        if isinstance(probes, bool) or not isinstance(probes, int) or not 1 <= probes <= self.count:
            raise InvalidInput(f"probes must be a whole number from 1 to {self.count} here, got {quoted(probes)}.")
        asked = np.ascontiguousarray(vectors, dtype=np.float32)
        found: NDArray[np.int64] = self._index.search(asked, k, params=faiss.SearchParametersIVF(nprobe=probes))[1]
        return found

    def nearest(self, vector: Vectors, probes: int) -> list[int]:
        """The cells that a query (dimensions,) is looked for in, nearest first."""
        found = self._index.quantizer.search(np.ascontiguousarray(vector[None, :], dtype=np.float32), probes)[1][0]
        return [int(cell) for cell in found if cell >= 0]

    def members(self, cell: int) -> list[int]:
        """The positions of the vectors in a cell."""
        import faiss

        lists = self._index.invlists
        size = int(lists.list_size(cell))
        return [int(each) for each in faiss.rev_swig_ptr(lists.get_ids(cell), size)] if size else []
