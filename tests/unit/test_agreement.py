"""How far two rankings agree: what they share, what moved most, and Kendall's tau."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore.evaluate import Agreement, agreement, kendall_tau, moved_from
from searchcore.types import Hit, Ranking

orders = st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, max_size=14)


def ranking(order: str | list[str], **more: str) -> Ranking:
    hits = tuple(Hit(i, doc_id, 1 / i, rank_before=99) for i, doc_id in enumerate(order, start=1))
    return Ranking("cross_encoder", "model", hits, **more)


def test_what_is_shared_moved_and_alike_is_counted() -> None:
    found = agreement(ranking("abcdx"), ranking("dabyc"))
    # Of the six pairs of a, b, c and d, those with d stand the other way round: (3 - 3) / 6.
    assert found == Agreement(5, 4, 4, 0.0, Hit(1, "d", 1.0, rank_before=4))


def test_only_the_first_ten_places_count_as_first() -> None:
    found = agreement(ranking("abcdefghijkl"), ranking("lbcdefghijka"))
    assert (found.places, found.shared_first, found.shared) == (10, 9, 12)
    assert found.moved == Hit(1, "l", 1.0, rank_before=12)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("ab", "ab", Agreement(2, 2, 2, 1.0, None)),
        ("ab", "xy", Agreement(2, 0, 0, None, None)),
        ("ab", "bx", Agreement(2, 1, 1, None, Hit(1, "b", 1.0, rank_before=2))),
        ("", "", Agreement(0, 0, 0, None, None)),
        ("", "a", Agreement(1, 0, 0, None, None)),
    ],
)
def test_little_or_nothing_shared(before: str, after: str, expected: Agreement) -> None:
    assert agreement(ranking(before), ranking(after)) == expected


def test_each_hit_learns_its_place_in_the_other_ranking_and_the_input_stays() -> None:
    before, after = ranking("abc"), ranking("cxa", reranks="bi_encoder")
    made = moved_from(before, after)
    assert [hit.rank_before for hit in made.hits] == [3, None, 1]
    assert made.reranks == "bi_encoder"
    assert {hit.rank_before for hit in (*before.hits, *after.hits)} == {99}


def test_tau_is_from_minus_one_to_one_and_not_defined_where_nothing_can_be_ordered() -> None:
    assert kendall_tau([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert kendall_tau([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(4 / 6)
    assert kendall_tau([1], [1]) is None
    assert kendall_tau([1, 1], [1, 2]) is None


@settings(deadline=None, max_examples=60)
@given(orders, orders)
def test_tau_counts_the_pairs_that_stand_the_same_way_round(before: list[str], after: list[str]) -> None:
    found = agreement(ranking(before), ranking(after))
    both = [doc_id for doc_id in after if doc_id in before]
    pairs = [(a, b) for i, a in enumerate(both) for b in both[i + 1 :]]
    agreeing = sum(before.index(a) < before.index(b) for a, b in pairs)
    assert found.shared == len(both)
    assert found.tau == (pytest.approx((2 * agreeing - len(pairs)) / len(pairs)) if pairs else None)
    assert (found.moved is None) == all(before.index(doc) == after.index(doc) for doc in both)
