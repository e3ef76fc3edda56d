"""A model that was made of another one, kept on disk beside the embeddings: made once, read at every start."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from searchcore.kept import default_folder, locked, read_arrays, write_arrays

MODEL = "model"
FORMAT_VERSION = 3


def kept_model(name: str, fingerprint: str, make: Callable[[], bytes]) -> bytes:
    """The bytes that `make` gives, from disk where they are there and right; where the disk won't, made in memory.

    `fingerprint` covers all that decides them. A damaged file is set aside and made again, with a warning.
    """
    key = hashlib.sha256(f"searchcore model {FORMAT_VERSION} {name} {fingerprint}".encode()).hexdigest()
    path = default_folder() / f"{key}.safetensors"
    if (found := _read(path, key, name)) is not None:
        return found
    with locked(path.with_suffix(".lock"), lambda: None) as writable:
        # Another process may have made it meanwhile.
        if writable and (found := _read(path, key, name)) is not None:
            return found
        made = make()
        if writable:
            write_arrays(path, key, [name], {MODEL: np.frombuffer(made, dtype=np.uint8)})
    return made


def _read(path: Path, key: str, name: str) -> bytes | None:
    kept = read_arrays(path, key, [name])
    return kept[MODEL].tobytes() if kept is not None else None
