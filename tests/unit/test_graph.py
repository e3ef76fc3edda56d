"""A graph of neighbours: what it finds of what exact search finds, and that its walk is the one that faiss takes."""

from __future__ import annotations

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Cancelled, InvalidInput
from searchcore.index import ExactIndex
from searchcore.neighbours import recall
from searchcore.neighbours.graph import NeighbourGraph
from tests.unit.test_fewer_bits import made_up

KINDS = ["random", "clustered", "twice"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_wider_the_more_of_the_true_neighbours_are_found(kind: str) -> None:
    matrix, queries = made_up(1_500, 1, kind), made_up(30, 2, kind)
    graph = NeighbourGraph(matrix)
    exact, cosines = ExactIndex(matrix).search(queries, 10)
    shares = []
    for ef in (10, 40, 1_500):
        found = graph.search(queries, 10, ef)
        # Of equal vectors, any is as near.
        near = np.take_along_axis(queries @ matrix.T, found, axis=1) >= cosines[:, -1:] - 1e-6
        shares.append(near.mean())
    assert shares == sorted(shares) and shares[-1] >= 0.99
    assert recall(graph.search(queries, 10, 1_500), exact).mean() >= (0.8 if kind == "twice" else 0.99)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 300), st.integers(1, 12), st.integers(0, 40), st.sampled_from(KINDS), st.integers(0, 5))
def test_the_walk_finds_what_the_search_finds(count: int, k: int, more: int, kind: str, seed: int) -> None:
    matrix, [query] = made_up(count, seed, kind), made_up(1, seed + 10)
    graph = NeighbourGraph(matrix, links=4)
    walk = graph.walk(query, k, k + more)
    [found] = graph.search(query[None, :], k, k + more)
    cosines = matrix @ query
    there = [position for position in found.tolist() if position >= 0]
    assert cosines[list(walk.found)] == pytest.approx(cosines[there], abs=1e-6)
    assert [layer.level for layer in walk.layers] == list(range(graph.highest, -1, -1))
    for layer in walk.layers:
        assert set(layer.path) <= set(layer.looked_at)
        assert all(graph.level(position) >= layer.level for position in layer.looked_at)
    assert set(walk.found) <= walk.looked_at


def test_the_walk_compares_as_often_as_faiss_does() -> None:
    matrix, queries = made_up(800, 3, "clustered"), made_up(10, 4, "clustered")
    graph = NeighbourGraph(matrix)
    counted = faiss.cvar.hnsw_stats
    for query in queries:
        counted.reset()
        graph.search(query[None, :], 5, 24)
        looked_at = sum(len(layer.looked_at) for layer in graph.walk(query, 5, 24).layers)
        assert counted.ndis == pytest.approx(looked_at, rel=0.15)


def test_the_same_vectors_make_the_same_graph() -> None:
    matrix = made_up(300, 5)
    one, other = NeighbourGraph(matrix), NeighbourGraph(matrix)
    assert one.highest == other.highest
    assert all(one.neighbours(place, 0) == other.neighbours(place, 0) for place in range(300))


@pytest.mark.parametrize("count", [1, 10])
def test_one_document_and_ten_identical_ones_are_a_graph(count: int) -> None:
    matrix = np.repeat(made_up(1, 6), count, axis=0)
    walk = NeighbourGraph(matrix).walk(matrix[0], 3, 10)
    assert len(walk.found) == min(3, count) and len(set(walk.found)) == len(walk.found)


def test_vectors_of_noughts_are_linked_too() -> None:
    matrix = np.concatenate([np.zeros((3, 48), dtype=np.float32), made_up(20, 7)])
    assert NeighbourGraph(matrix).walk(matrix[5], 1, 5).found == (5,)


@pytest.mark.parametrize("ef", [2, 0, -1, True, 3.0])
def test_an_ef_below_what_is_asked_for_is_refused(ef: int) -> None:
    graph, query = NeighbourGraph(made_up(20)), made_up(1)
    for ask in (lambda: graph.search(query, 3, ef), lambda: graph.walk(query[0], 3, ef)):
        with pytest.raises(InvalidInput, match="ef must be a whole number of at least k = 3, got"):
            ask()


def test_no_vectors_and_vectors_that_are_no_numbers_make_no_graph() -> None:
    with pytest.raises(InvalidInput, match=r"of 1 to 100,000 vectors, got 0\."):
        NeighbourGraph(made_up(5)[:0])
    matrix = made_up(5)
    matrix[3, 7] = np.nan
    with pytest.raises(InvalidInput, match="one of these has a NaN"):
        NeighbourGraph(matrix)


def test_a_graph_is_packed_without_its_vectors_and_unpacked_as_it_was() -> None:
    matrix, queries = made_up(700, 8, "clustered"), made_up(20, 9)
    built = NeighbourGraph(matrix)
    packed = built.pack()
    assert len(packed) < matrix.nbytes
    again = NeighbourGraph(matrix, packed=packed)
    assert (again.search(queries, 10, 40) == built.search(queries, 10, 40)).all()
    assert again.walk(queries[0], 5, 20) == built.walk(queries[0], 5, 20)


def test_linking_says_how_far_it_is_and_can_be_stopped() -> None:
    told: list[tuple[int, int]] = []
    NeighbourGraph(made_up(600), report=lambda done, total: told.append((done, total)))
    assert told == [(0, 600), (256, 600), (512, 600), (600, 600)]

    def stop(done: int, total: int) -> None:
        if done:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        NeighbourGraph(made_up(600), report=stop)
