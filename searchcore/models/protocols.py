"""What the engine needs of a model. Every model, bundled, from the Hub or a test's fake, is one of these."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from searchcore.types import ModelInput, QueryCut

Report = Callable[[int, int], None]
"""Called with (done, total) while a model is fetched; raises Cancelled when the work should stop."""


@runtime_checkable
class Encoder(Protocol):
    """A bi-encoder: one text in, one vector out (Reimers and Gurevych 2019, Sentence-BERT).

    `fingerprint` changes whenever the vectors could: it covers the model, its weights, window, prompt,
    pooling and normalisation, and is part of the cache key. `window` is in tokens.
    """

    @property
    def name(self) -> str:
        """Full name of the model."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the results could."""
        ...

    @property
    def window(self) -> int:
        """The longest input that is read, in tokens."""
        ...

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (passages, dimensions) in the order given."""
        ...

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (queries, dimensions), with the model's query prompt where it has one."""
        ...

    def read(self, text: str, *, as_query: bool = False) -> ModelInput:
        """The tokens that the model sees of `text`, and what falls beyond its window."""
        ...

    def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
        """Last hidden states (tokens, dimensions), one for each token that `read` returns."""
        ...

    def offsets(self, text: str, *, as_query: bool = False) -> tuple[tuple[int, int] | None, ...]:
        """For each token that `read` returns, the characters of `text` it stands for; None if it stands for none."""
        ...

    def words(self, text: str) -> Sequence[tuple[int, int]]:
        """Of a document's text, within the window or not: where each word begins, and how many tokens it is read in."""
        ...


@runtime_checkable
class PairScorer(Protocol):
    """A cross-encoder: a query and a passage read together, one logit out (Nogueira and Cho 2019)."""

    @property
    def name(self) -> str:
        """Full name of the model."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the results could."""
        ...

    @property
    def window(self) -> int:
        """The longest input that is read, in tokens."""
        ...

    @property
    def parallel(self) -> int:
        """How many pairs it scores at the same time, each in a thread of the caller's."""
        ...

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Generator[float, None, None]:
        """One logit for each (query, passage), yielded in the order given as they become ready.

        Closing it drops the pairs not yet begun.
        """
        ...

    def read(self, query: str, passage: str) -> ModelInput:
        """The one input `[CLS] query [SEP] passage [SEP]`, and what falls beyond the window."""
        ...

    def padded(self, pairs: Sequence[tuple[str, str]]) -> list[ModelInput]:
        """The (query, passage) pairs as one batch, all as long as the longest: attention mask 0 marks padding."""
        ...


@runtime_checkable
class TokenEncoder(Protocol):
    """For late interaction: one unit vector for each token (Khattab and Zaharia 2020, ColBERT)."""

    @property
    def name(self) -> str:
        """Full name of the model."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the results could."""
        ...

    def query_tokens(self, query: str) -> NDArray[np.float32]:
        """Unit vectors (tokens, dimensions) of a query."""
        ...

    def query_cut(self, query: str) -> QueryCut | None:
        """What it does not read of a query; None where that is nothing."""
        ...

    def document_tokens(self, passage: str) -> NDArray[np.float32]:
        """Unit vectors (tokens, dimensions) of a document's passage."""
        ...
