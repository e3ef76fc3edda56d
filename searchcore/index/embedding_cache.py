"""Embeddings of a corpus, computed once and kept on disk.

One file for each (corpus, model). Its name is a hash over everything that decides the vectors, so a change
of any of it simply finds no file. A disk that is read-only or full costs the cache, never the search.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from searchcore.index.exact import ExactIndex
from searchcore.index.vector_index import VectorIndex
from searchcore.kept import Arrays, default_folder, locked, read_arrays, write_arrays
from searchcore.models.protocols import Encoder, TokenEncoder
from searchcore.types import Corpus

FORMAT_VERSION = 3
# So many documents are sorted by length together, and batches are made of neighbours.
PART_DOCUMENTS = 1024
BATCH_DOCUMENTS = 64
MAX_CACHE_BYTES = 4 * 1024**3
KEPT_TYPE = np.float16
TOKENS, LINKS = "tokens", "links"
# What counts towards the bound: entries and parts, what was set aside, and what a killed process left.
KEPT_SUFFIXES = (".safetensors", ".damaged", ".tmp")

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
EncodeTokens = Callable[[Sequence[str]], Sequence[Vectors]]
Done = dict[int, Arrays]
"""Batches that are done, by their number."""


class Report(Protocol):
    """Called with the documents done and those in all.

    `kept` are not made now, they were there already; `elsewhere`: another process makes them, and this one waits.
    """

    def __call__(self, done: int, total: int, *, kept: bool = False, elsewhere: bool = False) -> None:
        """Raises Cancelled when the work should stop."""


def _silent(done: int, total: int, *, kept: bool = False, elsewhere: bool = False) -> None:
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


def cache_key(corpus: Corpus, fingerprint: str, kind: str = "embeddings") -> str:
    """Hash of the format, the kind of vectors, the model's fingerprint, and the ids and passages in order."""
    digest = hashlib.sha256(_joined([f"searchcore {kind} {FORMAT_VERSION}", fingerprint]))
    for start in range(0, len(corpus), PART_DOCUMENTS):
        part = corpus.documents[start : start + PART_DOCUMENTS]
        digest.update(_joined([*(document.doc_id for document in part), *(document.passage for document in part)]))
    return digest.hexdigest()


def _joined(texts: Sequence[str]) -> bytes:
    """How many texts, how long each of them is, and all of them: so that ("ab", "c") is not ("a", "bc")."""
    numbers = np.array([len(texts), *map(len, texts)], dtype="<i8")
    return numbers.tobytes() + "".join(texts).encode("utf-8", errors="surrogatepass")


