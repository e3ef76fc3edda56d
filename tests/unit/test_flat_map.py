"""The map of a corpus: two axes, how much of the difference they show, and a query on the same map."""

from __future__ import annotations

import numpy as np
import pytest

from searchcore.neighbours.flat_map import flat_map
from tests.unit.test_fewer_bits import DIMENSIONS, made_up


def test_vectors_that_differ_in_two_directions_are_shown_whole() -> None:
    random = np.random.default_rng(1)
    flat = random.normal(size=(50, 2)) @ np.linalg.qr(random.normal(size=(DIMENSIONS, 2)))[0].T
    made = flat_map(flat.astype(np.float32))
    assert made.share == pytest.approx(1)
    apart = np.linalg.norm(flat[0] - flat[1])
    assert np.linalg.norm(made.points[0] - made.points[1]) * made.size == pytest.approx(apart, rel=1e-4)


def test_points_fill_the_square_and_a_document_lies_where_its_vector_is_put() -> None:
    matrix = made_up(120, 2, "clustered")
    made = flat_map(matrix)
    assert np.abs(made.points).max() == pytest.approx(1)
    assert 0 < made.share < 1
    for place in (0, 7, 119):
        assert made.place(matrix[place]) == pytest.approx(tuple(made.points[place]), abs=1e-5)


@pytest.mark.parametrize("count", [1, 2, 10])
def test_few_or_identical_vectors_have_a_map(count: int) -> None:
    same = flat_map(np.repeat(made_up(1, 3), count, axis=0))
    assert same.points.tolist() == [[0, 0]] * count and same.share == 0
    assert np.isfinite(flat_map(made_up(count, 4)).points).all()
