"""Who is in a room: seats, connections, and what becomes of both."""

from __future__ import annotations

import pytest

from tests.unit.classes import Clock, judge, now, order, reveal, room_with
from ui.classroom import room as rooms_room
from ui.classroom.room import MOST_SEATS, MOST_STREAMS, Full, Room


def full_room() -> Room:
    room, _ = room_with(*(f"phone {n}" for n in range(MOST_SEATS)))
    return room


def test_a_browser_has_one_seat_however_often_it_comes() -> None:
    room, screens = room_with("ann", "bob")
    room.enter("ann")
    assert (list(room.seats), room.joined) == (["ann", "bob"], 2)
    room.leave(screens["ann"])
    assert room.joined == 2, "another window of it is there"


def test_who_leaves_keeps_the_seat_and_what_was_answered() -> None:
    room, screens = room_with("ann", "bob")
    room.ask(order())
    room.answer("ann", 1, ["a"])
    room.leave(screens["ann"])
    assert (list(room.seats), room.joined, now(room).answered) == (["ann", "bob"], 1, 1)
    room.enter("ann")
    room.answer("ann", 1, ["b"])
    assert now(room).votes == [{"ann": ("b",)}]


def test_the_lecturer_is_no_student_and_all_learn_whether_they_are_there() -> None:
    room, screens = room_with("ann")
    first, second = room.lead(), room.lead()
    assert (room.led, room.joined, list(room.seats)) == (True, 1, ["ann"])
    screens["ann"].news.clear()
    room.leave(first)
    assert room.led
    version = room.version
    room.leave(second)
    assert not room.led
    assert screens["ann"].news.is_set()
    assert room.version > version


def test_the_lecturer_learns_who_comes_and_goes_and_the_students_are_not_told() -> None:
    room, screens = room_with("ann")
    lecturer = room.lead()
    for screen in (lecturer, screens["ann"]):
        screen.news.clear()
    bob = room.enter("bob")
    assert (lecturer.news.is_set(), screens["ann"].news.is_set()) == (True, False)
    lecturer.news.clear()
    room.leave(bob)
    assert (lecturer.news.is_set(), screens["ann"].news.is_set()) == (True, False)


@pytest.mark.parametrize("lecturer", [True, False])
def test_of_too_many_windows_the_oldest_is_told_that_it_is_elsewhere(lecturer: bool) -> None:
    room, _ = room_with()
    screens = [room.lead() if lecturer else room.enter("ann") for _ in range(MOST_STREAMS)]
    for screen in screens:
        screen.news.clear()
    assert not any(screen.elsewhere for screen in screens)
    screens.append(room.lead() if lecturer else room.enter("ann"))
    assert [screen.elsewhere for screen in screens] == [True] + [False] * MOST_STREAMS
    assert screens[0].news.is_set()
    # It goes of itself then, and the others stay.
    room.leave(screens[0])
    assert room.led if lecturer else room.joined == 1
    for screen in screens[1:]:
        room.leave(screen)
    assert not room.led and not room.joined


def test_a_full_room_takes_nobody_more_while_all_are_there() -> None:
    room = full_room()
    with pytest.raises(Full):
        room.enter("one more")
    assert len(room.seats) == MOST_SEATS
    assert "one more" not in room.seats
    room.enter("phone 7")


def test_the_seat_of_somebody_gone_who_never_answered_is_given_up() -> None:
    room = full_room()
    screens = {word: room._screens[word][0] for word in room.seats}
    room.ask(order())
    room.answer("phone 1", 1, ["a"])
    for word in ("phone 1", "phone 2", "phone 3"):
        room.leave(screens[word])
    room.enter("one more")
    room.enter("and another one")
    assert [word for word in ("phone 1", "phone 2", "phone 3") if word in room.seats] == ["phone 1"]
    assert len(room.seats) == MOST_SEATS
    with pytest.raises(Full):
        room.enter("a third one")


@pytest.mark.parametrize("again", [False, True])
def test_who_answered_any_question_keeps_the_seat(again: bool) -> None:
    room = full_room()
    screens = {word: room._screens[word][0] for word in room.seats}
    room.ask(order())
    room.answer("phone 1", 1, ["a"])
    if again:
        room.close(1)
        room.vote_again(1)
    reveal(room)
    room.ask(judge())
    doc_id = now(room).handed["phone 2"][0]
    room.grade("phone 2", now(room).number, doc_id, 1)
    for word in ("phone 1", "phone 2"):
        room.leave(screens[word])
    with pytest.raises(Full):
        room.enter("one more")


def test_who_gave_up_a_seat_and_comes_back_is_as_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms_room, "MOST_SEATS", 2)
    room, screens = room_with("ann", "bob")
    room.ask(judge())
    room.leave(screens["ann"])
    cid = room.enter("cid")
    assert list(room.seats) == ["bob", "cid"]
    room.leave(cid)
    room.enter("ann")
    assert list(room.seats) == ["bob", "ann"]
    number, doc_id = now(room).number, now(room).handed["ann"][-1]
    room.grade("ann", number, doc_id, 3)
    assert now(room).given["ann"] == {doc_id: 3}


def test_a_room_knows_since_when_nobody_is_there() -> None:
    clock = Clock()
    room, screens = room_with("ann", clock=clock)
    lecturer = room.lead()
    clock.later(10.0)
    room.leave(screens["ann"])
    assert room.idle_since == clock.now - 10.0
    clock.later(5.0)
    room.leave(lecturer)
    assert room.idle_since == clock.now


def test_an_ended_room_says_why_once_and_for_all() -> None:
    room, screens = room_with("ann")
    screens["ann"].news.clear()
    room.end("first")
    room.end("second")
    assert room.over == "first"
    assert screens["ann"].news.is_set()


def test_only_the_secret_makes_somebody_the_lecturer() -> None:
    room, _ = room_with()
    assert room.is_lecturer(room.secret)
    for other in ("", room.key, room.code, room.secret[:-1], room.secret + "x", room.secret.swapcase(), "\xff"):
        assert not room.is_lecturer(other)


def test_no_two_rooms_have_one_key_or_secret() -> None:
    made = [room_with()[0] for _ in range(50)]
    assert len({each.key for each in made} | {each.secret for each in made}) == 100
