"""Neighbours on the bundled films, with the real vectors: what is found of them, and what smaller vectors keep."""

from __future__ import annotations

import pytest

from searchcore.evaluate import HNSW, IVF, Setting, neighbour_steps, smaller_steps
from searchcore.neighbours import BINARY, INT8, PCA, Kept
from searchcore.running import finish


@pytest.fixture(scope="module")
def around(engine):
    return finish(neighbour_steps(engine, "movies", "vietnam war", Setting(HNSW, 10)))


def test_a_graph_finds_the_more_the_harder_it_looks(around):
    shares = {point.setting.value: point.recall.middle for point in around.trade_off.of(HNSW)}
    assert shares[10] >= 0.8 and shares[40] >= 0.97 and shares[160] >= 0.999
    assert around.trade_off.queries == 99


def test_cells_find_all_where_all_are_looked_into(around):
    *fewer, every = around.trade_off.of(IVF)
    assert every.recall.middle == 1 and all(point.recall.middle < 1 for point in fewer)


def test_the_first_neighbours_are_what_the_bi_encoder_ranks_first(engine, around):
    ranking = engine.search("movies", "vietnam war", 10, ["bi_encoder"]).rankings["bi_encoder"]
    assert [document.doc_id for document, _ in around.exact] == [hit.doc_id for hit in ranking.hits]
    assert around.walk is not None and len(around.walk.looked_at) < 300


@pytest.mark.parametrize(
    ("kept", "recall"),
    [
        (Kept(384, INT8), (0.98, 1)),
        (Kept(384, BINARY), (0.5, 0.65)),
        (Kept(384, BINARY, rescored=200), (0.97, 1)),
        (Kept(128), (0.45, 0.6)),
        (Kept(128, way=PCA), (0.8, 0.95)),
    ],
)
def test_vectors_that_were_not_trained_to_be_cut_lose_more_than_by_principal_components(engine, kept, recall):
    made = finish(smaller_steps(engine, "movies", kept))
    assert recall[0] <= made.chosen.recall <= recall[1]
    assert made.whole.recall == 1 and made.judged == 99
