"""A job: work that somebody else's thread does, watched by those who wait for it, and stopped when asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from searchcore.errors import Cancelled

T = TypeVar("T")
STOPPED = "The work was stopped."


class Job(Generic[T]):
    """One piece of work: `done` of `total` units are finished, and it ends in a result or an error.

    `elsewhere` says that another process does it, for which this one waits.

    Every change is numbered. Who has seen change 7 asks to be woken at the next one, so that nothing is missed
    between looking and waiting, and nobody is woken for nothing. Safe between threads.
    """

    def __init__(self) -> None:
        self._future: Future[T] = Future()
        self._changed = threading.Condition()
        self._wake: list[Callable[[], None]] = []
        self._stopped = threading.Event()
        self._began: float | None = None
        self._before = 0
        self.version = 0
        self.done = 0
        self.total = 0
        self.elsewhere = False

    def report(self, done: int, total: int, *, elsewhere: bool = False) -> None:
        """Called by the work itself. Raises Cancelled once nobody waits any more."""
        if self._stopped.is_set():
            raise Cancelled(STOPPED)
        if self._began is None and not elsewhere:
            self._began, self._before = time.monotonic(), done
        if (done, total, elsewhere) != (self.done, self.total, self.elsewhere):
            self.done, self.total, self.elsewhere = done, total, elsewhere
            self.changed()

    def resume(self, done: int, total: int) -> None:
        """As `report`, for units that an earlier run had finished: they say nothing about the pace of this one."""
        self._before = done - (self.done - self._before)
        self.done = done
        self.report(done, total)
        self.changed()

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._stopped.set()
        self.changed()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked the work to stop."""
        return self._stopped.is_set()

    def seconds_left(self) -> float | None:
        """Time to the end at the pace so far, or None before there is a pace."""
        fresh = self.done - self._before
        if self._began is None or fresh <= 0:
            return None
        return (time.monotonic() - self._began) / fresh * (self.total - self.done)

    def run(self, work: Callable[[Job[T]], T]) -> None:
        """Do the work in the calling thread and keep its result or its error."""
        try:
            if self.cancelled:
                raise Cancelled(STOPPED)
            self.succeed(work(self))
        except BaseException as error:  # handed to whoever waits, see result()
            self.fail(error)

    def succeed(self, result: T) -> None:
        """Keep the result; later ones are ignored."""
        with suppress(InvalidStateError):
            self._future.set_result(result)
        self.changed()

    def fail(self, error: BaseException) -> None:
        """Keep the error; later ones are ignored."""
        with suppress(InvalidStateError):
            self._future.set_exception(error)
        self.changed()

    @property
    def ended(self) -> bool:
        """Whether there is a result or an error."""
        return self._future.done()

    def result(self) -> T:
        """Wait for the result; raises what the work raised."""
        return self._future.result()

    def changed(self) -> None:
        """Wake those who wait for a change."""
        with self._changed:
            self.version += 1
            wake, self._wake = self._wake, []
            self._changed.notify_all()
        for call in wake:
            call()

    def wait_beyond(self, version: int, seconds: float | None = None) -> bool:
        """Wait in this thread until there is a change after `version`; False where `seconds` ran out first."""
        with self._changed:
            return self._changed.wait_for(lambda: self.version != version, seconds)

    def call_beyond(self, version: int, wake: Callable[[], None]) -> None:
        """Call `wake` once, from any thread, as soon as there is a change after `version`."""
        with self._changed:
            if self.version == version:
                self._wake.append(wake)
                return
        wake()

    def follow(self, tell: Callable[[], Any]) -> Generator[Any, None, T]:
        """Work that yields what `tell` says whenever that is news, and returns the job's result."""
        told = None
        while not self.ended:
            version = self.version
            if (news := tell()) is not None and news != told:
                told = news
                yield news
            yield Pause(self, version)
        return self.result()


@dataclass(frozen=True, slots=True)
class Pause:
    """Yielded by work that can't go on before `job` has changed: who drives the work decides how to wait."""

    job: Job[Any]
    version: int


Work = Generator[Any, None, T]
"""Work that yields what is known on the way, pauses while others do something for it, and returns a T.

Closing it gives up what is not done.
"""
