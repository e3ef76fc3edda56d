"""Corpus embeddings, computed once and kept on disk as safetensors, never as pickle.

One file for each (corpus, encoder). Its name is a hash over everything that decides the vectors, and
the ids and a checksum stand inside, so that a file that loads is a file that is right. A disk that is
read-only or full costs the cache, never the search.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import platformdirs
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from searchcore.models.protocols import Encoder, Report
from searchcore.types import Corpus

FORMAT_VERSION = 1
PART_DOCUMENTS = 1024
BATCH_DOCUMENTS = 64
MAX_CACHE_BYTES = 4 * 1024**3
FOLDER_VARIABLE = "SEARCHCORE_CACHE"
SPACE_DISK = Path("/data")
LOCK_POLL_SECONDS = 1.0

log = logging.getLogger("searchcore")
Vectors = NDArray[np.float32]


def default_folder() -> Path:
    """SEARCHCORE_CACHE, else the lasting disk of a Space that has one, else the user's cache folder."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if os.environ.get("SPACE_ID") and os.access(SPACE_DISK, os.W_OK):
        return SPACE_DISK / "searchcore"
    return platformdirs.user_cache_path("searchcore")


def cache_key(corpus: Corpus, encoder: Encoder) -> str:
    """Hash of the format, the encoder's fingerprint, and the ids and passages in order."""
    digest = hashlib.sha256()
    pieces = [f"searchcore embeddings {FORMAT_VERSION}", encoder.fingerprint]
    for document in corpus.documents:
        pieces += [document.doc_id, document.passage]
    for piece in pieces:
        raw = piece.encode("utf-8", errors="surrogatepass")
        # The length before each piece keeps ("ab", "c") apart from ("a", "bc").
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


