"""Int8 models on ONNX Runtime: one input at a time, never padded.

The cross-encoder's graph is wired anew (see rewired), which is done once and kept. These files quantise activations
over the whole tensor, so a score made in a batch depends on its neighbours (by up to 0.4 logits, measured). One
unpadded input at a time makes the score a function of that input alone; two inputs in parallel, one thread each, make
up for the time.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# ONNX Runtime reports its use to its maker unless told not to before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from searchcore.models.kept_model import kept_model
from searchcore.models.tokens import Tokens
from searchcore.types import ModelInput

PARALLEL_INPUTS = 2
RECIPE = Path(__file__).with_name("rewired.py")
RECIPE_CHARACTERS = 16


def _session(model: str | bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _run(session: onnxruntime.InferenceSession, encoding: Encoding) -> NDArray[np.float32]:
    inputs = {
        "input_ids": np.array([encoding.ids], dtype=np.int64),
        "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
        "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
    }
    # A graph that was wired anew takes no mask: an input is never padded.
    asked = {each.name: inputs[each.name] for each in session.get_inputs()}
    output: NDArray[np.float32] = session.run(None, asked)[0][0]
    return output


def _recipe() -> str:
    """What changes with the way in which a graph is wired anew."""
    return hashlib.sha256(RECIPE.read_bytes()).hexdigest()[:RECIPE_CHARACTERS]


def _rewired(folder: Path) -> bytes:
    # It needs a library of its own, and is needed once.
    from searchcore.models.rewired import rewired

    return rewired(folder / "model.onnx")


class OnnxPairScorer:
    """A cross-encoder whose graph is wired anew; it gives the logit of one pair."""

    def __init__(self, name: str, folder: Path, fingerprint: str, window: int) -> None:
        self.name = name
        self.fingerprint = f"{fingerprint}|rewired={_recipe()}|window={window}"
        self.window = window
        self.parallel = PARALLEL_INPUTS
        self.tokens = Tokens(Tokenizer.from_file(str(folder / "tokenizer.json")), window)
        self._session = _session(kept_model(name, f"{fingerprint} {_recipe()}", lambda: _rewired(folder)))

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Generator[float, None, None]:
        """Logits in the order of `pairs`; closing the iterator drops the pairs not yet begun."""
        for pair in pairs:
            yield float(_run(self._session, self.tokens.encode(*pair))[0])

    def read(self, query: str, passage: str) -> ModelInput:
        """See PairScorer.read."""
        return self.tokens.read(query, passage)

    def padded(self, pairs: Sequence[tuple[str, str]]) -> list[ModelInput]:
        """See PairScorer.padded."""
        return self.tokens.padded(pairs)


class OnnxEncoder:
    """A bi-encoder that takes the vector of its first token, [CLS], as the text's vector."""

    def __init__(self, name: str, folder: Path, fingerprint: str, window: int, query_prompt: str) -> None:
        self.name = name
        self.fingerprint = f"{fingerprint}|window={window}|pooling=cls|query_prompt={query_prompt}|unit"
        self.window = window
        self.query_prompt = query_prompt
        self.tokens = Tokens(Tokenizer.from_file(str(folder / "tokenizer.json")), window)
        self._session = _session(str(folder / "model.onnx"))
        self._pool = ThreadPoolExecutor(PARALLEL_INPUTS, thread_name_prefix="onnx-encoder")
        self._batch = threading.Lock()

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """See Encoder.encode_documents."""
        with self._batch:
            vectors = np.stack(list(self._pool.map(self._vector, passages)))
        return vectors

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """See Encoder.encode_queries."""
        return np.stack([self._vector(self.query_prompt + query) for query in queries])

    def read(self, text: str, *, as_query: bool = False) -> ModelInput:
        """See Encoder.read."""
        return self.tokens.read(self._prompted(text, as_query))

    def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
        """See Encoder.token_vectors."""
        return _run(self._session, self.tokens.encode(self._prompted(text, as_query)))

    def offsets(self, text: str, *, as_query: bool = False) -> tuple[tuple[int, int] | None, ...]:
        """See Encoder.offsets."""
        return self.tokens.offsets(text, self.query_prompt if as_query else "")

    def _prompted(self, text: str, as_query: bool) -> str:
        return self.query_prompt + text if as_query else text

    def _vector(self, text: str) -> NDArray[np.float32]:
        first = _run(self._session, self.tokens.encode(text))[0]
        unit: NDArray[np.float32] = first / np.linalg.norm(first)
        return unit
