"""What the benchmarks count and compare is right, where that needs no clock."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy import Accuracy
from benchmarks.kernels import multiply_adds


def test_the_multiply_adds_of_a_pair_are_those_of_its_matrix_products() -> None:
    for tokens in (1, 85, 512):
        layer = [(tokens, 384, 1_152), (tokens, 384, 384), (tokens, 384, 1_536), (tokens, 1_536, 384)]
        layer += 12 * [(tokens, 32, tokens), (tokens, tokens, 32)]
        last = [(1, 384, 384), *12 * [(1, 32, 384), (1, 384, tokens), (1, tokens, 384), (1, 384, 32)]]
        last += [(1, 384, 384), (1, 384, 1_536), (1, 1_536, 384), (1, 384, 384), (1, 384, 1)]
        assert multiply_adds(tokens) == 11 * sum(a * b * c for a, b, c in layer) + sum(a * b * c for a, b, c in last)


def test_the_same_scores_are_nowhere_apart() -> None:
    scores = np.array([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]])
    assert Accuracy.of(scores, scores) == Accuracy(0.0, 0.0, 1.0, pytest.approx(1.0))


def test_distances_first_documents_and_order_are_compared_query_by_query() -> None:
    exact = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    scores = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    assert Accuracy.of(scores, exact) == Accuracy(pytest.approx(4 / 6), 2.0, 0.5, pytest.approx(0.0))
