"""How many of the true nearest neighbours were found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Two ways to add up the same products differ by less.
SAME = 1e-5


def recall(found: NDArray[np.integer], exact: NDArray[np.integer]) -> NDArray[np.float64]:
    """The share of the neighbours in `exact` (n, k) that `found` (n, any) has, for each of n queries; order is free.

    1 where there are no neighbours to be found.
    """
    if exact.shape[1] == 0:
        return np.ones(len(exact))
    return np.array([np.isin(true, row).mean() for true, row in zip(exact, found, strict=True)], dtype=np.float64)


def as_near(
    found: NDArray[np.integer],
    vectors: NDArray[np.floating],
    matrix: NDArray[np.floating],
    cosines: NDArray[np.floating],
) -> NDArray[np.bool_]:
    """Which of `found` (n, any; -1 where there is none) are as near as the last true neighbour, by position.

    `cosines` (n, k) are those of the true neighbours. Of equally near documents any may be found: with k of them found,
    the mean of a row is the recall.
    """
    near = np.stack([matrix[row] @ vector for row, vector in zip(found, vectors, strict=True)])
    kept: NDArray[np.bool_] = (found >= 0) & (near >= cosines[:, -1:] - SAME)
    return kept
