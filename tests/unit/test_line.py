"""The fair line in front of a model: whose turn it is, how long it may get, and what ends the wait."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Busy, Cancelled, Progress
from searchcore.running import Caller, Line, Lines, Pause, Work, finish
from searchcore.running.line import TURN

PATIENCE = 10.0
Item = tuple[str, int]


class Model:
    """Does items in the order it is given them; each batch waits for `free` first."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.begun = threading.Event()
        self.batches: list[list[Item]] = []

    def __call__(self, items: Sequence[Item]) -> list[Item]:
        self.begun.set()
        assert self.free.wait(PATIENCE)
        self.batches.append(list(items))
        return list(items)

    @property
    def done(self) -> list[Item]:
        return [item for batch in self.batches for item in batch]

    @property
    def order(self) -> list[str]:
        """Whose items were done, without the repetitions."""
        names = [name for name, _ in self.done]
        return [name for at, name in enumerate(names) if not at or names[at - 1] != name]


@pytest.fixture
def model() -> Iterator[Model]:
    model = Model()
    yield model
    model.free.set()


@pytest.fixture
def line(model: Model) -> Iterator[Line]:
    """One worker, batches of eight, and a clock that stands still."""
    line = Line("model", clock=lambda: 0.0)
    yield line
    line.close()


def items_of(name: str, count: int, start: int = 0) -> list[Item]:
    return [(name, number) for number in range(start, start + count)]


def joined(work: Work[Any]) -> Work[Any]:
    """`work`, which stands in the line from here on."""
    next(work)
    return work


def occupy(line: Line, model: Model) -> Work[Any]:
    """One item of this process itself, which the worker has in its hands until the model is free."""
    first = joined(line.through(items_of("first", 1), model))
    assert model.begun.wait(PATIENCE)
    return first


@pytest.mark.parametrize("size", [160, 20, 10])
def test_a_caller_with_a_big_backlog_does_not_keep_a_newcomer_waiting(line: Line, model: Model, size: int) -> None:
    starts = range(0, 160, size)
    backlog = [joined(line.through(items_of("heavy", size, at), model, Caller("heavy"))) for at in starts]
    assert model.begun.wait(PATIENCE)
    newcomer = joined(line.through(items_of("new", 20), model, Caller("new")))
    model.free.set()
    assert finish(newcomer) == items_of("new", 20)
    for work in backlog:
        finish(work)
    names = [name for name, _ in model.done]
    first = names.index("new")
    assert first < TURN + 8  # the turn that had begun is ended, in whole batches
    assert names[first : first + 20] == ["new"] * 20
    assert [item for item in model.done if item[0] == "heavy"] == items_of("heavy", 160)


def test_callers_with_much_to_do_take_turns(line: Line, model: Model) -> None:
    first = occupy(line, model)
    works = [joined(line.through(items_of(name, 60), model, Caller(name))) for name in "ab"]
    model.free.set()
    for work in (first, *works):
        finish(work)
    # 24 items are three batches, the least that makes a turn of 20; the rest of a turn that ran over is 16.
    assert model.done == [
        *items_of("first", 1),
        *items_of("a", 24),
        *items_of("b", 24),
        *items_of("a", 16, 24),
        *items_of("b", 16, 24),
        *items_of("a", 20, 40),
        *items_of("b", 20, 40),
    ]


def test_the_process_itself_is_served_in_the_order_it_came(line: Line, model: Model) -> None:
    works = [joined(line.through(items_of(name, 50), model)) for name in "abc"]
    model.free.set()
    for work in works:
        finish(work)
    assert model.order == ["a", "b", "c"]


def test_a_query_waits_for_no_more_than_the_batch_of_eight_documents_that_runs(line: Line, model: Model) -> None:
    documents = joined(line.through(items_of("documents", 40), model, Caller("a")))
    assert model.begun.wait(PATIENCE)
    others = joined(line.through(items_of("others", 8), model, Caller("b")))
    query = joined(line.through(items_of("query", 1), model, Caller("c"), urgent=True))
    model.free.set()
    assert finish(query) == items_of("query", 1)
    finish(documents)
    finish(others)
    assert model.done[:9] == [*items_of("documents", 8), *items_of("query", 1)]


