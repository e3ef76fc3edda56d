"""The axes along which vectors differ most (principal components: Pearson 1901, Hotelling 1933; library faiss)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Principal:
    """The `middle` (d,) of some vectors, `axes` (count, d) of unit length, and the `share` of the variance they keep.

    Where the vectors don't differ at all, `share` is 0.
    """

    middle: Vectors
    axes: Vectors
    share: float


def principal_axes(matrix: Vectors, count: int) -> Principal:
    """The first `count` axes of `matrix` (n, d); what a few vectors have no axis for, is nothing."""
    import faiss

    size, dimensions = matrix.shape
    axes = np.zeros((count, dimensions), dtype=np.float32)
    middle: Vectors = matrix.mean(axis=0, dtype=np.float32)
    if not np.ptp(matrix, axis=0).any():
        return Principal(middle, axes, 0.0)
    made = faiss.PCAMatrix(dimensions, min(count, size, dimensions))
    made.train(np.ascontiguousarray(matrix, dtype=np.float32))
    found = faiss.vector_to_array(made.PCAMat).reshape(-1, dimensions)[: made.d_out]
    axes[: len(found)] = found
    variances = np.maximum(faiss.vector_to_array(made.eigenvalues), 0)
    return Principal(middle, axes, float(variances[: len(found)].sum() / variances.sum()))
