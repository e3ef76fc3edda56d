"""All rooms of a process: bounded in number and in time, and found by code without being guessed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from searchcore.errors import Busy
from tests.unit.classes import Clock
from ui.classroom import rooms as module
from ui.classroom.codes import read_code
from ui.classroom.room import ROOM_SECONDS, Room, TooOften
from ui.classroom.rooms import (
    ABANDONED_SECONDS,
    DESERTED_SECONDS,
    ENDED_BY_LECTURER,
    MOST_ENDED,
    MOST_ROOMS,
    NOBODY_LEFT,
    SECONDS_PER_START,
    SECONDS_PER_WRONG,
    SERVER_STOPS,
    STARTS_AT_ONCE,
    TIME_IS_UP,
    WRONG_AT_ONCE,
    NoSuchRoom,
    Over,
    Rooms,
)

HOST = "192.0.2.1"
Test = Callable[[Rooms, Clock], None]


def in_loop(test: Test, worker: str = "") -> None:
    """Run a test where rooms are used: in an event loop."""

    async def main() -> None:
        clock = Clock()
        test(Rooms(worker, clock), clock)

    asyncio.run(main())


def wrong_code(rooms: Rooms, number: int = 0) -> str:
    """A code of no room here."""
    codes = (f"C{a}{b}XXX" for a in "23456789" for b in "23456789")
    return [code for code in codes if code not in rooms._by_code][number]


def many(rooms: Rooms) -> list[Room]:
    """As many rooms as there can be, each from a network of its own, with its lecturer there."""
    made = [rooms.start(f"198.51.100.{n}") for n in range(MOST_ROOMS)]
    for room in made:
        room.lead()
    return made


def test_a_room_is_found_by_its_code_however_it_is_typed() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        room, other = rooms.start(HOST), rooms.start(HOST)
        for typed in (room.code, room.code.lower(), f" {room.code[:3]}-{room.code[3:]} "):
            assert rooms.find(typed, HOST) is room
        assert rooms.find(other.code, HOST) is other
        assert len(rooms) == 2

    in_loop(test)


@pytest.mark.parametrize("worker", ["", "a", "p"])
def test_codes_are_good_ones_and_lead_to_the_process(worker: str) -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        room = rooms.start(HOST)
        assert read_code(room.code) == room.code
        assert room.code.lower().startswith(worker)

    in_loop(test, worker)


def test_a_code_that_is_taken_or_was_is_not_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = iter(["B22222", "B22222", "B33333", "B22222", "B33333", "B44444"])
    monkeypatch.setattr(module, "new_code", lambda worker: next(codes))

    def test(rooms: Rooms, clock: Clock) -> None:
        first, second = rooms.start(HOST), rooms.start(HOST)
        rooms.end(first, ENDED_BY_LECTURER)
        assert [first.code, second.code, rooms.start(HOST).code] == ["B22222", "B33333", "B44444"]

    in_loop(test)


def test_no_more_than_fifty_rooms_are_held_while_somebody_is_in_each() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        made = many(rooms)
        clock.later(ABANDONED_SECONDS)
        with pytest.raises(Busy):
            rooms.start(HOST)
        assert len(rooms) == MOST_ROOMS
        assert not any(room.over for room in made)

    in_loop(test)


def test_of_fifty_rooms_the_one_that_was_left_longest_gives_way() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        made = many(rooms)
        for at in (7, 3, 5):
            made[at].leave(made[at]._screens[""][0])
            clock.later(10.0)
        clock.later(ABANDONED_SECONDS - 30.1)
        with pytest.raises(Busy):
            rooms.start(HOST)
        clock.later(0.1)
        rooms.start(HOST)
        assert [room.over for room in made if room.over] == [NOBODY_LEFT]
        assert made[7].over and len(rooms) == MOST_ROOMS
        clock.later(20.0)
        rooms.start(HOST)
        assert [at for at, room in enumerate(made) if room.over] == [3, 7]

    in_loop(test)


def test_a_room_that_a_student_is_in_is_not_abandoned() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        room = rooms.start(HOST)
        screen = room.enter("ann")
        clock.later(DESERTED_SECONDS)
        rooms.sweep()
        assert not room.over
        room.leave(screen)
        clock.later(DESERTED_SECONDS - 1)
        rooms.sweep()
        assert not room.over
        clock.later(1)
        rooms.sweep()
        assert (room.over, len(rooms)) == (NOBODY_LEFT, 0)

    in_loop(test)


def test_after_two_hours_a_class_is_over_whoever_is_in_it() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        room = rooms.start(HOST)
        room.lead()
        screen = room.enter("ann")
        screen.news.clear()
        clock.later(ROOM_SECONDS - 1)
        rooms.sweep()
        assert rooms.find(room.code, HOST) is room
        clock.later(1)
        rooms.sweep()
        assert room.over == TIME_IS_UP
        assert screen.news.is_set()
        with pytest.raises(Over, match=TIME_IS_UP):
            rooms.find(room.code, HOST)

    in_loop(test)


def test_what_is_over_ends_without_anybody_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0.01)

    async def main() -> None:
        clock = Clock()
        rooms = Rooms("", clock)
        first, second = rooms.start(HOST), rooms.start(HOST)
        screens = [room.enter("ann") for room in (first, second)]
        for screen in screens:
            screen.news.clear()
        rooms.end(second, ENDED_BY_LECTURER)
        looked, sweep = asyncio.Event(), rooms.sweep
        monkeypatch.setattr(rooms, "sweep", lambda: (sweep(), looked.set()))
        async with asyncio.timeout(20):
            for _ in range(2):
                await looked.wait()
                looked.clear()
            clock.later(ROOM_SECONDS)
            await screens[0].news.wait()
        assert first.over == TIME_IS_UP
        # A class that is started then is looked after, too.
        third = rooms.start(HOST)
        screen = third.enter("ann")
        screen.news.clear()
        clock.later(ROOM_SECONDS)
        async with asyncio.timeout(20):
            await screen.news.wait()
        assert third.over == TIME_IS_UP

    asyncio.run(main())


def test_the_code_of_an_ended_class_says_why_and_costs_no_try() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        room = rooms.start(HOST)
        rooms.end(room, ENDED_BY_LECTURER)
        for _ in range(2 * WRONG_AT_ONCE):
            with pytest.raises(Over, match=ENDED_BY_LECTURER):
                rooms.find(room.code, HOST)
        for number in range(WRONG_AT_ONCE):
            with pytest.raises(NoSuchRoom):
                rooms.find(wrong_code(rooms, number), HOST)
        # Phones that come back hear that it is over, whatever others have tried.
        with pytest.raises(Over):
            rooms.find(room.code, HOST, room.key)
        assert rooms.of_member(room.code, lambda room: True) is None

    in_loop(test)


def test_only_the_last_ended_classes_are_remembered() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        codes = []
        for _ in range(MOST_ENDED + 1):
            clock.later(SECONDS_PER_START)
            room = rooms.start(HOST)
            rooms.end(room, ENDED_BY_LECTURER)
            codes.append(room.code)
        assert len(rooms._ended) == MOST_ENDED
        with pytest.raises(NoSuchRoom):
            rooms.find(codes[0], HOST)
        with pytest.raises(Over):
            rooms.find(codes[1], HOST)

    in_loop(test)


def test_wrong_codes_of_a_network_are_limited_and_then_even_a_right_one_is_not_looked_up() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        room = rooms.start(HOST)
        for number in range(WRONG_AT_ONCE):
            assert rooms.find(room.code, HOST) is room
            with pytest.raises(NoSuchRoom):
                rooms.find(wrong_code(rooms, number), HOST)
        for code in (room.code, wrong_code(rooms)):
            with pytest.raises(TooOften):
                rooms.find(code, HOST)
        assert rooms.find(room.code, "192.0.2.2") is room
        clock.later(SECONDS_PER_WRONG)
        assert rooms.find(room.code, HOST) is room

    in_loop(test)


def test_all_addresses_of_a_house_share_their_tries() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        for number in range(WRONG_AT_ONCE):
            with pytest.raises(NoSuchRoom):
                rooms.find(wrong_code(rooms), f"2001:db8::{number:x}")
        with pytest.raises(TooOften):
            rooms.find(wrong_code(rooms), "2001:db8::ffff")
        with pytest.raises(NoSuchRoom):
            rooms.find(wrong_code(rooms), "2001:db8:0:1::1")

    in_loop(test)


@pytest.mark.parametrize("typed", ["", "hello", "../..", "B2345", "B23456789"])
def test_what_can_be_no_code_costs_no_try(typed: str) -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        room = rooms.start(HOST)
        for _ in range(2 * WRONG_AT_ONCE):
            with pytest.raises(NoSuchRoom):
                rooms.find(typed, HOST, room.key)
        assert rooms.find(room.code, HOST) is room

    in_loop(test)


def test_a_class_that_comes_by_its_link_or_is_known_is_not_limited() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        room, other = rooms.start(HOST), rooms.start(HOST)
        for _ in range(WRONG_AT_ONCE):
            with pytest.raises(NoSuchRoom):
                rooms.find(wrong_code(rooms), HOST)
        assert rooms.find(room.code, HOST, room.key) is room
        assert rooms.of_member(room.code.lower(), lambda found: found is room) is room
        for key in ("", "x", other.key, room.secret, "\xff"):
            with pytest.raises(TooOften):
                rooms.find(room.code, HOST, key)
        assert rooms.of_member(room.code, lambda found: False) is None
        assert rooms.of_member("nothing", lambda found: True) is None

    in_loop(test)


def test_the_classes_that_one_network_starts_are_limited() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        for _ in range(STARTS_AT_ONCE):
            rooms.start(HOST)
        with pytest.raises(TooOften):
            rooms.start(HOST)
        rooms.start("192.0.2.2")
        clock.later(SECONDS_PER_START)
        rooms.start(HOST)
        with pytest.raises(TooOften):
            rooms.start(HOST)
        assert len(rooms) == STARTS_AT_ONCE + 2

    in_loop(test)


def test_a_class_that_found_no_room_was_not_started() -> None:
    def test(rooms: Rooms, clock: Clock) -> None:
        made = many(rooms)
        for _ in range(2 * STARTS_AT_ONCE):
            with pytest.raises(Busy):
                rooms.start(HOST)
        rooms.end(made[0], ENDED_BY_LECTURER)
        rooms.start(HOST)

    in_loop(test)


def test_a_server_that_stops_tells_every_class_and_waits_until_they_have_gone() -> None:
    async def main() -> None:
        rooms = Rooms("", Clock())
        made = [rooms.start(HOST), rooms.start(HOST)]
        screens = [made[0].enter("ann"), made[1].lead()]
        for screen in screens:
            screen.news.clear()
        stopping = threading.Thread(target=rooms.end_all)
        stopping.start()
        async with asyncio.timeout(20):
            for room, screen in zip(made, screens, strict=True):
                await screen.news.wait()
                room.leave(screen)
            await asyncio.to_thread(stopping.join, 20)
        assert not stopping.is_alive()
        assert {room.over for room in made} == {SERVER_STOPS}
        assert len(rooms) == 0

    asyncio.run(main())


def test_a_server_without_classes_stops_at_once() -> None:
    Rooms().end_all()
