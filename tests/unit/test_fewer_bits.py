"""Smaller vectors: what they take, what they find, and that what is rescored in full is found as exactly as may be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from searchcore import InvalidInput
from searchcore.index import ExactIndex
from searchcore.neighbours import BINARY, CUT, FLOAT, INT8, PCA, PRECISIONS, Kept, SmallerVectors, recall

DIMENSIONS = 48


def made_up(count: int, seed: int = 0, kind: str = "random") -> NDArray[np.float32]:
    """Unit vectors: anywhere, in eight clusters, or each of them twice."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(count, DIMENSIONS))
    if kind == "clustered":
        vectors = random.normal(size=(8, DIMENSIONS))[random.integers(8, size=count)] + 0.2 * vectors
    if kind == "twice":
        vectors = np.repeat(vectors, 2, axis=0)[:count]
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def found(matrix: NDArray[np.float32], queries: NDArray[np.float32], kept: Kept, k: int = 10) -> float:
    """Mean recall against exact search."""
    exact, _ = ExactIndex(matrix).search(queries, k)
    return float(recall(SmallerVectors(matrix, kept).search(queries, k), exact).mean())


@pytest.mark.parametrize(
    ("kept", "size"),
    [(Kept(384), 1536), (Kept(384, INT8), 384), (Kept(384, BINARY), 48), (Kept(20, BINARY), 3), (Kept(16), 64)],
)
def test_a_vector_takes_the_bits_of_its_dimensions(kept: Kept, size: int) -> None:
    assert kept.bytes == size


@pytest.mark.parametrize("kind", ["random", "clustered", "twice"])
@pytest.mark.parametrize("way", [CUT, PCA])
def test_all_dimensions_in_full_find_what_exact_search_finds(kind: str, way: str) -> None:
    matrix, queries = made_up(200, 1, kind), made_up(20, 2)
    # A turn of the axes changes digits that only equal vectors could be told apart by.
    assert found(matrix, queries, Kept(DIMENSIONS, FLOAT, way)) >= (0.95 if kind == "twice" else 1)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 60),
    st.integers(1, DIMENSIONS),
    st.sampled_from([*PRECISIONS]),
    st.integers(1, 12),
    st.sampled_from(["random", "clustered", "twice"]),
)
def test_whatever_is_kept_what_is_rescored_in_full_is_found(
    count: int, dimensions: int, precision: str, k: int, kind: str
) -> None:
    matrix, queries = made_up(count, 3, kind), made_up(3, 4)
    exact, _ = ExactIndex(matrix).search(queries, k)
    rescored = SmallerVectors(matrix, Kept(dimensions, precision, rescored=count)).search(queries, k)
    assert rescored.shape == exact.shape
    cosines = np.take_along_axis(queries @ matrix.T, rescored, axis=1)
    assert cosines == pytest.approx(np.take_along_axis(queries @ matrix.T, exact, axis=1), abs=1e-6)
    plain = SmallerVectors(matrix, Kept(dimensions, precision)).search(queries, k)
    assert [sorted(set(row)) == sorted(row) for row in plain.tolist()] == [True] * 3


def test_fewer_bits_find_less_and_rescoring_brings_it_back() -> None:
    matrix, queries = made_up(2_000, 5, "clustered"), made_up(30, 6, "clustered")
    whole, eight, one = (found(matrix, queries, Kept(DIMENSIONS, each)) for each in (FLOAT, INT8, BINARY))
    again = found(matrix, queries, Kept(DIMENSIONS, BINARY, rescored=400))
    assert whole == 1 > eight > again > one


def test_the_dimensions_that_differ_most_find_more_than_the_first_ones() -> None:
    random = np.random.default_rng(7)
    # What tells these vectors apart lies in few directions, and in none of the axes.
    turned, _ = np.linalg.qr(random.normal(size=(DIMENSIONS, DIMENSIONS)))
    spread = random.normal(size=(530, DIMENSIONS)) * np.geomspace(1, 0.02, DIMENSIONS)
    vectors = (spread @ turned).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    matrix, queries = vectors[:500], vectors[500:]
    assert found(matrix, queries, Kept(12, way=PCA)) > found(matrix, queries, Kept(12)) + 0.2


def test_equal_vectors_stand_in_order_of_position() -> None:
    matrix = np.repeat(made_up(1, 8), 6, axis=0)
    for kept in (Kept(DIMENSIONS), Kept(8, INT8), Kept(8, BINARY), Kept(8, BINARY, rescored=6)):
        assert SmallerVectors(matrix, kept).search(matrix[:1], 4).tolist() == [[0, 1, 2, 3]]


def test_a_vector_of_noughts_is_near_to_nothing_and_breaks_nothing() -> None:
    matrix = np.concatenate([np.zeros((1, DIMENSIONS), dtype=np.float32), made_up(5, 9)])
    for precision in PRECISIONS:
        best = SmallerVectors(matrix, Kept(DIMENSIONS, precision)).search(matrix[1:2], 1)
        assert best.tolist() == [[1]]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"dimensions": 0}, "dimensions must be a whole number of at least 1, got 0."),
        ({"dimensions": 2.5}, "dimensions must be a whole number of at least 1, got 2.5."),
        ({"precision": "int4"}, 'precision must be one of: float32, int8, binary; got "int4".'),
        ({"way": "svd"}, 'way must be one of: cut, pca; got "svd".'),
        ({"rescored": -1}, "rescored must be a whole number of at least 0, got -1."),
    ],
)
def test_what_no_vector_can_be_is_refused(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Kept(**{"dimensions": 8, **changed})
    assert str(caught.value) == sentence


@pytest.mark.parametrize(("kept", "most"), [(Kept(DIMENSIONS + 1), DIMENSIONS), (Kept(6, way=PCA), 5)])
def test_more_dimensions_than_there_are_cannot_be_kept(kept: Kept, most: int) -> None:
    with pytest.raises(InvalidInput, match=f"dimensions must be at most {most} here"):
        SmallerVectors(made_up(5), kept)


def test_recall_is_the_share_of_true_neighbours_in_any_order() -> None:
    exact = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
    assert recall(np.array([[4, 3, 2, 1], [5, 9, 9, 6]]), exact).tolist() == [1.0, 0.5]
    assert recall(np.empty((2, 0), int), np.empty((2, 0), int)).tolist() == [1.0, 1.0]


def test_bits_and_bytes_are_those_of_sentence_transformers() -> None:
    from sentence_transformers.util.quantization import quantize_embeddings

    matrix = made_up(300, 11)
    ranges = np.stack([matrix.min(axis=0), matrix.max(axis=0)])
    steps = (ranges[1] - ranges[0]) / 255
    bits = np.unpackbits(quantize_embeddings(matrix, "ubinary"), axis=1)
    theirs = np.asarray(quantize_embeddings(matrix, "int8", ranges=ranges), dtype=np.float32)
    assert (SmallerVectors(matrix, Kept(DIMENSIONS, BINARY)).rows == np.where(bits, 1, -1)).all()
    # They cut what is between two bytes off, we take the nearer one.
    ours = (SmallerVectors(matrix, Kept(DIMENSIONS, INT8)).rows - ranges[0]) / steps - 128
    assert np.abs(np.round(ours) - theirs).max() <= 1
