"""The second stage: the same documents in the order of new scores."""

from __future__ import annotations

import random

import pytest

from searchcore.ranking.method import reordered
from searchcore.types import Hit


def hits_of(doc_ids: list[int]) -> tuple[Hit, ...]:
    return tuple(Hit(rank, str(doc_id), 1.0 / rank, rank_before=99) for rank, doc_id in enumerate(doc_ids, start=1))


@pytest.mark.parametrize("seed", range(40))
def test_the_order_is_that_of_a_naive_sort_with_ties_in_corpus_order(seed: int) -> None:
    chance = random.Random(seed)
    doc_ids = chance.sample(range(100), chance.randint(1, 30))
    scores = {str(doc_id): chance.choice([-2.5, 0.0, -0.0, 7.25]) for doc_id in range(100)}
    new = reordered(hits_of(doc_ids), scores, int)
    remaining, expected = sorted(doc_ids), []
    while remaining:  # the highest score each time, the first in corpus order of those that have it
        expected.append(max(remaining, key=lambda doc_id: scores[str(doc_id)]))
        remaining.remove(expected[-1])
    assert [hit.doc_id for hit in new] == [str(doc_id) for doc_id in expected]
    assert [hit.rank for hit in new] == list(range(1, len(doc_ids) + 1))
    assert [hit.score for hit in new] == [scores[hit.doc_id] for hit in new]
    assert [hit.rank_before for hit in new] == [doc_ids.index(int(hit.doc_id)) + 1 for hit in new]


def test_the_input_stays_as_it_is() -> None:
    before = hits_of([4, 2, 9])
    scores = {"2": 1.0, "4": 2.0, "9": 3.0}
    assert reordered(before, scores, int) != before
    assert before == hits_of([4, 2, 9])
    assert scores == {"2": 1.0, "4": 2.0, "9": 3.0}


def test_an_empty_ranking_stays_empty() -> None:
    assert reordered((), {}, int) == ()


def test_a_document_without_a_score_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        reordered(hits_of([1, 2]), {"1": 0.0}, int)
