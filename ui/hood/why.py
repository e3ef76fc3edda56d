"""Why this score: occlusion, word by word."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import Occlusion, occlusion_steps
from searchcore.running import Work
from ui.hood import words as hood_words
from ui.hood.compare import PairParts
from ui.hood.draw import occlusion
from ui.hood.pair import pair_of, typed
from ui.reports import ReportSection, html, lay_out_report
from ui.runner import Drawn
from ui.state import HOOD, WHY, PageState
from ui.wiring import Wiring

NAME = "hood-why"


def why_section() -> ReportSection:
    """Leave out each word of the two texts in turn."""
    return ReportSection(NAME, _begin, _show)


def build_why(engine: Engine, wiring: Wiring, pair: PairParts) -> None:
    """Lay out the section; a click occludes the two texts."""
    with gr.Accordion("Why this score", open=False, elem_id=NAME):
        html(wiring, f"{NAME}-about", Markup("<p>{}</p>").format(hood_words.WHY))
        start = lay_out_report(wiring, NAME, "Leave out each word", hood_words.WHY_INVITATION)
    wiring.ask([start.click], pair.reads, change=lambda state: typed(engine, state), tab=HOOD, look=WHY)


def _begin(engine: Engine, state: PageState) -> Work[Occlusion]:
    return occlusion_steps(engine, *pair_of(engine, state), state.encoder or None, state.scorer or None)


def _show(made: Occlusion) -> tuple[str, Drawn]:
    return occlusion.summary(made), {f"{NAME}-report": str(occlusion.report(made))}