def test_a_query_goes_first_even_of_a_caller_who_has_used_the_model_a_lot(line: Line, model: Model) -> None:
    model.free.set()
    finish(line.through(items_of("used", 100), model, Caller("heavy")))
    model.free.clear()
    model.begun.clear()
    first = occupy(line, model)
    documents = joined(line.through(items_of("documents", 8), model, Caller("new")))
    query = joined(line.through(items_of("query", 1), model, Caller("heavy"), urgent=True))
    model.free.set()
    for work in (first, documents, query):
        finish(work)
    assert model.order == ["used", "first", "query", "documents"]


def test_fifty_jobs_of_one_caller_are_refused_beyond_its_limit(line: Line, model: Model) -> None:
    admitted, refusals = [], []
    for number in range(50):
        work = line.through(items_of(str(number), 1), model, Caller("one", "10.0.0.1"))
        try:
            admitted.append(joined(work))
        except Busy as busy:
            refusals.append(str(busy))
    assert len(admitted) == 16
    assert refusals == ["You have 16 searches waiting already; please wait for one of them."] * 34
    model.free.set()
    for work in admitted:
        finish(work)
    assert finish(line.through(items_of("again", 1), model, Caller("one", "10.0.0.1"))) == items_of("again", 1)


def test_a_hundred_callers_of_one_address_are_all_admitted(line: Line, model: Model) -> None:
    works = [
        joined(line.through(items_of(str(number), 1), model, Caller(str(number), "10.0.0.1"))) for number in range(100)
    ]
    model.free.set()
    assert [finish(work) for work in works] == [items_of(str(number), 1) for number in range(100)]


@pytest.mark.parametrize(
    ("limit", "address", "sentence"),
    [
        (250, "10.0.0.1", "250 searches from your network are waiting already; please try again in a minute."),
        (400, "", "400 searches are waiting already; please try again in a minute."),
    ],
)
def test_an_address_and_the_whole_line_have_their_limits(
    line: Line, model: Model, limit: int, address: str, sentence: str
) -> None:
    works = [joined(line.through([("a", 0)], model, Caller(str(number), address))) for number in range(limit)]
    with pytest.raises(Busy) as refused:
        next(line.through([("a", 0)], model, Caller("late", address)))
    assert str(refused.value) == sentence
    works.pop().close()  # there is room again as soon as one leaves
    works.append(joined(line.through([("a", 0)], model, Caller("late", address))))
    model.free.set()
    for work in works:
        finish(work)


def test_another_address_is_not_refused_for_what_one_address_has_waiting(line: Line, model: Model) -> None:
    works = [joined(line.through([("a", 0)], model, Caller(str(number), "10.0.0.1"))) for number in range(250)]
    works.append(joined(line.through([("b", 0)], model, Caller("other", "10.0.0.2"))))
    model.free.set()
    assert finish(works.pop()) == [("b", 0)]


def test_closing_the_work_withdraws_the_items_not_begun(line: Line, model: Model) -> None:
    running = joined(line.through(items_of("running", 24), model, Caller("a")))
    assert model.begun.wait(PATIENCE)
    waiting = joined(line.through(items_of("waiting", 24), model, Caller("b")))
    last = joined(line.through(items_of("last", 8), model, Caller("c")))
    running.close()
    waiting.close()
    model.free.set()
    finish(last)
    assert model.done == [*items_of("running", 8), *items_of("last", 8)]


def test_an_error_reaches_who_waits_for_it_and_the_line_goes_on(line: Line, model: Model) -> None:
    def work(items: Sequence[Item]) -> list[Item]:
        if ("bad", 8) in items:
            raise ZeroDivisionError("in the second batch")
        return model(items)

    bad = joined(line.through(items_of("bad", 24), work, Caller("a")))
    good = joined(line.through(items_of("good", 24), work, Caller("b")))
    model.free.set()
    with pytest.raises(ZeroDivisionError, match="in the second batch"):
        finish(bad)
    assert finish(good) == items_of("good", 24)
    assert model.done == [*items_of("bad", 8), *items_of("good", 24)]


