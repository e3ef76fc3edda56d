"""The tab "Under the hood": tokens, vectors, pairs, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from searchcore.engine import Engine
from ui.hood.compare import lay_out_pair, wire_pair
from ui.hood.context import build_context
from ui.hood.matrix import build_matrix
from ui.hood.roles import build_roles
from ui.hood.why import lay_out_why, wire_why
from ui.hood.word_to_word import lay_out_word_to_word, wire_word_to_word


@dataclass(frozen=True, slots=True)
class HoodTab:
    """The two boxes that other tabs fill, and how they start a comparison."""

    query: gr.Textbox
    document: gr.Textbox
    run: Callable[..., Iterator[Any]]
    inputs: list[Any]
    outputs: list[Any]


def build_hood_tab(engine: Engine) -> HoodTab:
    """Lay out the tab and wire it. Called inside a gr.Tab."""
    pair = lay_out_pair(engine)
    why, words = lay_out_why(), lay_out_word_to_word()
    run, inputs, outputs = wire_pair(engine, pair, stale=[why.report, words.report])
    wire_why(engine, why, pair.pair)
    wire_word_to_word(engine, words, pair.pair)
    build_context(engine)
    build_matrix(engine)
    build_roles(engine)
    return HoodTab(pair.query, pair.document, run, inputs, outputs)
