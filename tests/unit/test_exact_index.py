"""Exact search against a brute-force reference, and an index that stays on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from searchcore import InvalidInput
from searchcore.index import EmbeddingCache, ExactIndex, VectorIndex, exact
from tests.fakes import FakeEncoder, corpus_of, rows_of

shortly = settings(deadline=None, max_examples=50)


class Asked(NamedTuple):
    matrix: NDArray[np.float32]
    queries: NDArray[np.float32]
    k: int
    among: list[int] | None


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows of unit length; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: NDArray[np.float32] = (vectors / np.where(lengths, lengths, 1)).astype(np.float32)
    return rows


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """A matrix in which rows are random, made of few numbers, copies of each other, or zero."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size, dimensions = draw(st.integers(1, 40)), draw(st.integers(1, 24))
    random = unit(chance.standard_normal((size, dimensions)))
    coarse = unit(chance.integers(-1, 2, (size, dimensions)).astype(np.float64))
    matrix = np.where(chance.random((size, 1)) < draw(st.sampled_from([0.0, 0.5, 1.0])), coarse, random)
    for copied in draw(st.lists(st.integers(0, size - 1), max_size=size)):
        matrix[chance.integers(size)] = matrix[copied]
    for empty in draw(st.lists(st.integers(0, size - 1), max_size=3)):
        matrix[empty] = 0
    count = draw(st.integers(0, 3))
    queries = unit(chance.standard_normal((count, dimensions)))
    for row, near in enumerate(draw(st.lists(st.integers(0, size - 1), max_size=count))):
        queries[row] = matrix[near]
    positions = st.sets(st.integers(0, size - 1)).map(sorted)
    return Asked(matrix, queries, draw(st.integers(1, size + 10)), draw(st.none() | positions))


def brute_force(
    matrix: NDArray[np.float32], queries: NDArray[np.float32], k: int, among: list[int] | None
) -> tuple[list[list[int]], list[list[float]]]:
    """Every cosine in float64, rounded to 6 decimals, and a plain sort: highest first, then by position."""
    places = range(len(matrix)) if among is None else among
    positions, cosines = [], []
    for query in queries.astype(np.float64):
        rounded = {place: float(np.round(matrix[place].astype(np.float64) @ query, 6)) for place in places}
        best = sorted(places, key=lambda place, found=rounded: (-found[place], place))[:k]
        positions.append(best)
        cosines.append([rounded[place] for place in best])
    return positions, cosines


@shortly
@given(asked())
def test_a_search_gives_what_comparing_every_vector_gives(case: Asked) -> None:
    positions, cosines = ExactIndex(case.matrix).search(case.queries, case.k, case.among)
    expected_positions, expected_cosines = brute_force(*case)
    assert positions.tolist() == expected_positions
    np.testing.assert_array_equal(cosines, np.array(expected_cosines, dtype=np.float32).reshape(cosines.shape))


@shortly
@given(asked())
def test_positions_and_cosines_have_a_row_for_each_query_and_a_place_for_each_neighbour(case: Asked) -> None:
    positions, cosines = ExactIndex(case.matrix).search(case.queries, case.k, case.among)
    candidates = len(case.matrix) if case.among is None else len(case.among)
    assert positions.shape == cosines.shape == (len(case.queries), min(case.k, candidates))
    assert (positions.dtype, cosines.dtype) == (np.dtype(np.int64), np.dtype(np.float32))


@shortly
@given(asked())
def test_a_search_changes_neither_the_vectors_nor_the_queries(case: Asked) -> None:
    matrix, queries = case.matrix.copy(), case.queries.copy()
    ExactIndex(case.matrix).search(case.queries, case.k, case.among)
    np.testing.assert_array_equal(case.matrix, matrix)
    np.testing.assert_array_equal(case.queries, queries)


@shortly
@given(asked(), st.data())
def test_vectors_come_back_as_they_were_given_in_the_order_asked(case: Asked, data: st.DataObject) -> None:
    positions = data.draw(st.lists(st.integers(0, len(case.matrix) - 1), max_size=20))
    index = ExactIndex(case.matrix)
    for given_as in (positions, np.array(positions, dtype=np.int64)):
        found = index.vectors(given_as)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, case.matrix[np.array(positions, dtype=np.int64)])
    np.testing.assert_array_equal(rows_of(index), case.matrix)


def test_vectors_that_were_handed_out_can_be_changed_without_changing_the_index() -> None:
    index = ExactIndex(np.eye(3, dtype=np.float32))
    index.vectors([0, 1, 2])[:] = 7
    np.testing.assert_array_equal(rows_of(index), np.eye(3))


def test_two_equal_rows_far_apart_have_the_same_cosine_and_keep_their_order() -> None:
    matrix = unit(np.random.default_rng(7).standard_normal((501, 64)))
    matrix[[3, 250, 500]] = matrix[3]
    [positions], [cosines] = ExactIndex(matrix).search(matrix[[3]], 3)
    assert positions.tolist() == [3, 250, 500]
    assert cosines.tolist() == [1.0, 1.0, 1.0]


def test_copies_of_one_vector_are_tied_for_every_query_although_a_float32_product_differs() -> None:
    chance = np.random.default_rng(11)
    matrix = unit(chance.standard_normal((203, 384)))
    matrix[::2] = matrix[0]
    queries = unit(chance.standard_normal((200, 384)) + 20 * matrix[0])
    positions, cosines = ExactIndex(matrix).search(queries, 120)
    expected_positions, expected_cosines = brute_force(matrix, queries, 120, None)
    assert positions.tolist() == expected_positions
    assert positions[:, :102].tolist() == [list(range(0, 203, 2))] * 200
    np.testing.assert_array_equal(cosines, np.array(expected_cosines, dtype=np.float32))


