"""Near neighbours linked in layers (Malkov and Yashunin 2018, HNSW; library faiss), and the walk of a query there."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchcore.errors import InvalidInput, quoted

Vectors = NDArray[np.float32]
# What the literature begins with: links to each side, and how many are considered while it is built.
LINKS, BUILD_WIDTH = 16, 200
# So many take minutes to link.
MOST_LINKED = 100_000
# Linked together: then somebody may stop it.
AT_A_TIME = 256


@dataclass(frozen=True, slots=True)
class Layer:
    """What a query did in one layer: where it stood, one step after the other, and all that it compared itself with."""

    level: int
    path: tuple[int, ...]
    looked_at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """The way of one query through the layers, from the highest to 0, and the positions it found, best first."""

    layers: tuple[Layer, ...]
    found: tuple[int, ...]

    @property
    def looked_at(self) -> frozenset[int]:
        """All documents that the query was compared with."""
        return frozenset(position for layer in self.layers for position in layer.looked_at)


class NeighbourGraph:
    """The graph over `matrix` (n, dimensions) of unit vectors; the same one whenever it is built of the same.

    `links` is how many neighbours a document is linked with on each layer, twice as many on the lowest. `report` is
    told how many are linked, and may raise to stop. `packed` is what `pack` gave of the graph of the same matrix: it
    is read then, and not built. Raises InvalidInput where there is nothing to link, or too much, or no number.
    """

    def __init__(
        self,
        matrix: Vectors,
        links: int = LINKS,
        report: Callable[[int, int], None] = lambda done, total: None,
        packed: NDArray[np.uint8] | None = None,
    ) -> None:
        import faiss

        if not 1 <= len(matrix) <= MOST_LINKED:
            raise InvalidInput(f"A graph is built here of 1 to {MOST_LINKED:,} vectors, got {len(matrix):,}.")
        self._whole = np.ascontiguousarray(matrix, dtype=np.float32)
        if not np.isfinite(self._whole).all():
            raise InvalidInput("A graph links vectors of numbers, and one of these has a NaN or an infinity.")
        self._index = self._built(faiss, links, report) if packed is None else self._unpacked(faiss, packed)
        graph = self._index.hnsw
        # How many layers each document is in, where its links begin, and how many of them each layer has.
        self._levels = faiss.vector_to_array(graph.levels).astype(np.int64)
        self._offsets = faiss.vector_to_array(graph.offsets).astype(np.int64)
        self._links = faiss.vector_to_array(graph.neighbors).astype(np.int64)
        self._upto = faiss.vector_to_array(graph.cum_nneighbor_per_level).astype(np.int64)
        self._entry, self.highest = int(graph.entry_point), int(graph.max_level)

    def _built(self, faiss: Any, links: int, report: Callable[[int, int], None]) -> Any:
        faiss.omp_set_num_threads(1)  # with more, no two builds are the same
        index = faiss.IndexHNSWFlat(self._whole.shape[1], links, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BUILD_WIDTH
        for start in range(0, len(self._whole), AT_A_TIME):
            report(start, len(self._whole))
            index.add(self._whole[start : start + AT_A_TIME])
        report(len(self._whole), len(self._whole))
        return index

    def _unpacked(self, faiss: Any, packed: NDArray[np.uint8]) -> Any:
        reader = faiss.VectorIOReader()
        faiss.copy_array_to_vector(np.ascontiguousarray(packed), reader.data)
        index = faiss.read_index(reader)
        self._vectors = faiss.IndexFlatIP(self._whole.shape[1])  # held here: the index only points to it
        self._vectors.add(self._whole)
        index.storage, index.own_fields = self._vectors, False
        return index

    def pack(self) -> NDArray[np.uint8]:
        """The links alone as bytes, without the vectors: about 140 a document."""
        import faiss

        writer = faiss.VectorIOWriter()
        faiss.write_index(self._index, writer, faiss.IO_FLAG_SKIP_STORAGE)
        packed: NDArray[np.uint8] = faiss.vector_to_array(writer.data)
        return packed

    def __len__(self) -> int:
        """How many documents it links."""
        return len(self._whole)

    def level(self, position: int) -> int:
        """The highest layer that a document is in, from 0."""
        return int(self._levels[position]) - 1

    def neighbours(self, position: int, level: int) -> list[int]:
        """The documents that one is linked with on a layer."""
        start = self._offsets[position]
        linked = self._links[start + self._upto[level] : start + self._upto[level + 1]]
        return [int(each) for each in linked if each >= 0]

    def search(self, vectors: Vectors, k: int, ef: int) -> NDArray[np.int64]:
        """Positions (n, k) of the nearest that are found, best first, -1 where none was.

        `ef` is how many of the best so far are followed. Raises InvalidInput where `ef` is below `k`.
        """
        import faiss

        _check_ef(ef, k)
        asked = np.ascontiguousarray(vectors, dtype=np.float32)
        parameters = faiss.SearchParametersHNSW(efSearch=ef)
        found: NDArray[np.int64] = self._index.search(asked, k, params=parameters)[1]
        return found

    def walk(self, vector: Vectors, k: int, ef: int) -> Walk:
        """The way of one query (dimensions,): greedy through the upper layers, `ef` wide in the lowest."""
        _check_ef(ef, k)
        cosines = self._whole @ vector
        here, layers = self._entry, []
        for level in range(self.highest, 0, -1):
            path, looked_at = [here], [here]
            for step, seen in self._descent(cosines, here, level):
                looked_at += seen
                path += [step] if step != path[-1] else []
            here = path[-1]
            layers.append(Layer(level, tuple(path), tuple(dict.fromkeys(looked_at))))
        lowest, found = self._widely(cosines, here, ef)
        return Walk((*layers, lowest), tuple(found[:k]))

    def _descent(self, cosines: NDArray[np.floating], here: int, level: int) -> Iterator[tuple[int, list[int]]]:
        """From neighbour to nearer neighbour, until none is nearer; each step with what was compared for it."""
        while True:
            around = self.neighbours(here, level)
            best = max([here, *around], key=lambda position: cosines[position])
            yield best, around
            if best == here:
                return
            here = best

    def _widely(self, cosines: NDArray[np.floating], start: int, ef: int) -> tuple[Layer, list[int]]:
        """The lowest layer: the nearest not yet followed is followed, while it is among the best `ef` seen."""
        seen, path = {start: None}, []
        waiting = [(-cosines[start], start)]
        best = [(cosines[start], -start)]
        while waiting:
            distance, here = heapq.heappop(waiting)
            if len(best) == ef and -distance < best[0][0]:
                break
            path.append(here)
            for position in self.neighbours(here, 0):
                if position in seen:
                    continue
                seen[position] = None
                if len(best) < ef or cosines[position] > best[0][0]:
                    heapq.heappush(waiting, (-cosines[position], position))
                    heapq.heappush(best, (cosines[position], -position))
                    if len(best) > ef:
                        heapq.heappop(best)
        found = [-position for _, position in sorted(best, reverse=True)]
        return Layer(0, tuple(path), tuple(seen)), found


def _check_ef(ef: int, k: int) -> None:
    if isinstance(ef, bool) or not isinstance(ef, int) or ef < k:
        raise InvalidInput(f"ef must be a whole number of at least k = {k}, got {quoted(ef)}.")
