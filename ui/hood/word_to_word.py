"""Word to word: token vectors as a heat map, their means, and late interaction."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import TokenSimilarity, token_similarity_steps
from searchcore.ranking.late_interaction import best_matches
from searchcore.running import Work
from ui.draw import numbers
from ui.hood import words as hood_words
from ui.hood.compare import PairParts
from ui.hood.draw import word_to_word
from ui.hood.pair import pair_of, typed
from ui.reports import ReportSection, html, lay_out_report
from ui.runner import Drawn
from ui.state import HOOD, TOKENS, PageState
from ui.wiring import Wiring

NAME = "hood-tokens"


def word_to_word_section() -> ReportSection:
    """Compare the tokens of the two texts."""
    return ReportSection(NAME, _begin, _show)


def build_word_to_word(engine: Engine, wiring: Wiring, pair: PairParts) -> None:
    """Lay out the section; a click compares the tokens of the two texts."""
    with gr.Accordion("Word to word", open=False, elem_id=NAME):
        html(wiring, f"{NAME}-about", Markup("<p>{}</p>").format(hood_words.TOKENS))
        start = lay_out_report(wiring, NAME, "Compare token by token", hood_words.TOKENS_INVITATION)
    wiring.ask([start.click], pair.reads, change=lambda state: typed(engine, state), tab=HOOD, look=TOKENS)


def _begin(engine: Engine, state: PageState) -> Work[TokenSimilarity]:
    return token_similarity_steps(engine, *pair_of(engine, state), state.encoder or None)


def _show(made: TokenSimilarity) -> tuple[str, Drawn]:
    alignment = best_matches(made.matrix)
    sentence = (
        f"Average first: cosine {numbers.cosine(made.pooled_cosine)}. "
        f"Match first: MaxSim {alignment.score:.2f} of at most {len(alignment.cosines)}."
    )
    return sentence, {f"{NAME}-report": str(word_to_word.report(made, alignment))}