@pytest.mark.parametrize("order", ["any", "rising", "falling", "alike"])
@pytest.mark.parametrize("k", [1, 10, 150])
def test_among_many_vectors_the_nearest_are_those_of_comparing_every_one_whatever_their_order(
    order: str, k: int
) -> None:
    chance = np.random.default_rng(5)
    matrix, query = unit(chance.standard_normal((5_003, 16))), unit(chance.standard_normal((1, 16)))
    near = np.argsort((matrix @ query[0]).round(6), kind="stable")
    matrix = {"any": matrix, "rising": matrix[near], "falling": matrix[near[::-1]], "alike": matrix[near % 7]}[order]
    positions, cosines = ExactIndex(matrix).search(query, k)
    expected_positions, expected_cosines = brute_force(matrix, query, k, None)
    assert positions.tolist() == expected_positions
    np.testing.assert_array_equal(cosines, np.array(expected_cosines, dtype=np.float32))


@shortly
@given(st.lists(st.integers(-3, 3), max_size=400), st.integers(1, 400), st.sampled_from([1, 2, 32]))
def test_the_kth_highest_is_that_of_a_plain_sort(numbers: list[int], k: int, group: int) -> None:
    scores, k = np.array(numbers, dtype=np.float32), min(k, len(numbers))
    expected = sorted(numbers, reverse=True)[k - 1] if numbers else np.inf
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "GROUP", group)
        assert exact._kth_highest(scores, k) == expected


def test_an_index_without_vectors_finds_none() -> None:
    positions, cosines = ExactIndex(np.empty((0, 4), dtype=np.float32)).search(np.ones((2, 4)), 3)
    assert positions.shape == cosines.shape == (2, 0)


@pytest.mark.parametrize("k", [0, -1, True, False, 1.0, "1", None])
def test_a_number_of_neighbours_that_is_no_whole_number_from_1_is_refused(k: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^k must be a whole number of at least 1, got .+\.$"):
        ExactIndex(np.eye(3, dtype=np.float32)).search(np.eye(3), k)


def test_a_number_of_neighbours_may_come_from_numpy() -> None:
    positions, _ = ExactIndex(np.eye(3, dtype=np.float32)).search(np.eye(3), np.int32(1))
    assert positions.tolist() == [[0], [1], [2]]


@pytest.mark.parametrize("shape", [(1, 2), (1, 4), (3,), (1, 1, 3)])
def test_queries_of_another_width_or_number_of_axes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput) as caught:
        ExactIndex(np.eye(3, dtype=np.float32)).search(np.ones(shape, dtype=np.float32), 1)
    assert str(caught.value) == f"vectors must have the shape (n, 3), got {shape}."


@pytest.mark.parametrize("position", [-1, 3, 2**40])
def test_a_position_that_is_not_there_is_refused(position: int) -> None:
    index = ExactIndex(np.eye(3, dtype=np.float32))
    for ask in (lambda: index.vectors([0, position]), lambda: index.search(np.eye(3), 1, [0, position])):
        with pytest.raises(InvalidInput) as caught:
            ask()
        assert str(caught.value) == f"positions must lie from 0 to 2, got {position}."


@pytest.mark.parametrize("positions", [[0.5], [[0, 1]], ["0"], [True]])
def test_positions_that_are_no_whole_numbers_are_refused(positions: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^positions must be a list of whole numbers\.$"):
        ExactIndex(np.eye(3, dtype=np.float32)).vectors(positions)


def test_a_matrix_of_another_number_of_axes_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"^matrix must have 2 axes \(vectors, dimensions\), got 1\.$"):
        ExactIndex(np.ones(3, dtype=np.float32))


def test_an_exact_index_is_a_vector_index() -> None:
    assert isinstance(ExactIndex(np.eye(2, dtype=np.float32)), VectorIndex)


@shortly
@given(asked(), asked())
def test_two_indexes_have_the_same_fingerprint_exactly_when_their_vectors_are_the_same(one: Asked, two: Asked) -> None:
    same = one.matrix.shape == two.matrix.shape and one.matrix.tobytes() == two.matrix.tobytes()
    assert (ExactIndex(one.matrix).fingerprint == ExactIndex(two.matrix).fingerprint) is same
    assert ExactIndex(one.matrix).fingerprint == ExactIndex(one.matrix.copy()).fingerprint


def test_an_index_read_back_from_the_cache_answers_the_same_and_stays_on_disk(cache_folder: Path) -> None:
    texts = ("a platoon in the jungle", "two chess players", "chess", "two chess players", "the end of the world")
    encoder, unused = FakeEncoder(), FakeEncoder()
    corpus = corpus_of(*texts)
    EmbeddingCache().embed(corpus, encoder)
    kept = EmbeddingCache().embed(corpus, unused)
    assert unused.document_calls == []
    assert isinstance(kept, ExactIndex)
    assert isinstance(kept._matrix, np.memmap)
    in_memory = ExactIndex(encoder.encode_documents(texts))
    queries = encoder.encode_queries(["chess", "the jungle", "unknown"])
    for k in (1, 3, 9):
        for among in (None, [1, 2, 3], []):
            for one, other in zip(kept.search(queries, k, among), in_memory.search(queries, k, among), strict=True):
                assert one.dtype == other.dtype
                np.testing.assert_array_equal(one, other)
    vectors = kept.vectors([4, 0])
    assert not isinstance(vectors, np.memmap)
    np.testing.assert_array_equal(vectors, in_memory.vectors([4, 0]))
