"""What a search needs of an index, whatever is behind it: a matrix, a graph, or an engine on another machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Positions = Sequence[int] | NDArray[np.integer]


@runtime_checkable
class VectorIndex(Protocol):
    """Unit vectors by position, from 0 in corpus order. Safe to share between threads."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors could."""
        ...

    def __len__(self) -> int:
        """How many vectors there are."""
        ...

    def search(
        self, vectors: NDArray[np.floating], k: int, among: Positions | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The `k` nearest of each of `vectors` (n, dimensions): positions (n, k) and cosines (n, k), best first.

        `among` leaves only those positions to choose from. Where there are fewer than `k`, all of them come.
        Ties in order of position. Raises InvalidInput for a `k` below 1, vectors of another width, or a position
        that is not there.
        """
        ...

    def vectors(self, positions: Positions) -> NDArray[np.float32]:
        """The vectors (positions, dimensions) at `positions`, in that order. Raises InvalidInput as `search` does."""
        ...
