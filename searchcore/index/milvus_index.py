"""A VectorIndex whose vectors are in a collection of Milvus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from searchcore.errors import IndexUnavailable, InvalidInput
from searchcore.index.exact import PRODUCT_ERROR, ExactIndex, checked_positions, checked_vectors
from searchcore.index.milvus_link import ENGINE, WITHOUT_IT, Link
from searchcore.index.vector_index import Positions

T = TypeVar("T")
SEARCH_SECONDS = 5.0
# Documents whose vectors are fetched at a time.
FETCHED = 1_000
# So many more than asked for are compared again, for equal ones among which corpus order decides.
SPARE = 8
# Milvus gives at most so many; and of so many equal ones at most corpus order is kept.
MOST, MOST_TIED = 16_384, 4_096
# How wide a walk through a graph is, at least.
LEAST_EF = 256


class MilvusIndex:
    """See VectorIndex. The engine finds, and what it finds is compared again here, as an ExactIndex does.

    So cosines, ties and order are those of a matrix in memory, as far as the engine misses nothing.
    Raises IndexUnavailable where the engine does not answer, or not with what is there; after that it is of no
    more use, and `on_failure` is called once, so that another one is made.
    """

    def __init__(self, link: Link, collection: str, fingerprint: str, count: int, width: int) -> None:
        self.on_failure: Callable[[], None] = lambda: None
        self._link = link
        self._collection = collection
        self._fingerprint = fingerprint
        self._count = count
        self.width = width
        self._failure = ""

    @property
    def fingerprint(self) -> str:
        """See VectorIndex.fingerprint."""
        return self._fingerprint

    def __len__(self) -> int:
        """How many vectors there are."""
        return self._count

    def search(
        self, vectors: NDArray[np.floating], k: int, among: Positions | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """See VectorIndex.search. `among` is compared here, vector by vector."""
        asked = checked_vectors(vectors, self.width, k)
        if not np.isfinite(asked).all():
            raise InvalidInput("vectors must be made of finite numbers.")
        if among is not None:
            places = np.unique(checked_positions(among, self._count))
            nearest, cosines = ExactIndex(self.vectors(places)).search(asked, k)
            return places[nearest], cosines
        width = min(int(k), self._count)
        if width > MOST - SPARE:
            raise InvalidInput(f"k must be at most {MOST - SPARE:,} where vectors are in an engine, got {k}.")
        found = [self._nearest(vector, width) for vector in asked]
        return (
            np.array([best for best, _ in found], dtype=np.int64).reshape(len(found), width),
            np.array([scores for _, scores in found], dtype=np.float32).reshape(len(found), width),
        )

    def vectors(self, positions: Positions) -> NDArray[np.float32]:
        """See VectorIndex.vectors."""
        places = checked_positions(positions, self._count)
        wanted, where = np.unique(places, return_inverse=True)
        rows = np.empty((len(wanted), self.width), dtype=np.float32)
        for start in range(0, len(wanted), FETCHED):
            rows[start : start + FETCHED] = self._fetched(wanted[start : start + FETCHED])
        return rows[where]

    def _fetched(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors at `places`, which are sorted."""
        given = self._ask(
            lambda client: client.get(
                self._collection,
                ids=places.tolist(),
                output_fields=["vector"],
                consistency_level="Eventually",
                timeout=SEARCH_SECONDS,
            )
        )
        found, rows = self._read([(row["id"], row["vector"]) for row in given], len(places))
        order = np.argsort(found)
        if not np.array_equal(found[order], places):
            raise self._failed("answered with other documents than it was asked for")
        return rows[order]

    def _nearest(self, vector: NDArray[np.floating], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The `k` nearest of one vector; more are asked for until the last of them is further away than the k-th."""
        limit = min(k + SPARE, self._count)
        while True:
            hits = self._hits(vector, limit)
            places, rows = self._read([(hit["id"], hit["entity"]["vector"]) for hit in hits], limit)
            order = np.argsort(places)
            [best], [cosines] = ExactIndex(rows[order]).search(vector[None, :], k)
            more = min(4 * limit, self._count, max(limit, MOST_TIED))
            if more == limit or not hits or hits[-1]["distance"] < cosines[-1] - 2 * PRODUCT_ERROR:
                return places[order][best], cosines
            limit = more

    def _hits(self, vector: NDArray[np.floating], limit: int) -> Any:
        if limit == 0:
            return []
        asked = vector.astype(np.float32, copy=False)
        return self._ask(
            lambda client: client.search(
                self._collection,
                [asked],
                anns_field="vector",
                limit=limit,
                output_fields=["vector"],
                search_params={"params": {"ef": max(LEAST_EF, 2 * limit)}},
                consistency_level="Eventually",
                timeout=SEARCH_SECONDS,
            )
        )[0]

    def _read(self, given: list[tuple[int, Any]], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Positions and vectors out of an answer that must have `count` of them, each another one of this corpus."""
        places = np.array([place for place, _ in given], dtype=np.int64)
        if len(np.unique(places)) != len(places) or ((places < 0) | (places >= self._count)).any():
            raise self._failed("answered with documents that are not in this corpus")
        if len(places) != count:
            raise self._failed(f"answered with {len(places)} documents of {count}")
        if any(len(vector) != self.width for _, vector in given):
            raise self._failed(f"answered with vectors of another width than {self.width}")
        rows = np.array([vector for _, vector in given], dtype=np.float32).reshape(count, self.width)
        if not np.isfinite(rows).all():
            raise self._failed("answered with vectors that are no finite numbers")
        return places, rows

    def _ask(self, question: Callable[[Any], T]) -> T:
        if self._failure:  # whoever waits behind the one that failed is told at once
            raise IndexUnavailable(self._failure)
        try:
            return self._link.ask(question)
        except IndexUnavailable as error:
            raise self._lost(str(error)) from error

    def _failed(self, what: str) -> IndexUnavailable:
        return self._lost(f"{ENGINE} {what}. {WITHOUT_IT}")

    def _lost(self, sentence: str) -> IndexUnavailable:
        self._failure = sentence
        self.on_failure()
        return IndexUnavailable(sentence)
