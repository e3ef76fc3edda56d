"""Vectors of shared corpora in Milvus: a file (Milvus Lite), a server or a cluster, by the same client.

A collection for each (corpus, model), named by the hash over everything that decides the vectors, as a file of the
embedding cache is. It is filled under another name and renamed when it is whole: what a killed process left half
filled is never taken for it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from searchcore.errors import IndexUnavailable
from searchcore.index.embedding_cache import EmbeddingCache, Encode, Report, Vectors, cache_key
from searchcore.index.milvus_index import SEARCH_SECONDS, MilvusIndex
from searchcore.index.milvus_link import ENGINE, WITHOUT_IT, Link
from searchcore.kept import locked
from searchcore.models.protocols import Encoder
from searchcore.types import Corpus

log = logging.getLogger("searchcore")
# Whole seconds: with others pymilvus waits for an index without a bound.
FILL_SECONDS, LOAD_SECONDS = 60, 600
# Up to so many documents every vector is compared, so that nothing is missed; above, there is a graph. Not in Lite,
# which can't be told how far to walk through one (3.2 drops `ef`, and misses 15 of 100).
FLAT_DOCUMENTS = 100_000
GRAPH = {"M": 16, "efConstruction": 200}
# Of one corpus and model the newest collections stay, for processes that still serve the one before.
KEPT_GENERATIONS = 2
# A document made anew may differ by its batch; unit vectors further apart than this are not of the same text.
SAME_DOCUMENT = 0.3
PREFIX = "searchcore_1"
_NAME = re.compile(rf"{PREFIX}_(?P<place>[0-9a-f]{{16}})_(?P<generation>\d{{6,}})_(?P<key>[0-9a-f]{{64}})")


class MilvusEngine:
    """The engine at `address`. Vectors are made by way of `cache`, which keeps what an interrupted run has done."""

    def __init__(self, address: str, cache: EmbeddingCache) -> None:
        self._link = Link(address)
        self._cache = cache

    def close(self) -> None:
        """End the connection."""
        self._link.close()

    def index(self, corpus: Corpus, encoder: Encoder, report: Report, encode: Encode) -> MilvusIndex:
        """The index over a shared corpus's vectors, which are put into the engine where they are not there yet.

        Raises IndexUnavailable.
        """
        key = cache_key(corpus, encoder.fingerprint)
        if (found := self._opened(corpus, key, encode)) is not None:
            return found
        with locked(self._cache.folder / f"{key}.lock", lambda: report(0, len(corpus), elsewhere=True)):
            if (found := self._opened(corpus, key, encode)) is None:
                self._fill(corpus, encoder, key, report, encode)
                found = self._opened(corpus, key, encode)
        if found is None:
            raise IndexUnavailable(f"{ENGINE} does not keep what is put into it. {WITHOUT_IT}")
        return found

    def _opened(self, corpus: Corpus, key: str, encode: Encode) -> MilvusIndex | None:
        """The index of a collection that is whole and right; None where there is none. One that is wrong is removed."""
        name = next((name for name, match in self._collections() if match["key"] == key), None)
        if name is None:
            return None
        described = self._link.ask(lambda client: client.describe_collection(name, timeout=SEARCH_SECONDS))
        width = next(field["params"]["dim"] for field in described["fields"] if field["name"] == "vector")
        count = self._count(name)
        index = MilvusIndex(self._link, name, key, len(corpus), int(width))
        if count == len(corpus):
            self._link.ask(lambda client: client.load_collection(name, timeout=LOAD_SECONDS))
            [made] = encode([corpus.documents[0].passage])
            if made.shape == (index.width,) and np.linalg.norm(made - index.vectors([0])[0]) <= SAME_DOCUMENT:
                return index
        log.warning("The collection %s is not what it should be: it is removed and made again.", name)
        self._drop(name)
        return None

    def _fill(self, corpus: Corpus, encoder: Encoder, key: str, report: Report, encode: Encode) -> None:
        place = hashlib.sha256(json.dumps([corpus.name, encoder.name]).encode()).hexdigest()[:16]
        filling = f"{PREFIX}_filling_{place}_{key}"
        self._drop(filling)
        for number, (positions, rows) in enumerate(self._cache.batches(corpus, encoder, report, encode)):
            if not np.isfinite(rows).all():
                raise IndexUnavailable(f"{encoder.name} makes vectors that are no finite numbers of this corpus.")
            if number == 0:
                self._create(filling, rows.shape[1])
            self._insert(filling, positions, rows)
        self._finish(filling, len(corpus))
        older = [(int(match["generation"]), name) for name, match in self._collections() if match["place"] == place]
        newest = max((generation for generation, _ in older), default=0) + 1
        whole = f"{PREFIX}_{place}_{newest:06d}_{key}"
        self._link.ask(lambda client: client.rename_collection(filling, whole, timeout=FILL_SECONDS))
        self._cache.forget_batches(key)
        half_filled = [name for name in self._names() if name.startswith(f"{PREFIX}_filling_{place}_")]
        for name in [*(name for _, name in sorted(older, reverse=True)[KEPT_GENERATIONS - 1 :]), *half_filled]:
            self._drop(name)

    def _create(self, name: str, width: int) -> None:
        from pymilvus import DataType

        def create(client: Any) -> None:
            schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
            schema.add_field("id", DataType.INT64, is_primary=True)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=width)
            client.create_collection(name, schema=schema, timeout=FILL_SECONDS)

        self._link.ask(create)

    def _insert(self, name: str, positions: Sequence[int], rows: Vectors) -> None:
        records = [{"id": int(place), "vector": row} for place, row in zip(positions, rows, strict=True)]
        self._link.ask(lambda client: client.insert(name, records, timeout=FILL_SECONDS))

    def _finish(self, name: str, count: int) -> None:
        """Write what was put in, and index it before it is loaded: an index in the making would answer, less well."""

        def finish(client: Any) -> None:
            client.flush(name, timeout=FILL_SECONDS)
            indexes = client.prepare_index_params()
            if count <= FLAT_DOCUMENTS or self._link.is_lite:
                indexes.add_index("vector", index_type="FLAT", metric_type="IP")
            else:
                indexes.add_index("vector", index_type="HNSW", metric_type="IP", params=GRAPH)
            client.create_index(name, indexes, timeout=LOAD_SECONDS)

        self._link.ask(finish)

    def _count(self, name: str) -> int:
        stats = self._link.ask(lambda client: client.get_collection_stats(name, timeout=SEARCH_SECONDS))
        return int(stats["row_count"])

    def _names(self) -> list[str]:
        names: list[str] = self._link.ask(lambda client: client.list_collections(timeout=SEARCH_SECONDS))
        return names

    def _collections(self) -> Iterator[tuple[str, re.Match[str]]]:
        """The names of all whole collections of ours, with their parts."""
        for name in self._names():
            if match := _NAME.fullmatch(name):
                yield name, match

    def _drop(self, name: str) -> None:
        self._link.ask(lambda client: client.drop_collection(name, timeout=FILL_SECONDS))
