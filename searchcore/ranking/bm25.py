"""BM25: which words query and document share, and how rare they are (Robertson and Zaragoza 2009; library bm25s)."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from searchcore.index import top_k
from searchcore.ranking.method import BM25, Scale
from searchcore.request import Request
from searchcore.running import Work
from searchcore.types import Hit, Ranking


class KeywordIndex:
    """The words of a corpus: stemmed English, without stop words. Safe to share between threads."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._one_at_a_time = threading.Lock()  # a stemmer has a buffer that two threads may not share
        words = self.words(passages)
        # bm25s can't index a corpus in which every document is empty, as one of stop words only is.
        self._index = bm25s.BM25() if any(words) else None
        self._size = len(passages)
        if self._index is not None:
            self._index.index(words, show_progress=False)

    def words(self, texts: Sequence[str]) -> list[list[str]]:
        """What BM25 reads of each text: its words in lower case, stemmed, without stop words."""
        with self._one_at_a_time:
            tokens: list[list[str]] = bm25s.tokenize(
                list(texts), stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
            )
        return tokens

    def scores(self, query: str) -> NDArray[np.floating]:
        """The BM25 score of every document (n,), 0 where it shares no word with the query."""
        words = self.words([query])[0]
        if self._index is None or not words:
            return np.zeros(self._size, dtype=np.float32)
        scores: NDArray[np.floating] = self._index.get_scores(words)
        return scores


class Bm25:
    """Keyword search. Documents that share no word with the query are not in the ranking, unless a pool is ranked."""

    key = BM25
    title = "Keyword search"
    citation = "Robertson and Zaragoza 2009, The Probabilistic Relevance Framework"
    reranks = None
    scale = Scale("BM25", "bar: share of the best score")
    models: tuple[str, ...] = ()

    def passes(self, n: int) -> int:
        """None: no transformer reads anything."""
        return 0

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Work[Ranking]:
        """See Method.rank."""
        corpus = request.corpus
        index: KeywordIndex = yield from request.resources.made(
            corpus, "words", "indexing", lambda job: KeywordIndex([d.passage for d in corpus.documents])
        )
        began = time.perf_counter()
        scores = index.scores(request.query)
        if request.excluded is not None:
            scores[request.excluded] = 0.0
        if request.among is None:
            best = top_k(scores, request.candidates)
            best = best[scores[best] > 0]
        else:
            pool = np.array(request.among, dtype=np.int64)
            best = pool[top_k(scores[pool], len(pool))]
        hits = tuple(
            Hit(rank, corpus.documents[place].doc_id, float(scores[place]))
            for rank, place in enumerate(best.tolist(), start=1)
        )
        milliseconds = (time.perf_counter() - began) * 1000
        return Ranking(self.key, "bm25s", hits, milliseconds=milliseconds, measured_milliseconds=milliseconds)
