"""Smaller vectors: fewer dimensions, fewer bits for each, and what is compared in full again.

Bits: Shakir, Aarsen and Lee 2024, Binary and Scalar Embedding Quantization; tests hold them to the library
sentence-transformers, whose import alone takes seconds and 300 MB. Dimensions: the first ones, as models trained for
it allow (Kusupati et al. 2022, Matryoshka), or principal components, which need no such training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from searchcore.errors import InvalidInput, quoted
from searchcore.index import top_k
from searchcore.neighbours.principal import Principal, principal_axes

Vectors = NDArray[np.float32]
FLOAT, INT8, BINARY = "float32", "int8", "binary"
# Bits that a dimension takes.
PRECISIONS = {FLOAT: 32, INT8: 8, BINARY: 1}
CUT, PCA = "cut", "pca"
WAYS = (CUT, PCA)
BITS_IN_A_BYTE = 8
# Steps between the lowest and the highest of 256 numbers.
LEVELS = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of each vector to search by.

    `dimensions` are the first ones ("cut") or principal components ("pca"), each in `precision`. The best `rescored`
    by these are compared again by their whole vectors, which then are kept, too, but may lie on a disk. Raises
    InvalidInput for what no vector can be.
    """

    dimensions: int
    precision: str = FLOAT
    way: str = CUT
    rescored: int = 0

    def __post_init__(self) -> None:
        for name, value, least in (("dimensions", self.dimensions, 1), ("rescored", self.rescored, 0)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InvalidInput(f"{name} must be a whole number of at least {least}, got {quoted(value)}.")
        for name, chosen, known in (("precision", self.precision, tuple(PRECISIONS)), ("way", self.way, WAYS)):
            if chosen not in known:
                raise InvalidInput(f"{name} must be one of: {', '.join(known)}; got {quoted(chosen)}.")

    @property
    def bytes(self) -> int:
        """Memory that one vector takes to be searched by; a last byte is not shared."""
        return -(-self.dimensions * PRECISIONS[self.precision] // BITS_IN_A_BYTE)


class SmallerVectors:
    """Vectors made smaller as `kept` says, to be searched by others that are made so, too.

    `matrix` (n, dimensions) are unit vectors, `rows` (n, kept) what is left of them, as numbers again. `principal` are
    axes of the matrix where they are known, as many as are kept or more. Raises InvalidInput where it has fewer
    dimensions than are to be kept, or fewer vectors than principal components.
    """

    def __init__(self, matrix: Vectors, kept: Kept, principal: Principal | None = None) -> None:
        most = matrix.shape[1] if kept.way == CUT else min(matrix.shape)
        if kept.dimensions > most:
            raise InvalidInput(f"dimensions must be at most {most} here, got {kept.dimensions}.")
        self._whole = matrix
        self.kept = kept
        centre, self._axes = _axes(matrix, kept, principal)
        small: Vectors = np.asarray((matrix - centre) @ self._axes.T, dtype=np.float32)
        if kept.way == CUT:
            small = _unit(small)
        self.rows = self._packed(small)

    def search(self, vectors: Vectors, k: int) -> NDArray[np.int64]:
        """Positions (n, k) of the nearest of each of `vectors` (n, dimensions), best first; ties in order of position.

        Where there are fewer than `k`, all of them come. A `k` above what is rescored rescores that many.
        """
        found = []
        wide = max(k, self.kept.rescored)
        for whole, scores in zip(vectors, self._scores(vectors @ self._axes.T), strict=True):
            best = top_k(scores, wide)
            if self.kept.rescored:
                best = np.sort(best)
                best = best[top_k(self._whole[best] @ whole, k)]
            found.append(best[:k])
        return np.array(found, dtype=np.int64).reshape(len(found), min(k, len(self._whole)))

    def _packed(self, small: Vectors) -> Vectors:
        """What is left of each number when it is kept in so many bits, as a number again."""
        if self.kept.precision == FLOAT:
            return small
        if self.kept.precision == BINARY:
            return np.where(small > 0, np.float32(1), np.float32(-1))
        # Each dimension has a range of its own: a dot product of the bytes themselves would be another one's.
        low, high = small.min(axis=0), small.max(axis=0)
        step = np.where(high > low, (high - low) / LEVELS, np.float32(1))
        whole: Vectors = (np.round((small - low) / step) * step + low).astype(np.float32)
        return whole

    def _scores(self, small: Vectors) -> Vectors:
        """The higher, the nearer (queries, n): dot products; of bits, how many more agree than differ."""
        asked = np.where(small > 0, np.float32(1), np.float32(-1)) if self.kept.precision == BINARY else small
        scores: Vectors = asked @ self.rows.T
        return scores


def _axes(matrix: Vectors, kept: Kept, principal: Principal | None) -> tuple[Vectors, Vectors]:
    """The middle (d,) of the vectors, and the axes (dimensions, d) on which they are kept.

    For a query, its dot product with the middle is the same for all, so that with all axes the order is exact.
    """
    if kept.way == CUT:
        return np.zeros(matrix.shape[1], dtype=np.float32), np.eye(kept.dimensions, matrix.shape[1], dtype=np.float32)
    principal = principal or principal_axes(matrix, kept.dimensions)
    return principal.middle, principal.axes[: kept.dimensions]


def _unit(vectors: Vectors) -> Vectors:
    """Of unit length; what is nothing stays nothing."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    return unit
