"""Classes without a server: what tests of rooms, questions and their drawings share."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ui.classroom.question import Kind, Option, Question
from ui.classroom.room import Room, Screen
from ui.classroom.rounds import Phase, Round
from ui.state import PageState

STATE = PageState(corpus="small", query="whale")


class Clock:
    """Goes on when told to, by seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += seconds


def asked(kind: Kind, keys: Sequence[str], picks: int = 1) -> Question:
    """A question by hand, with an option for each key."""
    options = tuple(Option(key, Markup(f"option {key}")) for key in keys)
    return Question(kind, STATE, Markup("which?"), Markup("whale"), options, picks, query="whale", depth=5)


def order(keys: Sequence[str] = "abcd", picks: int = 3) -> Question:
    return asked(Kind.ORDER, keys, picks)


def choice(keys: Sequence[str] = "123") -> Question:
    return asked(Kind.CHOICE, keys)


def judge(keys: Sequence[str] = "abcd") -> Question:
    return asked(Kind.JUDGE, keys)


def room_with(*words: str, clock: Clock | None = None) -> tuple[Room, dict[str, Screen]]:
    """A room, and the connections of these browsers in it."""
    room = Room("B7K2QX", clock or Clock())
    return room, {word: room.enter(word) for word in words}


def now(room: Room) -> Round:
    """What is asked now."""
    found = room.round
    assert found is not None
    return found


def held(room: Room, word: str) -> str:
    """The document that a phone reads now; empty where it has judged all that it was handed."""
    found = now(room)
    handed = found.handed.get(word, [])
    return handed[-1] if handed and handed[-1] not in found.given.get(word, {}) else ""


def reveal(room: Room, outcome: object = None) -> Round:
    """Close what is open, and reveal it."""
    found = now(room)
    if found.phase is Phase.OPEN:
        room.close(found.number)
    room.reveal(found.number, outcome)
    return found
