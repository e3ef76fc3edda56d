"""Why this score: occlusion, word by word."""

from __future__ import annotations

import gradio as gr

from searchcore.engine import Engine
from searchcore.explain import OCCLUSION_CITATIONS, Occlusion, occlusion_steps
from searchcore.running import Work
from ui.hood import words as hood_words
from ui.hood.draw import occlusion
from ui.hood.pair import pair_steps
from ui.hood.questions import QUESTIONS, shown_for
from ui.hood.section import ReportSection, lay_out_answer, lay_out_notes
from ui.runner import Drawn
from ui.state import WHY, PageState
from ui.wiring import Wiring

NAME = "hood-why"


def why_section() -> ReportSection:
    """Leave out each word of the two texts in turn."""
    return ReportSection(NAME, _begin, _show)


def build_why(wiring: Wiring) -> None:
    """Lay out the answer; the boxes for a pair ask for it."""
    with gr.Column(elem_classes=shown_for(WHY)):
        lay_out_answer(wiring, NAME, QUESTIONS[WHY], hood_words.WHY_INVITATION)
        lay_out_notes(wiring, NAME, hood_words.WHY, hood_words.WHY_QUERY, hood_words.cited(*OCCLUSION_CITATIONS))


def _begin(engine: Engine, state: PageState) -> Work[Occlusion]:
    texts = yield from pair_steps(engine, state)
    return (
        yield from occlusion_steps(engine, texts.query, texts.document, state.encoder or None, state.scorer or None)
    )


def _show(made: Occlusion) -> tuple[str, Drawn]:
    return occlusion.summary(made), {f"{NAME}-report": str(occlusion.report(made))}
