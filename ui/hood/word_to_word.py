"""Word to word: token vectors as a heat map, their means, and late interaction."""

from __future__ import annotations

from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import TokenSimilarity, token_similarity_steps
from searchcore.late_interaction import Alignment
from ui import hood_text
from ui.hood.parts import Steps, Work, html, lay_out_work, wire_work
from ui.render import numbers, word_to_word


def lay_out_word_to_word() -> Work:
    """The button and the place for the heat map."""
    with gr.Accordion("Word to word", open=False, elem_id="hood-tokens"):
        html("hood-tokens-about", Markup("<p>{}</p>").format(hood_text.TOKENS))
        return lay_out_work("hood-tokens", "Compare token by token", hood_text.TOKENS_INVITATION)


def wire_word_to_word(engine: Engine, work: Work, pair: list[Any]) -> None:
    """Compare the tokens of the two texts of `pair` (query, document, encoder, scorer) on a click."""

    def begin(query: str, document: str, encoder: str, _scorer: str) -> Steps[TokenSimilarity]:
        return token_similarity_steps(engine, query, document, encoder)

    wire_work(work, begin, _show, pair)


def best_matches(made: TokenSimilarity) -> Alignment:
    """For each query token its best document token; as `late_interaction.align`, from cosines already there."""
    matches = made.matrix.argmax(axis=1)
    best = made.matrix.max(axis=1)
    return Alignment(tuple(int(match) for match in matches), tuple(float(cosine) for cosine in best))


def _show(made: TokenSimilarity) -> tuple[str, str]:
    alignment = best_matches(made)
    sentence = (
        f"Average first: cosine {numbers.cosine(made.pooled_cosine)}. "
        f"Match first: MaxSim {alignment.score:.2f} of at most {len(alignment.cosines)}."
    )
    return sentence, str(word_to_word.report(made, alignment))
