"""Vectors in cells: all of them looked into is exact search, fewer find less, and what can't be is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import InvalidInput
from searchcore.index import ExactIndex
from searchcore.neighbours.cells import Cells, usual_cells
from tests.unit.test_fewer_bits import made_up

KINDS = ["random", "clustered", "twice"]


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 120), st.integers(1, 12), st.sampled_from(KINDS), st.data())
def test_all_cells_looked_into_are_exact_search(count: int, k: int, kind: str, data: st.DataObject) -> None:
    matrix, queries = made_up(count, 1, kind), made_up(4, 2)
    cells = Cells(matrix, data.draw(st.integers(1, min(count, 9))))
    assert sum(cells.sizes()) == len(cells) == count
    found = cells.search(queries, k, cells.count)
    _, cosines = ExactIndex(matrix).search(queries, k)
    for query, row, expected in zip(queries, found, cosines, strict=True):
        there = row[row >= 0]
        assert len(there) == min(k, count)
        assert matrix[there] @ query == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_more_probes_find_no_less(kind: str) -> None:
    matrix, queries = made_up(1_200, 3, kind), made_up(40, 4, kind)
    cells, (_, cosines) = Cells(matrix), ExactIndex(matrix).search(queries, 10)
    shares = []
    for probes in (1, 4, cells.count):
        found = cells.search(queries, 10, probes)
        near = np.take_along_axis(queries @ matrix.T, np.maximum(found, 0), axis=1) >= cosines[:, -1:] - 1e-5
        shares.append(float((near & (found >= 0)).mean()))
    assert shares == sorted(shares) and shares[0] < shares[-1] == 1


def test_the_same_vectors_make_the_same_cells() -> None:
    matrix = made_up(500, 5)
    assert Cells(matrix).sizes() == Cells(matrix).sizes()


@pytest.mark.parametrize(("count", "cells"), [(1, 1), (10, 1), (454, 11), (12_199, 110), (100_000, 316)])
def test_there_are_about_as_many_cells_as_the_square_root_of_the_vectors(count: int, cells: int) -> None:
    assert usual_cells(count) == cells


@pytest.mark.parametrize("count", [1, 10])
def test_one_document_and_ten_identical_ones_are_found(count: int) -> None:
    matrix = np.repeat(made_up(1, 6), count, axis=0)
    assert sorted(Cells(matrix).search(matrix[:1], count, 1)[0].tolist()) == list(range(count))


@pytest.mark.parametrize("count", [0, 6, True, 2.0])
def test_more_cells_than_vectors_are_refused(count: int) -> None:
    with pytest.raises(InvalidInput, match="cells must be a whole number from 1 to 5 here, got"):
        Cells(made_up(5), count)


@pytest.mark.parametrize("probes", [0, 4, True, 1.0])
def test_more_probes_than_cells_are_refused(probes: int) -> None:
    with pytest.raises(InvalidInput, match="probes must be a whole number from 1 to 3 here, got"):
        Cells(made_up(20), 3).search(made_up(1), 5, probes)
