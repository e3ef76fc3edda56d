"""First-stage retrieval over a whole corpus: exact cosine, and BM25 on words."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from searchcore.types import Hit

# Vectors differ in the seventh decimal with the batch they were made in; below that, a tie is a tie.
COSINE_DECIMALS = 6
# How far a float32 matrix product may be off: two equal rows can differ by the rows they are next to.
PRODUCT_ERROR = 1e-5


def top_k(scores: NDArray[np.floating], k: int) -> NDArray[np.intp]:
    """Positions of the `k` highest of `scores` (n,), best first; ties in order of position.

    Linear in n (a partition) before the sort of the few that remain.
    """
    n = len(scores)
    if k < n:
        threshold = np.partition(scores, n - k)[n - k]
        kept = np.flatnonzero(scores >= threshold)
    else:
        kept = np.arange(n)
    return kept[np.argsort(-scores[kept], kind="stable")][:k]


def cosine_hits(
    doc_ids: Sequence[str], matrix: NDArray[np.float32], query_vector: NDArray[np.float32], k: int
) -> tuple[Hit, ...]:
    """The `k` documents with the highest cosine to the query.

    `matrix` is (documents, dimensions) and `query_vector` (dimensions,), both of unit length, so
    that the dot product is the cosine, in [-1, 1]. Exact: every document is compared, and those that
    could be among the `k` are compared again row by row in float64, so that equal rows have equal scores.
    """
    rough = matrix @ query_vector
    near = np.flatnonzero(rough >= rough[top_k(rough, k)].min(initial=np.inf) - 2 * PRODUCT_ERROR)
    cosines = (matrix[near].astype(np.float64) * query_vector).sum(axis=1)
    scores = np.round(cosines, COSINE_DECIMALS)
    return _hits([doc_ids[i] for i in near.tolist()], scores, top_k(scores, k))


class KeywordIndex:
    """BM25 over stemmed English words without stop words (Robertson and Zaragoza 2009; library bm25s)."""

    def __init__(self, doc_ids: Sequence[str], passages: Sequence[str]) -> None:
        self._doc_ids = doc_ids
        self._stemmer = Stemmer.Stemmer("english")
        words = self.words(passages)
        # bm25s can't index a corpus in which every document is empty, as one of stop words only is.
        self._index = bm25s.BM25() if any(words) else None
        if self._index is not None:
            self._index.index(words, show_progress=False)

    def words(self, texts: Sequence[str]) -> list[list[str]]:
        """What BM25 reads of each text: its words in lower case, stemmed, without stop words."""
        tokens: list[list[str]] = bm25s.tokenize(
            list(texts), stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        return tokens

    def hits(self, query: str, k: int) -> tuple[Hit, ...]:
        """At most `k` documents that share a word with the query; fewer, or none, where fewer do."""
        words = self.words([query])[0]
        if self._index is None or not words:
            return ()
        scores = self._index.get_scores(words)
        best = top_k(scores, k)
        return _hits(self._doc_ids, scores, best[scores[best] > 0])


def _hits(doc_ids: Sequence[str], scores: NDArray[np.floating], best: NDArray[np.intp]) -> tuple[Hit, ...]:
    return tuple(Hit(rank, doc_ids[i], float(scores[i])) for rank, i in enumerate(best, start=1))
