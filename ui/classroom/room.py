"""One room: who is in it, what is asked, and what was answered. Used in the server's event loop only.

A seat is a browser, known by a word that the server made up for it. It lives as long as the room, in memory alone.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from searchcore.errors import InvalidInput, SearchError, quoted
from ui.classroom.limits import Tries
from ui.classroom.question import Kind, Question, checked_grade
from ui.classroom.rounds import Phase, Round

ROOM_SECONDS = 7_200.0
MOST_SEATS = 300
MOST_ROUNDS = 100
MOST_VOTES = 5
# A hand that changes its mind; a program that sends more is not listened to for a while.
ANSWERS_AT_ONCE = 20
SECONDS_PER_ANSWER = 0.5
# A phone and a second window of its browser.
MOST_STREAMS = 4
SECRET_BYTES = 16
KEY_BYTES = 8
LECTURER = ""
FULL = f"This class is full: {MOST_SEATS} are in it."
TOO_LATE = "That question is closed; your answer came too late."
NO_SEAT = "This browser is not in the class; please open the class’s link again."
NOTHING_OPEN = "Nothing is asked just now."
GONE_ON = "The class has gone on meanwhile; what stands here now is how it is."


class TooLate(SearchError):
    """What was to be done belongs to a moment that is over."""


class NotIn(SearchError):
    """A browser that never joined."""


class TooOften(SearchError):
    """Somebody tries again and again."""


@dataclass(slots=True)
class Seat:
    """One browser, and what it scored in each round: its own value and that of the ranking that it saw."""

    word: str
    tally: dict[int, tuple[float, float]] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Screen:
    """One open connection of a seat, or of the LECTURER. `news` is set whenever there is something new for it.

    It is `elsewhere` once newer ones have taken its place.
    """

    who: str
    news: asyncio.Event = field(default_factory=asyncio.Event)
    elsewhere: bool = False


class Room:
    """A class. `code` is read out, `key` stands in its link, `secret` is the lecturer's alone."""

    def __init__(self, code: str, clock: Callable[[], float]) -> None:
        self.code = code
        self.key = secrets.token_urlsafe(KEY_BYTES)
        self.secret = secrets.token_urlsafe(SECRET_BYTES)
        self.clock = clock
        self.made = clock()
        self.seats: dict[str, Seat] = {}
        self.rounds: list[Round] = []
        self._asked = 0
        self.over = ""
        # Of everything that the room shows; what was drawn for it is drawn again when it has changed.
        self.version = 0
        self.idle_since = clock()
        self.busy = False
        self._often = Tries(ANSWERS_AT_ONCE, SECONDS_PER_ANSWER, clock)
        self._screens: dict[str, list[Screen]] = {}

    @property
    def round(self) -> Round | None:
        """What is asked now, or was asked last."""
        return self.rounds[-1] if self.rounds else None

    @property
    def joined(self) -> int:
        """How many students are connected now."""
        return sum(word != LECTURER for word in self._screens)

    @property
    def led(self) -> bool:
        """Whether the lecturer is connected now."""
        return LECTURER in self._screens

    def is_lecturer(self, secret: str) -> bool:
        """Whether somebody knows the lecturer's secret."""
        return secrets.compare_digest(secret.encode(), self.secret.encode())

    # Who is there

    def enter(self, word: str) -> Screen:
        """A student's connection; a browser that was not there yet gets a seat. Raises Full."""
        if word not in self.seats:
            if len(self.seats) >= MOST_SEATS:
                self._free_one()
            self.seats[word] = Seat(word)
        screen = self._opened(word)
        self._hand(word)
        self.changed()
        return screen

    def lead(self) -> Screen:
        """A connection of the lecturer's."""
        screen = self._opened(LECTURER)
        self.changed_for_all()
        return screen

    def leave(self, screen: Screen) -> None:
        """A connection was closed, or cut. What was answered counts all the same."""
        self._screens[screen.who].remove(screen)
        if not self._screens[screen.who]:
            del self._screens[screen.who]
            self._hand_to_idle()
        if not self._screens:
            self.idle_since = self.clock()
        if screen.who == LECTURER:
            self.changed_for_all()
        else:
            self.changed()

    def _opened(self, who: str) -> Screen:
        """A new connection; a phone that slept may still seem to hold old ones, so the oldest of too many goes."""
        held = self._screens.setdefault(who, [])
        held.append(Screen(who))
        for old in held[:-MOST_STREAMS]:
            old.elsewhere = True
            old.news.set()
        return held[-1]

    def _free_one(self) -> None:
        """Give up the seat of a browser that is gone and has not answered anything. Raises Full."""
        used = {word for each in self.rounds for vote in each.votes for word in vote}
        used |= {word for each in self.rounds for word in each.given}
        gone = next((word for word in self.seats if word not in self._screens and word not in used), None)
        if gone is None:
            raise Full(FULL)
        del self.seats[gone]

    def changed(self, *seats: str) -> None:
        """There is something new for the lecturer, and for these seats."""
        for who in (LECTURER, *seats):
            for screen in self._screens.get(who, ()):
                screen.news.set()

    def changed_for_all(self) -> None:
        """There is something new for everybody."""
        self.version += 1
        self.changed(*self._screens)

    # What is asked

    def ask(self, question: Question) -> Round:
        """Open a question; the one before is over. Raises InvalidInput where there were too many."""
        # One that is given up before it is revealed is seen by nobody.
        given_up = self.round if self.round is not None and self.round.phase is not Phase.REVEALED else None
        if len(self.rounds) - (given_up is not None) >= MOST_ROUNDS:
            raise InvalidInput(f"A class has at most {MOST_ROUNDS} questions; please start another class.")
        if given_up is not None:
            self.rounds.remove(given_up)
            if given_up.working is not None:
                given_up.working.cancel()
        # No number comes twice: an answer that is on its way to a question that was given up counts for no other.
        self._asked += 1
        self.rounds.append(Round(self._asked, question))
        for word in self.seats:
            self._hand(word)
        self.changed_for_all()
        return self.rounds[-1]

    def at(self, number: Any, *phases: Phase) -> Round:
        """The round of that number, in one of these phases. Raises TooLate: another window was quicker."""
        found = self.round
        if found is None or found.number != number or found.phase not in phases:
            raise TooLate(GONE_ON)
        return found

    def close(self, number: Any) -> None:
        """No more answers."""
        self.at(number, Phase.OPEN).phase = Phase.CLOSED
        self.changed_for_all()

    def vote_again(self, number: Any) -> None:
        """The same question once more, after a discussion; what was answered before is kept. Raises InvalidInput."""
        found = self.at(number, Phase.CLOSED)
        if found.question.kind is not Kind.JUDGE and len(found.votes) >= MOST_VOTES:
            raise InvalidInput(f"A question is voted on at most {MOST_VOTES} times.")
        found.phase = Phase.OPEN
        found.opened += 1
        if found.question.kind is Kind.JUDGE:
            # Who left while it was closed may have held what others are to judge now.
            self._hand_to_idle()
        else:
            found.votes.append({})
        self.changed_for_all()

    def reveal(self, number: Any, outcome: Any) -> None:
        """Show what was answered, and what the models say."""
        found = self.at(number, Phase.CLOSED)
        found.outcome, found.phase = outcome, Phase.REVEALED
        self.changed_for_all()

    def end(self, why: str) -> None:
        """The class is over; everybody is told why."""
        if not self.over:
            self.over = why
            for each in self.rounds:
                if each.working is not None:
                    each.working.cancel()
            self.changed_for_all()

    # What is answered

    def answer(self, word: str, number: Any, given: Any, vote: Any = 1) -> None:
        """Count the answer of a browser in that vote; a second one takes the place of the first. Raises a SearchError.

        One that was on its way while the class began to discuss is none for the vote after.
        """
        found = self._open(word, number)
        if vote != len(found.votes):
            raise TooLate(TOO_LATE)
        if found.question.kind is Kind.JUDGE:
            raise InvalidInput("Documents are judged with a grade.")
        found.votes[-1][word] = found.question.checked(given)
        self.changed(word)

    def grade(self, word: str, number: Any, doc_id: Any, grade: Any) -> None:
        """Count a grade of a document that this browser was handed, and hand it the next one. Raises a SearchError."""
        found = self._open(word, number)
        if found.question.kind is not Kind.JUDGE:
            raise InvalidInput("This question is answered with an option.")
        if doc_id not in found.handed.get(word, ()):
            raise InvalidInput(f"Document {quoted(str(doc_id))} was not handed to this browser.")
        found.given.setdefault(word, {})[doc_id] = checked_grade(grade)
        self._hand(word)
        self.changed(word)

    def more(self, word: str, number: Any) -> None:
        """Hand a browser another document beyond its share. Raises a SearchError."""
        found = self._open(word, number)
        if found.question.kind is Kind.JUDGE:
            self._hand(word, more=True)
            self.changed(word)

    def _open(self, word: str, number: Any) -> Round:
        if word not in self.seats:
            raise NotIn(NO_SEAT)
        if not self._often.take(word):
            raise TooOften("So many answers came from this browser that it has to wait a moment.")
        found = self.round
        if found is None:
            raise TooLate(NOTHING_OPEN)
        if found.number != number or found.phase is not Phase.OPEN:
            raise TooLate(TOO_LATE)
        return found

    def _hand(self, word: str, *, more: bool = False) -> bool:
        """Hand a phone its next document, where documents are judged; whether it got one."""
        return self.round is not None and self.round.hand(word, self._screens, more=more)

    def _hand_to_idle(self) -> None:
        """A phone that left may have held what is still to be judged: others get it."""
        for word in [word for word in self._screens if word != LECTURER]:
            if self._hand(word):
                self.changed(word)


class Full(SearchError):
    """There is no room for one more."""
