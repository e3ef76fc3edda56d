"""The tab "Nearest neighbours": its controls, and what they ask for."""

from __future__ import annotations

from typing import Any

import gradio as gr

from searchcore.errors import InvalidInput
from searchcore.evaluate import HNSW, INDEXES, IVF
from ui.control import Control, click_sends, whole
from ui.draw import status
from ui.neighbours.bits import PRECISION_NAMES, WAY_NAMES
from ui.neighbours.section import about
from ui.neighbours.words import INVITATION
from ui.own.corpora import Visitor
from ui.reports import html, live_line, stop_button
from ui.state import BITS, DEFAULTS, NEIGHBOURS, RECALL, RESCORED, PageState
from ui.wiring import Wiring

OPEN_POINT = click_sends("[data-index]", {"index": "[data-index]|index", "value": "[data-value]|value"})
LEAST_DIMENSIONS, MOST_DIMENSIONS, STEP = 16, 384, 16


def build_neighbours_tab(wiring: Wiring) -> None:
    """Lay out the tab and say what its controls ask for. Called inside a gr.Tab."""
    with gr.Row(elem_id="near-row", elem_classes="ss-slim"):
        html(wiring, "near-about")
        run = gr.Button("Measure", variant="primary", elem_id="near-run", scale=0, min_width=110)
        stop_button(wiring, "near-stop", scale=0)
    live_line(wiring, "near-status", INVITATION)
    picture = html(wiring, "near-picture", script=OPEN_POINT)
    with gr.Accordion("Where the lines cross", open=False):
        html(wiring, "near-crossing", status.info("This comes with a measurement."))
    with gr.Accordion("Fewer bits, fewer dimensions", open=False, elem_id="near-bits-fold") as fold:
        wiring.part("near-bits-fold", fold)
        kept = _kept(wiring)
        draw = gr.Button("Draw what they find", elem_id="near-draw", scale=0)
        html(wiring, "near-bits")
    wiring.ask([run.click], [], tab=NEIGHBOURS, look=RECALL)
    wiring.ask([picture.select], change=_point, event=True, tab=NEIGHBOURS, look=RECALL)
    moved = [kept[0].part.release, *(control.part.input for control in kept[1:])]
    wiring.ask([draw.click, *moved], kept, tab=NEIGHBOURS, look=BITS)
    for field in ("corpus", "query"):
        wiring.follow(field, "near-about", about)


def _kept(wiring: Wiring) -> list[Control]:
    with gr.Row():
        dimensions = gr.Slider(
            LEAST_DIMENSIONS,
            MOST_DIMENSIONS,
            value=MOST_DIMENSIONS,
            step=STEP,
            label="Dimensions",
            elem_id="near-dimensions",
        )
        parts: dict[str, Any] = {
            "precision": gr.Radio(
                [(name, each) for each, name in PRECISION_NAMES.items()],
                value=DEFAULTS["precision"],
                label="Each in",
                elem_id="near-precision",
            ),
            "way": gr.Radio(
                [(name, each) for each, name in WAY_NAMES.items()],
                value=DEFAULTS["way"],
                label="Which dimensions",
                elem_id="near-way",
            ),
            "rescored": gr.Radio(
                [("none" if each == RESCORED[0] else f"best {each}", each) for each in RESCORED],
                value=RESCORED[0],
                label="Compared again in full",
                elem_id="near-rescored",
            ),
        }
    return [
        wiring.control(Control("dimensions", dimensions, whole)),
        *(wiring.control(Control(field, part)) for field, part in parts.items()),
    ]


def _point(visitor: Visitor, state: PageState, event: gr.EventData) -> PageState:
    """The state that searches with the point that was clicked; what comes from the page is checked."""
    index, value = (str(getattr(event, name, "")) for name in ("index", "value"))
    if index not in INDEXES or not value.isdecimal():
        raise InvalidInput("That is no point of the curve.")
    knob = {HNSW: "ef", IVF: "probes"}.get(index)
    return state.with_changes(index=index, **({knob: int(value)} if knob else {}))
