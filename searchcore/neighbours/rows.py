"""A matrix as the library faiss takes it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from searchcore.errors import InvalidInput


def checked_rows(matrix: NDArray[np.floating]) -> NDArray[np.float32]:
    """`matrix` (n, dimensions) in float32, row after row. Raises InvalidInput for no vectors, or what is no number."""
    if not len(matrix):
        raise InvalidInput("matrix must have at least one vector, got none.")
    rows = np.ascontiguousarray(matrix, dtype=np.float32)
    if not np.isfinite(rows).all():
        raise InvalidInput("matrix must hold numbers, got a NaN or an infinity.")
    return rows
