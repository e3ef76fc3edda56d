"""The only place that runs and draws: a page has at most one run, and a run always ends in a final view.

A new state ends the run before it. The new one draws nothing before the old one has handed over its last view, so
that a late view can't be drawn over a newer one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from searchcore.engine import Engine
from searchcore.errors import Busy, Cancelled
from searchcore.running import Drive, Work
from searchcore.types import PartialScores, Progress
from ui.callers import Visit
from ui.errors import sentence_for
from ui.state import PageState
from ui.together import together

# Progress and partial scores are drawn at most so often, and with a page more that runs so much less: what is drawn
# for pages that wait leaves the event loop to those that ask.
SECONDS_BETWEEN_VIEWS = 0.3
SECONDS_FOR_EACH_RUN = 0.03
# What is known already comes within milliseconds: then the last view of each kind of result alone is drawn.
SECONDS_TOGETHER = 0.03
# Of so many pages it is known which call came last.
MOST_PAGES = 10_000

Drawn = dict[str, Any]
"""New values by the name of a part of the page."""


class Outcome(StrEnum):
    """How far a run is: still working, or how it ended."""

    WORKING = "working"
    DONE = "done"
    STOPPED = "stopped"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class View:
    """What a run has come to for the state that it answers.

    `result` is what the section's work gave last; `sentence` says why a run was refused or failed.
    """

    state: PageState
    outcome: Outcome = Outcome.WORKING
    progress: Progress | None = None
    partial: PartialScores | None = None
    result: Any = None
    sentence: str = ""
    error: Exception | None = None

    def after(self, step: Any) -> View:
        """The view once the work has said `step`."""
        if isinstance(step, Progress):
            return replace(self, progress=step)
        if isinstance(step, PartialScores):
            return replace(self, partial=step)
        return replace(self, result=step)

    def ended(self, error: Exception | None = None, result: Any = None) -> View:
        """The final view: done, or what `error` made of it."""
        if error is None:
            return replace(self, outcome=Outcome.DONE, result=result)
        kinds: dict[type[Exception], Outcome] = {Cancelled: Outcome.STOPPED, Busy: Outcome.REFUSED}
        return replace(self, outcome=kinds.get(type(error), Outcome.FAILED), sentence=sentence_for(error), error=error)


class Section(Protocol):
    """One part of the page that a state can ask for: what is done for it, and how that is drawn."""

    def begin(self, engine: Engine, state: PageState) -> Work[Any]:
        """The work for `state`. Raises a SearchError for what can't be asked."""
        ...

    def draw(self, view: View) -> Drawn:
        """New values for the parts of this section."""
        ...


class _Run:
    """One run of one page. `drive` is there once its work has begun, `superseded_by` once a newer state has come.

    `left` is the final view of what stands on the page unfinished, where the next run of the section is to replace it.
    """

    def __init__(self, section: Section) -> None:
        self.section = section
        self.drive: Drive[Any] | None = None
        self.stopped = False
        self.superseded_by: Section | None = None
        self.left: View | None = None
        self.over = asyncio.Event()

    def end(self) -> None:
        self.stopped = True
        if self.drive is not None:
            self.drive.end()


class Runner:
    """Runs what states ask for, a run at a time for each page. Used in the server's event loop only."""

    def __init__(self, section_of: Callable[[PageState], Section]) -> None:
        self._section_of = section_of
        self._runs: dict[str, _Run] = {}
        self._latest: dict[str, int] = {}

    def is_newest(self, visit: Visit) -> bool:
        """Whether no call that came after this one has been begun on its page: what is older is not run any more."""
        latest = self._latest.pop(visit.page, 0)
        self._latest[visit.page] = max(latest, visit.number)
        if len(self._latest) > MOST_PAGES:
            del self._latest[next(iter(self._latest))]
        return visit.number >= latest

    async def views(self, visit: Visit, engine: Engine, state: PageState) -> AsyncGenerator[tuple[View, Drawn], None]:
        """Run what `state` asks of the visitor's engine: each view, and how it is drawn.

        The last one is final, unless a newer state came. When the visitor leaves, the run ends.
        """
        section = self._section_of(state)
        run, before = _Run(section), self._runs.get(visit.page)
        self._runs[visit.page] = run
        try:
            if before is not None:
                before.superseded_by = section
                before.end()
                await before.over.wait()
                run.left = before.left if before.section is section else None
            if run.superseded_by is None:
                visit.on_leave(run.end)
                views = self._run(run, section, visit, engine, state)
                async with aclosing(together(views, SECONDS_TOGETHER, _instead)) as latest:
                    async for view in latest:
                        for each in _to_draw(run, view):
                            yield _drawn(section, each)
        finally:
            run.over.set()
            visit.done()
            if self._runs.get(visit.page) is run:
                del self._runs[visit.page]

    def stop(self, page: str) -> None:
        """End the page's run, however it was started; its last view says so."""
        if (run := self._runs.get(page)) is not None:
            run.end()

    def _pace(self) -> float:
        return max(SECONDS_BETWEEN_VIEWS, SECONDS_FOR_EACH_RUN * len(self._runs))

    async def _run(
        self, run: _Run, section: Section, visit: Visit, engine: Engine, state: PageState
    ) -> AsyncGenerator[View, None]:
        view = View(state)
        try:
            run.drive = Drive(section.begin(engine.for_caller(visit.caller), state))
            if run.stopped:
                run.drive.end()
            async with aclosing(run.drive.steps(self._pace)) as steps:
                async for step in steps:
                    view = view.after(step)
                    yield view
            view = view.ended(result=run.drive.result)
        except Exception as error:
            view = view.ended(visit.why or error)
        yield view


def _instead(old: View, new: View) -> View | None:
    """The newer view, where the older need not be drawn: a result of another kind says something of its own."""
    return new if old.result is None or type(old.result) is type(new.result) else None


def _to_draw(run: _Run, view: View) -> list[View]:
    """The view, unless the next run of the same section will replace it; before it what would stay unfinished."""
    final = view.outcome is not Outcome.WORKING
    if final and run.superseded_by is run.section:
        run.left = view if view.result is not None else run.left
        return []
    if view.result is not None:
        run.left = None
    return [run.left, view] if final and run.left is not None else [view]


def _drawn(section: Section, view: View) -> tuple[View, Drawn]:
    """The view and how it is drawn; what can't be drawn has failed, so that nothing is left waiting on the page."""
    try:
        return view, section.draw(view)
    except Exception as error:
        failed = replace(view, result=None, partial=None).ended(error)
        return failed, section.draw(failed)
