"""Runs in a process of its own: `fill_child.py FOLDER DOCUMENTS` fills an engine's file and kills itself on the way.

With 0 documents it is not killed, and says how many it finds.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np

from tests.engines import MatrixEncoder, engine_at, numbers

MATRIX = np.random.default_rng(5).standard_normal((400, 16)).astype(np.float32)
MATRIX /= np.linalg.norm(MATRIX, axis=1, keepdims=True)


def main(folder: Path, killed_at: int) -> None:
    def report(done: int, total: int, *, kept: bool = False, elsewhere: bool = False) -> None:
        if killed_at and done >= killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    encoder = MatrixEncoder(MATRIX)
    engine = engine_at(str(folder / "vectors.db"), folder / "unfinished")
    index = engine.index(numbers(len(MATRIX)), encoder, report, encoder.encode_documents)
    found, _ = index.search(MATRIX, 5)
    right = bool((found[:, 0] == np.arange(len(MATRIX))).all() and (index.vectors(range(400)) == MATRIX).all())
    print(len(index), right, len(engine._names()), encoder.documents_encoded)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
