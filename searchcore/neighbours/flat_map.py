"""A corpus as a map: each vector a point, along the two axes on which they differ most (Pearson 1901; scikit-learn)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AXES = 2


@dataclass(frozen=True, slots=True)
class FlatMap:
    """`points` (n, 2) from -1 to 1, and the `share` of the vectors' variance that they keep, from 0 to 1.

    `middle` (d,) and `axes` (2, d) put another vector on the same map.
    """

    points: NDArray[np.float32]
    share: float
    middle: NDArray[np.float32]
    axes: NDArray[np.float32]
    size: float

    def place(self, vector: NDArray[np.float32]) -> tuple[float, float]:
        """Where another vector (d,) lies; it may lie beyond the edge."""
        x, y = (self.axes @ (vector - self.middle)) / self.size
        return float(x), float(y)


def flat_map(matrix: NDArray[np.float32]) -> FlatMap:
    """The map of the unit vectors `matrix` (n, d); where they don't differ at all, all lie in the middle."""
    from sklearn.decomposition import PCA

    count, dimensions = matrix.shape
    axes = np.zeros((AXES, dimensions), dtype=np.float32)
    middle = matrix.mean(axis=0)
    kept = min(AXES, count, dimensions)
    share = 0.0
    if np.ptp(matrix, axis=0).any():
        made = PCA(kept, svd_solver="full").fit(matrix)
        axes[:kept], share = made.components_, float(np.nansum(made.explained_variance_ratio_))
    points = ((matrix - middle) @ axes.T).astype(np.float32)
    size = float(np.abs(points).max(initial=0.0)) or 1.0
    return FlatMap(points / size, share, middle, axes, size)
