"""What smaller vectors cost: recall of the true neighbours, and nDCG@10 where judged, over the dimensions kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from searchcore.engine import Engine
from searchcore.evaluate.measures import NDCG, measured
from searchcore.evaluate.tradeoff import MOST_QUERIES, NEIGHBOURS
from searchcore.index import VectorIndex
from searchcore.neighbours import PCA, Kept, Principal, SmallerVectors, as_near, principal_axes
from searchcore.running import Work
from searchcore.types import Corpus, Query

DIMENSIONS = (16, 32, 64, 96, 128, 192, 256, 384)
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Small:
    """What searching by smaller vectors finds: recall@10 and nDCG@10, means over queries; None where none is judged."""

    kept: Kept
    recall: float
    ndcg: float | None


@dataclass(frozen=True, slots=True)
class Smaller:
    """One way to make vectors smaller over the dimensions kept, fewest first; `chosen` is one of the points.

    `whole` is what vectors in full find, `most` the dimensions they have.
    """

    corpus: Corpus
    queries: int
    judged: int
    points: tuple[Small, ...]
    chosen: Small
    whole: Small
    most: int


def smaller_steps(engine: Engine, corpus: str | Corpus, kept: Kept, encoder: str | None = None) -> Work[Smaller]:
    """Yield progress while vectors are made and searched by, then return the curve with the point `kept` on it.

    More dimensions than the vectors have, or components than there are documents, become all of them.
    """
    found = engine.corpus(corpus)
    model = yield from engine.models.encoder(engine.models.resolve("encoder", encoder))
    index = yield from engine.resources.in_memory(found, (yield from engine.resources.index(found, model)))
    queries = _queries(found)
    asked = index.vectors(range(min(MOST_QUERIES, len(index))))
    if queries:
        asked = yield from engine.resources.encode_queries(model, [query.text for query in queries])
    matrix = index.vectors(range(len(index)))
    most = min(matrix.shape) if kept.way == PCA else matrix.shape[1]
    tried = sorted({min(each, most) for each in (*DIMENSIONS, kept.dimensions)})
    known = engine.resources.memory(found).made.setdefault(("smaller", index.fingerprint), {})
    search = _Search(found, index, matrix, asked, queries, known)
    wanted = [replace(kept, dimensions=each) for each in tried]
    whole = Kept(matrix.shape[1])
    points = yield from engine.resources.one_by_one([*wanted, whole], search.small)
    chosen = points[tried.index(min(kept.dimensions, most))]
    judged = sum(query.query_id in search.judged for query in queries)
    return Smaller(found, len(asked), judged, tuple(points[:-1]), chosen, points[-1], most)


def _queries(corpus: Corpus) -> list[Query]:
    """The judged ones first: they say most."""
    judged = [query for query in corpus.queries if corpus.grades(query.query_id)]
    return [*judged, *(query for query in corpus.queries if query not in judged)][:MOST_QUERIES]


class _Search:
    """Searches a corpus's vectors by smaller ones; what is `known` is not tried again."""

    def __init__(
        self,
        corpus: Corpus,
        index: VectorIndex,
        matrix: Vectors,
        asked: Vectors,
        queries: list[Query],
        known: dict[Kept, Small],
    ) -> None:
        self._whole, self._asked, self._known = matrix, asked, known
        _, self._cosines = index.search(asked, min(NEIGHBOURS, len(index)))
        self._ids = [document.doc_id for document in corpus.documents]
        self._queries = queries
        self.judged: Mapping[str, Mapping[str, int]] = {
            query.query_id: grades for query in queries if any((grades := corpus.grades(query.query_id)).values())
        }

    @cached_property
    def _principal(self) -> Principal:
        return principal_axes(self._whole, min(self._whole.shape))

    def small(self, kept: Kept) -> Small:
        if kept not in self._known:
            small = SmallerVectors(self._whole, kept, self._principal if kept.way == PCA else None)
            found = small.search(self._asked, self._cosines.shape[1])
            share = float(as_near(found, self._asked, self._whole, self._cosines).mean())
            self._known[kept] = Small(kept, share, self._ndcg(found) if self.judged else None)
        return self._known[kept]

    def _ndcg(self, found: NDArray[np.int64]) -> float:
        orders = {
            query.query_id: [self._ids[place] for place in row if self._ids[place] != query.query_id]
            for query, row in zip(self._queries, found.tolist(), strict=True)
            if query.query_id in self.judged
        }
        return fmean(values[NDCG.name] for values in measured(self.judged, orders, [NDCG.name]).values())
