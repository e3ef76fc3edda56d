"""Every text against every other, as a matrix of cosines and as a map in two dimensions."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchcore.checks import check_texts
from searchcore.engine import Engine
from searchcore.explain.work import Vectors, cosines, encoded, loaded_encoder, plain
from searchcore.running import Work, finish
from searchcore.spreadsheet import safe_cell

LEAST_TEXTS = 2
MOST_TEXTS = 50
# Unit vectors that differ by less than this differ by float32 rounding only.
_NO_SPREAD = 1e-5
_LOADING_DECIMALS = 6


@dataclass(frozen=True, eq=False, slots=True)
class SimilarityMatrix:
    """Cosines (texts, texts) of 2 to 50 texts read as documents, and the unit vectors (texts, dimensions)."""

    model: str
    texts: tuple[str, ...]
    matrix: NDArray[np.float64]
    vectors: Vectors

    def as_json(self) -> dict[str, Any]:
        """The answer of the endpoint /similarity."""
        return {"model": self.model, "matrix": plain(self.matrix)}


@dataclass(frozen=True, slots=True)
class PcaMap:
    """A point for each vector, and the share of all variance that each of the two axes explains, in [0, 1]."""

    points: tuple[tuple[float, float], ...]
    explained: tuple[float, float]

    def as_json(self) -> dict[str, Any]:
        """Everything as plain lists and dicts."""
        return {"points": [list(point) for point in self.points], "explained": list(self.explained)}


def similarity(engine: Engine, texts: Sequence[str], encoder: str | None = None) -> SimilarityMatrix:
    """Compare each of 2 to 50 texts with each. Raises SearchError."""
    return finish(similarity_steps(engine, texts, encoder))


def similarity_steps(engine: Engine, texts: Sequence[str], encoder: str | None = None) -> Work[SimilarityMatrix]:
    """As `similarity`, with progress on the way."""
    checked = check_texts(texts, "texts", least=LEAST_TEXTS, most=MOST_TEXTS)
    model = yield from loaded_encoder(engine, encoder)
    vectors = yield from encoded(engine, model, checked)
    return SimilarityMatrix(model.name, tuple(checked), cosines(vectors, vectors), vectors)


def pca_map(vectors: NDArray[np.floating]) -> PcaMap:
    """Principal components (Pearson 1901; Hotelling 1933) of vectors (texts, dimensions), by numpy's SVD.

    The same vectors give the same map in any order: the largest loading of an axis is positive.
    Identical vectors all lie at the origin, where there is no variance to explain: both shares are 0.
    """
    matrix = np.asarray(vectors, dtype=np.float64)
    left, spread, axes = np.linalg.svd(matrix - matrix.mean(axis=0), full_matrices=False)
    spread = np.where(spread < _NO_SPREAD, 0.0, spread)
    largest = np.argmax(np.abs(np.round(axes, _LOADING_DECIMALS)), axis=1)
    signs = np.where(axes[np.arange(len(axes)), largest] < 0, -1.0, 1.0)
    # Two columns even where there is only one dimension.
    points = np.pad(left * spread * signs, ((0, 0), (0, 2)))[:, :2] + 0.0
    total = float((spread**2).sum())
    shares = np.pad(spread**2 / total if total else spread, (0, 2))[:2]
    return PcaMap(
        tuple((float(x), float(y)) for x, y in points),
        (float(shares[0]), float(shares[1])),
    )


def to_csv(matrix: SimilarityMatrix) -> str:
    """The matrix as CSV: a first row and a first column of texts, cosines with 6 decimals.

    A text that a spreadsheet would run as a formula gets an apostrophe in front
    (OWASP, CSV injection); every text is quoted, so that no separator in it splits a cell.
    """
    labels = [safe_cell(text) for text in matrix.texts]
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(["", *labels])
    for label, row in zip(labels, plain(matrix.matrix), strict=True):
        writer.writerow([label, *row])
    return made.getvalue()
