"""Driving work: in a thread that waits, and in an event loop that does not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any

import pytest

from searchcore import Cancelled, PartialScores, Progress
from searchcore.running import Drive, Job, Pause, Work, finish, results, retold

PATIENCE = 10.0
NEVER = 3_600.0


def progress(done: int) -> Progress:
    return Progress("scoring", "model", done, 10)


def scores(value: float) -> PartialScores:
    return PartialScores("method", {"document": value})


class Script:
    """Work that says `steps`, calls those that can be called, and returns 7; `closed` once it was left."""

    def __init__(self, *steps: Any) -> None:
        self.closed = threading.Event()
        self.work = self._work(steps)

    def _work(self, steps: tuple[Any, ...]) -> Work[int]:
        try:
            for step in steps:
                if callable(step):
                    step()
                else:
                    yield step
            return 7
        finally:
            self.closed.set()


class WatchedJob(Job[int]):
    """A job that tells when `count` drives have paused on it."""

    def __init__(self, count: int = 1) -> None:
        super().__init__()
        self._left = count
        self.paused = asyncio.Event()

    def call_beyond(self, version: int, wake: Callable[[], None]) -> None:
        super().call_beyond(version, wake)
        self._left -= 1
        if not self._left:
            self.paused.set()


async def said_by(drive: Drive[Any], seconds_between: float = 0.0) -> list[Any]:
    async with aclosing(drive.steps(lambda: seconds_between)) as steps:
        return [step async for step in steps]


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 3 * PATIENCE))


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def test_a_drive_yields_what_the_work_says_and_keeps_its_result() -> None:
    async def main() -> None:
        script = Script(progress(1), "hits", progress(2))
        drive = Drive(script.work)
        assert drive.result is None
        assert await said_by(drive) == [progress(1), "hits", progress(2)]
        assert drive.result == 7
        assert not drive.ended

    run(main())


def test_an_error_of_the_work_reaches_who_drives_it() -> None:
    def fail() -> None:
        raise ZeroDivisionError("no luck")

    async def main() -> None:
        script = Script(progress(1), fail)
        with pytest.raises(ZeroDivisionError, match="no luck"):
            await said_by(Drive(script.work))
        assert script.closed.is_set()

    run(main())


def test_two_hundred_paused_drives_hold_no_thread_and_all_finish(executor: ThreadPoolExecutor) -> None:
    async def main() -> None:
        job = WatchedJob(200)
        drives = [Drive(job.follow(lambda: progress(0)), executor) for _ in range(200)]
        tasks = [asyncio.create_task(said_by(drive)) for drive in drives]
        await job.paused.wait()
        other = Drive(Script("hits").work, executor)
        assert await asyncio.wait_for(said_by(other), PATIENCE) == ["hits"]
        assert other.result == 7
        assert not any(task.done() for task in tasks)
        threading.Thread(target=job.succeed, args=(3,)).start()
        assert await asyncio.gather(*tasks) == [[progress(0)]] * 200
        assert [drive.result for drive in drives] == [3] * 200

    run(main())


def test_a_drive_that_is_ended_while_it_pauses_raises_cancelled_and_closes_the_work(
    executor: ThreadPoolExecutor,
) -> None:
    async def main() -> None:
        job = WatchedJob()
        script = Script(Pause(job, job.version), "never")
        drive = Drive(script.work, executor)
        task = asyncio.create_task(said_by(drive))
        await job.paused.wait()
        assert not script.closed.is_set()
        drive.end()
        with pytest.raises(Cancelled, match=r"^The work was stopped\.$"):
            await task
        assert drive.ended
        assert script.closed.is_set()

    run(main())


def test_a_drive_that_is_ended_between_two_steps_says_nothing_more() -> None:
    async def main() -> None:
        script = Script("first", "second")
        drive, said = Drive(script.work), []
        with pytest.raises(Cancelled):
            async with aclosing(drive.steps()) as steps:
                async for step in steps:
                    said.append(step)
                    drive.end()
        assert said == ["first"]
        assert script.closed.is_set()

    run(main())


def test_who_stops_listening_closes_the_work() -> None:
    async def main() -> None:
        script = Script("first", "second")
        async with aclosing(Drive(script.work).steps()) as steps:
            assert await anext(steps) == "first"
        assert script.closed.is_set()

    run(main())


def test_progress_that_comes_too_fast_is_said_as_one_and_anything_else_at_once() -> None:
    async def main() -> None:
        steps = [progress(1), progress(2), progress(3), "hits", progress(4), "more hits", progress(5), progress(6)]
        drive = Drive(Script(*steps).work)
        said = await said_by(drive, NEVER)
        assert said == [progress(1), progress(3), "hits", progress(4), "more hits", progress(6)]
        assert drive.result == 7

    run(main())


def test_of_progress_and_of_partial_scores_the_latest_of_each_is_kept() -> None:
    async def main() -> None:
        steps = [progress(1), scores(0.1), progress(2), scores(0.2), progress(3), scores(0.3)]
        assert await said_by(Drive(Script(*steps).work), NEVER) == [progress(1), progress(3), scores(0.3)]

    run(main())


def test_what_was_kept_back_is_said_in_time_while_the_work_pauses() -> None:
    async def main() -> None:
        job = Job[int]()

        def work() -> Work[int]:
            yield progress(1)
            yield progress(2)
            return (yield from job.follow(lambda: None))

        drive = Drive(work())
        async with aclosing(drive.steps(lambda: 0.05)) as steps:
            assert [await anext(steps), await anext(steps)] == [progress(1), progress(2)]
            job.succeed(5)
            assert [step async for step in steps] == []
        assert drive.result == 5

    run(main())


def test_what_changes_often_before_it_may_be_said_is_not_looked_at_each_time() -> None:
    async def main() -> None:
        job, looked = Job[int](), []

        def tell() -> Progress:
            looked.append(job.done)
            return progress(job.done)

        drive = Drive(job.follow(tell))
        async with aclosing(drive.steps(lambda: NEVER)) as steps:
            assert await anext(steps) == progress(0)
            rest = asyncio.create_task(anext(steps, None))
            for done in range(1, 20):
                job.report(done, 20)
                await asyncio.sleep(0)
            job.succeed(5)
            assert await rest is None
        assert drive.result == 5
        assert len(looked) == 1

    run(main())


@pytest.fixture
def slow() -> Iterator[tuple[threading.Event, threading.Event]]:
    """Of a step: that it has begun, and that it may end."""
    begun, free = threading.Event(), threading.Event()
    yield begun, free
    free.set()


@pytest.mark.parametrize("times", [1, 3])
def test_a_task_that_is_cancelled_in_the_middle_of_a_step_closes_the_work(
    slow: tuple[threading.Event, threading.Event], executor: ThreadPoolExecutor, times: int
) -> None:
    begun, free = slow

    def step() -> None:
        begun.set()
        assert free.wait(PATIENCE)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        script = Script(step, "after it")
        drive = Drive(script.work, executor)
        said: list[Any] = []

        async def listen() -> None:
            async with aclosing(drive.steps()) as steps:
                async for news in steps:
                    said.append(news)

        task = asyncio.create_task(listen())
        assert await loop.run_in_executor(None, begun.wait, PATIENCE)
        for _ in range(times):  # a web server may cancel again and again, until the task has ended
            task.cancel()
            async for _ in loop_turns(5):
                pass
        assert not script.closed.is_set()
        free.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await loop.run_in_executor(None, script.closed.wait, 3)
        assert said == []

    run(main())


async def loop_turns(count: int) -> AsyncIterator[None]:
    """Let the event loop go round `count` times."""
    loop = asyncio.get_running_loop()
    for _ in range(count):
        turned = loop.create_future()
        loop.call_soon(turned.set_result, None)
        yield await turned


def soon(job: Job[int]) -> Callable[[], None]:
    """Ends the job from another thread."""
    return lambda: threading.Thread(target=job.succeed, args=(3,)).start()


def test_work_is_finished_in_this_thread_with_all_it_says_on_the_way() -> None:
    job, said = Job[int](), []
    script = Script(progress(1), soon(job), Pause(job, 0), "hits")
    assert finish(script.work, said.append) == 7
    assert said == [progress(1), "hits"]
    assert job.result() == 3
    assert finish(Script("unheard").work) == 7


def test_work_is_closed_when_who_hears_of_it_fails() -> None:
    def fail(step: Any) -> None:
        raise ZeroDivisionError(step)

    script = Script("first", "second")
    with pytest.raises(ZeroDivisionError, match="first"):
        finish(script.work, fail)
    assert script.closed.is_set()


def test_results_wait_through_the_pauses_and_return_what_the_work_returns() -> None:
    job, kept = Job[int](), []
    script = Script("a", soon(job), Pause(job, 0), "b")

    def whole() -> Iterator[Any]:
        kept.append((yield from results(script.work)))

    assert list(whole()) == ["a", "b"]
    assert kept == [7]


@pytest.mark.parametrize("wrap", [results, lambda work: retold(work, lambda step: [step])])
def test_who_stops_listening_to_results_or_retold_work_closes_the_work(wrap: Callable[[Work[int]], Work[int]]) -> None:
    script = Script("a", "b")
    steps = wrap(script.work)
    assert next(steps) == "a"
    assert not script.closed.is_set()
    steps.close()
    assert script.closed.is_set()


def test_retold_work_says_no_news_twice_in_a_row_and_passes_pauses_through() -> None:
    job = Job[int]()
    pause = Pause(job, job.version)
    script = Script(1, 1, pause, 1, 2, "none", pause, 2, 1)
    kept: list[int] = []

    def tell(step: Any) -> list[Any]:
        assert not isinstance(step, Pause)
        return [] if step == "none" else [progress(step), f"step {step}"]

    def whole() -> Iterator[Any]:
        kept.append((yield from retold(script.work, tell)))

    one, two = [progress(1), "step 1"], [progress(2), "step 2"]
    assert list(whole()) == [*one, pause, *two, pause, *one]
    assert kept == [7]
