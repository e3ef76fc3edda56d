"""Models that sentence-transformers loads from a folder: fp32 on torch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer
from torch import nn
from transformers.utils import logging as transformers_logging

from searchcore.models.tokens import Tokens
from searchcore.types import ModelInput, QueryCut

BATCH_SIZE = 32
MAX_WINDOW = 512
THREADS = torch.get_num_threads()

transformers_logging.disable_progress_bar()


class SentenceEncoder:
    """A bi-encoder whose vector is the mean of its token vectors, scaled to unit length."""

    def __init__(self, name: str, folder: Path, fingerprint: str) -> None:
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.name = name
        self.window = self._model.max_seq_length = min(self._model.max_seq_length or MAX_WINDOW, MAX_WINDOW)
        self.fingerprint = f"{fingerprint}|window={self.window}|pooling=mean|query_prompt=|unit"
        # Typed "[SEP]" is text, as in Tokens.
        self._model.tokenizer.split_special_tokens = True
        self.tokens = Tokens(self._model.tokenizer.backend_tokenizer, self.window)
        # A fast tokenizer may not be used by two threads at once.
        self._one_at_a_time = threading.Lock()

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """See Encoder.encode_documents.

        A text alone, as a query is, is read by one thread: two would wait for the cores that score pairs.
        """
        with self._one_at_a_time:
            torch.set_num_threads(1 if len(passages) == 1 else THREADS)
            try:
                vectors: NDArray[np.float32] = self._model.encode(
                    list(passages),
                    batch_size=BATCH_SIZE,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
            finally:
                torch.set_num_threads(THREADS)
        return vectors

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """See Encoder.encode_queries. These models take queries and documents alike."""
        return self.encode_documents(queries)

    def read(self, text: str, *, as_query: bool = False) -> ModelInput:
        """See Encoder.read."""
        return self.tokens.read(text)

    def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
        """See Encoder.token_vectors."""
        with self._one_at_a_time:
            vectors = self._model.encode([text], output_value="token_embeddings", show_progress_bar=False)[0]
        return np.asarray(vectors.cpu().numpy(), dtype=np.float32)

    def offsets(self, text: str, *, as_query: bool = False) -> tuple[tuple[int, int] | None, ...]:
        """See Encoder.offsets."""
        return self.tokens.offsets(text)

    def words(self, text: str) -> Sequence[tuple[int, int]]:
        """See Encoder.words."""
        return self.tokens.words(text)


class SentencePairScorer:
    """A cross-encoder with one label; the logit as it is, without the sigmoid that is the default."""

    def __init__(self, name: str, folder: Path, fingerprint: str) -> None:
        self._model = CrossEncoder(str(folder), device="cpu", local_files_only=True, activation_fn=nn.Identity())
        self.name = name
        self.window = self._model.max_seq_length = min(self._model.max_seq_length or MAX_WINDOW, MAX_WINDOW)
        self.fingerprint = f"{fingerprint}|window={self.window}"
        self.parallel = 1
        # Typed "[SEP]" is text, as in Tokens.
        self._model.tokenizer.split_special_tokens = True
        self.tokens = Tokens(self._model.tokenizer.backend_tokenizer, self.window)
        self._one_at_a_time = threading.Lock()

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Generator[float, None, None]:
        """See PairScorer.scores. One pair at a time, so that progress shows and padding costs nothing."""
        for pair in pairs:
            with self._one_at_a_time:
                logit = self._model.predict([pair], show_progress_bar=False)
            yield float(np.asarray(logit).reshape(-1)[0])

    def read(self, query: str, passage: str) -> ModelInput:
        """See PairScorer.read."""
        return self.tokens.read(query, passage)

    def padded(self, pairs: Sequence[tuple[str, str]]) -> list[ModelInput]:
        """See PairScorer.padded."""
        return self.tokens.padded(pairs)


class MultiVectorMatcher:
    """A model trained for late interaction (ColBERT): vectors meant to be compared token by token."""

    def __init__(self, name: str, folder: Path, fingerprint: str) -> None:
        self._model = MultiVectorEncoder(str(folder), device="cpu", local_files_only=True)
        self.name = name
        self.fingerprint = fingerprint
        self._one_at_a_time = threading.Lock()
        reader = self._model[0]
        expansion = reader.query_expansion or {}
        fixed = expansion["length"] if expansion.get("strategy") == "fixed" else None
        window = fixed or reader.query_length or self._model.max_seq_length or MAX_WINDOW
        self._whole = Tokens(self._model.tokenizer.backend_tokenizer, window)
        # The prompt, [CLS] and [SEP] share the window with the query.
        self._room = window - len(self._model.tokenizer(self._model.prompts.get("query") or "")["input_ids"])

    def query_cut(self, query: str) -> QueryCut | None:
        """See TokenEncoder.query_cut."""
        tokens = self._whole.read(query).first_tokens
        return QueryCut(tokens, tokens - self._room) if tokens > self._room else None

    def query_tokens(self, query: str) -> NDArray[np.float32]:
        """See TokenEncoder.query_tokens."""
        return self._tokens(self._model.encode_query, query)

    def document_tokens(self, passage: str) -> NDArray[np.float32]:
        """See TokenEncoder.document_tokens."""
        return self._tokens(self._model.encode_document, passage)

    def _tokens(self, encode: Callable[..., Any], text: str) -> NDArray[np.float32]:
        with self._one_at_a_time:
            vectors = encode([text], convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False)[0]
        return np.asarray(vectors, dtype=np.float32)
