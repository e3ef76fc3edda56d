"""The tab "Under the hood": a row of questions about texts and models, and one answer at a time."""

from __future__ import annotations

import gradio as gr

from searchcore.engine import Engine
from ui.hood.compare import ask_pair, build_pair, build_reads, pair_section
from ui.hood.context import ask_context, build_context, context_section
from ui.hood.matrix import ask_matrix, build_matrix, matrix_section
from ui.hood.price import ask_price, build_price, price_section
from ui.hood.questions import ask_questions, build_questions, shown_for
from ui.hood.roles import build_roles, length_section, swap_section
from ui.hood.why import build_why, why_section
from ui.hood.word_to_word import build_word_to_word, word_to_word_section
from ui.reports import model_choice
from ui.runner import Section
from ui.state import CONTEXT, LENGTH, MATRIX, PAIR, PRICE, SWAP, TOKENS, WHY
from ui.wiring import Wiring


def hood_sections() -> dict[str, Section]:
    """The sections of the tab, by what the state looks at."""
    return {
        PAIR: pair_section(),
        WHY: why_section(),
        TOKENS: word_to_word_section(),
        CONTEXT: context_section(),
        MATRIX: matrix_section(),
        SWAP: swap_section(),
        LENGTH: length_section(),
        PRICE: price_section(),
    }


def build_hood_tab(engine: Engine, wiring: Wiring) -> None:
    """Lay out the tab and say what starts its sections. Called inside a gr.Tab."""
    with gr.Column(elem_id="hood"):
        question = build_questions(wiring)
        pair = build_pair(wiring)
        batch = build_reads(wiring)
        build_why(wiring)
        build_word_to_word(wiring)
        context = build_context(wiring)
        matrix = build_matrix(wiring)
        build_roles(wiring)
        price = build_price(wiring)
        with (
            gr.Column(elem_classes=shown_for(PAIR, WHY, TOKENS, CONTEXT, MATRIX, PRICE)),
            gr.Accordion("Models", open=False, elem_id="hood-models"),
            gr.Row(),
        ):
            encoder = model_choice(wiring, engine, "encoder", "Bi-encoder model", "hood-encoder")
            scorer = model_choice(wiring, engine, "scorer", "Cross-encoder model", "hood-scorer")
    ask_questions(wiring, question, [context.word, context.sentences, matrix.lines, *price.boxes])
    ask_pair(wiring, pair, question, batch, [encoder, scorer])
    ask_context(wiring, context, encoder)
    ask_matrix(wiring, matrix, encoder)
    ask_price(wiring, price, [encoder, scorer])
