"""Bundled models on ONNX Runtime: one input at a time, never padded.

The cross-encoder's graph is wired anew (see rewired), which is done once and kept. The int8 files quantise activations
over the whole tensor, so a score made in a batch depends on its neighbours (by up to 0.4 logits, measured). One
unpadded input at a time makes the result a function of that input alone; two inputs in parallel, one thread each, make
up for the time. In fp32 that is faster than batches, too: nothing is padded.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

# ONNX Runtime reports its use to its maker unless told not to before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from searchcore.models.kept_model import kept_model
from searchcore.models.tokens import Tokens
from searchcore.running.priority import step_back
from searchcore.types import ModelInput

PARALLEL_INPUTS = 2
REWIRED, FUSED = (Path(__file__).with_name(name) for name in ("rewired.py", "fused.py"))
RECIPE_CHARACTERS = 16
NUMBERS_IN = "session.model_external_initializers_file_folder_path"

Pooling = Literal["cls", "mean"]


def _session(model: str | bytes, numbers_in: Path | None = None) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    if numbers_in:
        options.add_session_config_entry(NUMBERS_IN, str(numbers_in))
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _run(session: onnxruntime.InferenceSession, encoding: Encoding) -> NDArray[np.float32]:
    inputs = {
        "input_ids": np.array([encoding.ids], dtype=np.int64),
        "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
        "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
    }
    # A graph of our own takes no mask: an input is never padded.
    asked = {each.name: inputs[each.name] for each in session.get_inputs()}
    output: NDArray[np.float32] = session.run(None, asked)[0][0]
    return output


def _recipe(path: Path) -> str:
    """What changes with the way in which the file at `path` makes a graph."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:RECIPE_CHARACTERS]


def _rewired(folder: Path) -> bytes:
    # It needs a library of its own, and is needed once.
    from searchcore.models.rewired import rewired

    return rewired(folder / "model.onnx")


class OnnxPairScorer:
    """A cross-encoder whose graph is wired anew; it gives the logit of one pair."""

    def __init__(self, name: str, folder: Path, fingerprint: str, window: int) -> None:
        self.name = name
        self.fingerprint = f"{fingerprint}|rewired={_recipe(REWIRED)}|window={window}"
        self.window = window
        self.parallel = PARALLEL_INPUTS
        self.tokens = Tokens(Tokenizer.from_file(str(folder / "tokenizer.json")), window)
        self._session = _session(kept_model(name, f"{fingerprint} {_recipe(REWIRED)}", lambda: _rewired(folder)))

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
    """A bi-encoder: the vector of the first token, [CLS], or the mean of all token vectors, scaled to unit length."""

    def __init__(
        self, name: str, folder: Path, fingerprint: str, window: int, query_prompt: str, pooling: Pooling = "cls"
    ) -> None:
        self.name = name
        self.fingerprint = f"{fingerprint}|window={window}|pooling={pooling}|query_prompt={query_prompt}|unit"
        self.window = window
        self.query_prompt = query_prompt
        self.tokens = Tokens(Tokenizer.from_file(str(folder / "tokenizer.json")), window)
        self._pooling = pooling
        self._session = self._made_session(folder)
        self._pool = ThreadPoolExecutor(PARALLEL_INPUTS, "onnx-encoder", initializer=step_back)
        self._batch = threading.Lock()

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """See Encoder.encode_documents. A text alone is read in the caller's thread."""
        if len(passages) == 1:
            return self._vector(passages[0])[np.newaxis]
        with self._batch:
            vectors = np.stack(list(self._pool.map(self._vector, passages)))
        return vectors

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """See Encoder.encode_queries."""
        return self.encode_documents([self.query_prompt + query for query in queries])

    def read(self, text: str, *, as_query: bool = False) -> ModelInput:
        """See Encoder.read."""
        return self.tokens.read(self._prompted(text, as_query))

    def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
        """See Encoder.token_vectors."""
        return _run(self._session, self.tokens.encode(self._prompted(text, as_query)))

    def offsets(self, text: str, *, as_query: bool = False) -> tuple[tuple[int, int] | None, ...]:
        """See Encoder.offsets."""
        return self.tokens.offsets(text, self.query_prompt if as_query else "")

    def words(self, text: str) -> Sequence[tuple[int, int]]:
        """See Encoder.words."""
        return self.tokens.words(text)

    def _made_session(self, folder: Path) -> onnxruntime.InferenceSession:
        return _session(str(folder / "model.onnx"))

    def _prompted(self, text: str, as_query: bool) -> str:
        return self.query_prompt + text if as_query else text

    def _vector(self, text: str) -> NDArray[np.float32]:
        tokens = _run(self._session, self.tokens.encode(text))
        vector = tokens[0] if self._pooling == "cls" else tokens.mean(axis=0)
        unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
        return unit


class FusedEncoder(OnnxEncoder):
    """The bundled bi-encoder in fp32: its graph is made from the weights as they were published (see fused)."""

    def __init__(self, name: str, folder: Path, fingerprint: str, window: int) -> None:
        super().__init__(name, folder, f"{fingerprint}|fused={_recipe(FUSED)}", window, "", "mean")

    def _made_session(self, folder: Path) -> onnxruntime.InferenceSession:
        # It needs a library of its own.
        from searchcore.models.fused import fused

        # Where it really is: ONNX Runtime follows no link out of the folder that it is given.
        weights = (folder / "model.safetensors").resolve()
        return _session(fused(weights), numbers_in=weights.parent)
