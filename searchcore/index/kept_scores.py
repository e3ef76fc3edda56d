"""Pair scores of known queries in the embedding cache's folder, under its rules.

One file for each (corpus, model), named by a hash of all that decides the scores: documents and the model's
fingerprint. Arrays of one length say, pair by pair: a hash of the query, the document's place, and what a PairScore
says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from searchcore.index.embedding_cache import EmbeddingCache, cache_key
from searchcore.kept import Arrays
from searchcore.types import Corpus, PairScore

MAX_PAIRS = 200_000
# The third kind: the second knew a query by its place among the corpus's own.
KIND = "scores 3"
HASH_BYTES = 8
# In the order of a row: where the pair is, then the fields of its PairScore.
COLUMNS = {
    "query": np.int64,
    "document": np.int64,
    "logit": np.float64,
    "dropped": np.int64,
    "seconds": np.float32,
    "query_tokens": np.int64,
    "query_dropped": np.int64,
}

ByQuery = dict[int, dict[str, PairScore]]


def hash_of(query: str) -> int:
    """What stands for a query in a file: 64 bits of its SHA-256, with a sign, as the array's type has one."""
    digest = hashlib.sha256(query.encode("utf-8", errors="surrogatepass")).digest()
    return int.from_bytes(digest[:HASH_BYTES], "little", signed=True)


def read_scores(cache: EmbeddingCache, corpus: Corpus, fingerprint: str) -> ByQuery:
    """What is kept, by the query's hash and by document; empty where there is nothing that can be used."""
    key = cache_key(corpus, fingerprint, KIND)
    kept = cache.entry(key, [document.doc_id for document in corpus.documents])
    return {} if kept is None else _from_arrays(corpus, kept)


def keep_scores(
    cache: EmbeddingCache, corpus: Corpus, fingerprint: str, scores: Mapping[int, Mapping[str, PairScore]]
) -> None:
    """Add `scores` to what is kept. Where the disk won't take them, they are not kept, and a warning says so."""
    key = cache_key(corpus, fingerprint, KIND)

    def merged(kept: Arrays | None) -> Arrays:
        found = {} if kept is None else _from_arrays(corpus, kept)
        for query, of_query in scores.items():
            found.setdefault(query, {}).update(of_query)
        return _to_arrays(corpus, found)

    cache.replace_entry(key, [document.doc_id for document in corpus.documents], merged)


def _to_arrays(corpus: Corpus, scores: ByQuery) -> Arrays:
    rows = [(q, corpus.position(doc_id), *score) for q, found in scores.items() for doc_id, score in found.items()]
    columns: Iterable[Sequence[float]] = zip(*rows[-MAX_PAIRS:], strict=True) if rows else ((),) * len(COLUMNS)
    arrays = {name: np.array(column, dtype=COLUMNS[name]) for name, column in zip(COLUMNS, columns, strict=True)}
    # The very number that was scored: a logit read from disk sorts and shows as the one computed.
    return {**arrays, "logit": arrays["logit"].view(np.int64)}


def _from_arrays(corpus: Corpus, kept: Arrays) -> ByQuery:
    scores: ByQuery = {}
    arrays = {**kept, "logit": kept["logit"].view(np.float64)}
    for query, document, *score in zip(*(arrays[name].tolist() for name in COLUMNS), strict=True):
        scores.setdefault(query, {})[corpus.documents[document].doc_id] = PairScore(*score)
    return scores
