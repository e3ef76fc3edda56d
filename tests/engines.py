"""Vectors put into Milvus for tests: any matrix as a corpus, and a process between client and engine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from searchcore import Corpus
from searchcore.index import EmbeddingCache
from searchcore.index.milvus import MilvusEngine
from searchcore.index.milvus_index import MilvusIndex
from tests.fakes import FakeEncoder, corpus_of


class MatrixEncoder(FakeEncoder):
    """Its vectors are the rows of a matrix: a passage is the number of its row."""

    def __init__(self, matrix: NDArray[np.float32]) -> None:
        content = repr(matrix.shape).encode() + matrix.tobytes()
        super().__init__("matrix", hashlib.sha256(content).hexdigest())
        self.matrix = matrix

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        self.document_calls.append(list(passages))
        return self.matrix[[int(passage) for passage in passages]]


def numbers(count: int, name: str = "numbers") -> Corpus:
    """A corpus for a MatrixEncoder: its texts are "0", "1", and so on."""
    return corpus_of(*map(str, range(count)), name=name)


def silent(done: int, total: int, *, kept: bool = False, elsewhere: bool = False) -> None:
    """A report that nobody hears."""


def put(engine: MilvusEngine, matrix: NDArray[np.float32], name: str = "numbers") -> MilvusIndex:
    """The index over the rows of `matrix`, in the engine."""
    encoder = MatrixEncoder(matrix)
    return engine.index(numbers(len(matrix), name), encoder, silent, encoder.encode_documents)


def engine_at(address: str, folder: Path) -> MilvusEngine:
    """An engine whose unfinished work is kept in `folder`."""
    return MilvusEngine(address, EmbeddingCache(folder))
