"""Similarity matrix: 2 to 50 lines against each other, with a map and a CSV to copy."""

from __future__ import annotations

from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import SimilarityMatrix, pca_map, similarity_steps, to_csv
from searchcore.running import Work
from ui.hood import words as hood_words
from ui.hood.context import lines_control
from ui.hood.draw import matrix
from ui.reports import ReportSection, html, lay_out_report, model_choice
from ui.runner import Drawn
from ui.state import HOOD, MATRIX, PageState
from ui.wiring import Wiring, chosen

NAME = "hood-matrix"
EXAMPLES = {
    "Weather: two alike, one not": hood_words.WEATHER,
    "Eating, and a cat on the stairs": hood_words.CONTEXTUAL,
    "fire in four sentences": hood_words.MORE_FIRE,
}


def matrix_section() -> ReportSection:
    """Compare every line with every other."""
    return ReportSection(NAME, _begin, _show)


def build_matrix(engine: Engine, wiring: Wiring) -> None:
    """Lay out the section and say what starts it."""
    with gr.Accordion("Similarity matrix", open=False, elem_id=NAME):
        html(wiring, f"{NAME}-about", Markup("<p>{}</p>").format(hood_words.MATRIX))
        lines = gr.Textbox(
            "\n".join(hood_words.WEATHER), label="Texts, one a line", lines=4, max_lines=12, elem_id="hood-lines"
        )
        chips = gr.Dataset(
            components=[lines],
            samples=[[title] for title in EXAMPLES],
            label="Try",
            layout="gallery",
            type="index",
            elem_id=f"{NAME}-examples",
        )
        model = model_choice(wiring, engine, "encoder", "Model", f"{NAME}-encoder")
        start = lay_out_report(wiring, NAME, "Compare all lines", hood_words.MATRIX_INVITATION)
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
    about: dict[str, Any] = {"tab": HOOD, "look": MATRIX}
    wiring.ask([start.click, lines.submit], [wiring.control(lines_control(lines, MATRIX)), model], **about)
    wiring.ask([chips.click], [model], sent=[chips], change=_example, **about)


def _example(state: PageState, number: Any) -> PageState:
    return state.with_changes(texts=tuple(chosen(list(EXAMPLES.values()), number)))


def _begin(engine: Engine, state: PageState) -> Work[SimilarityMatrix]:
    return similarity_steps(engine, list(state.texts), state.encoder or None)


def _show(made: SimilarityMatrix) -> tuple[str, Drawn]:
    report = str(matrix.report(made, pca_map(made.vectors)))
    return matrix.summary(made), {
        f"{NAME}-report": report,
        f"{NAME}-csv": gr.update(value=to_csv(made), visible=True),
    }
