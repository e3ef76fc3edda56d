"""Exact search: every vector is compared, so nothing is missed."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchcore.errors import InvalidInput, quoted
from searchcore.index.vector_index import Positions

# Vectors differ in the seventh decimal with the batch they were made in; below that, a tie is a tie.
COSINE_DECIMALS = 6
# How far a float32 matrix product may be off: two equal rows can differ by the rows they are next to.
PRODUCT_ERROR = 1e-5
MATRIX_AXES = 2
# So many scores share one that is compared first.
GROUP = 32


def top_k(scores: NDArray[np.floating], k: int) -> NDArray[np.intp]:
    """Positions of the `k` highest of `scores` (n,), best first; ties in order of position.

    Linear in n (a partition) before the sort of the few that remain.
    """
    n = len(scores)
    if 0 < k < n:
        threshold = np.partition(scores, n - k)[n - k]
        kept = np.flatnonzero(scores >= threshold)
    else:
        kept = np.arange(n)
    return kept[np.argsort(-scores[kept], kind="stable")][:k]


class ExactIndex:
    """A VectorIndex over a matrix (n, dimensions) of unit vectors in float32; a memory-mapped one stays on disk.

    The dot product of unit vectors is their cosine, in [-1, 1]. `fingerprint` is that of the matrix's content
    unless another one is given.
    """

    def __init__(self, matrix: NDArray[np.float32], fingerprint: str = "") -> None:
        if matrix.ndim != MATRIX_AXES:
            raise InvalidInput(f"matrix must have 2 axes (vectors, dimensions), got {matrix.ndim}.")
        self._matrix = matrix
        self._given_fingerprint = fingerprint

    @cached_property
    def fingerprint(self) -> str:
        """See VectorIndex.fingerprint."""
        if self._given_fingerprint:
            return self._given_fingerprint
        content = np.ascontiguousarray(self._matrix)
        return hashlib.sha256(repr((content.shape, content.dtype.str)).encode() + content.tobytes()).hexdigest()

    def __len__(self) -> int:
        """How many vectors there are."""
        return len(self._matrix)

    def search(
        self, vectors: NDArray[np.floating], k: int, among: Positions | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """See VectorIndex.search. Cosines are rounded to 6 decimals, so that equal rows have equal ones."""
        asked = checked_vectors(vectors, self._matrix.shape[1], k)
        places = None if among is None else np.unique(checked_positions(among, len(self)))
        # As a plain array: each operation on a memory-mapped one makes another of its kind.
        matrix = np.asarray(self._matrix)
        rows = matrix if places is None else matrix[places]
        found = [_nearest(rows, vector, min(int(k), len(rows))) for vector in asked]
        width = min(int(k), len(rows))
        nearest = np.array([best for best, _ in found], dtype=np.int64).reshape(len(found), width)
        cosines = np.array([scores for _, scores in found], dtype=np.float32).reshape(len(found), width)
        return (nearest if places is None else places[nearest]), cosines

    def vectors(self, positions: Positions) -> NDArray[np.float32]:
        """See VectorIndex.vectors."""
        return np.array(self._matrix[checked_positions(positions, len(self))], dtype=np.float32)


def checked_vectors(vectors: NDArray[np.floating], width: int, k: int) -> NDArray[np.floating]:
    """`vectors` as an array (n, width), for a search of the `k` nearest. Raises InvalidInput, see VectorIndex."""
    asked = np.asarray(vectors)
    if asked.ndim != MATRIX_AXES or asked.shape[1] != width:
        raise InvalidInput(f"vectors must have the shape (n, {width}), got {asked.shape}.")
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise InvalidInput(f"k must be a whole number of at least 1, got {quoted(k)}.")
    return asked


def checked_positions(positions: Positions, count: int) -> NDArray[np.int64]:
    """`positions` as an array, each from 0 to `count` - 1. Raises InvalidInput, see VectorIndex."""
    given: NDArray[Any] = np.asarray(positions)
    places = given.astype(np.int64)
    if given.ndim != 1 or (given.size and not np.issubdtype(given.dtype, np.integer)):
        raise InvalidInput("positions must be a list of whole numbers.")
    outside = places[(places < 0) | (places >= count)]
    if outside.size:
        raise InvalidInput(f"positions must lie from 0 to {count - 1}, got {outside[0]}.")
    return places


def _nearest(
    rows: NDArray[np.float32], vector: NDArray[np.floating], k: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The `k` rows nearest to `vector`, and their cosines.

    Those that could be among them are compared again row by row in float64: a matrix product gives equal rows
    slightly different numbers.
    """
    rough = rows @ vector.astype(np.float32, copy=False)
    near = np.flatnonzero(rough >= _kth_highest(rough, k) - 2 * PRODUCT_ERROR)
    cosines = np.round((rows[near].astype(np.float64) * vector).sum(axis=1), COSINE_DECIMALS)
    best = top_k(cosines, k)
    return near[best], cosines[best]


def _kth_highest(scores: NDArray[np.float32], k: int) -> float:
    """The `k`-th highest of `scores` (n,); the lowest where `k` is n, and infinity where there are none.

    The highest of each of many groups are compared first: at least `k` scores reach the `k`-th of those, and few
    more do. So what is partitioned is short, and the rest is gone over twice, as fast as memory is read.
    """
    groups = len(scores) // GROUP
    if groups > k > 0:
        highest = scores[: groups * GROUP].reshape(GROUP, groups).max(axis=0)
        scores = scores[scores >= np.partition(highest, groups - k)[groups - k]]
    n = len(scores)
    return float(np.partition(scores, n - k)[n - k]) if n else np.inf