class EmbeddingCache:
    """Vectors of shared corpora in a folder that several processes may use at once."""

    def __init__(self, folder: Path | None = None, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self.folder = folder or default_folder()
        self.max_bytes = max_bytes

    def embed(
        self,
        corpus: Corpus,
        encoder: Encoder,
        report: Report = _silent,
        encode: Encode | None = None,
        done: Done | None = None,
    ) -> VectorIndex:
        """The index over the passages' unit vectors, in corpus order.

        Read from disk where they are there and right; else computed, by one process while others wait,
        and kept. A corpus that is not shared is computed and not kept; its batches are put into `done`, so that one
        that was interrupted goes on with what is there. `encode` makes vectors in the place of
        `encoder.encode_documents`: in the encoder's line, say.
        """
        total = len(corpus)
        key = cache_key(corpus, encoder.fingerprint)
        make = encode or encoder.encode_documents

        def vectors(texts: Sequence[str]) -> Arrays:
            return {"embeddings": make(texts).astype(np.float32, copy=False)}

        def compute(writable: bool) -> Arrays:
            whole: Vectors | None = None
            for batch, arrays in self._batches(key, corpus, _by_length(corpus), vectors, report, writable, done):
                rows = arrays["embeddings"]
                whole = np.empty((total, rows.shape[1]), np.float32) if whole is None else whole
                whole[batch] = rows
            return {} if whole is None else {"embeddings": whole}

        kept = self._kept(corpus, key, compute, lambda: report(0, total, elsewhere=True))
        return ExactIndex(kept["embeddings"], key)

    def batches(
        self, corpus: Corpus, encoder: Encoder, report: Report, encode: Encode
    ) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Unit vectors of a shared corpus, a batch of positions at a time, for whoever keeps them elsewhere.

        Read from disk where they are there and right; else made, and kept there until `forget_batches`, so that an
        interrupted run goes on where it stopped. Call it under the lock of the corpus's key.
        """
        key, total = cache_key(corpus, encoder.fingerprint), len(corpus)
        if (kept := self.entry(key, [document.doc_id for document in corpus.documents])) is not None:
            for start in range(0, total, PART_DOCUMENTS):
                part = range(start, min(start + PART_DOCUMENTS, total))
                yield part, kept["embeddings"][part.start : part.stop]
                report(part.stop, total, kept=True)
            return

        def vectors(texts: Sequence[str]) -> Arrays:
            return {"embeddings": encode(texts).astype(np.float32, copy=False)}

        order = _by_length(corpus)
        for batch, arrays in self._batches(key, corpus, order, vectors, report, True, None):
            yield batch, arrays["embeddings"]

    def forget_batches(self, key: str) -> None:
        """Delete what `batches` has kept: it is elsewhere now."""
        self._remove(f"{key}.batch-*")

    def embed_tokens(
        self,
        corpus: Corpus,
        encoder: TokenEncoder,
        report: Report = _silent,
        encode: EncodeTokens | None = None,
        done: Done | None = None,
    ) -> TokenVectors:
        """Unit vectors of every token of the passages; kept as `embed` keeps its vectors."""
        total = len(corpus)
        make = encode or (lambda passages: [encoder.document_tokens(passage) for passage in passages])
        key = cache_key(corpus, encoder.fingerprint, TOKENS)
        batches = [range(start, min(start + BATCH_DOCUMENTS, total)) for start in range(0, total, BATCH_DOCUMENTS)]

        def tokens(passages: Sequence[str]) -> Arrays:
            rows = make(passages)
            lengths = np.array([len(vectors) for vectors in rows], dtype=np.int64)
            return {"tokens": np.concatenate(rows).astype(KEPT_TYPE), "lengths": lengths}

        def compute(writable: bool) -> Arrays:
            made = [arrays for _, arrays in self._batches(key, corpus, batches, tokens, report, writable, done)]
            offsets = np.concatenate([[0], *(arrays["lengths"] for arrays in made)]).cumsum()
            return {
                "tokens": np.concatenate([arrays["tokens"] for arrays in made]),
                "offsets": offsets.astype(np.int64),
            }

        kept = self._kept(corpus, key, compute, lambda: report(0, total, elsewhere=True))
        return TokenVectors(kept["tokens"], kept["offsets"])

    def links(self, corpus: Corpus, fingerprint: str, make: Callable[[], NDArray[np.uint8]], report: Report) -> Arrays:
        """The links of the graph over the vectors of that fingerprint; kept as `embed` keeps its vectors."""
        key = cache_key(corpus, fingerprint, LINKS)
        return self._kept(corpus, key, lambda _: {"links": make()}, lambda: report(0, len(corpus), elsewhere=True))

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
            if writable and (kept := self.entry(key, ids)) is not None:
                return kept
            arrays = compute(writable)
            small_enough = sum(array.nbytes for array in arrays.values()) <= self.max_bytes
            if writable and small_enough and write_arrays(path, key, ids, arrays):
                self.forget_batches(key)
                self._make_room(path)
                return self._read(path, key, ids) or arrays  # from here on the file's pages, not ours
        return arrays

    def _batches(
        self,
        key: str,
        corpus: Corpus,
        batches: Sequence[Sequence[int]],
        make: Callable[[Sequence[str]], Arrays],
        report: Report,
        writable: bool,
        in_memory: Done | None,
    ) -> Iterator[tuple[Sequence[int], Arrays]]:
        """What `make` makes of the documents at each batch's positions, kept in files or memory until all are done.

        So an interrupted run goes on where it stopped: what is on disk already is read and not made again.
        """
        done, total = 0, len(corpus)
        in_files = keeping = writable and len(batches) > 1
        report(done, total)
        for number, batch in enumerate(batches):
            documents = [corpus.documents[position] for position in batch]
            ids = [document.doc_id for document in documents]
            path = self.folder / f"{key}.batch-{number:05d}.safetensors"
            done += len(batch)
            kept = read_arrays(path, key, ids) if in_files else (in_memory or {}).get(number)
            if kept is not None:
                report(done, total, kept=True)
                yield batch, kept
                continue
            made = make([document.passage for document in documents])
            if in_memory is not None and not corpus.shared:
                in_memory[number] = made
            size = sum(array.nbytes for array in made.values())
            keeping = keeping and size * total <= self.max_bytes * len(batch) and write_arrays(path, key, ids, made)
            report(done, total)
            yield batch, made

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


def _by_length(corpus: Corpus) -> list[list[int]]:
    """Positions in batches of 64: texts of like length share one, which saves padding."""
    lengths = [len(document.passage) for document in corpus.documents]
    batches = []
    for start in range(0, len(lengths), PART_DOCUMENTS):
        part = range(start, min(start + PART_DOCUMENTS, len(lengths)))
        order = sorted(part, key=lambda position: lengths[position])
        batches += [order[first : first + BATCH_DOCUMENTS] for first in range(0, len(order), BATCH_DOCUMENTS)]
    return batches
