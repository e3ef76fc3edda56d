"""Embeddings of a corpus, computed once and kept on disk.

One file for each (corpus, model). Its name is a hash over everything that decides the vectors, so a change
of any of it simply finds no file. A disk that is read-only or full costs the cache, never the search.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import platformdirs
from numpy.typing import NDArray

from searchcore.index.array_files import Arrays, locked, read_arrays, write_arrays
from searchcore.index.exact import ExactIndex
from searchcore.index.vector_index import VectorIndex
from searchcore.models.protocols import Encoder, TokenEncoder
from searchcore.types import Corpus

FORMAT_VERSION = 1
PART_DOCUMENTS = 1024
BATCH_DOCUMENTS = 64
MAX_CACHE_BYTES = 4 * 1024**3
FOLDER_VARIABLE = "SEARCHCORE_CACHE"
KEPT_TYPE = np.float16
TOKENS = "tokens"
SPACE_DISK = Path("/data")
# What counts towards the bound: entries and parts, what was set aside, and what a killed process left.
KEPT_SUFFIXES = (".safetensors", ".damaged", ".tmp")

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
EncodeTokens = Callable[[Sequence[str]], Sequence[Vectors]]


class Report(Protocol):
    """Called with the documents done and those in all; `kept` are not made now, they were there already."""

    def __call__(self, done: int, total: int, *, kept: bool = False) -> None:
        """Raises Cancelled when the work should stop."""


def _silent(done: int, total: int, *, kept: bool = False) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Unit vectors of every token of every document: one flat matrix (tokens, dimensions) in float16.

    The tokens of document i are the rows from `offsets[i]` to `offsets[i + 1]`.
    """

    flat: NDArray[np.float16]
    offsets: NDArray[np.int64]

    def of(self, position: int) -> NDArray[np.float32]:
        """The token vectors (tokens, dimensions) of one document, by its place in corpus order."""
        return self.flat[self.offsets[position] : self.offsets[position + 1]].astype(np.float32)


def default_folder() -> Path:
    """SEARCHCORE_CACHE, else the lasting disk of a Space that has one, else the user's cache folder."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if os.environ.get("SPACE_ID") and os.access(SPACE_DISK, os.W_OK):
        return SPACE_DISK / "searchcore"
    return platformdirs.user_cache_path("searchcore")


def cache_key(corpus: Corpus, fingerprint: str, kind: str = "embeddings") -> str:
    """Hash of the format, the kind of vectors, the model's fingerprint, and the ids and passages in order."""
    digest = hashlib.sha256()
    pieces = [f"searchcore {kind} {FORMAT_VERSION}", fingerprint]
    for document in corpus.documents:
        pieces += [document.doc_id, document.passage]
    for piece in pieces:
        raw = piece.encode("utf-8", errors="surrogatepass")
        # The length before each piece keeps ("ab", "c") apart from ("a", "bc").
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


