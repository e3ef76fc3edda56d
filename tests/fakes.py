"""Stand-ins for the models, and small corpora. They keep the real interfaces, count calls, and wait when told to.

A test proves a cache hit by what a fake was asked for, and puts threads in order with the events here:
`started` is set when the fake is called, and a `gate` holds it until the test sets it.
"""

from __future__ import annotations

import json
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from searchcore import Corpus, Document, Query
from searchcore.index import VectorIndex
from searchcore.models import Encoder, ModelSpec, ModelStore, PairScorer
from searchcore.types import ModelInput

ENCODER = "fake/encoder"
SCORER = "fake/scorer"
DIMENSIONS = 64
PATIENCE_SECONDS = 20.0


def words_of(text: str) -> list[str]:
    """The words of `text` in lower case: what the fakes read."""
    return re.findall(r"\w+", text.lower())


def bag_of_words(text: str, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """Unit vector of `text`: each word adds 1 or -1 at a place that its checksum decides, in any process."""
    vector = np.zeros(dimensions, dtype=np.float32)
    for word in words_of(text):
        code = zlib.crc32(word.encode("utf-8"))
        vector[code % dimensions] += 1.0 if code & 0x10000 else -1.0
    if not vector.any():
        vector[0] = 1.0
    unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
    return unit


def overlap_logit(query: str, passage: str) -> float:
    """Logit of a pair: 3 for each shared word, less a little for each word of the passage."""
    read = words_of(passage)
    return 3.0 * len(set(words_of(query)) & set(read)) - 4.0 - 0.125 * len(read)


def rows_of(index: VectorIndex) -> NDArray[np.float32]:
    """All vectors of an index (documents, dimensions), in corpus order."""
    return index.vectors(range(len(index)))


def read_words(text: str, pair: str | None, window: int) -> ModelInput:
    """One token a word, cut at `window` from the end; a text without words is one token, as no input is empty."""
    first, second = words_of(text) or ["[UNK]"], words_of(pair or "")
    tokens = [*first, *second]
    segments = [0] * len(first) + [1] * len(second)
    kept = tokens[:window]
    return ModelInput(
        tokens=tuple(kept),
        ids=tuple(zlib.crc32(token.encode("utf-8")) % 30_000 for token in kept),
        segments=tuple(segments[:window]),
        attention_mask=(1,) * len(kept),
        limit=window,
        dropped=len(tokens) - len(kept),
        dropped_tokens=tuple(tokens[window:]),
        first_tokens=len(first),
        first_dropped=max(0, len(first) - window),
    )


class Held:
    """What both fakes share: an error to raise, an event that says "I was called", and a gate to wait at."""

    def __init__(self, gate: threading.Event | None = None, error: Exception | None = None) -> None:
        self.started = threading.Event()
        self.gate = gate
        self.error = error

    def pause(self) -> None:
        """Say that the fake was called, wait for the gate, then raise the error if there is one."""
        self.started.set()
        if self.gate is not None and not self.gate.wait(PATIENCE_SECONDS):
            raise AssertionError("nobody opened the gate")
        if self.error is not None:
            raise self.error


class FakeEncoder(Held):
    """An Encoder whose vectors are hashed bags of words. `document_calls` and `query_calls` hold what it was asked."""

    def __init__(
        self,
        name: str = ENCODER,
        fingerprint: str = "fake encoder, prompt 1",
        window: int = 256,
        gate: threading.Event | None = None,
        error: Exception | None = None,
        on_call: Callable[[Sequence[str]], None] = lambda passages: None,
    ) -> None:
        super().__init__(gate, error)
        self.name = name
        self.fingerprint = fingerprint
        self.window = window
        self.on_call = on_call
        self.document_calls: list[list[str]] = []
        self.query_calls: list[list[str]] = []

    @property
    def documents_encoded(self) -> int:
        """How many passages it has encoded in all."""
        return sum(len(call) for call in self.document_calls)

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        self.document_calls.append(list(passages))
        self.on_call(passages)
        self.pause()
        return np.stack([bag_of_words(passage) for passage in passages])

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        self.query_calls.append(list(queries))
        return np.stack([bag_of_words(query) for query in queries])

    def read(self, text: str, *, as_query: bool = False) -> ModelInput:
        return read_words(text, None, self.window)

    def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
        return np.stack([bag_of_words(token) for token in self.read(text).tokens])

    def offsets(self, text: str, *, as_query: bool = False) -> tuple[tuple[int, int] | None, ...]:
        return tuple(match.span() for match in re.finditer(r"\w+", text))[: self.window] or ((0, len(text)),)

    def words(self, text: str) -> list[tuple[int, int]]:
        return [(match.start(), 1) for match in re.finditer(r"\w+", text)]


class FakeScorer(Held):
    """A PairScorer that counts shared words, one pair at a time. `pairs` holds every pair it was asked for, in order.

    `calls` says how many pairs were handed over at a time. `score` replaces the logit.
    """

    def __init__(
        self,
        name: str = SCORER,
        fingerprint: str = "fake scorer 1",
        window: int = 512,
        gate: threading.Event | None = None,
        error: Exception | None = None,
        score: Callable[[str, str], float] = overlap_logit,
    ) -> None:
        super().__init__(gate, error)
        self.name = name
        self.fingerprint = fingerprint
        self.window = window
        self.score = score
        self.parallel = 1
        self.pairs: list[tuple[str, str]] = []
        self.calls: list[int] = []

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Iterator[float]:
        self.calls.append(len(pairs))
        for query, passage in pairs:
            self.pairs.append((query, passage))
            self.pause()
            yield self.score(query, passage)

    def read(self, query: str, passage: str) -> ModelInput:
        return read_words(query, passage, self.window)

    def padded(self, pairs: Sequence[tuple[str, str]]) -> list[ModelInput]:
        return [self.read(*pair) for pair in pairs]


def store_of(*models: FakeEncoder | FakeScorer, loads: list[str] | None = None) -> ModelStore:
    """A ModelStore of these models; the first of each role is its default. `loads` collects the names loaded."""
    catalogue = {model.name: _spec(model, [] if loads is None else loads) for model in models}
    roles = {role: [name for name, spec in catalogue.items() if spec.role == role] for role in ("encoder", "scorer")}
    return ModelStore(catalogue, default_encoder=roles["encoder"][0], default_scorer=roles["scorer"][0])


def _spec(model: FakeEncoder | FakeScorer, loads: list[str]) -> ModelSpec:
    def load(report: Callable[[int, int], None]) -> Encoder | PairScorer:
        loads.append(model.name)
        return model

    role: Literal["encoder", "scorer"] = "encoder" if isinstance(model, FakeEncoder) else "scorer"
    return ModelSpec(model.name, role, bundled=True, licence="MIT", load=load)


def corpus_of(*texts: str, name: str = "small", shared: bool = True, queries: Sequence[str] = ()) -> Corpus:
    """A corpus of `texts` with ids d0, d1, ..."""
    return Corpus(
        name=name,
        title=name.title(),
        documents=tuple(Document(f"d{i}", text) for i, text in enumerate(texts)),
        queries=tuple(Query(f"q{i}", text) for i, text in enumerate(queries)),
        shared=shared,
    )


def numbered_corpus(count: int, name: str = "numbered", shared: bool = True) -> Corpus:
    """`count` short documents, each with words of its own."""
    return corpus_of(*(f"film number{i} about topic{i % 7}" for i in range(count)), name=name, shared=shared)


def write_beir(
    folder: Path,
    documents: Sequence[Mapping[str, Any]] | bytes = ({"_id": "a", "text": "one"}, {"_id": "b", "text": "two"}),
    queries: Sequence[Mapping[str, Any]] | bytes | None = ({"_id": "q", "text": "one?"},),
    qrels: str | bytes | None = "query-id\tcorpus-id\tscore\nq\ta\t1\n",
    card: str | bytes | None = None,
    *,
    windows: bool = False,
    bom: bool = False,
) -> Path:
    """A corpus in BEIR layout; None leaves a file out, bytes are written as they are. Returns the folder."""
    folder.mkdir(parents=True)
    files = {"corpus.jsonl": documents, "queries.jsonl": queries, "qrels/test.tsv": qrels, "README.md": card}
    for name, content in files.items():
        if content is None:
            continue
        raw = content if isinstance(content, bytes) else _as_text(content).encode("utf-8")
        if windows:
            raw = raw.replace(b"\n", b"\r\n")
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\xef\xbb\xbf" + raw if bom else raw)
    return folder


def _as_text(content: Sequence[Mapping[str, Any]] | str) -> str:
    if isinstance(content, str):
        return content
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in content)
