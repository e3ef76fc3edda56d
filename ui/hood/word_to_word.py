"""Word to word: token vectors as a heat map, their means, and late interaction."""

from __future__ import annotations

from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import TokenSimilarity, token_similarity_steps
from searchcore.late_interaction import best_matches
from searchcore.types import Stage
from ui.hood import text as hood_text
from ui.render import numbers, word_to_word
from ui.work import Work, html, lay_out_work, wire_work


def lay_out_word_to_word() -> Work:
    """The button and the place for the heat map."""
    with gr.Accordion("Word to word", open=False, elem_id="hood-tokens"):
        html("hood-tokens-about", Markup("<p>{}</p>").format(hood_text.TOKENS))
        return lay_out_work("hood-tokens", "Compare token by token", hood_text.TOKENS_INVITATION)


def wire_word_to_word(engine: Engine, work: Work, pair: list[Any]) -> None:
    """Compare the tokens of the two texts of `pair` (query, document, encoder, scorer) on a click."""

    def begin(query: str, document: str, encoder: str, _scorer: str) -> Stage[TokenSimilarity]:
        return token_similarity_steps(engine, query, document, encoder)

    wire_work(work, begin, _show, pair)


def _show(made: TokenSimilarity) -> tuple[str, str]:
    alignment = best_matches(made.matrix)
    sentence = (
        f"Average first: cosine {numbers.cosine(made.pooled_cosine)}. "
        f"Match first: MaxSim {alignment.score:.2f} of at most {len(alignment.cosines)}."
    )
    return sentence, str(word_to_word.report(made, alignment))
