"""Similarity matrix: 2 to 50 lines against each other, with a map and a CSV to copy."""

from __future__ import annotations

from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import SimilarityMatrix, pca_map, similarity_steps, to_csv
from searchcore.types import Stage
from ui.events import QUIET
from ui.hood import text as hood_text
from ui.hood.context import text_lines
from ui.render import matrix
from ui.work import html, lay_out_work, model_choice, wire_work

EXAMPLES = {
    "Weather: two alike, one not": hood_text.WEATHER,
    "Eating, and a cat on the stairs": hood_text.CONTEXTUAL,
    "fire in four sentences": hood_text.MORE_FIRE,
}


def build_matrix(engine: Engine) -> None:
    """Lay out the section and wire it."""
    with gr.Accordion("Similarity matrix", open=False, elem_id="hood-matrix"):
        html("hood-matrix-about", Markup("<p>{}</p>").format(hood_text.MATRIX))
        lines = gr.Textbox(
            "\n".join(hood_text.WEATHER), label="Texts, one a line", lines=4, max_lines=12, elem_id="hood-lines"
        )
        chips = gr.Dataset(
            components=[lines],
            samples=[[title] for title in EXAMPLES],
            label="Try",
            layout="gallery",
            type="index",
            elem_id="hood-matrix-examples",
        )
        encoder = model_choice(engine, engine.models.names("encoder"), "Model", "hood-matrix-encoder")
        work = lay_out_work("hood-matrix", "Compare all lines", hood_text.MATRIX_INVITATION)
        table = gr.Textbox(
            label="As CSV",
            lines=3,
            max_lines=6,
            interactive=False,
            visible=False,
            buttons=["copy"],
            elem_id="hood-matrix-csv",
        )

    def begin(texts: str, name: str) -> Stage[SimilarityMatrix]:
        return similarity_steps(engine, text_lines(texts), name)

    chosen = chips.click(lambda number: "\n".join(list(EXAMPLES.values())[number]), chips, lines, **QUIET)
    wire_work(work, begin, _show, [lines, encoder], also=[table], triggers=[lines.submit], after=[chosen])


def _show(made: SimilarityMatrix) -> tuple[str, str, Any]:
    report = str(matrix.report(made, pca_map(made.vectors)))
    return matrix.summary(made), report, gr.update(value=to_csv(made), visible=True)
