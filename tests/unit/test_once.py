"""Work that is done once for all who want it at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import pytest

from searchcore import Cancelled, Progress
from searchcore.running import Job, Once, Work, finish

PATIENCE = 10.0


class Task:
    """Work that notes its jobs and threads, waits for `free`, then reports and returns which run it was."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.jobs: list[Job[int]] = []
        self.threads: list[threading.Thread] = []
        self.begun = threading.Semaphore(0)

    def __call__(self, job: Job[int]) -> int:
        self.jobs.append(job)
        self.threads.append(threading.current_thread())
        number = len(self.jobs)
        self.begun.release()
        assert self.free.wait(PATIENCE)
        job.report(1, 1)
        return number

    def wait(self) -> Job[int]:
        """The job that began last."""
        assert self.begun.acquire(timeout=PATIENCE)
        return self.jobs[-1]


@pytest.fixture
def task() -> Iterator[Task]:
    task = Task()
    yield task
    task.free.set()


def joined(work: Work[Any]) -> Work[Any]:
    """`work`, which waits for its job from here on."""
    next(work)
    return work


def test_one_job_is_done_for_all_who_wait_for_the_same(task: Task) -> None:
    once = Once()
    works = [joined(once.shared("key", task)) for _ in range(5)]
    task.free.set()
    assert [finish(work) for work in works] == [1] * 5
    assert len(task.jobs) == 1


def test_another_key_has_a_job_of_its_own(task: Task) -> None:
    once, other = Once(), Task()
    works = [joined(once.shared("a", task)), joined(once.shared("b", other))]
    other.free.set()
    assert finish(works[1]) == 1
    task.free.set()
    assert finish(works[0]) == 1
    assert (len(task.jobs), len(other.jobs)) == (1, 1)


def test_who_comes_after_the_end_gets_a_new_job(task: Task) -> None:
    once = Once()
    task.free.set()
    for number in (1, 2):
        assert finish(once.shared("key", task)) == number
        task.threads[-1].join(PATIENCE)


def test_all_who_wait_hear_what_the_job_says(task: Task) -> None:
    once = Once()

    def told(job: Job[int]) -> Progress:
        return Progress("loading", "model", job.done, job.total)

    works = [once.shared("key", task, told) for _ in range(2)]
    assert [next(work) for work in works] == [Progress("loading", "model", 0, 0)] * 2
    task.wait().report(3, 4)
    assert [next(next_news(work)) for work in works] == [Progress("loading", "model", 3, 4)] * 2
    task.free.set()
    for work in works:
        finish(work)


def next_news(work: Work[Any]) -> Iterator[Any]:
    return (step for step in work if isinstance(step, Progress))


def test_a_job_is_cancelled_when_the_last_who_waits_leaves_and_not_before(task: Task) -> None:
    once = Once()
    works = [joined(once.shared("key", task)) for _ in range(3)]
    job = task.wait()
    for work in works[:2]:
        work.close()
        assert not job.cancelled
    works[2].close()
    assert job.cancelled
    task.free.set()
    with pytest.raises(Cancelled):
        job.result()


def test_who_leaves_does_not_stop_the_others(task: Task) -> None:
    once = Once()
    stays, leaves = joined(once.shared("key", task)), joined(once.shared("key", task))
    leaves.close()
    task.free.set()
    assert finish(stays) == 1


def test_who_comes_after_a_cancelled_job_gets_a_new_one(task: Task) -> None:
    once, second = Once(), Task()
    joined(once.shared("key", task)).close()
    assert task.wait().cancelled
    works = [joined(once.shared("key", second))]
    # The end of the first, which takes a while, is not the end of the second.
    task.free.set()
    task.threads[0].join(PATIENCE)
    works.append(joined(once.shared("key", second)))
    second.free.set()
    assert [finish(work) for work in works] == [1, 1]
    assert len(second.jobs) == 1


class HookedLock:
    """A lock that calls `hook`, once, at the moment it has been released."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.hook: Callable[[], None] | None = None

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
        hook, self.hook = self.hook, None
        if hook:
            hook()


def test_who_comes_at_the_moment_the_last_leaves_is_not_cancelled_with_it(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    once, lock = Once(), HookedLock()
    monkeypatch.setattr(once, "_lock", lock)
    leaves = joined(once.shared("key", task))
    task.wait()
    comes = once.shared("key", task)
    lock.hook = lambda: next(comes)
    leaves.close()
    task.free.set()
    assert finish(comes) in {1, 2}


def test_an_error_reaches_all_who_wait() -> None:
    once, free = Once(), threading.Event()

    def work(job: Job[int]) -> int:
        assert free.wait(PATIENCE)
        raise ZeroDivisionError("no luck")

    works = [joined(once.shared("key", work)) for _ in range(3)]
    free.set()
    for waiting in works:
        with pytest.raises(ZeroDivisionError, match="no luck"):
            finish(waiting)


def test_cancelling_all_stops_every_job_and_tells_all_who_wait() -> None:
    once = Once()

    def work(job: Job[int]) -> int:
        version = job.version
        while True:
            job.report(0, 1)
            assert job.wait_beyond(version, PATIENCE)
            version = job.version

    works = [joined(once.shared(key, work)) for key in "aab"]
    once.cancel_all()
    for waiting in works:
        with pytest.raises(Cancelled, match=r"^The work was stopped\.$"):
            finish(waiting)
