"""What the columns of a table are: whether its first row names them, and which hold texts and titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

TITLES = ["title", "name", "heading", "headline", "subject", "titel", "titre"]
TEXTS = (
    *("text", "passage", "body", "content", "abstract", "overview", "description", "summary", "plot", "document"),
    *("sentence", "answer", "comment", "review", "message", "question", "lyrics"),
)
NAMES = frozenset((*TITLES, *TEXTS, "id", "_id"))
LONGEST_NAME = 40
# Dates and times too. Not what Python takes for a number: "Infinity" and "nan" are words.
NUMBER = re.compile(r"[-+\d.,:/\s]*\d[-\d.,:/\s]*([eE][+-]?\d+)?%?")

Rows = Sequence[Sequence[str]]


def are_names(first: Sequence[str], others: Rows) -> bool:
    """Whether a first row names the columns: short, different words, and much shorter than the texts below them.

    Where there is one column, a known name, or the only cell that is no number. Where it is hard to tell it is a row
    like the others: that costs no document.
    """
    given = [cell.casefold() for cell in first if cell]
    if not given or not others or len(set(given)) < len(given) or any(is_number(cell) for cell in given):
        return False
    if any(cell in NAMES for cell in given):
        return True
    if max(map(len, given)) >= LONGEST_NAME:
        return False
    if len(others) > 1 and any(cell and _numbers_alone(others, place) for place, cell in enumerate(first)):
        return True
    lengths = [[len(row[place]) for row in others] for place in range(len(first))]
    longest = max(range(len(first)), key=lambda place: sum(lengths[place]))
    name = first[longest]
    return len(first) > 1 and all(first) and 2 * len(name) < median(lengths[longest]) and name[-1] not in ".!?"


def text_column(columns: Sequence[str], rows: Rows) -> int | None:
    """The column that most likely holds the texts, from 0; None where every column holds numbers alone."""
    texts = [place for place in range(len(columns)) if not _numbers_alone(rows, place)]
    for name in TEXTS:
        for place in texts:
            if columns[place].casefold() == name:
                return place
    return max(texts, key=lambda place: (sum(len(row[place]) for row in rows), -place), default=None)


def title_column(columns: Sequence[str], text: int | None) -> int | None:
    """The column that is named like a title, if there is one beside the texts'."""
    for name in TITLES:
        for place, column in enumerate(columns):
            if column.casefold() == name and place != text:
                return place
    return None


def is_number(text: str) -> bool:
    """Whether a cell holds a number, with a point or a comma, or a date or time in digits."""
    return len(text) < LONGEST_NAME and NUMBER.fullmatch(text) is not None


def _numbers_alone(rows: Rows, place: int) -> bool:
    return all(not row[place] or is_number(row[place]) for row in rows) and any(row[place] for row in rows)
