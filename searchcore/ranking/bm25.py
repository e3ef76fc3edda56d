"""BM25: which words query and document share, and how rare they are (Robertson and Zaragoza 2009; library bm25s)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from searchcore.index import top_k
from searchcore.ranking.feedback import (
    COMMON,
    DOCUMENTS,
    ONLY_ONE,
    ORIGINAL,
    READ_CHARACTERS,
    interpolated,
    relevance_model,
)
from searchcore.ranking.keywords import read
from searchcore.ranking.method import BM25, Scale
from searchcore.request import Request
from searchcore.running import Work
from searchcore.types import Expansion, Hit, QueryWords, Ranking, WeightedTerm


class Stems(NamedTuple):
    """The words of a text, stemmed as English: plain ones, further ways to find them, and stop words."""

    plain: tuple[str, ...]
    further: tuple[str, ...]
    stop_words: tuple[str, ...]


class KeywordIndex:
    """The words of a corpus. Safe to share between threads.

    A score is the sum over two indexes: of plain words, and of further ways to find a word (see `keywords.Word`),
    which make no text longer than it is. Stop words have an index of their own, for queries that have no other words.
    """

    def __init__(self, passages: Sequence[str]) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._one_at_a_time = threading.Lock()  # a stemmer has a buffer that two threads may not share
        self._size = len(passages)
        stems = self._of_passages(passages)
        self._plain = _index([each.plain for each in stems])
        self._further = _index([each.further for each in stems])
        self._stop_words = _index([each.stop_words for each in stems])

    def _of_passages(self, passages: Sequence[str]) -> list[Stems]:
        """What each passage is found by. Pieces between spaces come again and again, and are read once."""
        known: dict[str, Stems] = {}
        found = []
        for passage in passages:
            pieces = passage.split()
            for piece in pieces:
                if piece not in known:
                    known[piece] = self.stems(piece)
            parts = [known[piece] for piece in pieces]
            found.append(Stems(*(tuple(chain.from_iterable(part[kind] for part in parts)) for kind in range(3))))
        return found

    def stems(self, passage: str) -> Stems:
        """What BM25 finds a passage by."""
        words = read(passage)
        return Stems(
            self._stemmed(term for word in words if not word.stop for term in word.terms),
            self._stemmed(term for word in words if not word.stop for term in (*word.further, *word.characters)),
            tuple(term for word in words if word.stop for term in word.terms),
        )

    def asked(self, query: str) -> Stems:
        """What BM25 looks for: further ways to find a word once each, and stop words only where there are no others."""
        words = read(query)
        spoken = [word for word in words if not word.stop]
        return Stems(
            self._stemmed(term for word in spoken for term in word.terms),
            self._stemmed(dict.fromkeys(term for word in spoken for term in word.further)),
            () if spoken else tuple(term for word in words for term in word.terms),
        )

    def _stemmed(self, terms: Iterable[str]) -> tuple[str, ...]:
        with self._one_at_a_time:
            return tuple(self._stemmer.stemWords(list(terms)))

    def scores(self, query: str) -> NDArray[np.floating]:
        """The BM25 score of every document (n,), 0 where it has none of the words that are looked for."""
        asked = self.asked(query)
        return self._summed([*asked.plain, *asked.further], [*asked.stop_words])

    def weighted(self, weights: Mapping[str, float]) -> NDArray[np.floating]:
        """The scores (n,) of terms by their weights."""
        scores: NDArray[np.floating] = np.zeros(self._size, dtype=np.float32)
        for term, weight in weights.items():
            scores += weight * self._summed([term])
        return scores

    def _summed(self, words: list[str], stop_words: list[str] | None = None) -> NDArray[np.floating]:
        scores: NDArray[np.floating] = np.zeros(self._size, dtype=np.float32)
        # "USA" finds "U.S.A." and the reverse.
        for index, terms in ((self._plain, words), (self._further, words), (self._stop_words, stop_words)):
            if index is not None and terms:
                scores += index.get_scores(terms)
        return scores

    def rare(self, term: str) -> bool:
        """Whether a term is in few documents: in one, or in at most a tenth of them."""
        return bool((self._summed([term]) > 0).sum() <= max(1.0, COMMON * self._size))

    def spelt(self, passage: str) -> list[tuple[str, str]]:
        """The plain words of a passage in order: each as it is looked for, and as it is written."""
        terms = [term for word in read(passage) if not word.stop for term in word.terms]
        return list(zip(self._stemmed(terms), terms, strict=True))


def _index(documents: list[tuple[str, ...]]) -> bm25s.BM25 | None:
    """None where no document has a word: bm25s can't index that."""
    if not any(documents):
        return None
    index = bm25s.BM25()
    index.index(documents, show_progress=False)
    return index


