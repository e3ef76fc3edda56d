"""Similarity matrix: 2 to 50 lines against each other, with a map and a CSV to copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.explain import SimilarityMatrix, pca_map, similarity_steps, to_csv
from searchcore.running import Work
from ui.control import Control, chosen
from ui.hood import words as hood_words
from ui.hood.context import lines_control
from ui.hood.draw import matrix
from ui.hood.questions import QUESTIONS, shown_for
from ui.hood.section import ReportSection, lay_out_answer, lay_out_notes, run_button
from ui.own.corpora import Visitor
from ui.reports import chips, html
from ui.runner import Drawn
from ui.state import HOOD, MATRIX, PageState
from ui.takehome.links import matrix_links
from ui.wiring import Wiring

NAME = "hood-matrix"
EXAMPLES = {
    "Weather: two alike, one not": hood_words.WEATHER,
    "Eating, and a cat on the stairs": hood_words.CONTEXTUAL,
    "fire in four sentences": hood_words.MORE_FIRE,
}


@dataclass(frozen=True, slots=True)
class MatrixForm:
    """The section's box and what starts it."""

    lines: Control
    run: gr.Button
    chips: gr.Dataset


def matrix_section() -> ReportSection:
    """Compare every line with every other."""
    return ReportSection(NAME, _begin, _show)


def build_matrix(wiring: Wiring) -> MatrixForm:
    """Lay out the form and the answer."""
    with gr.Column(elem_classes=shown_for(MATRIX)):
        with gr.Row(elem_classes="ss-form"):
            box = gr.Textbox(
                "\n".join(hood_words.WEATHER),
                label="Texts, one a line",
                lines=3,
                max_lines=12,
                min_width=240,
                elem_id="hood-lines",
            )
            run = run_button(NAME)
        examples = chips(box, list(EXAMPLES), f"{NAME}-examples")
        lay_out_answer(wiring, NAME, QUESTIONS[MATRIX], hood_words.MATRIX_INVITATION)
        table = gr.Textbox(
            label="As CSV",
            lines=3,
            max_lines=6,
            interactive=False,
            visible=False,
            buttons=["copy"],
            elem_id=f"{NAME}-csv",
        )
        wiring.part(f"{NAME}-csv", table)
        html(wiring, f"{NAME}-take")
        lay_out_notes(wiring, NAME, hood_words.MATRIX, hood_words.MAP_NOTE)
    return MatrixForm(wiring.control(lines_control(box, hood_words.WEATHER, MATRIX)), run, examples)


def ask_matrix(wiring: Wiring, form: MatrixForm, encoder: Control) -> None:
    """Say what starts the section."""
    about: dict[str, Any] = {"tab": HOOD, "look": MATRIX}
    wiring.ask([form.run.click, form.lines.part.submit], [form.lines, encoder], **about)
    wiring.ask([form.chips.click], [encoder], sent=[form.chips], change=_example, **about)


def _example(visitor: Visitor, state: PageState, number: Any) -> PageState:
    return state.with_changes(texts=tuple(chosen(list(EXAMPLES.values()), number)))


def _begin(engine: Engine, state: PageState) -> Work[SimilarityMatrix]:
    return similarity_steps(engine, list(state.texts or hood_words.WEATHER), state.encoder or None)


def _show(made: SimilarityMatrix) -> tuple[str, Drawn]:
    report = str(matrix.report(made, pca_map(made.vectors)))
    return matrix.summary(made), {
        f"{NAME}-report": report,
        f"{NAME}-csv": gr.update(value=to_csv(made), visible=True),
        f"{NAME}-take": str(matrix_links(made)),
    }
