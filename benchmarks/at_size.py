"""Top 10 among 10 thousand, 100 thousand and a million vectors, and opening the vectors of 100 thousand documents.

The peer is `util.semantic_search` of sentence-transformers. The limit is what no exact search can be faster than: one
matrix product, and a partition of its scores. Vectors are random, of unit length, from a seed.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import util

from benchmarks.machine import machine
from benchmarks.measure import in_turn
from searchcore import Corpus, Document
from searchcore.index import EmbeddingCache, ExactIndex
from searchcore.types import ModelInput

DIMENSIONS, K, SEED = 384, 10, 20
SIZES = {10_000: 201, 100_000: 41, 1_000_000: 9}
BLOCK = 50_000
OPENED, OPENINGS, WORDS = 100_000, 5, 60
Vectors = NDArray[np.float32]


def main() -> None:
    """Print the times of searches at each size, of opening, and the most memory that was in use."""
    print(f"\n{machine()}")
    for size, rounds in SIZES.items():
        compare(unit_vectors(size), rounds)
        print(f"  {peak_megabytes():8,.0f} MB  resident at most until here", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        open_kept(made_up(OPENED), EmbeddingCache(Path(folder)))


def unit_vectors(size: int, seed: int = SEED) -> Vectors:
    """Random directions (size, 384), made in blocks."""
    chance = np.random.default_rng(seed)
    vectors = np.empty((size, DIMENSIONS), dtype=np.float32)
    for start in range(0, size, BLOCK):
        block = vectors[start : start + BLOCK]
        chance.standard_normal(out=block, dtype=np.float32)
        block /= np.linalg.norm(block, axis=1, keepdims=True)
    return vectors


def limit(matrix: Vectors, query: Vectors, k: int = K) -> NDArray[np.intp]:
    """Positions of the `k` highest products with `query`, best first; ties as they fall."""
    scores = matrix @ query
    best = np.argpartition(scores, -k)[-k:]
    order: NDArray[np.intp] = best[np.argsort(-scores[best])]
    return order


def compare(matrix: Vectors, rounds: int) -> None:
    """Print the times against the peer and the limit, after all three have found the same."""
    index, query = ExactIndex(matrix), unit_vectors(1, SEED + 1)
    as_tensors = torch.from_numpy(query), torch.from_numpy(matrix)

    def ours() -> list[int]:
        found: list[int] = index.search(query, K)[0][0].tolist()
        return found

    def peer() -> list[int]:
        return [hit["corpus_id"] for hit in util.semantic_search(*as_tensors, top_k=K)[0]]

    print(f"\nTop {K} of {len(matrix):,} vectors of {DIMENSIONS} numbers")
    assert ours() == peer() == limit(matrix, query[0]).tolist()
    in_turn(ours, peer, rounds).show("ExactIndex.search", "util.semantic_search")
    to_limit = in_turn(ours, lambda: limit(matrix, query[0]), rounds)
    print(
        f"  {1 / median(to_limit.ratios):8.2f} times the limit ({1 / max(to_limit.ratios):.2f} to "
        f"{1 / min(to_limit.ratios):.2f}): the matrix product and argpartition",
        flush=True,
    )


class MadeUp:
    """An Encoder whose vectors are random: what is opened was not made by a model."""

    name, fingerprint, window = "made up", "made up", 256

    def encode_documents(self, passages: Sequence[str]) -> Vectors:
        """See Encoder.encode_documents."""
        return unit_vectors(len(passages))

    def encode_queries(self, queries: Sequence[str]) -> Vectors:
        """See Encoder.encode_queries."""
        return unit_vectors(len(queries))

    def read(self, text: str, *, as_query: bool = False) -> ModelInput:
        """Not needed here."""
        raise NotImplementedError

    def token_vectors(self, text: str, *, as_query: bool = False) -> Vectors:
        """Not needed here."""
        raise NotImplementedError

    def offsets(self, text: str, *, as_query: bool = False) -> tuple[tuple[int, int] | None, ...]:
        """Not needed here."""
        raise NotImplementedError

    def words(self, text: str) -> list[tuple[int, int]]:
        """Not needed here."""
        raise NotImplementedError


def made_up(size: int) -> Corpus:
    """A corpus of texts as long as abstracts are."""
    text = "a made-up sentence of some words " * (WORDS // 6)
    return Corpus("made-up", tuple(Document(str(i), f"{i} {text}", f"Title {i}") for i in range(size)), shared=True)


def open_kept(corpus: Corpus, cache: EmbeddingCache) -> None:
    """Print how long it takes until kept vectors can be searched: key, ids and checksum of all of them included."""
    cache.embed(corpus, MadeUp())

    def opened() -> None:
        assert len(cache.embed(corpus, MadeUp())) == len(corpus)

    def peer() -> None:
        [path] = cache.folder.glob("*.safetensors")
        assert path.read_bytes()

    compared = in_turn(opened, peer, OPENINGS)
    print(f"\nOpen the kept vectors of {len(corpus):,} documents, their file in the system's memory")
    compared.show("EmbeddingCache.embed, all checked", "reading the file's bytes, nothing checked")


def peak_megabytes() -> float:
    """The most memory that this process has had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
