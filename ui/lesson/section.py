"""What the Lesson tab does for a state: it shows the view of a step, once its question is answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.running import Work
from ui.draw import status
from ui.lesson import draw
from ui.lesson.claims import Find
from ui.lesson.facts import finder
from ui.lesson.steps import Lesson, Step
from ui.predict.question import Covered
from ui.runner import Drawn, Outcome, Section, View
from ui.state import PageState

PICTURES = re.compile(r"results|(hood|evaluate)(-.+)?-report|hood-batch")
"""The parts of other tabs that hold a view's picture, by the names that their sections give them."""


def shown(step: Step, state: PageState) -> PageState:
    """The page state that a step shows: its view, with what was predicted in it."""
    if not step.view.predict:
        return step.view
    return step.view.with_changes(guess=state.guess, revealed=state.revealed)


def asking(step: Step, state: PageState) -> bool:
    """Whether the step's question comes before its view."""
    return bool(step.options) and not state.revealed


class LessonSection:
    """A step's question, then its view by the section that this is the view of."""

    def __init__(self, lesson: Lesson, section_of: Callable[[PageState], Section]) -> None:
        self._lesson = lesson
        self._section_of = section_of

    def begin(self, engine: Engine, state: PageState) -> Work[Any]:
        """See Section.begin."""
        step = self._lesson.step(state.step)
        if step is None or asking(step, state):
            return _nothing()
        _check_answer(step, state)
        view = shown(step, state)
        return self._section_of(view).begin(engine, view)

    def draw(self, view: View) -> Drawn:
        """See Section.draw. Without a lesson its tab has no parts."""
        if not self._lesson.steps:
            return {}
        state, step = view.state, self._lesson.step(view.state.step)
        if step is None or asking(step, state):
            return {**still(self._lesson, state), "lesson-status": ""}
        if view.result is None and view.outcome not in (Outcome.WORKING, Outcome.DONE):
            # Stopped, refused or failed before there was anything to see: the question can be answered again.
            return {**still(self._lesson, state), "lesson-status": str(status.line(view, ""))}
        looked = shown(step, state)
        drawn = self._section_of(looked).draw(replace(view, state=looked))
        done = view.outcome is Outcome.DONE and not isinstance(view.result, Covered)
        find = finder(looked, view.result) if done else None
        told = next((value for name, value in drawn.items() if name == "status" or name.endswith("-status")), "")
        return {
            "lesson-rail": str(draw.rail(self._lesson, state.step)),
            "lesson-step": str(draw.step(self._lesson, state, step, find)),
            "lesson-below": str(draw.below(self._lesson, state, step, find)),
            "lesson-status": str(_said(step, state, find) + Markup(told)),  # noqa: S704 - drawn by a section
            **({"lesson-view": str(draw.asked(looked)) + picture} if (picture := pictures(drawn)) else {}),
        }


def pictures(drawn: Drawn) -> str:
    """What a section has drawn of its view."""
    return "".join(value for name, value in drawn.items() if PICTURES.fullmatch(name) and isinstance(value, str))


def still(lesson: Lesson, state: PageState) -> Drawn:
    """A place of the lesson before anything is computed for it."""
    step, rail = lesson.step(state.step), str(draw.rail(lesson, state.step))
    if step is None:
        last = {"lesson-step": str(draw.questions(lesson)), "lesson-below": str(draw.onwards(lesson, state.step))}
        return {"lesson-rail": rail, "lesson-view": "", **last}
    unasked = state.with_changes(guess=(), revealed=False)
    return {
        "lesson-rail": rail,
        "lesson-step": str(draw.step(lesson, unasked, step, None)),
        "lesson-below": str(draw.below(lesson, unasked, step, None)),
        "lesson-view": str(draw.cover(step)),
    }


def _said(step: Step, state: PageState, find: Find | None) -> Markup:
    return draw.answered(step, state, find) if find is not None and step.options else Markup("")


def _check_answer(step: Step, state: PageState) -> None:
    """Raises InvalidInput for an answer that is none of the step's."""
    numbers = [str(number) for number in range(1, len(step.options) + 1)]
    if step.options and state.guess and (len(state.guess) > 1 or state.guess[0] not in numbers):
        raise InvalidInput(
            f"answer must be the number of one of the {len(numbers)} options of this step, "
            f"got {quoted(', '.join(state.guess))}."
        )


def _nothing() -> Work[None]:
    yield from ()
