"""A bi-encoder seen token by token, for late interaction without a model of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from searchcore.models.protocols import Encoder
from searchcore.models.query_cut import cut_by_encoder
from searchcore.types import QueryCut


class OwnTokens:
    """The very token vectors whose mean is a text's vector, each scaled to unit length.

    They were not trained to be compared one by one; that they can be at all is part of the lesson.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name = encoder.name
        self.fingerprint = f"{encoder.fingerprint}|tokens"

    def query_tokens(self, query: str) -> NDArray[np.float32]:
        """See TokenEncoder.query_tokens."""
        return _unit(self._encoder.token_vectors(query, as_query=True))

    def query_cut(self, query: str) -> QueryCut | None:
        """See TokenEncoder.query_cut."""
        return cut_by_encoder(self._encoder, query)

    def document_tokens(self, passage: str) -> NDArray[np.float32]:
        """See TokenEncoder.document_tokens."""
        return _unit(self._encoder.token_vectors(passage))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
