"""The tab "Under the hood": tokens, vectors, pairs, and why."""

from __future__ import annotations

from searchcore.engine import Engine
from ui.hood.compare import PairSection, build_pair
from ui.hood.context import build_context, context_section
from ui.hood.matrix import build_matrix, matrix_section
from ui.hood.roles import build_roles, length_section, swap_section
from ui.hood.why import build_why, why_section
from ui.hood.word_to_word import build_word_to_word, word_to_word_section
from ui.runner import Section
from ui.state import CONTEXT, LENGTH, MATRIX, PAIR, SWAP, TOKENS, WHY
from ui.wiring import Wiring


def hood_sections() -> dict[str, Section]:
    """The sections of the tab, by what the state looks at."""
    return {
        PAIR: PairSection(),
        WHY: why_section(),
        TOKENS: word_to_word_section(),
        CONTEXT: context_section(),
        MATRIX: matrix_section(),
        SWAP: swap_section(),
        LENGTH: length_section(),
    }


def build_hood_tab(engine: Engine, wiring: Wiring) -> None:
    """Lay out the tab and say what starts its sections. Called inside a gr.Tab."""
    pair = build_pair(engine, wiring)
    build_why(engine, wiring, pair)
    build_word_to_word(engine, wiring, pair)
    build_context(engine, wiring)
    build_matrix(engine, wiring)
    build_roles(wiring)
