"""The fair line in front of each model: callers take turns, queries go before documents, and it is bounded.

Work goes in small batches, and after each of them the next one is chosen anew: whoever has used the model least of
late goes first, in steps of a turn, so that a search is not torn apart; then whoever came first. What a caller has
used is forgotten by half in half a minute, so nobody waits for ever. What is done in idle time goes behind all that,
one batch at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from searchcore.errors import Busy, Cancelled
from searchcore.running.jobs import STOPPED, Job, Work
from searchcore.running.priority import step_back
from searchcore.types import Progress

T = TypeVar("T")
R = TypeVar("R")
TURN = 20
HALF_LIFE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a page's session, or the address of a client without one. The empty caller is this process itself.

    `idle`: nobody waits for it, so it goes behind everybody. Where `people` wait for what one caller asks, it has as
    many turns as they would have, and goes first among those whose turn it is.
    """

    key: str = ""
    address: str = ""
    idle: bool = False
    people: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """How many jobs may wait in one line: of one caller, of all callers of one address, and of all together.

    An address has room for a class of a hundred, each with two windows.
    """

    caller: int = 16
    address: int = 250
    all: int = 400


class _Place(Generic[T, R]):
    """A job's place in the line: what is left of its items, and what came of those that are done."""

    def __init__(
        self, items: Sequence[T], work: Callable[[Sequence[T]], Iterable[R]], caller: Caller, urgent: bool, number: int
    ) -> None:
        self.job: Job[list[R]] = Job()
        self.job.total = len(items)
        self.items = items
        self.work = work
        self.caller = caller
        self.urgent = urgent
        self.number = number
        self.begun = 0
        self.done = 0
        self.running = 0
        self.ahead = 0
        self.results: list[R | None] = [None] * len(items)


