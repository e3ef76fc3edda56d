"""Driving work: to its end in a thread that waits, or step by step in an event loop that does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any, Generic, TypeVar

from searchcore.errors import Cancelled
from searchcore.running.jobs import STOPPED, Job, Pause, Work
from searchcore.types import PartialScores, Progress

T = TypeVar("T")
STEP_THREADS = 8
# What runs here is short: the models have threads of their own.
_steps = ThreadPoolExecutor(STEP_THREADS, thread_name_prefix="steps")
_DONE = object()


def finish(work: Work[T], on_step: Callable[[Any], None] = lambda step: None, within: Job[Any] | None = None) -> T:
    """Run `work` to its end in this thread, telling `on_step` what is known on the way, and return its result.

    As a part of the job `within` it is given up with that job: at once, also while it waits. Raises Cancelled then.
    """
    steps = results(work, within)
    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                result: T = stop.value
                return result
            on_step(step)


def results(work: Generator[Any, None, T], within: Job[Any] | None = None) -> Generator[Any, None, T]:
    """What `work` yields, without the pauses: this thread waits instead. Returns what the work returns."""
    with closing(work):
        while True:
            try:
                step = next(work)
            except StopIteration as stop:
                result: T = stop.value
                return result
            if not isinstance(step, Pause):
                yield step
            elif within is None:
                step.job.wait_beyond(step.version)
            else:
                within.call_beyond(within.version, step.job.changed)  # wakes the wait below
                if within.cancelled:
                    raise Cancelled(STOPPED)
                step.job.wait_beyond(step.version)


def retold(work: Work[T], tell: Callable[[Any], Iterable[Any]]) -> Work[T]:
    """As `work`, with what `tell` makes of each of its steps: the part of a larger work speaks for the whole.

    What was said last of its kind is not said again.
    """
    told: dict[type, Any] = {}
    with closing(work):
        while True:
            try:
                step = next(work)
            except StopIteration as stop:
                result: T = stop.value
                return result
            if isinstance(step, Pause):
                yield step
                continue
            for news in tell(step):
                if told.get(type(news)) != news:
                    told[type(news)] = news
                    yield news


class Drive(Generic[T]):
    """Work in an event loop. While it pauses no thread is held; `end` gives it up at any moment."""

    def __init__(self, work: Work[T], executor: Executor = _steps) -> None:
        self._work = work
        self._executor = executor
        self._ended = False
        self._woken = asyncio.Event()
        self._stepping: asyncio.Future[Any] | None = None
        self._closing: asyncio.Future[None] | None = None
        self.result: T | None = None

    @property
    def ended(self) -> bool:
        """Whether the work was given up."""
        return self._ended

    def end(self) -> None:
        """Give up what is not done. Call it in the loop's own thread."""
        self._ended = True
        self._woken.set()

    async def steps(self, seconds_between: Callable[[], float] = lambda: 0.0) -> AsyncGenerator[Any, None]:
        """Yield what the work says, then stop; `result` holds what it returned. Raises Cancelled after `end`.

        Progress and partial scores that come faster than `seconds_between` says are said as one, the latest of each;
        anything else is said at once.
        """
        latest: dict[type, Any] = {}
        loop = asyncio.get_running_loop()
        due = loop.time()
        try:
            while (step := await self._step()) is not _DONE:
                if isinstance(step, Pause):
                    await self._pause(step, due, bool(latest))
                else:
                    latest.pop(type(step), None)
                    latest[type(step)] = step
                    due = due if isinstance(step, Progress | PartialScores) else loop.time()
                if latest and loop.time() >= due and not self.ended:
                    said, latest = list(latest.values()), {}
                    due = loop.time() + seconds_between()
                    for news in said:
                        yield news
            for news in latest.values():
                yield news
        finally:
            # Shielded: a server may cancel more than once, and the work is closed all the same.
            self._closing = asyncio.ensure_future(self._close())
            await asyncio.shield(self._closing)

    async def _step(self) -> Any:
        """The work's next step, from a thread of the executor."""
        if self.ended:
            raise Cancelled(STOPPED)
        self._stepping = asyncio.get_running_loop().run_in_executor(self._executor, self._next)
        return await asyncio.shield(self._stepping)

    async def _close(self) -> None:
        """Give up what is not done. A step that still runs is waited for: work can't be closed in the middle."""
        if self._stepping is not None:
            await asyncio.wait([self._stepping])
        await asyncio.get_running_loop().run_in_executor(self._executor, self._work.close)

    def _next(self) -> Any:
        try:
            return next(self._work)
        except StopIteration as stop:
            self.result = stop.value
            return _DONE

    async def _pause(self, pause: Pause, due: float, until_due: bool) -> None:
        """Until the job is over or the drive was ended; until the job has changed, but then not before `due`.

        So what changes twenty times before it may be said is looked at once. `until_due` ends it then in any case.
        """
        loop, version = asyncio.get_running_loop(), pause.version

        def wake() -> None:
            with suppress(RuntimeError):  # the loop may be closed by the time a model's thread calls
                loop.call_soon_threadsafe(self._woken.set)

        while not self.ended:
            self._woken.clear()
            pause.job.call_beyond(version, wake)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due if until_due else None):
                    await self._woken.wait()
            if loop.time() >= due or pause.job.ended:
                return
            version, until_due = pause.job.version, True
