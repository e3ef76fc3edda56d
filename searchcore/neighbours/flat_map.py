"""A corpus as a map: each vector a point, along the two axes on which they differ most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from searchcore.neighbours.principal import Principal, principal_axes

AXES = 2


@dataclass(frozen=True, slots=True)
class FlatMap:
    """`points` (n, 2) from -1 to 1, and the `share` of the vectors' variance that they keep, from 0 to 1."""

    points: NDArray[np.float32]
    share: float
    size: float
    principal: Principal

    def place(self, vector: NDArray[np.float32]) -> tuple[float, float]:
        """Where another vector (d,) lies; it may lie beyond the edge."""
        x, y = (self.principal.axes @ (vector - self.principal.middle)) / self.size
        return float(x), float(y)


def flat_map(matrix: NDArray[np.float32]) -> FlatMap:
    """The map of the unit vectors `matrix` (n, d); where they don't differ at all, all lie in the middle."""
    principal = principal_axes(matrix, AXES)
    points = ((matrix - principal.middle) @ principal.axes.T).astype(np.float32)
    size = float(np.abs(points).max(initial=0.0)) or 1.0
    return FlatMap(points / size, principal.share, size, principal)
