"""Named arrays in one safetensors file that is either whole and right, or not there.

Written to a temporary file, flushed, renamed; read only if key, ids and checksum are the expected ones.
One process writes while others wait for its lock file. Arrays are memory-mapped: what is read stays on disk, and
the system keeps in memory what is used. Our files are only ever replaced, never written to in place.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

LOCK_POLL_SECONDS = 1.0
LENGTH_BYTES = 8
BLOCK_BYTES, DIGEST_THREADS = 4 * 1024**2, 2
DTYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64, "U8": np.uint8}
Arrays = Mapping[str, NDArray[Any]]

log = logging.getLogger("searchcore")
# The folders that can't be written, and why, as far as somebody was told.
_told: set[tuple[Path, str]] = set()


@contextlib.contextmanager
def locked(path: Path, while_waiting: Callable[[], None]) -> Iterator[bool]:
    """Hold the lock file and yield True, or yield False where its folder can't be written."""
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
        _tell(path.parent, error)
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def write_arrays(path: Path, key: str, ids: Sequence[str], arrays: Arrays) -> bool:
    """Write `arrays` so that a reader sees all of it or nothing; False, with a warning, where the disk won't.

    Called under the lock of `key`: what a process that was killed has left half written is removed.
    """
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    named = json.dumps(list(ids))
    metadata = {"key": key, "ids": named, "sha256": _digest(key, named, whole)}
    temporary = path.with_name(f"{key}.{uuid.uuid4().hex}.tmp")
    try:
        for left in path.parent.glob(f"{key}.*.tmp"):
            left.unlink(missing_ok=True)
        with temporary.open("wb") as file:
            file.write(save(whole, metadata=metadata))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        _tell(path.parent, error)
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        return False
    _told.difference_update([each for each in _told if each[0] == path.parent])
    return True


def _tell(folder: Path, error: OSError) -> None:
    """Warn that nothing is kept: once for each reason until something is, and not at every search."""
    reason = error.strerror or str(error)
    if (folder, reason) not in _told:
        _told.add((folder, reason))
        log.warning("Nothing is kept: %s can't be written (%s).", folder, reason)


def read_arrays(path: Path, key: str, ids: Sequence[str]) -> dict[str, NDArray[Any]] | None:
    """The arrays in `path`; None where it is missing, or damaged or foreign (then it is set aside)."""
    try:
        if not path.exists():
            return None
        with safe_open(path, framework="numpy") as file:  # checks the header against the file
            metadata = file.metadata() or {}
        arrays, named = _mapped(path), json.dumps(list(ids))
        right = (
            metadata.get("key") == key
            and metadata.get("ids") == named
            and metadata.get("sha256") == _digest(key, named, arrays)
        )
    except (SafetensorError, KeyError, ValueError, TypeError, AttributeError, RecursionError):
        right = False  # among them: types that numpy has no name for
    except OSError as error:
        log.warning("%s can't be read (%s).", path, error.strerror or error)
        return None
    if right:
        return arrays
    log.warning("%s is damaged or not ours: it is set aside and made again.", path.name)
    with contextlib.suppress(OSError):
        path.replace(path.with_suffix(".damaged"))
    return None


def _mapped(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a safetensors file, memory-mapped: 8 bytes of length, a JSON header, then the arrays' bytes."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(LENGTH_BYTES), "little")
        header = json.loads(file.read(length))
    arrays: dict[str, NDArray[Any]] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        shape, start = tuple(entry["shape"]), LENGTH_BYTES + length + entry["data_offsets"][0]
        dtype = DTYPES[entry["dtype"]]
        # An empty file can't be mapped.
        arrays[name] = np.memmap(path, dtype, "r", start, shape) if 0 not in shape else np.empty(shape, dtype)
    return arrays


def _digest(key: str, ids: str, arrays: Arrays) -> str:
    """Checksum over everything in the file: key, ids (as JSON), and each array's name, type, shape and bytes."""
    described = [[name, str(array.dtype), list(array.shape)] for name, array in sorted(arrays.items())]
    digest = hashlib.sha256(json.dumps([key, ids, described]).encode())
    for _, array in sorted(arrays.items()):
        for of_block in _block_digests(np.ascontiguousarray(array).reshape(-1).view(np.uint8)):
            digest.update(of_block)
    return digest.hexdigest()


def _block_digests(raw: NDArray[np.uint8]) -> list[bytes]:
    """The checksum of each block of an array's bytes; of a large array two at a time, as it is read at every start."""
    blocks = [raw[start : start + BLOCK_BYTES] for start in range(0, len(raw), BLOCK_BYTES)]
    if len(blocks) <= 1:
        return [hashlib.sha256(block.data).digest() for block in blocks]
    with ThreadPoolExecutor(DIGEST_THREADS) as pool:
        return list(pool.map(lambda block: hashlib.sha256(block.data).digest(), blocks))
