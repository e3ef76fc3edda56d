"""The long work that explanations share: it reports how far it is, and closing it stops it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from searchcore.engine import Engine
from searchcore.index import COSINE_DECIMALS
from searchcore.models import Encoder
from searchcore.running import Work

Vectors = NDArray[np.float32]
_TINY = 1e-12


def loaded_encoder(engine: Engine, name: str | None) -> Work[Encoder]:
    """Yield progress while the encoder of that name (None: the default) loads, then return it."""
    return (yield from engine.models.encoder(engine.models.resolve("encoder", name)))


def encoded(engine: Engine, encoder: Encoder, texts: Sequence[str], *, as_query: bool = False) -> Work[Vectors]:
    """Unit vectors (texts, dimensions), made batch by batch so that searches get in between."""
    encode = engine.resources.encode_queries if as_query else engine.resources.encode_documents
    return (yield from encode(encoder, texts))


def role_cosines(engine: Engine, encoder: Encoder, pairs: Sequence[tuple[str, str]]) -> Work[list[tuple[float, float]]]:
    """For each pair of texts: the cosine with the first as query and the second as document, and the other way.

    A model that reads queries and documents alike gives each text one vector, so that both are the
    same number; a model with a query prompt gives each text two.
    """
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    documents = yield from encoded(engine, encoder, texts)
    queries = documents
    if not reads_alike(encoder, texts[0]):
        queries = yield from encoded(engine, encoder, texts, as_query=True)
    row = {text: i for i, text in enumerate(texts)}
    return [
        (_cosine(queries[row[a]], documents[row[b]]), _cosine(queries[row[b]], documents[row[a]])) for a, b in pairs
    ]


def reads_alike(encoder: Encoder, text: str) -> bool:
    """Whether the model reads `text` as a query as it reads it as a document: it has no query prompt."""
    return encoder.read(text, as_query=True) == encoder.read(text)


def cosines(left: NDArray[np.floating], right: NDArray[np.floating]) -> NDArray[np.float64]:
    """Cosines (rows of left, rows of right) of unit vectors, rounded as Search rounds them, within [-1, 1]."""
    products = np.asarray(left, dtype=np.float64) @ np.asarray(right, dtype=np.float64).T
    # Adding 0 turns a rounded -0.0 into 0.0.
    return np.clip(np.round(products, COSINE_DECIMALS), -1.0, 1.0) + 0.0


def _cosine(left: Vectors, right: Vectors) -> float:
    return float(cosines(left[None, :], right[None, :])[0, 0])


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """The rows of `vectors`, or the one vector, scaled to length 1; a vector of zeros stays as it is."""
    made = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(made, axis=-1, keepdims=True)
    scaled: NDArray[np.float64] = made / np.maximum(lengths, _TINY)
    return scaled


def plain(matrix: NDArray[np.floating]) -> list[list[float]]:
    """A matrix of cosines as lists, for JSON."""
    lists: list[list[float]] = np.round(matrix, COSINE_DECIMALS).tolist()
    return lists
