"""Pair scores of a corpus's prepared queries in the embedding cache's folder, under its rules.

One file for each (corpus, model), named by a hash of all that decides the scores: documents, queries and the model's
fingerprint. Four arrays of one length say, pair by pair: the query's and the document's place, logit, tokens not read,
and the seconds the pass took.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from searchcore.index.array_files import Arrays
from searchcore.index.embedding_cache import EmbeddingCache, cache_key
from searchcore.types import Corpus, PairScore

MAX_PAIRS = 200_000

ByQuery = dict[int, dict[str, PairScore]]


def read_scores(cache: EmbeddingCache, corpus: Corpus, fingerprint: str) -> ByQuery:
    """What is kept, by the query's place and by document; empty where there is nothing that can be used."""
    key = cache_key(corpus, f"{fingerprint} {corpus.fingerprint}", "scores")
    kept = cache.entry(key, [document.doc_id for document in corpus.documents])
    return {} if kept is None else _from_arrays(corpus, kept)


def keep_scores(
    cache: EmbeddingCache, corpus: Corpus, fingerprint: str, scores: Mapping[int, Mapping[str, PairScore]]
) -> None:
    """Add `scores` to what is kept. Where the disk won't take them, they are not kept, and a warning says so."""
    key = cache_key(corpus, f"{fingerprint} {corpus.fingerprint}", "scores")

    def merged(kept: Arrays | None) -> Arrays:
        found = {} if kept is None else _from_arrays(corpus, kept)
        for query, of_query in scores.items():
            found.setdefault(query, {}).update(of_query)
        return _to_arrays(corpus, found)

    cache.replace_entry(key, [document.doc_id for document in corpus.documents], merged)


def _to_arrays(corpus: Corpus, scores: ByQuery) -> Arrays:
    rows = [(q, corpus.position(doc_id), *score) for q, found in scores.items() for doc_id, score in found.items()]
    queries, documents, logits, dropped, seconds = zip(*rows[-MAX_PAIRS:], strict=True) if rows else ((),) * 5
    return {
        "query": np.array(queries, dtype=np.int64),
        "document": np.array(documents, dtype=np.int64),
        # The very number that was scored: a logit read from disk sorts and shows as the one computed.
        "logit": np.array(logits, dtype=np.float64).view(np.int64),
        "dropped": np.array(dropped, dtype=np.int64),
        "seconds": np.array(seconds, dtype=np.float32),
    }


def _from_arrays(corpus: Corpus, kept: Arrays) -> ByQuery:
    scores: ByQuery = {}
    columns = (kept["query"], kept["document"], kept["logit"].view(np.float64), kept["dropped"], kept["seconds"])
    for query, document, logit, dropped, seconds in zip(*(column.tolist() for column in columns), strict=True):
        scores.setdefault(query, {})[corpus.documents[document].doc_id] = PairScore(logit, dropped, seconds)
    return scores