def test_closing_the_line_cancels_those_who_wait_and_those_to_come(line: Line, model: Model) -> None:
    works = [joined(line.through(items_of(name, 24), model, Caller(name))) for name in "ab"]
    assert model.begun.wait(PATIENCE)
    line.close()
    works.append(line.through(items_of("late", 1), model))
    for work in works:
        with pytest.raises(Cancelled, match=r"^The work was stopped\.$"):
            finish(work)
    assert model.done == []


def test_closing_all_lines_closes_those_to_come_too(model: Model) -> None:
    lines = Lines()
    assert lines.of("a") is lines.of("a")
    waiting = joined(lines.of("a").through(items_of("a", 24), model))
    lines.close()
    for work in (waiting, lines.of("a").through([("a", 0)], model), lines.of("b").through([("b", 0)], model)):
        with pytest.raises(Cancelled):
            finish(work)


def test_who_waits_hears_how_many_are_ahead_only_when_that_changes(line: Line) -> None:
    turns = threading.Semaphore(0)

    def work(items: Sequence[Item]) -> Sequence[Item]:
        assert turns.acquire(timeout=PATIENCE)
        return items

    def heard(upto: Pause | None) -> tuple[Progress, Pause]:
        """What the last in the line hears next, and the pause after it."""
        if upto is not None:
            assert upto.job.wait_beyond(upto.version, PATIENCE)
        news, pause = next(last), next(last)
        assert isinstance(news, Progress)
        assert isinstance(pause, Pause)
        return news, pause

    ahead = [joined(line.through(items_of(name, 8), work, Caller(name), "scoring")) for name in "abc"]
    last = line.through(items_of("d", 16), work, Caller("d"), "scoring")
    news, pause = heard(None)
    assert news == Progress("waiting", "model", total=3)
    behind = joined(line.through(items_of("e", 8), work, Caller("e"), "scoring"))
    assert pause.job.version == pause.version  # who comes later wakes nobody
    for left in (2, 1):
        turns.release()
        news, pause = heard(pause)
        assert news == Progress("waiting", "model", total=left)
    turns.release()
    news, pause = heard(pause)
    assert news == Progress("scoring", "model", 0, 16)
    turns.release()
    news, pause = heard(pause)
    assert (news.activity, news.done, news.total) == ("scoring", 8, 16)
    turns.release(2)
    for work_ in (*ahead, last, behind):
        finish(work_)


def test_nobody_hears_the_same_twice_in_a_row(model: Model) -> None:
    line = Line("model")
    heard: list[list[Progress]] = [[] for _ in range(6)]
    works = [line.through(items_of(str(number), 30), model, Caller(str(number % 3)), "scoring") for number in range(6)]
    threads = [
        threading.Thread(target=finish, args=(work, said.append), daemon=True)
        for work, said in zip(works, heard, strict=True)
    ]
    for thread in threads:
        thread.start()
    model.free.set()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    line.close()
    for said in heard:
        assert said
        assert all(news != before for before, news in pairwise(said))


def test_work_without_an_activity_says_nothing_and_nothing_to_do_is_done_at_once(line: Line, model: Model) -> None:
    model.free.set()
    said: list[Any] = []
    assert finish(line.through(items_of("a", 20), model), said.append) == items_of("a", 20)
    assert finish(line.through([], model, activity="scoring"), said.append) == []
    assert said == []


@pytest.mark.parametrize(("seconds", "first"), [(0.0, "new"), (29.9, "new"), (30.1, "used"), (600.0, "used")])
def test_what_a_caller_has_used_is_halved_in_half_a_minute(model: Model, seconds: float, first: str) -> None:
    now = 1_000.0
    line = Line("model", clock=lambda: now)
    model.free.set()
    finish(line.through(items_of("before", 2 * TURN), model, Caller("used")))
    now += seconds
    model.free.clear()
    model.begun.clear()
    works = [occupy(line, model)]
    works += [joined(line.through(items_of(name, 8), model, Caller(name))) for name in ("used", "new")]
    model.free.set()
    for work in works:
        finish(work)
    line.close()
    assert model.order[:3] == ["before", "first", first]


