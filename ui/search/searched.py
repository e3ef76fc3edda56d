"""What keyword search made of a query: the words that it looked for, and those that it left out."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from searchcore.types import Ranking
from ui.draw.numbers import shortened
from ui.draw.template import fill

MOST_WORDS = 20
WORD_CHARACTERS = 40


def searched(ranking: Ranking) -> Markup:
    """ "searched for: vitamin, d; left out: the"; nothing for a method that reads no words."""
    read = ranking.words
    if read is None or not read.searched_for:
        return Markup("")
    said = f"searched for: {_listed(read.searched_for)}"
    if read.left_out:
        said += f"; left out: {_listed(read.left_out)}"
    return fill('<p class="ss-how ss-searched">{}</p>', said)


def _listed(words: Sequence[str]) -> str:
    shown = ", ".join(shortened(word, WORD_CHARACTERS) for word in words[:MOST_WORDS])
    return shown if len(words) <= MOST_WORDS else f"{shown} and {len(words) - MOST_WORDS} more"
