"""Exact search by the library of the other indexes: what differs from them is what it compares, not the program."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Everything:
    """All of `matrix` (n, dimensions), compared with every query (library faiss)."""

    def __init__(self, matrix: NDArray[np.float32]) -> None:
        import faiss

        faiss.omp_set_num_threads(1)
        self._index = faiss.IndexFlatIP(matrix.shape[1])
        self._index.add(np.ascontiguousarray(matrix, dtype=np.float32))

    def search(self, vectors: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        """Positions (n, k) of the nearest, best first; of equal ones any may be."""
        found: NDArray[np.int64] = self._index.search(np.ascontiguousarray(vectors, dtype=np.float32), k)[1]
        return found
