"""A job that others wait for: its result, its pace, its end. And values that are forgotten in turn."""

from __future__ import annotations

import pytest

from searchcore import Cancelled
from searchcore import memory as memory_module
from searchcore.memory import Recent
from searchcore.running import Job, jobs
from tests.conftest import MakeEngine
from tests.fakes import corpus_of


def test_a_job_hands_its_result_or_its_error_to_all_who_wait() -> None:
    good, bad = Job[int](), Job[int]()
    for job, work in ((good, lambda job: 7), (bad, lambda job: 1 // 0)):
        assert not job.ended
        job.run(work)
        assert job.ended
    assert [good.result(), good.result()] == [7, 7]
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            bad.result()


def test_a_job_tells_how_long_it_will_take_at_the_pace_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    job = Job[None]()
    assert job.seconds_left() is None
    job.report(1_000, 4_000)  # goes on from a run that was interrupted
    assert job.seconds_left() is None
    now = 110.0
    job.report(2_000, 4_000)
    assert job.seconds_left() == pytest.approx(20.0)
    job.report(4_000, 4_000)
    assert job.seconds_left() == 0.0


def test_what_an_earlier_run_had_finished_says_nothing_about_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    job = Job[None]()
    job.report(0, 4_000)
    job.resume(1_000, 4_000)
    assert job.seconds_left() is None
    now = 110.0
    job.report(2_000, 4_000)
    assert job.seconds_left() == pytest.approx(20.0)
    job.resume(3_000, 4_000)
    assert job.seconds_left() == pytest.approx(10.0)


def test_waiting_for_another_process_is_news_once_and_says_nothing_about_the_pace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    job = Job[None]()
    job.report(0, 40, elsewhere=True)
    version = job.version
    job.report(0, 40, elsewhere=True)
    assert (job.elsewhere, job.version) == (True, version)
    now = 200.0
    job.report(0, 40)  # the other process has ended without a result
    assert (job.elsewhere, job.version) == (False, version + 1)
    now = 210.0
    job.report(10, 40)
    assert job.seconds_left() == pytest.approx(30.0)


def test_a_stopped_job_ends_at_its_next_report_or_never_begins() -> None:
    seen: list[int] = []

    def work(job: Job[None]) -> None:
        for number in range(5):
            seen.append(number)
            if number == 1:
                job.cancel()
            job.report(number + 1, 5)

    running, waiting = Job[None](), Job[None]()
    waiting.cancel()
    for job, begun in ((running, work), (waiting, lambda job: seen.append(99))):
        job.run(begun)
        with pytest.raises(Cancelled):
            job.result()
    assert seen == [0, 1]


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
