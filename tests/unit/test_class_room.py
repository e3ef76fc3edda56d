"""A room: what is asked, and how answers are counted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from searchcore.errors import InvalidInput
from tests.unit.classes import Clock, choice, judge, now, order, reveal, room_with
from ui.classroom.room import (
    ANSWERS_AT_ONCE,
    MOST_ROUNDS,
    MOST_VOTES,
    SECONDS_PER_ANSWER,
    NotIn,
    Room,
    TooLate,
    TooOften,
)
from ui.classroom.rounds import Phase


def open_room(*words: str) -> Room:
    """A room in which an order is asked."""
    room, _ = room_with(*(words or ("ann",)))
    room.ask(order())
    return room


def answered(room: Room) -> dict[str, tuple[str, ...]]:
    return now(room).votes[-1]


def test_an_answer_counts_once_and_a_second_one_takes_its_place() -> None:
    room = open_room("ann", "bob")
    room.answer("ann", 1, ["a", "b"])
    room.answer("bob", 1, ["c"])
    room.answer("ann", 1, ["b"])
    assert answered(room) == {"ann": ("b",), "bob": ("c",)}
    assert now(room).answered == 2


def test_every_answer_is_news_for_the_lecturer_and_for_its_own_browser_alone() -> None:
    room, screens = room_with("ann", "bob")
    screens["lecturer"] = room.lead()
    room.ask(order())
    for screen in screens.values():
        screen.news.clear()
    version = room.version
    room.answer("ann", 1, ["a"])
    assert {who: screen.news.is_set() for who, screen in screens.items()} == {
        "ann": True,
        "bob": False,
        "lecturer": True,
    }
    assert room.version == version, "what all see alike is as before"


def test_each_step_of_a_question_is_news_for_everybody() -> None:
    room, screens = room_with("ann")
    steps = [
        lambda: room.ask(order()),
        lambda: room.close(1),
        lambda: room.vote_again(1),
        lambda: room.close(1),
        lambda: room.reveal(1, None),
        lambda: room.end("over"),
    ]
    for step in steps:
        screens["ann"].news.clear()
        version = room.version
        step()
        assert screens["ann"].news.is_set()
        assert room.version > version


def test_a_question_goes_from_open_over_closed_to_revealed() -> None:
    room = open_room()
    phases = [now(room).phase]
    room.close(1)
    phases.append(now(room).phase)
    room.reveal(1, "outcome")
    phases.append(now(room).phase)
    assert phases == [Phase.OPEN, Phase.CLOSED, Phase.REVEALED]
    assert now(room).outcome == "outcome"


@pytest.mark.parametrize(
    ("before", "act"),
    [
        ((), "reveal"),
        ((), "vote_again"),
        (("close",), "close"),
        (("close", "reveal"), "reveal"),
        (("close", "reveal"), "close"),
        (("close", "reveal"), "vote_again"),
        (("close", "vote_again"), "reveal"),
    ],
)
def test_what_another_window_did_before_can_not_be_done_again(before: tuple[str, ...], act: str) -> None:
    room = open_room()

    def do(name: str) -> None:
        getattr(room, name)(1, *([None] if name == "reveal" else []))

    for name in before:
        do(name)
    phase = now(room).phase
    with pytest.raises(TooLate):
        do(act)
    assert now(room).phase is phase


@pytest.mark.parametrize("number", [0, 2, None, "1", [], {}, -1])
def test_an_act_on_another_question_than_the_one_that_is_asked_is_too_late(number: Any) -> None:
    room = open_room()
    with pytest.raises(TooLate):
        room.close(number)
    with pytest.raises(TooLate):
        room.answer("ann", number, ["a"])
    assert (now(room).phase, answered(room)) == (Phase.OPEN, {})


def test_before_the_first_question_nothing_can_be_answered_or_closed() -> None:
    room, _ = room_with("ann")
    assert room.round is None
    for act in (lambda: room.answer("ann", 1, ["a"]), lambda: room.close(1), lambda: room.more("ann", 1)):
        with pytest.raises(TooLate):
            act()


def test_an_answer_that_comes_after_the_close_or_the_reveal_is_too_late() -> None:
    room = open_room()
    room.answer("ann", 1, ["a"])
    room.close(1)
    with pytest.raises(TooLate):
        room.answer("ann", 1, ["b"])
    room.reveal(1, None)
    with pytest.raises(TooLate):
        room.answer("ann", 1, ["b"])
    assert answered(room) == {"ann": ("a",)}


def test_who_never_joined_can_not_answer() -> None:
    room = open_room()
    for word in ("eve", ""):
        with pytest.raises(NotIn):
            room.answer(word, 1, ["a"])
        with pytest.raises(NotIn):
            room.grade(word, 1, "a", 1)
        with pytest.raises(NotIn):
            room.more(word, 1)
    assert answered(room) == {}


@pytest.mark.parametrize(
    "given",
    [
        None,
        "a",
        1,
        {"a": 1},
        [],
        ["x"],
        ["a", "a"],
        ["a", "b", "c", "d"],
        [1],
        [None],
        [["a"]],
        ["a", "x"],
        ("a",),
        [""],
    ],
)
def test_what_is_no_answer_is_refused_and_the_one_before_stays(given: Any) -> None:
    room = open_room()
    room.answer("ann", 1, ["b"])
    with pytest.raises(InvalidInput):
        room.answer("ann", 1, given)
    assert answered(room) == {"ann": ("b",)}


@pytest.mark.parametrize("given", [True, False, 4, -1, "2", 1.0, None, [1], {}, 10**30, float("nan")])
def test_what_is_no_grade_is_refused(given: Any) -> None:
    room, _ = room_with("ann")
    room.ask(judge())
    doc_id = now(room).handed["ann"][0]
    with pytest.raises(InvalidInput):
        room.grade("ann", 1, doc_id, given)
    assert now(room).answered == 0


@pytest.mark.parametrize("grade", [0, 1, 2, 3])
def test_each_grade_counts(grade: int) -> None:
    room, _ = room_with("ann")
    room.ask(judge())
    doc_id = now(room).handed["ann"][0]
    room.grade("ann", 1, doc_id, grade)
    assert now(room).given == {"ann": {doc_id: grade}}
    assert now(room).answered == 1


def test_only_a_document_that_was_handed_out_can_be_judged() -> None:
    room, _ = room_with("ann")
    room.ask(judge())
    other = next(key for key in "abcd" if key not in now(room).handed["ann"])
    for doc_id in (other, "x", None, 1, [], {}):
        with pytest.raises(InvalidInput):
            room.grade("ann", 1, doc_id, 1)
    assert now(room).given == {}


def test_a_question_is_not_judged_and_a_judging_is_not_answered() -> None:
    room = open_room()
    with pytest.raises(InvalidInput):
        room.grade("ann", 1, "a", 1)
    room.more("ann", 1)
    assert now(room).handed == {}
    room.ask(judge())
    with pytest.raises(InvalidInput):
        room.answer("ann", now(room).number, ["a"])


def test_a_second_vote_keeps_the_first_one_as_it_was() -> None:
    room = open_room("ann", "bob")
    room.answer("ann", 1, ["a"])
    room.close(1)
    room.vote_again(1)
    assert now(room).answered == 0
    with pytest.raises(TooLate):
        room.answer("bob", 1, ["a"])  # still on its way from the vote before
    room.answer("ann", 1, ["b"], 2)
    room.answer("bob", 1, ["c"], 2)
    assert now(room).votes == [{"ann": ("a",)}, {"ann": ("b",), "bob": ("c",)}]


def test_a_question_is_voted_on_so_many_times_and_no_more() -> None:
    room = open_room()
    for _ in range(MOST_VOTES - 1):
        room.close(1)
        room.vote_again(1)
    room.close(1)
    with pytest.raises(InvalidInput):
        room.vote_again(1)
    assert (len(now(room).votes), now(room).phase) == (MOST_VOTES, Phase.CLOSED)
    room.reveal(1, None)


def test_a_judging_that_is_opened_again_keeps_its_grades() -> None:
    room, _ = room_with("ann")
    room.ask(judge())
    doc_id = now(room).handed["ann"][0]
    room.grade("ann", 1, doc_id, 2)
    for _ in range(MOST_VOTES + 1):
        room.close(1)
        room.vote_again(1)
    assert now(room).given == {"ann": {doc_id: 2}}
    assert len(now(room).votes) == 1


def test_a_question_that_is_given_up_before_its_reveal_is_shown_to_nobody() -> None:
    room = open_room()
    room.answer("ann", 1, ["a"])
    reveal(room)
    room.ask(choice("ab"))
    dropped = now(room)
    room.ask(choice("xy"))
    assert dropped not in room.rounds
    assert [each.question.keys for each in room.rounds] == [("a", "b", "c", "d"), ("x", "y")]
    assert answered(room) == {}


def test_an_answer_to_a_question_that_was_given_up_does_not_count_for_the_next_one() -> None:
    room, _ = room_with("ann")
    dropped = room.ask(choice("123"))
    room.ask(choice("123"))
    with pytest.raises(TooLate):
        room.answer("ann", dropped.number, ["1"])
    with pytest.raises(TooLate):
        room.close(dropped.number)
    assert answered(room) == {}


def test_what_the_models_were_to_say_of_a_question_that_is_given_up_is_not_worked_out() -> None:
    async def main() -> None:
        room, _ = room_with("ann")
        working = [asyncio.ensure_future(asyncio.sleep(60)) for _ in range(3)]
        for task in working:
            room.ask(order()).working = task
            if task is working[0]:
                reveal(room)
        await asyncio.wait([working[1]], timeout=20)
        assert [task.cancelled() for task in working] == [False, True, False]
        room.end("over")
        await asyncio.wait(working, timeout=20)
        assert all(task.cancelled() for task in working)

    asyncio.run(main())


def test_a_class_has_so_many_questions_and_no_more() -> None:
    room, _ = room_with("ann")
    for _ in range(MOST_ROUNDS):
        room.ask(order())
        dropped = now(room)
        # The last one may be exchanged for another as any, as long as it is not revealed.
        room.ask(order())
        assert dropped not in room.rounds
        reveal(room)
    with pytest.raises(InvalidInput):
        room.ask(order())
    assert len(room.rounds) == MOST_ROUNDS


def test_a_flood_from_one_browser_has_to_wait_and_nobody_else() -> None:
    clock = Clock()
    room, _ = room_with("ann", "bob", clock=clock)
    room.ask(order())
    for _ in range(ANSWERS_AT_ONCE):
        room.answer("ann", 1, ["a"])
    with pytest.raises(TooOften):
        room.answer("ann", 1, ["b"])
    assert answered(room) == {"ann": ("a",)}
    room.answer("bob", 1, ["b"])
    clock.later(SECONDS_PER_ANSWER)
    room.answer("ann", 1, ["c"])
    with pytest.raises(TooOften):
        room.answer("ann", 1, ["d"])
    assert answered(room) == {"ann": ("c",), "bob": ("b",)}


def test_what_is_no_answer_belongs_to_a_flood_too() -> None:
    room = open_room()
    for _ in range(ANSWERS_AT_ONCE):
        with pytest.raises(InvalidInput):
            room.answer("ann", 1, None)
    with pytest.raises(TooOften):
        room.answer("ann", 1, ["a"])