class EmbeddingCache:
    """Embeddings of shared corpora in a folder that several processes may use at once."""

    def __init__(self, folder: Path | None = None, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self.folder = folder or default_folder()
        self.max_bytes = max_bytes

    def embed(self, corpus: Corpus, encoder: Encoder, report: Report = lambda done, total: None) -> Vectors:
        """Unit vectors (documents, dimensions) of the passages, in corpus order, float32.

        Read from disk where they are there and right; else computed, by one process while others wait,
        and kept. `report` is called with (documents done, documents in all). A corpus that is not
        shared is computed and not kept.
        """
        passages = [document.passage for document in corpus.documents]
        if not corpus.shared:
            return _encode(encoder, passages, report)
        entry = _Entry(self.folder, cache_key(corpus, encoder), [d.doc_id for d in corpus.documents])
        if (kept := entry.read()) is not None:
            return kept
        with _locked(entry.lock_path, lambda: report(0, len(passages))) as writable:
            if not writable:
                return _encode(encoder, passages, report)
            if (kept := entry.read()) is not None:
                return kept
            entry.remove_leftovers()
            vectors = entry.compute(encoder, passages, report)
            if vectors.nbytes <= self.max_bytes:
                entry.write(vectors)
                self._make_room(entry.path)
        return vectors

    def _make_room(self, newest: Path) -> None:
        """Delete the entries that were used longest ago until the folder is within its bound."""
        with contextlib.suppress(OSError):
            files = [(p, p.stat()) for p in self.folder.iterdir() if p.suffix in (".safetensors", ".damaged")]
            size = sum(stat.st_size for _, stat in files)
            for path, stat in sorted(files, key=lambda item: item[1].st_mtime):
                if size <= self.max_bytes:
                    break
                if path != newest:
                    path.unlink(missing_ok=True)
                    size -= stat.st_size


class _Entry:
    """The files of one (corpus, encoder): the whole, and the parts of a run not finished yet."""

    def __init__(self, folder: Path, key: str, doc_ids: list[str]) -> None:
        self.folder = folder
        self.key = key
        self.doc_ids = doc_ids
        self.path = folder / f"{key}.safetensors"
        self.lock_path = folder / f"{key}.lock"

    def read(self) -> Vectors | None:
        """The whole matrix, or None where it is missing or was set aside."""
        vectors = _read(self.path, self.key, self.doc_ids)
        if vectors is not None:
            with contextlib.suppress(OSError):
                os.utime(self.path)
        return vectors

    def write(self, vectors: Vectors) -> None:
        """Keep the whole matrix and drop the parts it was made of."""
        if _write(self.path, self.key, self.doc_ids, vectors):
            for part in self.folder.glob(f"{self.key}.part-*"):
                part.unlink(missing_ok=True)

    def remove_leftovers(self) -> None:
        """Delete half-written files of a process that was killed; the caller holds the lock."""
        for path in self.folder.glob(f"{self.key}.*.tmp"):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def compute(self, encoder: Encoder, passages: Sequence[str], report: Report) -> Vectors:
        """Encode in parts, each kept as soon as it is made, so that an interrupted run goes on from there."""
        total = len(passages)
        if total <= PART_DOCUMENTS:
            return _encode(encoder, passages, report)
        parts = []
        for start in range(0, total, PART_DOCUMENTS):
            ids = self.doc_ids[start : start + PART_DOCUMENTS]
            path = self.folder / f"{self.key}.part-{start:07d}.safetensors"
            part = _read(path, self.key, ids)
            if part is None:
                part = _encode(encoder, passages[start : start + PART_DOCUMENTS], report, start, total)
                _write(path, self.key, ids, part)
            parts.append(part)
            report(start + len(ids), total)
        return np.concatenate(parts)


def _encode(
    encoder: Encoder, passages: Sequence[str], report: Report, before: int = 0, total: int | None = None
) -> Vectors:
    """Vectors of `passages` in their order; texts of like length share a batch, which saves padding."""
    total = total or len(passages)
    order = sorted(range(len(passages)), key=lambda i: len(passages[i]))
    rows: list[Vectors] = []
    report(before, total)
    for start in range(0, len(order), BATCH_DOCUMENTS):
        batch = order[start : start + BATCH_DOCUMENTS]
        rows.append(encoder.encode_documents([passages[i] for i in batch]))
        report(before + start + len(batch), total)
    made = np.concatenate(rows).astype(np.float32, copy=False)
    vectors = np.empty_like(made)
    vectors[order] = made
    return vectors


@contextlib.contextmanager
def _locked(path: Path, while_waiting: Callable[[], None]) -> Iterator[bool]:
    """Hold the lock file and yield True, or yield False where the folder can't be written."""
    lock = FileLock(path, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                lock.acquire(timeout=LOCK_POLL_SECONDS)
                break
            except Timeout:
                while_waiting()
    except OSError as error:
        log.warning("Embeddings are not kept: %s can't be written (%s).", path.parent, error.strerror or error)
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _digest(key: str, doc_ids: Sequence[str], vectors: Vectors) -> str:
    digest = hashlib.sha256(json.dumps([key, list(doc_ids), list(vectors.shape)]).encode())
    digest.update(np.ascontiguousarray(vectors).data)
    return digest.hexdigest()


def _write(path: Path, key: str, doc_ids: Sequence[str], vectors: Vectors) -> bool:
    """Write to a temporary file, flush it to the disk, then rename: a reader sees all of it or nothing."""
    metadata = {"key": key, "ids": json.dumps(list(doc_ids)), "sha256": _digest(key, doc_ids, vectors)}
    content = save({"embeddings": np.ascontiguousarray(vectors)}, metadata=metadata)
    temporary = path.with_name(f"{key}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        log.warning("Embeddings are not kept: %s (%s).", path.parent, error.strerror or error)
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        return False
    return True


def _read(path: Path, key: str, doc_ids: Sequence[str]) -> Vectors | None:
    """The vectors in `path`; None where it is missing, or damaged or foreign (then it is set aside)."""
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            # The type is looked at first: numpy has no name for some that a file can hold.
            if file.get_slice("embeddings").get_dtype() != "F32":
                raise ValueError("not float32")
            vectors: Vectors = file.get_tensor("embeddings")
        right = (
            metadata.get("key") == key
            and json.loads(metadata.get("ids", "null")) == list(doc_ids)
            and metadata.get("sha256") == _digest(key, doc_ids, vectors)
        )
    except (SafetensorError, KeyError, ValueError, RecursionError):
        right = False
    except OSError as error:
        log.warning("Embeddings in %s can't be read (%s).", path, error.strerror or error)
        return None
    if right:
        return vectors
    log.warning("%s is damaged or not ours: it is set aside and made again.", path.name)
    with contextlib.suppress(OSError):
        path.replace(path.with_suffix(".damaged"))
    return None
