"""What answers come to: Borda's count, and who changed their mind."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.classroom.votes import Answer, Moved, Place, borda, moved

KEYS = "abcdef"
answers = st.lists(st.lists(st.sampled_from(KEYS), unique=True, max_size=5).map(tuple), max_size=12)


def as_text(places: tuple[Place, ...]) -> str:
    return " ".join(f"{place.key}{place.points}/{place.first}" for place in places)


@pytest.mark.parametrize(
    ("given", "picks", "expected"),
    [
        # Three points for the first place, two for the second, one for the third.
        (["abc", "acb", "bac"], 3, "a8/2 b6/1 c4/0 d0/0"),
        # b is nobody's first choice and wins all the same.
        (["ab", "cb", "db"], 2, "b3/0 a2/1 c2/1 d2/1"),
        # Of equals that comes first which stands first among the options.
        (["ba", "ab"], 2, "a3/1 b3/1 c0/0 d0/0"),
        (["d", "c"], 1, "c1/1 d1/1 a0/0 b0/0"),
        # Who names fewer gives the points of the first places.
        (["a", "bc", "c"], 3, "c5/1 a3/1 b3/1 d0/0"),
        (["abcd"], 2, "a2/1 b1/0 c0/0 d0/0"),
        (["a", "a", "b"], 1, "a2/2 b1/1 c0/0 d0/0"),
        ([], 3, ""),
        ([""], 3, ""),
    ],
)
def test_the_class_s_order_by_hand(given: list[str], picks: int, expected: str) -> None:
    assert as_text(borda(map(tuple, given), "abcd", picks)) == expected


def test_what_is_no_option_has_no_place() -> None:
    assert as_text(borda([("x", "a")], "ab", 2)) == "a1/0 b0/0"


def test_equals_stand_in_the_order_of_the_options_whatever_it_is() -> None:
    given = [("a", "b"), ("b", "a"), ("c",)]
    assert [place.key for place in borda(given, "bca", 2)] == ["b", "a", "c"]
    assert [place.key for place in borda(given, "acb", 2)] == ["a", "b", "c"]


def by_the_book(given: list[Answer], picks: int) -> list[str]:
    """Each option against every place: the sum of what is left of `picks` at the places where it stands."""

    def points(key: str) -> Fraction:
        places = [answer.index(key) for answer in given if key in answer[:picks]]
        return sum((Fraction(picks) - place for place in places), Fraction(0))

    named = list(KEYS) if any(map(points, KEYS)) else []
    order: list[str] = []
    while named:
        best = max(map(points, named))
        order += [key for key in named if points(key) == best]
        named = [key for key in named if points(key) < best]
    return order


@given(answers, st.integers(1, 5))
def test_the_class_s_order_is_that_of_the_sums(given: list[Answer], picks: int) -> None:
    places = borda(given, KEYS, picks)
    assert [place.key for place in places] == by_the_book(given, picks)
    assert sum(place.first for place in places) == sum(bool(answer) for answer in given)
    assert sum(place.points for place in places) == sum(
        picks * n - n * (n - 1) // 2 for n in (min(len(answer), picks) for answer in given)
    )


@given(answers, st.integers(1, 5), st.randoms())
def test_it_does_not_matter_who_answered_first(given: list[Answer], picks: int, luck: object) -> None:
    mixed = list(given)
    luck.shuffle(mixed)  # type: ignore[attr-defined]
    assert borda(mixed, KEYS, picks) == borda(given, KEYS, picks)


def test_what_moved_is_counted_over_those_who_answered_twice() -> None:
    before = {"s1": ("a",), "s2": ("a", "b"), "s3": ("b",), "s4": ("c",), "gone": ("a",)}
    after = {"s1": ("b",), "s2": ("a", "c"), "s3": ("c",), "s4": ("b",), "new": ("b",)}
    assert moved(before, after) == Moved(4, 3, (("b", 2), ("c", 1)))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, Moved(0, 0, ())),
        ({"s1": ("a",)}, {}, Moved(0, 0, ())),
        ({}, {"s1": ("a",)}, Moved(0, 0, ())),
        ({"s1": ("a",)}, {"s1": ("a", "b")}, Moved(1, 0, ())),
        ({"s1": ()}, {"s1": ("a",)}, Moved(0, 0, ())),
        ({"s1": ("a",)}, {"s1": ()}, Moved(0, 0, ())),
    ],
)
def test_where_nobody_answered_twice_or_nobody_turned_nothing_moved(
    before: dict[str, Answer], after: dict[str, Answer], expected: Moved
) -> None:
    assert moved(before, after) == expected
