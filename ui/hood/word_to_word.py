"""Word to word: late interaction drawn, token vectors as a heat map, and what averaging them first makes of it."""

from __future__ import annotations

import gradio as gr

from searchcore.engine import Engine
from searchcore.explain import TokenSimilarity, token_similarity_steps
from searchcore.ranking.late_interaction import best_matches
from searchcore.running import Work
from ui.draw import numbers
from ui.hood import words as hood_words
from ui.hood.draw import word_to_word
from ui.hood.pair import pair_steps
from ui.hood.questions import QUESTIONS, shown_for
from ui.hood.section import ReportSection, lay_out_answer, lay_out_notes
from ui.runner import Drawn
from ui.state import TOKENS, PageState
from ui.wiring import Wiring

NAME = "hood-tokens"


def word_to_word_section() -> ReportSection:
    """Compare the tokens of the two texts."""
    return ReportSection(NAME, _begin, _show)


def build_word_to_word(wiring: Wiring) -> None:
    """Lay out the answer; the boxes for a pair ask for it."""
    with gr.Column(elem_classes=shown_for(TOKENS)):
        lay_out_answer(wiring, NAME, QUESTIONS[TOKENS], hood_words.TOKENS_INVITATION)
        lay_out_notes(wiring, NAME, hood_words.TOKENS, hood_words.LATE, hood_words.cited(hood_words.LATE_CITATION))


def _begin(engine: Engine, state: PageState) -> Work[TokenSimilarity]:
    texts = yield from pair_steps(engine, state)
    return (yield from token_similarity_steps(engine, texts.query, texts.document, state.encoder or None))


def _show(made: TokenSimilarity) -> tuple[str, Drawn]:
    alignment = best_matches(made.matrix)
    sentence = (
        f"Match first: MaxSim {alignment.score:.2f} of at most {len(alignment.cosines)}. "
        f"Average first: cosine {numbers.cosine(made.pooled_cosine)}."
    )
    return sentence, {f"{NAME}-report": str(word_to_word.report(made, alignment))}
