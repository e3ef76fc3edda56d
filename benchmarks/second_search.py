"""The second search on a corpus against the first, which embeds it. The models are in memory before either."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from benchmarks.measure import Comparison, seconds
from searchcore import Engine
from searchcore.index import EmbeddingCache
from searchcore.models import ModelStore

ROUNDS = 3
CORPUS, FIRST, SECOND = "movies", "vietnam war", "a heist that goes wrong"


def main() -> None:
    """Print how the first search compares with one for another query, and with the same one again."""
    models = ModelStore()
    rounds = [one_round(models) for _ in range(ROUNDS)]
    first, another, again = zip(*rounds, strict=True)
    print(f"\nSearch {CORPUS} with 20 candidates, by bi-encoder and cross-encoder")
    Comparison(another, first).show("second search, another query", "first search, which embeds the corpus")
    Comparison(again, first).show("third search, the first query again", "first search, which embeds the corpus")


def one_round(models: ModelStore) -> tuple[float, float, float]:
    """Seconds of a first search with an empty cache, of another query, and of the first query again."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(models=models, cache=EmbeddingCache(Path(folder)))
        engine.search("toy", FIRST)
        first, another, again = (seconds(partial(engine.search, CORPUS, query)) for query in (FIRST, SECOND, FIRST))
        engine.close()
    return first, another, again


if __name__ == "__main__":
    main()
