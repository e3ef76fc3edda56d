"""What of the page follows a new state, what is left as the visitor has it, and which of two calls counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import anyio
import gradio as gr
import pytest

from searchcore import Progress
from searchcore.running import Job, Work
from tests.conftest import MakeEngine
from tests.fakes import corpus_of
from ui import runner as module
from ui.callers import _KEY, Visit
from ui.control import Control
from ui.own.corpora import OwnCorpora
from ui.runner import Drawn, Runner, View
from ui.state import Known, PageState
from ui.wiring import Wiring

BEFORE, AFTER = PageState(query="before"), PageState(query="after")


def test_a_box_that_was_just_read_is_not_written_again_and_another_follows(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("one"))
    wiring = Wiring(engine, Runner(lambda state: None), Known(), OwnCorpora())  # type: ignore[arg-type,return-value]
    box = wiring.control(Control("query", SimpleNamespace(elem_id="query"), show=lambda text: text))
    wiring.follow("query", "query", lambda engine, state: f"drawn: {state.query}")
    wiring.follow("query", "other", lambda engine, state: state.query)
    wiring.follow("corpus", "unchanged", lambda engine, state: state.corpus)
    # Whoever goes on typing while their search begins keeps what they type.
    typed = wiring._following(engine, BEFORE, AFTER, [box], False)
    assert typed == {"address": AFTER.to_query(), "other": "after"}
    shown = wiring._following(engine, BEFORE, AFTER, [], False)
    assert shown == {"address": AFTER.to_query(), "query": "drawn: after", "other": "after"}


def visit_to(page: str) -> Visit:
    made = Visit()
    made.session = page
    return made


def test_of_two_calls_of_a_page_the_one_that_came_first_is_not_run_once_the_other_has_begun() -> None:
    runner = Runner(lambda state: None)  # type: ignore[arg-type,return-value]
    first, second, elsewhere = visit_to("page"), visit_to("page"), visit_to("other")
    assert runner.is_newest(second)
    assert not runner.is_newest(first)
    assert runner.is_newest(second)  # one call may run twice: its search, and what it looks at elsewhere
    assert runner.is_newest(elsewhere)
    assert runner.is_newest(visit_to("page"))


def test_a_call_that_is_too_late_changes_no_part_and_says_so(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("one"))
    runner = Runner(lambda state: None)  # type: ignore[arg-type,return-value]
    wiring = Wiring(engine, runner, Known(), OwnCorpora())
    wiring.part("note", "the note")
    late, newer = visit_to("page"), visit_to("page")
    assert runner.is_newest(newer)
    request = SimpleNamespace(request=SimpleNamespace(scope={_KEY: late}), session_hash="page")

    async def said() -> list[object]:
        shown = wiring._show(request, "", lambda: (BEFORE, AFTER), (), False)  # type: ignore[arg-type]
        return [drawn async for drawn in shown]

    # Without a word of it Gradio would empty every part.
    assert anyio.run(said) == [{"the note": gr.skip()}]


class Seen:
    """A section whose work is done at once."""

    def begin(self, engine: object, state: PageState) -> Work[str]:
        yield from ()
        return state.query

    def draw(self, view: View) -> Drawn:
        return {"note": f"seen: {view.result}"}


def test_the_last_word_of_every_call_changes_nothing(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("one"))
    wiring = Wiring(engine, Runner(lambda state: Seen()), Known(), OwnCorpora())
    for name in ("note", "address"):
        wiring.part(name, name)
    visit = visit_to("page")
    request = SimpleNamespace(request=SimpleNamespace(scope={_KEY: visit}), session_hash="page")

    async def said() -> list[object]:
        shown = wiring._show(request, "", lambda: (BEFORE, AFTER), (), False)  # type: ignore[arg-type]
        return [drawn async for drawn in shown]

    # Gradio says the last word again when the call is over: by then a newer one may have drawn.
    followed = {"note": "seen: after", "address": AFTER.to_query()}
    assert anyio.run(said) == [followed, {"note": gr.skip()}]


class Telling(Seen):
    """A section whose work tells two texts and two numbers on the way."""

    def begin(self, engine: object, state: PageState) -> Work[Any]:
        yield from ("one", "two", 3, 4)
        return 5

    def draw(self, view: View) -> Drawn:
        return {"said": view.result}


def test_of_what_comes_at_once_the_last_of_each_kind_is_drawn(make_engine: MakeEngine) -> None:
    engine, runner = make_engine(corpus_of("one")), Runner(lambda state: Telling())

    async def said() -> list[object]:
        return [drawn["said"] async for _, drawn in runner.views(visit_to("page"), engine, AFTER)]

    assert anyio.run(said) == ["two", 5]


class Waiting(Seen):
    """A section whose work is done when its job is."""

    def __init__(self) -> None:
        self.job: Job[str] = Job()

    def begin(self, engine: object, state: PageState) -> Work[str]:
        return self.job.follow(lambda: Progress("waiting", "model", 0, 1))


def test_the_more_pages_run_the_less_often_each_of_them_is_drawn(make_engine: MakeEngine) -> None:
    engine, section = make_engine(corpus_of("one")), Waiting()
    runner = Runner(lambda state: section)

    async def drawn(page: str) -> None:
        async for view, _ in runner.views(visit_to(page), engine, AFTER):
            paces.append(runner._pace())
            if len(paces) == 100:
                section.job.succeed("over")
            assert view.outcome in (module.Outcome.WORKING, module.Outcome.DONE)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for page in range(100):
                group.start_soon(drawn, str(page))

    paces: list[float] = []
    anyio.run(main)
    assert paces[99] == pytest.approx(100 * module.SECONDS_FOR_EACH_RUN)
    assert runner._pace() == module.SECONDS_BETWEEN_VIEWS


def test_only_so_many_pages_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    runner = Runner(lambda state: None)  # type: ignore[arg-type,return-value]
    for page in ("one", "two", "three", "two"):
        assert runner.is_newest(visit_to(page))
    assert list(runner._latest) == ["three", "two"]
