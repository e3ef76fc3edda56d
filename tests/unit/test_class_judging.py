"""Who is handed which document: all are judged three times, by whoever is there, in an order of one's own."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.classes import Clock, held, judge, now, room_with
from ui.classroom import judging
from ui.classroom.judging import LEAST_SHARE, WANTED, Judged, judged, own_order
from ui.classroom.room import Room, Screen

POOL = "abcdefgh"


def grade(room: Room, word: str, given: int = 1) -> str:
    """A phone grades the document that it reads."""
    doc_id = held(room, word)
    room.grade(word, now(room).number, doc_id, given)
    return doc_id


def counts(room: Room) -> dict[str, int]:
    found = now(room)
    counted = Counter(doc_id for grades in found.given.values() for doc_id in grades)
    return {key: counted[key] for key in found.question.keys}


def class_of(phones: int, pool: int) -> tuple[Room, dict[str, Screen], Clock]:
    clock = Clock()
    room, screens = room_with(*(f"phone {n}" for n in range(phones)), clock=clock)
    room.ask(judge([f"d{n}" for n in range(pool)]))
    return room, screens, clock


def judge_all(room: Room, clock: Clock, data: st.DataObject) -> None:
    """Those who are there judge what they are handed, in any order, until nobody is handed more."""
    while reading := [word for word in room._screens if held(room, word)]:
        clock.later(1.0)
        grade(room, data.draw(st.sampled_from(reading)))


@settings(max_examples=60)
@given(st.integers(WANTED, 9), st.integers(1, 30), st.data())
def test_every_document_is_judged_three_times_in_whatever_order_they_judge(
    phones: int, pool: int, data: st.DataObject
) -> None:
    room, _, clock = class_of(phones, pool)
    judge_all(room, clock, data)
    counted = counts(room)
    assert min(counted.values()) >= WANTED
    assert max(counted.values()) - min(counted.values()) <= 1
    handed = now(room).handed
    assert all(len(set(docs)) == len(docs) for docs in handed.values())
    assert all(len(docs) >= min(LEAST_SHARE, pool) for docs in handed.values())
    assert {word: sorted(docs) for word, docs in handed.items()} == {
        word: sorted(grades) for word, grades in now(room).given.items()
    }


@settings(max_examples=60)
@given(st.integers(WANTED, 6), st.integers(1, 4), st.integers(1, 20), st.data())
def test_what_those_who_leave_have_not_judged_goes_to_the_others(
    stay: int, go: int, pool: int, data: st.DataObject
) -> None:
    room, screens, clock = class_of(stay + go, pool)
    going = [f"phone {n}" for n in range(stay, stay + go)]
    while going:
        reading = [word for word in room._screens if held(room, word)]
        word = data.draw(st.sampled_from([*reading, *going]))
        clock.later(1.0)
        if word in going and (word not in reading or data.draw(st.booleans())):
            going.remove(word)
            room.leave(screens[word])
        else:
            grade(room, word)
    judge_all(room, clock, data)
    assert min(counts(room).values()) >= WANTED
    assert all(len(set(docs)) == len(docs) for docs in now(room).handed.values())


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(WANTED, 5), st.integers(1, 15), st.data())
def test_who_comes_late_takes_part(early: int, late: int, pool: int, data: st.DataObject) -> None:
    room, _, clock = class_of(early, pool)
    judge_all(room, clock, data)
    for n in range(late):
        room.enter(f"late {n}")
        assert len(now(room).handed[f"late {n}"]) == 1
    judge_all(room, clock, data)
    assert min(counts(room).values()) >= WANTED


def test_thirty_phones_share_a_pool_between_them() -> None:
    room, _, clock = class_of(30, 12)
    for _ in range(LEAST_SHARE):
        for word in list(room._screens):
            clock.later(1.0)
            grade(room, word)
    assert not any(held(room, word) for word in room._screens)
    assert set(counts(room).values()) == {30 * LEAST_SHARE // 12, 30 * LEAST_SHARE // 12 + 1}


def one_slow_phone() -> tuple[Room, dict[str, Screen], str, str]:
    """Three have judged all they were handed, a fourth still reads: what it reads, and who has not judged that."""
    room, screens, clock = class_of(WANTED + 1, 4)
    *quick, slow = screens
    while reading := [word for word in quick if held(room, word)]:
        clock.later(1.0)
        grade(room, reading[0])
    lacking = held(room, slow)
    assert counts(room)[lacking] == WANTED - 1
    (idle,) = [word for word in quick if lacking not in now(room).given[word]]
    return room, screens, lacking, idle


def test_an_idle_phone_is_told_when_it_is_handed_what_another_one_has_left() -> None:
    room, screens, lacking, idle = one_slow_phone()
    for screen in screens.values():
        screen.news.clear()
    room.leave(screens["phone 3"])
    assert held(room, idle) == lacking
    assert screens[idle].news.is_set()


def test_a_judging_that_is_opened_again_hands_out_what_was_left_while_it_was_closed() -> None:
    room, screens, lacking, idle = one_slow_phone()
    room.close(1)
    room.leave(screens["phone 3"])
    assert not held(room, idle)
    room.vote_again(1)
    assert held(room, idle) == lacking


def test_who_comes_back_reads_on_where_it_left() -> None:
    room, screens, lacking, _ = one_slow_phone()
    room.leave(screens["phone 3"])
    room.enter("phone 3")
    assert held(room, "phone 3") == lacking
    grade(room, "phone 3")
    assert counts(room)[lacking] == WANTED


def test_a_phone_that_wants_more_gets_more_until_the_pool_ends() -> None:
    room, _, clock = class_of(12, 5)
    words = list(room._screens)
    while reading := [word for word in words if held(room, word)]:
        clock.later(1.0)
        grade(room, reading[0])
    word = next(word for word in words if len(now(room).given[word]) == LEAST_SHARE)
    for _ in range(5 - LEAST_SHARE):
        room.more(word, 1)
        handed = list(now(room).handed[word])
        room.more(word, 1)
        assert now(room).handed[word] == handed, "one at a time"
        clock.later(1.0)
        grade(room, word)
    room.more(word, 1)
    assert not held(room, word)
    assert len(now(room).given[word]) == 5


def test_each_phone_goes_through_the_pool_in_an_order_of_its_own_that_stays() -> None:
    orders = {word: own_order(POOL, word) for word in map(str, range(30))}
    assert len({tuple(each) for each in orders.values()}) > 25
    assert all(sorted(each) == list(POOL) for each in orders.values())
    assert orders == {word: own_order(POOL, word) for word in orders}
    # No document stands first on more than a good part of the phones.
    assert max(Counter(each[0] for each in orders.values()).values()) < 12


def test_the_order_of_a_phone_differs_between_rounds() -> None:
    room, _ = room_with("a")
    first = []
    for _ in range(6):
        room.ask(judge(POOL))
        room.close(now(room).number)
        room.reveal(now(room).number, None)
        first.append(now(room).handed["a"][0])
    assert len(set(first)) > 1


def test_a_grade_that_is_changed_counts_once() -> None:
    room, _ = room_with("a")
    room.ask(judge(POOL))
    doc_id = grade(room, "a", 0)
    room.grade("a", 1, doc_id, 3)
    assert now(room).given == {"a": {doc_id: 3}}
    assert len(now(room).handed["a"]) == 2


@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        ((3, 0, 0, 0), 0),
        ((0, 1, 2, 0), 2),
        ((1, 0, 0, 2), 3),
        # Of two as often the one that is nearer to the middle of all, which is 1 here; of two as near the lower one.
        ((2, 1, 2, 0), 0),
        ((1, 1, 0, 0), 0),
        ((1, 1, 1, 0), 1),
        ((1, 1, 1, 1), 1),
        ((0, 2, 0, 2), 1),
        ((1, 0, 2, 2), 2),
        ((2, 0, 1, 2), 3),
        ((0, 0, 0, 1), 3),
    ],
)
def test_the_grade_that_counts_is_the_one_that_most_gave(counts: tuple[int, ...], grade: int) -> None:
    assert Judged("d", counts).grade == grade


@pytest.mark.parametrize(
    ("counts", "disputed"),
    [
        ((3, 0, 0, 0), False),
        ((0, 0, 0, 1), False),
        ((0, 2, 1, 0), False),
        ((0, 1, 1, 0), True),
        ((5, 0, 1, 0), True),
        ((2, 2, 0, 0), True),
        ((0, 0, 0, 0), False),
    ],
)
def test_a_document_is_disputed_where_grades_lie_far_apart_or_none_is_ahead(
    counts: tuple[int, ...], disputed: bool
) -> None:
    assert Judged("d", counts).disputed is disputed


def test_what_is_disputed_most_has_the_largest_spread() -> None:
    # The variance of 0 and 3 is 2.25, of 1 and 2 it is .25.
    assert Judged("d", (1, 0, 0, 1)).spread == pytest.approx(2.25)
    assert Judged("d", (0, 2, 2, 0)).spread == pytest.approx(0.25)
    assert Judged("d", (0, 0, 4, 0)).spread == 0


def test_only_what_somebody_judged_is_told_in_the_order_of_the_pool() -> None:
    made = judged("abc", {"s1": {"c": 3, "a": 0}, "s2": {"c": 3}, "s3": {}})
    assert made == (Judged("a", (1, 0, 0, 0)), Judged("c", (0, 0, 0, 2)))
    assert [each.total for each in made] == [1, 2]
    assert judging.judged("abc", {}) == ()
