"""Parts that all tabs are made of: a place for markup, a status line, a Stop button, and a choice between models."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from ui.control import Control
from ui.draw import status
from ui.wiring import Wiring

# All on one page: nobody looks for a second one.
MOST_CHIPS = 40


def stop_button(wiring: Wiring, name: str, scale: int) -> gr.Button:
    """A button that ends the page's run. The style sheet shows it while a line of its tab says that something works.

    Not by `visible`: of two changes that come quickly after one another, Gradio may apply the first one last.
    """
    stop = gr.Button("Stop", elem_id=name, elem_classes="ss-stop", scale=scale, min_width=90)
    wiring.stop(wiring.part(name, stop))
    return stop


def html(wiring: Wiring, name: str, value: Markup | str = "", script: str | None = None) -> gr.HTML:
    """A place for markup; `script` runs in the browser when it is put there."""
    return wiring.part(name, gr.HTML(str(value), elem_id=name, elem_classes="ss", js_on_load=script))


def live_line(wiring: Wiring, name: str, first: str | Markup) -> gr.HTML:
    """A status line that a screen reader follows; it begins with a sentence, a ready line, or nothing."""
    value = str(status.info(first) if first and not isinstance(first, Markup) else first)
    return wiring.part(name, gr.HTML(value, elem_id=name, elem_classes="ss ss-live", js_on_load=None))


def chips(box: gr.Textbox, titles: Sequence[str], name: str) -> gr.Dataset:
    """Examples to choose from; a click sends the number of one."""
    return gr.Dataset(
        components=[box],
        samples=[[title] for title in titles],
        show_label=False,
        layout="gallery",
        type="index",
        samples_per_page=MOST_CHIPS,
        elem_id=name,
        elem_classes="ss-chips",
    )


def model_choice(
    wiring: Wiring,
    engine: Engine,
    role: str,
    label: str,
    name: str,
    before: Sequence[tuple[str, str]] = (),
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
