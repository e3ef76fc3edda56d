"""Rows of cells between commas, semicolons, tabs or bars, as programs and people write them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

DELIMITERS = ",;\t|"
# Controls, which no text has here: between the cells of a file of one column, and after the last line.
NONE, END = "\x1e", "\x1f"
LINES_IN_A_SAMPLE = 50
CHARACTERS_IN_A_SAMPLE = 200_000
LONGEST_CELL = 10_000_000
USUAL_SHARE = 0.5


class Delimited:
    """Iterates over number and cells of each row of `text`, blank ones included; numbers start at 1.

    `width` is how many cells the first rows have: most of them, or the very first. A quotation mark that is opened and
    never closed would take all that follows into one cell: such a row is read as it stands, and its number is in
    `unclosed`.
    """

    def __init__(self, text: str, delimiter: str | None = None) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))  # the library's own limit is 131,072
        self._text = text
        self._delimiter = delimiter or _delimiter(text)
        self.unclosed: list[int] = []
        self.width = _usual(_widths(text, self._delimiter))[0]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return _rows(self._text, self._delimiter, self.unclosed)


def _rows(text: str, delimiter: str, unclosed: list[int]) -> Iterator[tuple[int, list[str]]]:
    source = io.StringIO(text)
    reader = csv.reader(chain(source, [END]), delimiter=delimiter)
    number, begun = 1, 0
    while (row := next(reader)) != [END]:
        if row and row[-1].endswith(END):
            unclosed.append(number)
            source.seek(begun)
            line = source.readline()
            row = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE))
            reader = csv.reader(chain(source, [END]), delimiter=delimiter)
        yield number, row
        number, begun = number + 1, source.tell()


def _widths(text: str, delimiter: str) -> list[int]:
    """How many cells the first rows have, without empty ones at their ends; blank rows are passed over."""
    rows = [row for _, row in islice(_rows(text[:CHARACTERS_IN_A_SAMPLE], delimiter, []), LINES_IN_A_SAMPLE)]
    # Where the sample ends, a row may be broken off.
    cut = len(text) > CHARACTERS_IN_A_SAMPLE and 1 < len(rows) < LINES_IN_A_SAMPLE
    widths = [max((place for place, cell in enumerate(row, start=1) if cell.strip()), default=0) for row in rows]
    return [width for width in (widths[:-1] if cut else widths) if width]


def _usual(widths: list[int]) -> tuple[int, float]:
    """The usual width, at least that of the first row, and the share of rows that are as wide as each other."""
    if not widths:
        return 1, 0.0
    width, count = max(Counter(widths).items(), key=lambda each: each[::-1])
    return max(width, widths[0]), count / len(widths)


def _delimiter(text: str) -> str:
    """The one by which most rows have as many cells as each other; none where fewer than half of them do.

    The first row has it too: below a single name there is a single column, whatever stands in its sentences.
    """
    found = []
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter)
        width, share = _usual(widths)
        if widths and widths[0] > 1 and share >= USUAL_SHARE:
            found.append((share, width, delimiter))
    return max(found, key=lambda each: each[:2], default=(0.0, 1, NONE))[2]
