"""Why this score: occlusion, word by word."""

from __future__ import annotations

from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import Occlusion, occlusion_steps
from searchcore.types import Stage
from ui.hood import text as hood_text
from ui.render import occlusion
from ui.work import Work, html, lay_out_work, wire_work


def lay_out_why() -> Work:
    """The button and the place for the toned texts."""
    with gr.Accordion("Why this score", open=False, elem_id="hood-why"):
        html("hood-why-about", Markup("<p>{}</p>").format(hood_text.WHY))
        return lay_out_work("hood-why", "Leave out each word", hood_text.WHY_INVITATION)


def wire_why(engine: Engine, work: Work, pair: list[Any]) -> None:
    """Occlude the two texts of `pair` (query, document, encoder, scorer) on a click."""

    def begin(query: str, document: str, encoder: str, scorer: str) -> Stage[Occlusion]:
        return occlusion_steps(engine, query, document, encoder, scorer)

    wire_work(work, begin, lambda made: (occlusion.summary(made), str(occlusion.report(made))), pair)
