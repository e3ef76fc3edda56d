"""All rooms of this process: found by code, bounded in number and in time, in memory alone."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from searchcore.errors import Busy, SearchError
from ui.classroom.codes import EXAMPLE, new_code, read_code
from ui.classroom.limits import Tries, network_of
from ui.classroom.room import ROOM_SECONDS, Room, TooOften

MOST_ROOMS = 50
# What was left without anybody makes room for a new class, and is over after half an hour.
ABANDONED_SECONDS = 300.0
DESERTED_SECONDS = 1_800.0
SECONDS_BETWEEN_LOOKS = 5.0
# Wrong codes of one address: so many at once, then one more each ten seconds.
WRONG_AT_ONCE = 20
SECONDS_PER_WRONG = 10.0
STARTS_AT_ONCE = 20
SECONDS_PER_START = 60.0
MOST_ENDED = 500
# How long a server that stops waits until its rooms have said so.
TELL_SECONDS = 0.5
ENDED = "This class is over."
TIME_IS_UP = "This class is over: two hours have passed."
ENDED_BY_LECTURER = "The lecturer has ended this class. Thank you for taking part."
SERVER_STOPS = "This class is over: the server is being stopped."
NO_CODE = f"A code has six characters, such as {EXAMPLE}."
NOBODY_LEFT = "This class is over: nobody was there for half an hour."


class NoSuchRoom(SearchError):
    """There is no room with this code."""


class Over(SearchError):
    """There was one, and it has ended."""


class Rooms:
    """The rooms of the process with the letter `worker`. Used in the server's event loop only."""

    def __init__(self, worker: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self.worker = worker
        self._clock = clock
        self._by_code: dict[str, Room] = {}
        self._ended: dict[str, str] = {}
        self._wrong = Tries(WRONG_AT_ONCE, SECONDS_PER_WRONG, clock)
        self._starts = Tries(STARTS_AT_ONCE, SECONDS_PER_START, clock)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking = False

    def __len__(self) -> int:
        return len(self._by_code)

    def start(self, host: str) -> Room:
        """A new room. Raises Busy or TooOften."""
        self.sweep()
        network = network_of(host)
        if wait := self._starts.wait(network):
            raise TooOften(f"Many classes were started from this network; please try again in {wait} seconds.")
        if len(self) >= MOST_ROOMS and not self._give_up_one():
            raise Busy(f"{MOST_ROOMS} classes are being held here now; please try again later.")
        self._starts.count(network)
        code = new_code(self.worker)
        while code in self._by_code or code in self._ended:
            code = new_code(self.worker)
        room = self._by_code[code] = Room(code, self._clock)
        self._loop = asyncio.get_running_loop()
        self._look_later()
        return room

    def find(self, typed: str, host: str, key: str = "") -> Room:
        """The room of a code that was typed, or of a link, whose `key` shows that nobody guesses.

        Raises Over, NoSuchRoom, or TooOften: then the code is not even looked up.
        """
        code, network = read_code(typed), network_of(host)
        found = self._by_code.get(code)
        if found is not None and key and secrets.compare_digest(key.encode(), found.key.encode()):
            return found
        if not code:
            raise NoSuchRoom(NO_CODE)
        if code in self._ended:
            raise Over(self._ended[code])
        if wait := self._wrong.wait(network):
            raise TooOften(
                f"Too many wrong codes came from this network; please wait {wait} seconds, or scan the QR code."
            )
        if found is not None:
            return found
        self._wrong.count(network)
        raise NoSuchRoom(f"There is no class with the code {code}; please look at it again.")

    def of_member(self, typed: str, is_member: Callable[[Room], bool]) -> Room | None:
        """The room of somebody whom it knows already: no limit is for them."""
        found = self._by_code.get(read_code(typed))
        return found if found is not None and is_member(found) else None

    def end(self, room: Room, why: str) -> None:
        """The class is over, and its code says so for a while."""
        room.end(why)
        self._by_code.pop(room.code, None)
        self._ended[room.code] = why
        if len(self._ended) > MOST_ENDED:
            del self._ended[next(iter(self._ended))]

    def end_all(self) -> None:
        """The server is about to stop: everybody is told. Call it in another thread than the server's."""
        if self._loop is not None:
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(self._end_all(), self._loop).result(TELL_SECONDS)

    async def _end_all(self) -> None:
        ending = list(self._by_code.values())
        for room in ending:
            self.end(room, SERVER_STOPS)
        while any(room.joined or room.led for room in ending):
            await asyncio.sleep(0.01)

    def sweep(self) -> None:
        """End what is over."""
        now = self._clock()
        for room in list(self._by_code.values()):
            if now - room.made >= ROOM_SECONDS:
                self.end(room, TIME_IS_UP)
            elif self._without_anybody(room, DESERTED_SECONDS):
                self.end(room, NOBODY_LEFT)

    def _without_anybody(self, room: Room, seconds: float) -> bool:
        return not room.joined and not room.led and self._clock() - room.idle_since >= seconds

    def _give_up_one(self) -> bool:
        """End the room that has been without anybody for longest, where there is one."""
        left = [room for room in self._by_code.values() if self._without_anybody(room, ABANDONED_SECONDS)]
        if left:
            self.end(min(left, key=lambda room: room.idle_since), NOBODY_LEFT)
        return bool(left)

    def _look_later(self) -> None:
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(SECONDS_BETWEEN_LOOKS, self._look)

    def _look(self) -> None:
        self._looking = False
        try:
            self.sweep()
        finally:
            if len(self):
                self._look_later()