class EmbeddingCache:
    """Vectors of shared corpora in a folder that several processes may use at once."""

    def __init__(self, folder: Path | None = None, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self.folder = folder or default_folder()
        self.max_bytes = max_bytes

    def embed(
        self, corpus: Corpus, encoder: Encoder, report: Report = _silent, encode: Encode | None = None
    ) -> VectorIndex:
        """The index over the passages' unit vectors, in corpus order.

        Read from disk where they are there and right; else computed, by one process while others wait,
        and kept. A corpus that is not shared is computed and not kept. `encode` makes vectors in the place of
        `encoder.encode_documents`: in the encoder's line, say.
        """
        passages = [document.passage for document in corpus.documents]
        key = cache_key(corpus, encoder.fingerprint)
        make = encode or encoder.encode_documents

        def compute(writable: bool) -> Arrays:
            if writable and len(passages) > PART_DOCUMENTS:
                return {"embeddings": self._encode_in_parts(key, corpus, make, passages, report)}
            return {"embeddings": _encode(make, passages, report)}

        kept = self._kept(corpus, key, compute, lambda: report(0, len(passages)))
        return ExactIndex(kept["embeddings"], key)

    def embed_tokens(
        self, corpus: Corpus, encoder: TokenEncoder, report: Report = _silent, encode: EncodeTokens | None = None
    ) -> TokenVectors:
        """Unit vectors of every token of the passages; kept as `embed` keeps its vectors."""
        total = len(corpus)
        make = encode or (lambda passages: [encoder.document_tokens(passage) for passage in passages])

        def compute(writable: bool) -> Arrays:
            report(0, total)
            rows, offsets = [], [0]
            for start in range(0, total, BATCH_DOCUMENTS):
                batch = corpus.documents[start : start + BATCH_DOCUMENTS]
                for vectors in make([document.passage for document in batch]):
                    rows.append(vectors.astype(KEPT_TYPE))
                    offsets.append(offsets[-1] + len(vectors))
                report(start + len(batch), total)
            return {"tokens": np.concatenate(rows), "offsets": np.array(offsets, dtype=np.int64)}

        key = cache_key(corpus, encoder.fingerprint, TOKENS)
        kept = self._kept(corpus, key, compute, lambda: report(0, total))
        return TokenVectors(kept["tokens"], kept["offsets"])

    def kept_tokens(self, corpus: Corpus, encoder: TokenEncoder) -> TokenVectors | None:
        """As `embed_tokens` where they are on disk already, else None."""
        if not corpus.shared:
            return None
        ids = [document.doc_id for document in corpus.documents]
        kept = self.entry(cache_key(corpus, encoder.fingerprint, TOKENS), ids)
        return None if kept is None else TokenVectors(kept["tokens"], kept["offsets"])

    def entry(self, key: str, ids: Sequence[str]) -> Arrays | None:
        """The arrays kept under `key` for these ids; None where there are none that can be used."""
        return self._read(self.folder / f"{key}.safetensors", key, ids)

    def replace_entry(self, key: str, ids: Sequence[str], make: Callable[[Arrays | None], Arrays]) -> None:
        """Keep what `make` makes of the entry as it is, one process at a time; not at all where the disk won't."""
        path = self.folder / f"{key}.safetensors"
        with locked(self.folder / f"{key}.lock", lambda: None) as writable:
            if writable and write_arrays(path, key, ids, make(self._read(path, key, ids))):
                self._make_room(path)

    def _kept(
        self, corpus: Corpus, key: str, compute: Callable[[bool], Arrays], while_waiting: Callable[[], None]
    ) -> Arrays:
        """The arrays from disk, or from `compute` (told whether the folder can be written) and then kept."""
        if not corpus.shared:
            return compute(False)
        ids = [document.doc_id for document in corpus.documents]
        if (kept := self.entry(key, ids)) is not None:
            return kept
        path = self.folder / f"{key}.safetensors"
        with locked(self.folder / f"{key}.lock", while_waiting) as writable:
            if writable:
                if (kept := self.entry(key, ids)) is not None:
                    return kept
                self._remove(f"{key}.*.tmp")  # left by a process that was killed while it held the lock
            arrays = compute(writable)
            small_enough = sum(array.nbytes for array in arrays.values()) <= self.max_bytes
            if writable and small_enough and write_arrays(path, key, ids, arrays):
                self._remove(f"{key}.part-*")
                self._make_room(path)
                return self._read(path, key, ids) or arrays  # from here on the file's pages, not ours
        return arrays

    def _encode_in_parts(
        self, key: str, corpus: Corpus, encode: Encode, passages: Sequence[str], report: Report
    ) -> Vectors:
        """Encode 1,024 documents at a time, each part kept at once, so that an interrupted run goes on from there."""
        total = len(passages)
        parts = []
        for start in range(0, total, PART_DOCUMENTS):
            ids = [document.doc_id for document in corpus.documents[start : start + PART_DOCUMENTS]]
            path = self.folder / f"{key}.part-{start:07d}.safetensors"
            if (kept := read_arrays(path, key, ids)) is not None:
                report(start + len(ids), total, kept=True)
            else:
                part = _encode(encode, passages[start : start + PART_DOCUMENTS], report, start, total)
                kept = {"embeddings": part}
                if part[0].nbytes * total <= self.max_bytes:
                    write_arrays(path, key, ids, kept)
            parts.append(kept["embeddings"])
        return np.concatenate(parts)

    def _read(self, path: Path, key: str, ids: Sequence[str]) -> dict[str, NDArray[Any]] | None:
        arrays = read_arrays(path, key, ids)
        if arrays is not None:
            with contextlib.suppress(OSError):
                os.utime(path)  # the entry used longest ago is the first to go
        return arrays

    def _remove(self, pattern: str) -> None:
        for path in self.folder.glob(pattern):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _make_room(self, newest: Path) -> None:
        """Delete the entries that were used longest ago until the folder is within its bound."""
        with contextlib.suppress(OSError):
            files = [(path, path.stat()) for path in self.folder.iterdir() if path.suffix in KEPT_SUFFIXES]
            size = sum(stat.st_size for _, stat in files)
            for path, stat in sorted(files, key=lambda item: item[1].st_mtime):
                if size <= self.max_bytes:
                    break
                if path != newest:
                    path.unlink(missing_ok=True)
                    size -= stat.st_size


def _encode(
    encode: Encode, passages: Sequence[str], report: Report, before: int = 0, total: int | None = None
) -> Vectors:
    """Vectors of `passages` in their order; texts of like length share a batch, which saves padding."""
    total = total or len(passages)
    order = sorted(range(len(passages)), key=lambda i: len(passages[i]))
    rows: list[Vectors] = []
    report(before, total)
    for start in range(0, len(order), BATCH_DOCUMENTS):
        batch = order[start : start + BATCH_DOCUMENTS]
        rows.append(encode([passages[i] for i in batch]))
        report(before + start + len(batch), total)
    made = np.concatenate(rows).astype(np.float32, copy=False)
    vectors = np.empty_like(made)
    vectors[order] = made
    return vectors
