"""Long work in other threads: it reports how far it is, can be stopped, and is done once for all who wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import Any, Generic, TypeVar

from searchcore.errors import Busy, Cancelled
from searchcore.types import Progress, Stage

T = TypeVar("T")
POLL_SECONDS = 0.1


class Job(Generic[T]):
    """One piece of work. `done` of `total` units are finished; `ahead` other jobs run first."""

    def __init__(self, work: Callable[[Job[T]], T]) -> None:
        self._work = work
        self._future: Future[T] = Future()
        self._stop = threading.Event()
        self.done = 0
        self.total = 0
        self._began: float | None = None
        self._before = 0

    def report(self, done: int, total: int) -> None:
        """Called by the work itself. Raises Cancelled once nobody waits any more."""
        if self._began is None:
            self._began, self._before = time.monotonic(), done
        self.done, self.total = done, total
        if self._stop.is_set():
            raise Cancelled("The work was stopped.")

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self._stop.set()

    def seconds_left(self) -> float | None:
        """Time to the end at the pace so far, or None before there is a pace."""
        fresh = self.done - self._before
        if self._began is None or fresh <= 0:
            return None
        return (time.monotonic() - self._began) / fresh * (self.total - self.done)

    def run(self) -> None:
        """Do the work in the calling thread and keep its result or its error."""
        try:
            if self._stop.is_set():
                raise Cancelled("The work was stopped.")
            self._future.set_result(self._work(self))
        except BaseException as error:  # handed to whoever waits, see result()
            self._future.set_exception(error)

    def result(self) -> T:
        """Wait for the result; raises what the work raised."""
        return self._future.result()

    def wait(self, seconds: float = POLL_SECONDS) -> bool:
        """Wait at most `seconds`; whether there is a result or an error now."""
        return bool(wait([self._future], timeout=seconds).done)

    def follow(self, stage: str, subject: str) -> Generator[Progress, None, T]:
        """Yield progress a few times a second until the job is finished, then return its result."""
        while not self.wait():
            yield Progress(stage, subject, self.done, self.total, self.seconds_left())
        return self.result()


class SingleFlight:
    """Runs at most one job for each key at a time; whoever asks meanwhile gets the same job."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[Hashable, Job[Any]] = {}

    def job(self, key: Hashable, work: Callable[[Job[T]], T]) -> Job[T]:
        """The running job for `key`, or a new one that runs `work` in a thread of its own."""
        with self._lock:
            running = self._jobs.get(key)
            if running is not None:
                return running
            job = Job(work)
            self._jobs[key] = job
        threading.Thread(target=self._run, args=(key, job), daemon=True).start()
        return job

    def cancel_all(self) -> None:
        """Ask every running job to stop."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.cancel()

    def _run(self, key: Hashable, job: Job[Any]) -> None:
        # The work stores its result where the next caller looks before it is taken off the list here.
        job.run()
        with self._lock:
            del self._jobs[key]


class WaitingLine:
    """A bounded first-in-first-out line: one job runs, the others wait their turn."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._line: list[Job[Any]] = []
        self._closed = False
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="pair-scoring")

    def submit(self, work: Callable[[Job[T]], T]) -> Job[T]:
        """Join the line. Raises Busy when `limit` jobs are in it already, Cancelled when it is closed."""
        job = Job(work)
        with self._lock:
            if self._closed:
                raise Cancelled("The work was stopped.")
            if len(self._line) >= self._limit:
                raise Busy(f"{self._limit} searches are waiting already; please try again in a minute.")
            self._line.append(job)
            self._worker.submit(self._run, job)
        return job

    def ahead(self, job: Job[Any]) -> int:
        """How many jobs run before this one."""
        with self._lock:
            return self._line.index(job) if job in self._line else 0

    def leave(self, job: Job[Any]) -> None:
        """Give up a job: it stops at its next report, or never begins, and nobody waits behind it in vain."""
        job.cancel()
        with self._lock:
            if job in self._line[1:]:  # the first one may be running
                self._line.remove(job)

    def close(self) -> None:
        """Stop the running job and forget the waiting ones."""
        with self._lock:
            self._closed = True
            for job in self._line:
                job.cancel()
        self._worker.shutdown(wait=False)

    def _run(self, job: Job[Any]) -> None:
        job.run()
        with self._lock:
            if job in self._line:
                self._line.remove(job)


def finish(stage: Stage[T], on_progress: Callable[[Progress], None] = lambda progress: None) -> T:
    """Run `stage` to the end, telling `on_progress` how far it is, and return its result."""
    with closing(stage):
        while True:
            try:
                progress = next(stage)
            except StopIteration as stop:
                result: T = stop.value
                return result
            on_progress(progress)


def retold(stage: Stage[T], tell: Callable[[Progress], Progress]) -> Stage[T]:
    """As `stage`, with what `tell` makes of its progress: the part of a larger work speaks for the whole."""
    with closing(stage):
        while True:
            try:
                progress = next(stage)
            except StopIteration as stop:
                result: T = stop.value
                return result
            yield tell(progress)
