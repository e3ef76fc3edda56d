"""What most sections of the page are made of: a button, a Stop button, a status line, and a report below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.running import Work
from ui.draw import status
from ui.runner import Drawn, Outcome, View
from ui.state import PageState
from ui.wiring import Control, Wiring


def lay_out_report(wiring: Wiring, name: str, label: str, invitation: str) -> gr.Button:
    """The four parts below each other; `name` begins their names. Returns the button that starts the section."""
    with gr.Row():
        start = gr.Button(label, variant="primary", elem_id=f"{name}-run", scale=0, min_width=300)
        stop_button(wiring, f"{name}-stop", scale=0)
    live_line(wiring, f"{name}-status", invitation)
    html(wiring, f"{name}-report")
    return start


def stop_button(wiring: Wiring, name: str, scale: int) -> gr.Button:
    """A button that ends the page's run, to be seen only while there is one."""
    stop = gr.Button("Stop", visible=False, elem_id=name, scale=scale, min_width=90)
    wiring.stop(wiring.part(name, stop))
    return stop


class ReportSection:
    """Begins work for a state, and shows its result as a sentence and new values for parts."""

    def __init__(
        self,
        name: str,
        begin: Callable[[Engine, PageState], Work[Any]],
        show: Callable[[Any], tuple[str, Drawn]],
    ) -> None:
        self._name = name
        self._begin = begin
        self._show = show

    def begin(self, engine: Engine, state: PageState) -> Work[Any]:
        """See Section.begin."""
        return self._begin(engine, state)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        sentence, drawn = self._show(view.result) if view.outcome is Outcome.DONE else ("", {})
        line = status.line(view, sentence)
        said = {} if line is None else {f"{self._name}-status": str(line)}
        return {f"{self._name}-stop": gr.update(visible=view.outcome is Outcome.WORKING), **said, **drawn}


def html(wiring: Wiring, name: str, value: Markup | str = "") -> gr.HTML:
    """A place for markup."""
    return wiring.part(name, gr.HTML(str(value), elem_id=name, elem_classes="ss", js_on_load=None))


def live_line(wiring: Wiring, name: str, sentence: str) -> gr.HTML:
    """A status line that a screen reader follows."""
    value = str(status.info(sentence)) if sentence else ""
    return wiring.part(name, gr.HTML(value, elem_id=name, elem_classes="ss ss-live", js_on_load=None))


def model_choice(
    wiring: Wiring, engine: Engine, role: str, label: str, name: str, before: Sequence[tuple[str, str]] = ()
) -> Control:
    """A choice between the models of a role, after the choices `before`; those to be fetched first say so."""
    models = engine.models
    named = [
        (each if models.catalogue[each].bundled else f"{each} (needs the Hugging Face Hub)", each)
        for each in models.names(role)
    ]
    choices = [*before, *named]
    default = choices[0][1] if choices else ""
    part = gr.Dropdown(choices, value=default, label=label, filterable=False, elem_id=name)
    return wiring.control(
        Control(
            role,
            part,
            lambda value: "" if value is None or value == default else value,
            lambda value: gr.update(value=value or default),
        )
    )
