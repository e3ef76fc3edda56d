"""Smaller vectors: fewer dimensions, fewer bits for each, and what is compared in full again.

Bits: Shakir, Aarsen and Lee 2024, Binary and Scalar Embedding Quantization (library sentence-transformers). Dimensions:
the first ones, as models trained for it allow (Kusupati et al. 2022, Matryoshka), or principal components (Pearson
1901, library scikit-learn), which need no such training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchcore.errors import InvalidInput, quoted
from searchcore.index import top_k

Vectors = NDArray[np.float32]
FLOAT, INT8, BINARY = "float32", "int8", "binary"
# Bits that a dimension takes.
PRECISIONS = {FLOAT: 32, INT8: 8, BINARY: 1}
CUT, PCA = "cut", "pca"
WAYS = (CUT, PCA)
BITS_IN_A_BYTE = 8


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

    `matrix` (n, dimensions) are unit vectors. Raises InvalidInput where it has fewer dimensions than are to be kept,
    or fewer vectors than principal components.
    """

    def __init__(self, matrix: Vectors, kept: Kept) -> None:
        most = matrix.shape[1] if kept.way == CUT else min(matrix.shape)
        if kept.dimensions > most:
            raise InvalidInput(f"dimensions must be at most {most} here, got {kept.dimensions}.")
        self._whole = matrix
        self.kept = kept
        centre, self._axes = _axes(matrix, kept)
        small: Vectors = np.asarray((matrix - centre) @ self._axes.T, dtype=np.float32)
        if kept.way == CUT:
            small = _unit(small)
        self._ranges = np.stack([small.min(axis=0), small.max(axis=0)])
        self._rows = self._packed(small)

    def search(self, vectors: Vectors, k: int) -> NDArray[np.int64]:
        """Positions (n, k) of the nearest of each of `vectors` (n, dimensions), best first; ties in order of position.

        Where there are fewer than `k`, all of them come. A `k` above what is rescored rescores that many.
        """
        found = []
        wide = max(k, self.kept.rescored)
        for whole, small in zip(vectors, vectors @ self._axes.T, strict=True):
            best = top_k(self._scores(small), wide)
            if self.kept.rescored:
                best = np.sort(best)
                best = best[top_k(self._whole[best] @ whole, k)]
            found.append(best[:k])
        return np.array(found, dtype=np.int64).reshape(len(found), min(k, len(self._whole)))

    def _packed(self, small: Vectors) -> NDArray[Any]:
        from sentence_transformers.util.quantization import quantize_embeddings

        if self.kept.precision == FLOAT:
            return small
        if self.kept.precision == INT8:
            return np.asarray(quantize_embeddings(small, "int8", ranges=self._ranges))
        return np.asarray(quantize_embeddings(small, "ubinary"))

    def _scores(self, small: Vectors) -> NDArray[np.floating]:
        """The higher, the nearer: dot products, or minus the number of bits that differ."""
        if self.kept.precision == FLOAT:
            exact: Vectors = self._rows @ small
            return exact
        if self.kept.precision == INT8:
            # Each dimension has a range of its own, so a dot product of the bytes themselves would be another one's.
            steps = (self._ranges[1] - self._ranges[0]) / 255
            whole: Vectors = (self._rows.astype(np.float32) + 128) * steps + self._ranges[0]
            scores: Vectors = whole @ small
            return scores
        bits = np.packbits(small > 0)
        differing = np.bitwise_count(np.bitwise_xor(self._rows.astype(np.uint8), bits)).sum(axis=1)
        fewest: NDArray[np.floating] = -differing.astype(np.float64)
        return fewest


def _axes(matrix: Vectors, kept: Kept) -> tuple[Vectors, Vectors]:
    """The middle (d,) of the vectors, and the axes (dimensions, d) on which they are kept.

    For a query, its dot product with the middle is the same for all, so that with all axes the order is exact.
    """
    if kept.way == CUT:
        return np.zeros(matrix.shape[1], dtype=np.float32), np.eye(kept.dimensions, matrix.shape[1], dtype=np.float32)
    from sklearn.decomposition import PCA as Principal  # noqa: N811

    made = Principal(kept.dimensions, svd_solver="full").fit(matrix)
    return made.mean_.astype(np.float32), made.components_.astype(np.float32)


def _unit(vectors: Vectors) -> Vectors:
    """Of unit length; what is nothing stays nothing."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    return unit
