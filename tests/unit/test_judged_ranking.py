"""One ranking of a judged query: what it scores, what it could score, what it missed."""

from __future__ import annotations

from math import log2

import pytest

from searchcore import Hit, Ranking
from searchcore.evaluate import judged_ranking
from tests.unit.judged import judged_corpus

CORPUS = judged_corpus(
    ["0.1 0 x"] * 6,
    {"q": {"f": 1, "e": 3, "d": 1, "c": 0, "b": 2}, "zeros": {"a": 0}, "empty": {}},
    queries={"q": "Red apple", "zeros": "pear", "empty": "fig"},
)


def ranking(order: str) -> Ranking:
    return Ranking("bi_encoder", "model", tuple(Hit(i, doc_id, 1 / i) for i, doc_id in enumerate(order, start=1)))


def test_a_ranking_is_held_against_the_ideal_and_the_best_of_its_own_documents() -> None:
    found = judged_ranking(CORPUS, "red apple ", ranking("cbd"))
    assert found is not None
    ideal = 3 + 2 / log2(3) + 1 / log2(4) + 1 / log2(5)
    assert found.ndcg == pytest.approx((2 / log2(3) + 1 / log2(4)) / ideal)
    assert found.best_ndcg == pytest.approx((2 + 1 / log2(3)) / ideal)
    assert found.query.query_id == "q"
    assert found.grades == {"f": 1, "e": 3, "d": 1, "c": 0, "b": 2}


def test_missed_are_the_relevant_documents_that_are_not_there_best_first_ties_in_corpus_order() -> None:
    found = judged_ranking(CORPUS, "Red apple", ranking("cb"))
    assert found is not None
    assert found.ideal == ("e", "b", "d", "f")
    assert found.missed == ("e", "d", "f")


def test_a_perfect_ranking_misses_nothing_and_cannot_be_better() -> None:
    found = judged_ranking(CORPUS, "Red apple", ranking("ebdf"))
    assert found is not None
    assert (found.ndcg, found.best_ndcg, found.missed) == (pytest.approx(1.0), pytest.approx(1.0), ())


def test_an_empty_ranking_misses_everything() -> None:
    found = judged_ranking(CORPUS, "Red apple", ranking(""))
    assert found is not None
    assert (found.ndcg, found.best_ndcg) == (0.0, 0.0)
    assert found.missed == found.ideal


@pytest.mark.parametrize("text", ["green apple", "pear", "fig", ""])
def test_a_query_without_relevant_documents_has_nothing_to_be_held_against(text: str) -> None:
    assert judged_ranking(CORPUS, text, ranking("ab")) is None
