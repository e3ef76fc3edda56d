"""Read a table of texts from a file as people have them: lines, CSV, TSV, JSON Lines or a spreadsheet.

Nothing touches the disk. What can't be read costs a row, not the table, and is said in `Table.notes`.
"""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import PurePath
from typing import Any, TypeVar

from searchcore.corpora.columns import are_names, text_column, title_column
from searchcore.corpora.delimited import LINES_IN_A_SAMPLE, Delimited
from searchcore.corpora.notes import numbered
from searchcore.corpora.unpacked import shown_name
from searchcore.corpora.workbook import first_sheet
from searchcore.errors import CorpusError, quoted

MAX_UPLOAD_BYTES = 5_000_000
MAX_COLUMNS = 256
# Rows and cells beyond what any corpus takes, so that one can say how many there were.
MAX_ROWS = 200_000
MAX_CELLS = 2_000_000
CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")
# A file with more of them than one in so many characters is no text.
CHARACTERS_A_CONTROL = 100

T = TypeVar("T")
Rows = Iterable[tuple[int, Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts, all as long as `columns`, with the number that each row has in its file.

    `columns` holds the names where the file has a row of names, else "column 1", "column 2", ...
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    notes: tuple[str, ...] = ()


def read_table(name: str, data: bytes) -> Table:
    """The table in a file of that name. Raises CorpusError with a sentence for a file that holds none."""
    if len(data) > MAX_UPLOAD_BYTES:
        raise CorpusError(f"{shown_name(name)} has {len(data):,} bytes, and at most {MAX_UPLOAD_BYTES:,} are read.")
    kind = PurePath(name).suffix.casefold()
    if kind not in READERS:
        raise CorpusError(f"{shown_name(name)}: a file must end in {', '.join(READERS)} or .zip.")
    if not data.strip():
        raise CorpusError(f"{shown_name(name)} is empty.")
    table = READERS[kind](name, data)
    if not (table.columns and table.rows):
        raise CorpusError(f"{shown_name(name)}: there is no row of texts in it.")
    return table


def decoded(name: str, data: bytes) -> tuple[str, list[str]]:
    """The text of a file and what there is to say of its encoding; each line ends with a line feed.

    Raises CorpusError for what is no text.
    """
    text, notes = _decoded(name, data)
    controls = len(CONTROLS.findall(text))
    if controls * CHARACTERS_A_CONTROL > len(text):
        raise CorpusError(f"{shown_name(name)} is not a text file, whatever its name says.")
    if controls:
        were = "control character was" if controls == 1 else "control characters were"
        notes.append(f"{shown_name(name)}: {controls:,} {were} left out.")
        text = CONTROLS.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _decoded(name: str, data: bytes) -> tuple[str, list[str]]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace"), []
    if (wide := _wide(data)) is not None:
        return data.decode(wide, "replace"), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    if sum(character > "\x7f" for character in text) > 2 * bad:
        these = "character is" if bad == 1 else "characters are"
        return text, [f"{shown_name(name)}: {bad:,} {these} not UTF-8 and can't be read."]
    # Windows-1252 is what such files are in most often; Latin-1 is a part of it.
    return data.decode("cp1252", "replace"), [
        f"{shown_name(name)} is not UTF-8; it was read as Windows-1252 (Latin-1)."
    ]


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of a Latin text is 0, and of the others hardly any is."""
    head = data[:2_000]
    low, high = head[0::2], head[1::2]
    for encoding, zeros, letters in (("utf-16-le", high, low), ("utf-16-be", low, high)):
        if len(zeros) > 1 and zeros.count(0) > 0.8 * len(zeros) and letters.count(0) < 0.2 * len(letters):
            return encoding
    return None


def _lines(name: str, data: bytes) -> Table:
    text, notes = decoded(name, data)
    lines = _first(enumerate(io.StringIO(text), start=1), notes)
    return _table(["text"], ((number, [_cell(line)]) for number, line in lines if line.strip()), notes)


def _delimited(name: str, data: bytes) -> Table:
    text, notes = decoded(name, data)
    rows = Delimited(text, "\t" if name.casefold().endswith(".tsv") else None)
    wide: list[int] = []

    def fitting() -> Iterator[tuple[int, Sequence[str]]]:
        for number, row in _first(rows, notes):
            if rows.width < len(row) and rows.width <= MAX_COLUMNS and any(map(str.strip, row[rows.width :])):
                wide.append(number)
            else:
                yield number, row

    table = _with_names(fitting(), rows.width, notes)
    said = [f"{numbered('Row', wide)} {_were(wide)} left out: more cells than there are columns."] if wide else []
    if rows.unclosed:
        said.append(
            f"{numbered('Row', rows.unclosed)} {_were(rows.unclosed)} read as {_it(rows.unclosed)}: "
            "a quotation mark is opened there and never closed."
        )
    return Table(table.columns, table.rows, table.numbers, (*table.notes, *said))


def _json_lines(name: str, data: bytes) -> Table:
    text, notes = decoded(name, data)
    records: list[tuple[int, dict[str, Any]]] = []
    columns: dict[str, None] = {}
    bad: list[int] = []
    for number, line in _first(enumerate(io.StringIO(text), start=1), notes):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            records.append((number, record))
            columns |= dict.fromkeys(record)
        else:
            bad.append(number)
    if bad:
        notes.append(f"{numbered('Line', bad)} {_were(bad)} left out: not a JSON object.")
    names = list(columns)
    rows = ((number, [_cell(record.get(column)) for column in names[:MAX_COLUMNS]]) for number, record in records)
    return _table(names, rows, notes)


def _spreadsheet(name: str, data: bytes) -> Table:
    rows, notes = first_sheet(name, data)
    return _with_names(_first(enumerate(rows, start=1), notes), max(map(len, rows), default=0), notes)


READERS: dict[str, Callable[[str, bytes], Table]] = {
    ".txt": _lines,
    ".csv": _delimited,
    ".tsv": _delimited,
    ".jsonl": _json_lines,
    ".xlsx": _spreadsheet,
}


def _first(rows: Iterable[tuple[int, T]], notes: list[str]) -> Iterator[tuple[int, T]]:
    """The first rows, blank ones included; a note says so where there are more."""
    each = iter(rows)
    yield from islice(each, MAX_ROWS)
    if next(each, None) is not None:
        notes.append(f"Only the first {MAX_ROWS:,} rows were read.")


def _with_names(rows: Rows, width: int, notes: Sequence[str]) -> Table:
    """The table of these rows, whose first one may hold the columns' names; blank ones are passed over."""
    most = min(width, MAX_COLUMNS)
    cells = ((number, [_cell(value) for value in row[:most]]) for number, row in rows)
    padded = ((number, row + [""] * (most - len(row))) for number, row in cells if any(row))
    head = list(islice(padded, LINES_IN_A_SAMPLE + 1))
    names = [f"column {place}" for place in range(1, width + 1)]
    if head and are_names(head[0][1], [row for _, row in head[1:]]):
        names[:most] = head.pop(0)[1]
    return _table(names, chain(head, padded), notes)


def _table(columns: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], notes: Sequence[str]) -> Table:
    """Of a table that is larger than any corpus the first columns and rows."""
    width = min(len(columns), MAX_COLUMNS)
    names = tuple(quoted(str(column))[1:-1] or f"column {place}" for place, column in enumerate(columns[:width], 1))
    each = iter(rows)
    kept = list(islice(each, MAX_CELLS // max(width, 1)))
    texts = tuple(tuple(row) for _, row in kept)
    more = next(each, None) is not None  # where all were read, `notes` are complete now
    said = list(notes)
    if more:
        said.append(f"Only the first {len(kept):,} rows were read.")
    if len(columns) > width:
        said.append(f"Only the first {MAX_COLUMNS} of {len(columns):,} columns were read.")
    return Table(names, texts, tuple(number for number, _ in kept), tuple(said))


def _cell(value: Any) -> str:
    """A cell as text: whole numbers without a point, nothing for what is missing, half of a pair replaced."""
    if value is None or value != value:  # NaN is not itself  # noqa: PLR0124
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is int:
        return str(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str).strip('"')
    except RecursionError:  # nested so deeply that it could just be read
        return ""
    return CONTROLS.sub("", text).encode("utf-8", "replace").decode("utf-8").strip()


def guess_text(table: Table) -> int | None:
    """The column that most likely holds the texts, from 0; None where every column holds numbers alone."""
    return text_column(table.columns, table.rows)


def guess_title(table: Table, text: int | None) -> int | None:
    """The column that is named like a title, if there is one beside the texts'."""
    return title_column(table.columns, text)


def _were(numbers: Sequence[int]) -> str:
    return "was" if len(numbers) == 1 else "were"


def _it(numbers: Sequence[int]) -> str:
    return "it stands" if len(numbers) == 1 else "they stand"
