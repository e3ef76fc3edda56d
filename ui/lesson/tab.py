"""The Lesson tab: the rail, a step beside its live view, and what is done in them."""

from __future__ import annotations

from collections.abc import Callable

import gradio as gr

from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from ui.control import sends
from ui.lesson import draw
from ui.lesson.section import shown, still
from ui.lesson.steps import Lesson
from ui.own.corpora import Visitor
from ui.reports import html, live_line, stop_button
from ui.state import LESSON, PageState
from ui.wiring import Wiring

Acted = Callable[[Visitor, PageState, gr.EventData], PageState]


def build_lesson_tab(lesson: Lesson, note: str, wiring: Wiring, acted: Acted) -> None:
    """Lay out the tab and say what its parts ask for. Called inside a gr.Tab.

    `note` says what is wrong with the lesson; `acted` is what the Search tab makes of a press in its columns.
    """
    html(wiring, "lesson-note", draw.note(note))
    if not lesson.steps:
        return
    first = still(lesson, PageState(tab=LESSON))
    rail = html(wiring, "lesson-rail", first["lesson-rail"], sends("ss-lesson"))
    with gr.Row(elem_id="lesson"):
        step = html(wiring, "lesson-step", first["lesson-step"], sends("ss-lesson"))
        with gr.Column(elem_id="lesson-right", min_width=240):
            with gr.Row(elem_id="lesson-line"):
                live_line(wiring, "lesson-status", "")
                stop_button(wiring, "lesson-stop", scale=0)
            view = gr.HTML(
                first["lesson-view"], elem_id="lesson-view", elem_classes="ss ss-results", js_on_load=sends("ss-act")
            )
            wiring.part("lesson-view", view)
        below = html(wiring, "lesson-below", first["lesson-below"], sends("ss-lesson"))
    for name in first:
        wiring.follow("step", name, _still(lesson, name))
    wiring.ask(
        [rail.select, step.select, below.select],
        change=lambda _, state, event: turned(lesson, state, event),
        event=True,
        turn=True,
    )
    wiring.ask(
        [view.select],
        change=lambda visitor, state, event: looked(lesson, acted, visitor, state, event),
        event=True,
        turn=True,
    )


def _still(lesson: Lesson, name: str) -> Callable[[Engine, PageState], str]:
    return lambda engine, state: str(still(lesson, state)[name])


def turned(lesson: Lesson, state: PageState, event: gr.EventData) -> PageState:
    """Another step, or the answer to the question of this one. Raises InvalidInput for what comes from nowhere."""
    act, value = (str(getattr(event, name, "")) for name in ("act", "value"))
    if act == "step":
        if value not in map(str, range(1, len(lesson) + 1)):
            raise InvalidInput(f"step must be from 1 to {len(lesson)}, got {quoted(value)}.")
        return state.with_changes(tab=LESSON, step=int(value), guess=(), revealed=False)
    if act != "answer":
        raise InvalidInput(f"act must be step or answer, got {quoted(act)}.")
    return state.with_changes(tab=LESSON, guess=(value,) if value else (), revealed=True)


def looked(lesson: Lesson, acted: Acted, visitor: Visitor, state: PageState, event: gr.EventData) -> PageState:
    """What was done in a step's view: a prediction stays in the lesson, all else goes on in the Search tab."""
    step = lesson.step(state.step)
    if step is None:
        raise InvalidInput("This place of the lesson has no view.")
    after = acted(visitor, shown(step, state).with_changes(view=state.view, step=state.step), event)
    if getattr(event, "act", "") == "reveal":
        return state.with_changes(tab=LESSON, guess=after.guess, revealed=True)
    return after
