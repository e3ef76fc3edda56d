"""Where exact search and a graph cross: measured where it can be, straight on beyond that."""

from __future__ import annotations

import numpy as np
import pytest

from searchcore.evaluate import AtSize, Crossing, crossing_steps
from searchcore.evaluate.crossing import FIRST_SIZE, made_up
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import numbered_corpus


def sizes(*times: tuple[int, float, float]) -> Crossing:
    return Crossing(tuple(AtSize(count, exact, graph, 40, 0.97, 1.0) for count, exact, graph in times))


def test_the_lines_cross_between_the_sizes_where_the_graph_becomes_the_quicker_one() -> None:
    made = sizes((1_000, 10, 20), (4_000, 40, 25), (16_000, 160, 30))
    assert made.measured and made.count == 2_000


def test_beyond_what_was_measured_exact_grows_with_the_count_and_the_graph_with_its_logarithm() -> None:
    made = sizes((1_000, 5, 100), (10_000, 50, 200))
    assert made.exact(1_000_000) == pytest.approx(5_000)
    assert made.graph(100_000) == pytest.approx(300) and made.graph(10_000) == pytest.approx(200)
    assert not made.measured and made.count is not None
    # .005 n = 100 (log10 n - 2)
    assert made.exact(made.count) == pytest.approx(made.graph(made.count), rel=0.06)
    assert 50_000 < made.count < 70_000


def test_a_graph_that_is_never_the_quicker_one_is_said_to_be_so() -> None:
    assert sizes((1_000, 0.001, 100), (10_000, 0.01, 200)).count is None


def test_a_graph_that_is_quicker_from_the_first_is() -> None:
    assert sizes((250, 30, 20), (500, 60, 22)).count == 250


def test_one_size_alone_goes_on_as_it_is() -> None:
    made = sizes((250, 10, 20))
    assert made.graph(1_000) == pytest.approx(20) and made.count is not None and 490 <= made.count <= 530


def test_sizes_are_measured_once_for_all_corpora(make_engine: MakeEngine) -> None:
    engine = make_engine(numbered_corpus(3))
    told: list[object] = []
    made = finish(crossing_steps(engine, seconds=0.0), told.append)
    [size] = made.sizes
    assert size.count == FIRST_SIZE and size.recall >= 0.9 and size.exact > 0 and size.graph > 0
    told.clear()
    assert finish(crossing_steps(engine, seconds=0.0), told.append) is made and told == []


def test_made_up_vectors_are_of_unit_length_and_the_same_each_time() -> None:
    made = made_up(50)
    assert np.linalg.norm(made, axis=1) == pytest.approx(np.ones(50), abs=1e-5)
    assert (made == made_up(50)).all()
