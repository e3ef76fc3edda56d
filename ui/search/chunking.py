"""Whether the bi-encoder reads whole documents or chunks of them: the controls."""

from __future__ import annotations

import gradio as gr

from searchcore.ranking import BI_ENCODER
from ui.control import Control
from ui.own.corpora import Visitor
from ui.search.acts import kept
from ui.state import HALF, QUARTER, SEARCH, WINDOWS, PageState
from ui.wiring import Wiring


def build_chunks(wiring: Wiring) -> None:
    """Lay out the controls, and say what they ask for."""
    with gr.Row():
        window = gr.Radio(
            [("whole documents", ""), *((f"chunks of {each}", each) for each in WINDOWS)],
            value="",
            label="The bi-encoder reads (tokens)",
            elem_id="window",
        )
        overlap = gr.Radio(
            [("nothing", ""), ("a quarter", QUARTER), ("half", HALF)],
            value="",
            label="A chunk repeats of the one before",
            elem_id="overlap",
        )
    controls = [wiring.control(Control("window", window)), wiring.control(Control("overlap", overlap))]
    inputs = [control.part.input for control in controls]
    wiring.ask(inputs, controls, change=_cut, tab=SEARCH, guess=(), revealed=False)


def _cut(visitor: Visitor, state: PageState) -> PageState:
    """What is read in chunks is chosen to be seen."""
    wanted = {*state.columns, BI_ENCODER}
    return state.with_changes(look=kept(state), columns=tuple(key for key in visitor.engine.methods if key in wanted))
