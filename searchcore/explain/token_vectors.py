"""From token vectors to one vector: every token of one text against every token of another, then their means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchcore.checks import check_text
from searchcore.engine import Engine
from searchcore.explain.work import cosines, loaded_encoder, plain, unit
from searchcore.models import Encoder
from searchcore.running import Work, finish
from searchcore.types import Progress


@dataclass(frozen=True, slots=True)
class Token:
    """One token as the model reads it. `added`: not of the text, but put there by the model ([CLS], a prompt)."""

    token: str
    added: bool


@dataclass(frozen=True, eq=False, slots=True)
class TokenSimilarity:
    """Cosines of the last hidden states of two texts.

    `matrix` is (query tokens, document tokens). `pooled_cosine` compares the means of the token
    vectors; `cosine` is the number Search shows. They are equal for a model that pools by mean, and
    differ for one that takes its first token's vector.
    """

    query: str
    document: str
    encoder: str
    query_tokens: tuple[Token, ...]
    document_tokens: tuple[Token, ...]
    matrix: NDArray[np.float64]
    pooled_cosine: float
    cosine: float

    def as_json(self) -> dict[str, Any]:
        """Everything as plain lists and dicts."""
        return {
            "model": self.encoder,
            "query_tokens": [{"token": t.token, "added": t.added} for t in self.query_tokens],
            "document_tokens": [{"token": t.token, "added": t.added} for t in self.document_tokens],
            "matrix": plain(self.matrix),
            "pooled_cosine": self.pooled_cosine,
            "cosine": self.cosine,
        }


def pooled_vector(token_vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """The mean of token vectors (tokens, dimensions), scaled to length 1.

    Mean pooling (Reimers and Gurevych 2019, Sentence-BERT). Special tokens count: for the default
    bi-encoder this is the very vector that Search uses.
    """
    return unit(np.asarray(token_vectors, dtype=np.float64).mean(axis=0))


def token_similarity(engine: Engine, query: str, document: str, encoder: str | None = None) -> TokenSimilarity:
    """Compare two texts token by token. Raises SearchError."""
    return finish(token_similarity_steps(engine, query, document, encoder))


def token_similarity_steps(
    engine: Engine, query: str, document: str, encoder: str | None = None
) -> Work[TokenSimilarity]:
    """As `token_similarity`, with progress on the way."""
    query, document = check_text(query, "query"), check_text(document, "document")
    model = yield from loaded_encoder(engine, encoder)
    yield Progress("embedding", model.name, 0, 2)
    of_query = yield from engine.resources.token_vectors(model, query, as_query=True)
    yield Progress("embedding", model.name, 1, 2)
    of_document = yield from engine.resources.token_vectors(model, document)
    query_vector = yield from engine.resources.encode_queries(model, [query])
    document_vector = yield from engine.resources.encode_documents(model, [document])
    searched = cosines(query_vector, document_vector)
    pooled = cosines(pooled_vector(of_query)[None, :], pooled_vector(of_document)[None, :])
    return TokenSimilarity(
        query,
        document,
        model.name,
        tokens_read(model, query, as_query=True),
        tokens_read(model, document, as_query=False),
        cosines(unit(of_query), unit(of_document)),
        float(pooled[0, 0]),
        float(searched[0, 0]),
    )


def tokens_read(model: Encoder, text: str, *, as_query: bool) -> tuple[Token, ...]:
    """The tokens that the model reads of `text`, each with whether the model added it."""
    read = model.read(text, as_query=as_query).tokens
    places = model.offsets(text, as_query=as_query)
    return tuple(Token(token, place is None) for token, place in zip(read, places, strict=True))