def query_words(query: str) -> QueryWords:
    """The words of a query that are looked for, and those left out; each once, in order, in one spelling."""
    words = read(query)
    left_out = [word.text for word in words if word.stop]
    searched_for = [word.text for word in words if not word.stop]
    if not searched_for:
        searched_for, left_out = left_out, []
    return QueryWords(tuple(dict.fromkeys(searched_for)), tuple(dict.fromkeys(left_out)))


class Bm25:
    """Keyword search. Documents with none of the words looked for are not in the ranking, unless a pool is ranked."""

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
        scores, expansion = _without_excluded(request, index.scores(request.query)), None
        if self.key in request.options.expanded:
            scores, expansion = _expanded(request, index, scores)
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
        return Ranking(
            self.key,
            "bm25s",
            hits,
            milliseconds=milliseconds,
            measured_milliseconds=milliseconds,
            words=query_words(request.query),
            expansion=expansion,
        )


def _without_excluded(request: Request, scores: NDArray[np.floating]) -> NDArray[np.floating]:
    if request.excluded is not None:
        scores[request.excluded] = 0.0
    return scores


def _expanded(
    request: Request, index: KeywordIndex, scores: NDArray[np.floating]
) -> tuple[NDArray[np.floating], Expansion]:
    """The scores (n,) of the query with what its best documents by `scores` add to it, and what that is."""
    best = top_k(scores, DOCUMENTS)
    best = best[scores[best] > 0]
    asked = index.asked(request.query)
    words = [*asked.plain, *asked.further]
    documents = [request.corpus.documents[place] for place in best.tolist()]
    spelt = [index.spelt(document.passage[:READ_CHARACTERS]) for document in documents]
    counts = [Counter(stem for stem, _ in each) for each in spelt]
    model = relevance_model(counts, scores[best].tolist(), index.rare)
    if why_not := _why_not(request, words, model, found=len(best)):
        return scores, Expansion(why_not=why_not)
    # The same as a sum over all terms by their weights: those of the query are added up already.
    new = ORIGINAL / len(words) * scores + (1 - ORIGINAL) * index.weighted(model)
    spellings = Counter(chain.from_iterable(spelt))
    # A stem is shown as the query has it, else as the documents have it most often.
    shown = {stem: text for (stem, text), _ in reversed(spellings.most_common())} | dict(index.spelt(request.query))
    weights = interpolated(words, model)
    terms = [WeightedTerm(shown.get(term, term), weight, term not in words) for term, weight in weights.items()]
    heaviest = tuple(sorted(terms, key=lambda term: -term.weight))
    return _without_excluded(request, new), Expansion(tuple(each.doc_id for each in documents), heaviest)


def _why_not(request: Request, words: Sequence[str], model: Mapping[str, float], found: int) -> str:
    if request.most == 1:
        return ONLY_ONE
    if not found:
        return "Nothing was added to the query: it found no document."
    if not words:
        return "Nothing was added to the query: it has only stop words."
    return "" if model else "Nothing was added to the query: the documents that it found have no rare words."