class Line:
    """One model's line. `workers` batches run at once, each of `batch` items of one job."""

    def __init__(
        self,
        name: str,
        workers: int = 1,
        batch: int = 8,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._workers = workers
        self._batch = batch
        self._limits = limits or Limits()
        self._clock = clock
        self._changed = threading.Condition()
        self._places: list[_Place[Any, Any]] = []
        self._used: dict[str, tuple[float, float]] = {}
        self._threads: list[threading.Thread] = []
        self._number = 0
        self._closed = False

    def through(
        self,
        items: Sequence[T],
        work: Callable[[Sequence[T]], Iterable[R]],
        caller: Caller = Caller(),
        activity: str = "",
        *,
        urgent: bool = False,
    ) -> Work[list[R]]:
        """Yield progress (`activity`; none without one) while `work` does the items, batch by batch, each in its turn.

        Returns what came of each item, in order. `urgent` goes before what is not. Closing it withdraws the items
        not yet begun. Raises Busy beyond a limit, Cancelled when the line is closed, and what `work` raises.
        """
        if not items:
            return []
        place = self._join(items, work, caller, urgent)
        try:
            return (yield from place.job.follow(lambda: self._told(place, activity)))
        finally:
            self._leave(place)

    def close(self) -> None:
        """Stop what runs after its batch, and forget what waits."""
        with self._changed:
            self._closed = True
            places, self._places = self._places, []
            self._changed.notify_all()
        for place in places:
            place.job.cancel()
            place.job.fail(Cancelled(STOPPED))

    def _join(
        self, items: Sequence[T], work: Callable[[Sequence[T]], Iterable[R]], caller: Caller, urgent: bool
    ) -> _Place[T, R]:
        with self._changed:
            if self._closed:
                raise Cancelled(STOPPED)
            self._check_limits(caller)
            self._number += 1
            place = _Place(items, work, caller, urgent, self._number)
            self._places.append(place)
            while len(self._threads) < self._workers:
                self._threads.append(threading.Thread(target=self._serve, name=f"line-{self.name}", daemon=True))
                self._threads[-1].start()
            self._changed.notify_all()
            self._count_ahead()
        return place

    def _check_limits(self, caller: Caller) -> None:
        if len(self._places) >= self._limits.all:
            raise Busy(f"{self._limits.all} searches are waiting already; please try again in a minute.")
        if caller.key and sum(place.caller.key == caller.key for place in self._places) >= self._limits.caller:
            raise Busy(f"You have {self._limits.caller} searches waiting already; please wait for one of them.")
        if caller.address and self._from(caller.address) >= self._limits.address:
            raise Busy(
                f"{self._limits.address} searches from your network are waiting already; please try again in a minute."
            )

    def _from(self, address: str) -> int:
        return sum(place.caller.address == address for place in self._places)

    def _leave(self, place: _Place[Any, Any]) -> None:
        place.job.cancel()
        with self._changed:
            if place in self._places and not place.running:
                self._places.remove(place)
            self._count_ahead()

    def _serve(self) -> None:
        if self._workers > 1:  # together they take every core
            step_back()
        while (found := self._take()) is not None:
            place, start, items = found
            try:
                made = place.work(items)
                place.results[start : start + len(items)] = made
            except BaseException as error:  # handed to whoever waits for it
                place.job.cancel()
                place.job.fail(error)
            self._done(place, len(items))

    def _take(self) -> tuple[_Place[Any, Any], int, Sequence[Any]] | None:
        """The next batch of whoever's turn it is, when there is one; None when the line is closed."""
        with self._changed:
            while not self._closed:
                if open_ := [place for place in self._places if self._may_go_on(place)]:
                    place = min(open_, key=self._order)
                    start = place.begun
                    with suppress(Cancelled):  # waiting says nothing about the pace, so the time runs from here on
                        place.job.report(place.done, len(place.items))
                    items = place.items[start : start + self._batch]
                    place.begun += len(items)
                    place.running += 1
                    return place, start, items
                self._changed.wait()
        return None

    def _may_go_on(self, place: _Place[Any, Any]) -> bool:
        if place.begun >= len(place.items) or place.job.cancelled:
            return False
        # The cores that idle work leaves free are there for whoever comes meanwhile.
        return not place.caller.idle or not any(other.running for other in self._places if other.caller.idle)

    def _done(self, place: _Place[Any, Any], count: int) -> None:
        with self._changed:
            place.running -= 1
            place.done += count
            self._changed.notify_all()  # idle work may go on
            if place.caller.key:
                self._used[place.caller.key] = (self._usage(place.caller.key) + count, self._clock())
            if not place.running and (place.job.cancelled or place.begun >= len(place.items)):
                self._end(place)
            elif not place.job.cancelled:
                with suppress(Cancelled):  # it may be given up at this very moment
                    place.job.report(place.done, len(place.items))

    def _end(self, place: _Place[Any, Any]) -> None:
        if place in self._places:
            self._places.remove(place)
        waiting = {other.caller.key for other in self._places}
        self._used = {key: use for key, use in self._used.items() if key in waiting or self._usage(key) >= 1}
        self._count_ahead()
        if place.job.cancelled:
            place.job.fail(Cancelled(STOPPED))
        else:
            place.job.succeed(place.results)

    def _usage(self, key: str) -> float:
        """What the caller has used of late, in items."""
        amount, at = self._used.get(key, (0.0, 0.0))
        return amount * 0.5 ** ((self._clock() - at) / HALF_LIFE_SECONDS) if amount else 0.0

    def _order(self, place: _Place[Any, Any]) -> tuple[bool, bool, int, int, int]:
        # Nobody else shares the process's own line, so there it is first come, first served.
        # A query is one item and done with it, so there callers take turns one by one.
        turn = (1 if place.urgent else TURN) * place.caller.people
        turns = int(self._usage(place.caller.key) // turn) if place.caller.key else 0
        return place.caller.idle, not place.urgent, turns, -place.caller.people, place.number

    def _count_ahead(self) -> None:
        """Count anew how many go before each, and wake those for whom that has changed. Idle work is nobody."""
        waiting = [place for place in self._places if not place.caller.idle]
        for ahead, place in enumerate(sorted(waiting, key=lambda p: (not p.running, *self._order(p)))):
            if place.ahead != ahead:
                place.ahead = ahead
                place.job.changed()

    def _told(self, place: _Place[Any, Any], activity: str) -> Progress | None:
        job = place.job
        if not activity:
            return None
        if place.ahead and not place.begun:
            return Progress("waiting", self.name, total=place.ahead)
        return Progress(activity, self.name, job.done, job.total, job.seconds_left())


class Lines:
    """The line of each model, by its name, made on first use."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._lines: dict[str, Line] = {}
        self._closed = False

    def of(self, name: str, workers: int = 1, batch: int = 8) -> Line:
        """The line of that name."""
        with self._lock:
            if name not in self._lines:
                self._lines[name] = Line(name, workers, batch, self._limits)
                if self._closed:
                    self._lines[name].close()
            return self._lines[name]

    def close(self) -> None:
        """Close every line, those to come too."""
        with self._lock:
            self._closed = True
            lines = list(self._lines.values())
        for line in lines:
            line.close()
