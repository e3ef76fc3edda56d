"""Work that is done once for all who want it at the same time, and given up when the last of them leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from searchcore.running.jobs import Job, Work
from searchcore.types import Progress

T = TypeVar("T")


class Once:
    """At most one job for each key at a time, in a thread of its own; whoever asks meanwhile shares it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[Hashable, tuple[Job[Any], int]] = {}

    def shared(
        self, key: Hashable, work: Callable[[Job[T]], T], tell: Callable[[Job[T]], Progress | None] = lambda job: None
    ) -> Work[T]:
        """Yield what `tell` says of the job for `key`, begun now if need be, then return its result.

        Closing this leaves the job; it is cancelled when nobody is left.
        """
        job = self._join(key, work)
        try:
            return (yield from job.follow(lambda: tell(job)))
        finally:
            self._leave(key, job)

    def begin(self, key: Hashable, work: Callable[[Job[T]], T]) -> None:
        """Begin the job for `key`, if it is not running, with nobody waiting: it goes on until it is done."""
        self._join(key, work)

    def cancel_all(self, of: Callable[[Hashable], bool] = lambda key: True) -> None:
        """Ask every running job to stop, or those whose key is `of` a kind."""
        with self._lock:
            jobs = [job for key, (job, _) in self._jobs.items() if of(key)]
        for job in jobs:
            job.cancel()

    def _join(self, key: Hashable, work: Callable[[Job[T]], T]) -> Job[T]:
        with self._lock:
            job, waiting = self._jobs.get(key, (None, 0))
            # One that was given up is still running to its next report: whoever comes now wants a new one.
            # One that has ended may have failed: its result, where there is one, is kept where the work looks first.
            if job is None or job.cancelled or job.ended:
                job, waiting = Job[T](), 0
                threading.Thread(target=self._run, args=(key, job, work), daemon=True).start()
            self._jobs[key] = (job, waiting + 1)
            return job

    def _leave(self, key: Hashable, job: Job[Any]) -> None:
        with self._lock:
            found, waiting = self._jobs.get(key, (None, 0))
            if found is not job:
                return
            self._jobs[key] = (job, waiting - 1)
            if waiting == 1 and not job.ended:
                job.cancel()  # under the lock, so that nobody joins it at this moment

    def _run(self, key: Hashable, job: Job[Any], work: Callable[[Job[Any]], Any]) -> None:
        # The work stores its result where the next caller looks before it is taken off the list here.
        job.run(work)
        with self._lock:
            if self._jobs.get(key, (None, 0))[0] is job:
                del self._jobs[key]
