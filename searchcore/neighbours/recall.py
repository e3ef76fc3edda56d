"""How many of the true nearest neighbours were found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def recall(found: NDArray[np.integer], exact: NDArray[np.integer]) -> NDArray[np.float64]:
    """The share of the neighbours in `exact` (n, k) that `found` (n, any) has, for each of n queries; order is free.

    1 where there are no neighbours to be found.
    """
    if exact.shape[1] == 0:
        return np.ones(len(exact))
    return np.array([np.isin(true, row).mean() for true, row in zip(exact, found, strict=True)], dtype=np.float64)
