"""What is put into the engine: the corpus in SCALE_CORPUS with the bundled model, or made-up vectors in clusters."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from searchcore import Corpus, Engine, Query, read_corpus
from tests.engines import MatrixEncoder, numbers
from tests.fakes import FakeScorer, store_of

CORPUS_VARIABLE = "SCALE_CORPUS"
COUNT, WIDTH, CLUSTERS, QUERIES = 12_000, 384, 60, 100
# So far from its own document each made-up query is, and each document from the middle of its cluster.
SPREAD = 0.04


class MadeUpEncoder(MatrixEncoder):
    """A query is the number of its document: its vector lies near it."""

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        chance = np.random.default_rng([int(query) for query in queries])
        near = self.matrix[[int(query) for query in queries]]
        return near + (SPREAD * chance.standard_normal(near.shape)).astype(np.float32)


def made_up() -> tuple[Corpus, MadeUpEncoder]:
    """12,000 documents in 60 clusters, every tenth one twice, and 100 queries, each for one of them."""
    chance = np.random.default_rng(13)
    middles = chance.standard_normal((CLUSTERS, WIDTH)) / WIDTH**0.5
    matrix = middles[chance.integers(CLUSTERS, size=COUNT)] + SPREAD * chance.standard_normal((COUNT, WIDTH))
    matrix[::10] = matrix[5::10]
    unit = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)
    asked = [str(place) for place in range(0, COUNT, COUNT // QUERIES)]
    queries = tuple(Query(f"q{place}", place) for place in asked)
    corpus = replace(numbers(COUNT, "made up"), queries=queries, qrels={f"q{p}": {f"d{p}": 1} for p in asked})
    return corpus, MadeUpEncoder(unit)


def engines(*addresses: str) -> tuple[Corpus, list[Engine]]:
    """The corpus, and an engine over it for each address; for an empty one its vectors are in memory."""
    if folder := os.environ.get(CORPUS_VARIABLE):
        corpus = read_corpus(Path(folder))
        return corpus, [Engine({corpus.name: corpus}, vectors=address) for address in addresses]
    corpus, encoder = made_up()
    models = store_of(encoder, FakeScorer())
    return corpus, [Engine({corpus.name: corpus}, models, vectors=address) for address in addresses]