def at_once(count: int) -> Callable[[Sequence[Item]], Sequence[Item]]:
    """Work whose batches end only when `count` of them run at once."""
    together = threading.Barrier(count, timeout=3)

    def work(items: Sequence[Item]) -> Sequence[Item]:
        together.wait()
        return items

    return work


def test_two_workers_do_the_batches_of_two_callers_at_once() -> None:
    line = Line("model", workers=2)
    work = at_once(2)
    works = [joined(line.through(items_of(name, 8), work, Caller(name))) for name in "ab"]
    assert [finish(work) for work in works] == [items_of("a", 8), items_of("b", 8)]
    line.close()


def test_two_workers_do_two_batches_of_one_job_at_once() -> None:
    line = Line("model", workers=2)
    work = at_once(2)
    for name in "ab":  # also when both workers were idle
        assert finish(line.through(items_of(name, 16), work, Caller(name))) == items_of(name, 16)
    line.close()


IDLE = Caller(idle=True)


def test_idle_work_goes_behind_everybody_however_much_they_have_used(line: Line, model: Model) -> None:
    first = occupy(line, model)
    idle = joined(line.through(items_of("idle", 16), model, IDLE, urgent=True))
    heavy = joined(line.through(items_of("heavy", 64), model, Caller("heavy")))
    process = joined(line.through(items_of("process", 8), model))
    model.free.set()
    for work in (first, idle, heavy, process):
        finish(work)
    assert set(model.order[:-1]) == {"first", "heavy", "process"}
    assert model.done[-16:] == items_of("idle", 16)


def test_what_many_people_wait_for_goes_first_and_has_as_many_turns_as_they_would(line: Line, model: Model) -> None:
    first = occupy(line, model)
    one = joined(line.through(items_of("one", 60), model, Caller("one")))
    three = joined(line.through(items_of("three", 96), model, Caller("three", people=3)))
    model.free.set()
    for work in (first, one, three):
        finish(work)
    # A turn of 20 for one is one of 60 for three; whoever asks for many goes on when the others had theirs.
    assert model.done == [
        *items_of("first", 1),
        *items_of("three", 64),
        *items_of("one", 24),
        *items_of("three", 32, 64),
        *items_of("one", 36, 24),
    ]


def test_nobody_hears_of_idle_work_ahead(line: Line, model: Model) -> None:
    idle = joined(line.through(items_of("idle", 2), model, IDLE))
    assert model.begun.wait(PATIENCE)
    person = line.through(items_of("person", 1), model, Caller("person"), "scoring")
    said = [step for step in (next(person), next(person)) if isinstance(step, Progress)]
    assert [progress.activity for progress in said] == ["scoring"]
    model.free.set()
    finish(person)
    finish(idle)


def test_idle_work_leaves_the_other_worker_to_whoever_comes() -> None:
    line, model = Line("model", workers=2, batch=1), Model()
    idle = joined(line.through(items_of("idle", 3), model, IDLE))
    assert model.begun.wait(PATIENCE)
    # The one batch of idle work waits for its event; a person's is done meanwhile.
    assert finish(line.through(items_of("person", 3), at_once(1), Caller("person"))) == items_of("person", 3)
    assert model.done == []
    model.free.set()
    assert finish(idle) == model.done == items_of("idle", 3)
    line.close()


@settings(deadline=None, max_examples=50)
@given(
    jobs=st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.integers(0, 30), st.booleans()), max_size=10),
    workers=st.integers(1, 2),
    batch=st.integers(1, 8),
)
def test_every_item_is_done_exactly_once_and_comes_back_in_order(
    jobs: list[tuple[str, int, bool]], workers: int, batch: int
) -> None:
    line, model = Line("model", workers, batch), Model()
    works = []
    for number, (key, count, urgent) in enumerate(jobs):
        work = line.through(items_of(str(number), count), model, Caller(key, "10.0.0.1"), "scoring", urgent=urgent)
        works.append(joined(work) if count else work)
    model.free.set()
    expected = [items_of(str(number), count) for number, (_, count, _) in enumerate(jobs)]
    assert [finish(work) for work in works] == expected
    line.close()
    assert Counter(model.done) == Counter(item for items in expected for item in items)
    for items in model.batches:
        assert 1 <= len(items) <= batch
        assert len({name for name, _ in items}) == 1
