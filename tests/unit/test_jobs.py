"""Long work in other threads: shared, reported, stopped, put in a line. And values that are forgotten in turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from searchcore import Busy, Cancelled, jobs
from searchcore import memory as memory_module
from searchcore.jobs import Job, SingleFlight, WaitingLine
from searchcore.memory import Recent
from tests.conftest import MakeEngine
from tests.fakes import corpus_of

PATIENCE = 20.0


class Held:
    """Work that says it has begun, and ends with its name when told to."""

    def __init__(self, name: str = "done") -> None:
        self.name = name
        self.begun = threading.Event()
        self.end = threading.Event()

    def __call__(self, job: Job[str]) -> str:
        self.begun.set()
        assert self.end.wait(PATIENCE)
        job.report(1, 1)
        return self.name


@pytest.fixture
def line() -> Iterator[WaitingLine]:
    waiting_line = WaitingLine(2)
    yield waiting_line
    waiting_line.close()


def test_a_job_hands_its_result_or_its_error_to_all_who_wait() -> None:
    good, bad = Job(lambda job: 7), Job(lambda job: 1 // 0)
    for job in (good, bad):
        assert not job.wait(0)
        job.run()
        assert job.wait(0)
    assert [good.result(), good.result()] == [7, 7]
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            bad.result()


def test_a_job_tells_how_long_it_will_take_at_the_pace_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    job = Job(lambda job: None)
    assert job.seconds_left() is None
    job.report(1_000, 4_000)  # goes on from a run that was interrupted
    assert job.seconds_left() is None
    now = 110.0
    job.report(2_000, 4_000)
    assert job.seconds_left() == pytest.approx(20.0)
    job.report(4_000, 4_000)
    assert job.seconds_left() == 0.0


def test_a_stopped_job_ends_at_its_next_report_or_never_begins() -> None:
    seen: list[int] = []

    def work(job: Job[None]) -> None:
        for number in range(5):
            seen.append(number)
            if number == 1:
                job.cancel()
            job.report(number + 1, 5)

    running, waiting = Job(work), Job(lambda job: seen.append(99))
    waiting.cancel()
    for job in (running, waiting):
        job.run()
        with pytest.raises(Cancelled):
            job.result()
    assert seen == [0, 1]


def test_one_job_runs_for_a_key_until_it_is_done() -> None:
    flight, held, other = SingleFlight(), Held("first"), Held("other")
    first = flight.job("key", held)
    assert flight.job("key", other) is first
    assert flight.job("another key", lambda job: "now").result() == "now"
    held.end.set()
    assert first.result() == "first"
    for thread in threading.enumerate():
        if thread.name.startswith("Thread-"):
            thread.join(PATIENCE)
    other.end.set()
    assert flight.job("key", other).result() == "other"


def test_stopping_all_jobs_stops_each() -> None:
    flight, held = SingleFlight(), [Held(), Held()]
    running = [flight.job(number, work) for number, work in enumerate(held)]
    for work in held:
        assert work.begun.wait(PATIENCE)
    flight.cancel_all()
    for work in held:
        work.end.set()
    for job in running:
        with pytest.raises(Cancelled):
            job.result()


def test_a_line_runs_one_job_at_a_time_in_order_and_turns_others_away(line: WaitingLine) -> None:
    works = [Held("first"), Held("second")]
    first, second = (line.submit(work) for work in works)
    assert works[0].begun.wait(PATIENCE)
    assert not works[1].begun.is_set()
    assert [line.ahead(first), line.ahead(second)] == [0, 1]
    with pytest.raises(Busy, match=r"^2 searches are waiting already; please try again in a minute\.$"):
        line.submit(Held())
    works[0].end.set()
    assert works[1].begun.wait(PATIENCE)
    assert line.ahead(second) == 0
    works[1].end.set()
    assert [first.result(), second.result()] == ["first", "second"]


def test_who_leaves_a_line_makes_room(line: WaitingLine) -> None:
    works = [Held("first"), Held("second"), Held("third")]
    first, second = (line.submit(work) for work in works[:2])
    assert works[0].begun.wait(PATIENCE)
    line.leave(second)
    third = line.submit(works[2])
    assert line.ahead(third) == 1
    line.leave(first)  # it runs: it counts until it has stopped
    assert line.ahead(third) == 1
    for work in works:
        work.end.set()
    assert third.result() == "third"
    assert not works[1].begun.is_set()
    for job in (first, second):
        with pytest.raises(Cancelled):
            job.result()


def test_what_was_used_longest_ago_is_forgotten_first() -> None:
    recent: Recent[str] = Recent(2)
    made: list[str] = []

    def value(key: str) -> str:
        return recent.setdefault(key, lambda: made.append(key) or key.upper())

    assert [value("a"), value("b"), value("a"), value("c")] == ["A", "B", "A", "C"]
    assert [recent.get(key) for key in "abc"] == ["A", None, "C"]
    assert made == ["a", "b", "c"]


def test_only_so_many_queries_of_a_corpus_are_remembered(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "REMEMBERED_QUERIES", 2)
    engine = make_engine(corpus_of("one", "two"))
    runs = [engine.search("small", query).rankings["cross_encoder"].passes_run for query in "abacab"]
    assert runs == [2, 2, 0, 2, 0, 2]
