"""Late interaction: MaxSim by hand, as a stage of a search, and what of it is kept."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from searchcore.ranking import late_interaction
from searchcore.ranking.late_interaction import align, best_matches, max_sim
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, corpus_of

METHODS = ["bi_encoder", "late_interaction"]


class CountingEncoder(FakeEncoder):
    """Remembers which texts were taken apart into tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.taken_apart: list[str] = []

    def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
        self.taken_apart.append(text)
        return super().token_vectors(text, as_query=as_query)


def test_each_query_token_takes_its_best_document_token_and_the_cosines_are_summed() -> None:
    query = np.array([[1, 0], [0, 1]], dtype=np.float32)
    document = np.array([[0, 1], [0.8, 0.6], [-1, 0]], dtype=np.float32)
    made = align(query, document)
    assert made.matches == (1, 0)
    assert made.cosines == pytest.approx((0.8, 1.0))
    assert made.score == pytest.approx(1.8)
    assert max_sim(query, document) == pytest.approx(1.8)


def test_the_first_of_two_equal_tokens_is_the_match() -> None:
    assert best_matches(np.array([[0.5, 0.5, 0.1]])).matches == (0,)


def test_the_order_of_the_two_texts_matters() -> None:
    one, two = np.eye(2, dtype=np.float32)[:1], np.eye(2, dtype=np.float32)
    assert (max_sim(one, two), max_sim(two, one)) == (1.0, 1.0)
    assert align(one, two).matches == (0,)
    assert align(two, one).matches == (0, 0)


def test_it_reorders_the_candidates_of_the_bi_encoder(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("red fox", "red red red", "a blue sky", "fox"))
    result = engine.search("small", "red fox", candidates=3, methods=METHODS)
    late = result.rankings["late_interaction"]
    before = {hit.doc_id: hit.rank for hit in result.rankings["bi_encoder"].hits}
    assert late.reranks == "bi_encoder"
    assert {hit.doc_id: hit.rank_before for hit in late.hits} == before
    assert [hit.score for hit in late.hits] == sorted((hit.score for hit in late.hits), reverse=True)


def test_the_tokens_of_a_small_corpus_are_made_once_and_kept_on_disk(make_engine: MakeEngine) -> None:
    texts = ("red fox", "blue sky", "green grass")
    first, second = CountingEncoder(), CountingEncoder()
    engine = make_engine(corpus_of(*texts, shared=True), encoder=first)
    for query in ("red", "sky"):
        ranking = engine.search("small", query, methods=METHODS).rankings["late_interaction"]
        assert (ranking.passes_needed, ranking.passes_run) == (1, 1)
    assert sorted(first.taken_apart) == sorted([*texts, "red", "sky"])
    make_engine(corpus_of(*texts, shared=True), encoder=second).search("small", "red", methods=METHODS)
    assert second.taken_apart == ["red"]


def test_the_tokens_of_a_large_corpus_are_made_for_the_candidates_alone(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_interaction, "MAX_TOKEN_DOCUMENTS", 3)
    encoder = CountingEncoder()
    engine = make_engine(corpus_of("red fox", "blue sky", "green grass", "red car"), encoder=encoder)
    ranking = engine.search("small", "red", candidates=2, methods=METHODS).rankings["late_interaction"]
    assert encoder.taken_apart[0] == "red"
    assert sorted(encoder.taken_apart[1:]) == ["red car", "red fox"]
    assert (ranking.passes_needed, ranking.passes_run) == (3, 3)
