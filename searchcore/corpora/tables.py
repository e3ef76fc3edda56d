"""Read a table of texts from a file as people have them: lines, CSV, TSV, JSON Lines or a spreadsheet.

Nothing touches the disk. What can't be read costs a row, not the table, and is said in `Table.notes`.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from searchcore.errors import CorpusError, quoted

MAX_UPLOAD_BYTES = 5_000_000
MAX_UNPACKED_BYTES = 50_000_000
MAX_COLUMNS = 256
# Rows beyond what any corpus takes, so that one can say how many there were.
MAX_ROWS = 200_000
MAX_CELL_CHARACTERS = 1_000_000
DELIMITERS = ",;\t|"
LINES_IN_A_SAMPLE = 50
CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f\v\x1a\x1b")


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
    if not table.rows:
        raise CorpusError(f"{shown_name(name)}: there is no row of texts in it.")
    return table


def shown_name(name: str) -> str:
    """A file's name as it may stand in a sentence, without its folders."""
    return quoted(name.replace("\\", "/").rsplit("/", 1)[-1])[1:-1] or "The file"


def decoded(name: str, data: bytes) -> tuple[str, list[str]]:
    """The text of a file and what there is to say of its encoding. Raises CorpusError for what is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _text(name, data.decode(encoding, "replace")), []
    if (wide := _wide(data)) is not None:
        return _text(name, data.decode(wide, "replace")), []
    try:
        return _text(name, data.decode("utf-8")), []
    except UnicodeDecodeError:
        # Windows-1252 is what such files are in most often; Latin-1 is a part of it.
        text = _text(name, data.decode("cp1252", "replace"))
        return text, [f"{shown_name(name)} is not UTF-8; it was read as Windows-1252 (Latin-1)."]


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of a Latin text is 0."""
    head = data[:2_000]
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if len(zeros) > 1 and zeros.count(0) > 0.8 * len(zeros):
            return encoding
    return None


def _text(name: str, text: str) -> str:
    if any(character in CONTROLS for character in text[:100_000]):
        raise CorpusError(f"{shown_name(name)} is not a text file, whatever its name says.")
    return text


def _lines(name: str, data: bytes) -> Table:
    text, notes = decoded(name, data)
    kept = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    return _table(("text",), [(number, [line]) for number, line in kept], notes)


def _delimited(name: str, data: bytes) -> Table:
    import pandas as pd

    text, notes = decoded(name, data)
    too_long = 0

    def left_out(row: list[str]) -> None:
        nonlocal too_long
        too_long += 1

    sample = "\n".join(text.splitlines()[:LINES_IN_A_SAMPLE])
    # The first row may be shorter than others are: names for as many columns as any row of the sample has.
    delimiter = "\t" if name.casefold().endswith(".tsv") else _delimiter(sample)
    width = max((len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter)), default=1)
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=None,
            names=list(range(min(width, MAX_ROWS))),
            index_col=False,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            engine="python",
            on_bad_lines=left_out,
            nrows=MAX_ROWS,
        )
    except (ValueError, csv.Error) as error:
        raise CorpusError(f"{shown_name(name)} can't be read as a table: {quoted(str(error), 120)[1:-1]}.") from error
    if too_long:
        notes.append(
            f"{shown_name(name)}: {too_long:,} rows were left out, since they have more cells than there are columns."
        )
    return _with_names(frame.fillna("").itertuples(index=False, name=None), notes)


def _delimiter(sample: str) -> str:
    try:
        return csv.Sniffer().sniff(sample, DELIMITERS).delimiter
    except csv.Error:  # one column has none
        return ","


def _json_lines(name: str, data: bytes) -> Table:
    text, notes = decoded(name, data)
    records: list[tuple[int, dict[str, Any]]] = []
    bad: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            records.append((number, record))
        else:
            bad.append(number)
    if bad:
        notes.append(f"{shown_name(name)}: {_rows(bad)} left out, since a line must be a JSON object.")
    columns = list(dict.fromkeys(key for _, record in records for key in record))
    rows = [(number, [record.get(column) for column in columns]) for number, record in records]
    return _table(columns, rows, notes)


def _spreadsheet(name: str, data: bytes) -> Table:
    import pandas as pd

    check_archive(name, data)
    try:
        with pd.ExcelFile(io.BytesIO(data), engine="calamine") as book:
            sheets = list(book.sheet_names)
            frame = book.parse(sheets[0], header=None, dtype=object, keep_default_na=False, nrows=MAX_ROWS)
    except Exception as error:  # the library raises errors of many kinds for a damaged file
        raise CorpusError(f"{shown_name(name)} can't be read as a spreadsheet; it may be damaged.") from error
    more = [f"Only the first sheet, {quoted(str(sheets[0]))}, of {len(sheets)} was read."] if len(sheets) > 1 else []
    return _with_names(frame.itertuples(index=False, name=None), more)


READERS: dict[str, Callable[[str, bytes], Table]] = {
    ".txt": _lines,
    ".csv": _delimited,
    ".tsv": _delimited,
    ".jsonl": _json_lines,
    ".xlsx": _spreadsheet,
}


def check_archive(name: str, data: bytes) -> zipfile.ZipFile:
    """The archive in `data`. Raises CorpusError where it is none, or unpacks to more than 50 MB.

    A member gives no more than its directory entry says: the library stops there.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise CorpusError(f"{shown_name(name)} is not a zip archive, or it is damaged.") from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise CorpusError(
            f"{shown_name(name)} unpacks to {unpacked:,} bytes, and at most {MAX_UNPACKED_BYTES:,} are read."
        )
    return archive


def _with_names(rows: Iterable[Sequence[Any]], notes: Sequence[str]) -> Table:
    """The table of these rows, whose first one may hold the columns' names."""
    cells = [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, start=1)]
    cells = [(number, row) for number, row in cells if any(row)]
    if cells and _are_names(cells[0][1], [row for _, row in cells[1 : LINES_IN_A_SAMPLE + 1]]):
        return _table(cells[0][1], cells[1:], notes)
    width = len(cells[0][1]) if cells else 0
    return _table([f"column {place}" for place in range(1, width + 1)], cells, notes)


def _are_names(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names the columns: short, different words, and where there is one column, a known name."""
    given = [cell.casefold() for cell in first if cell]
    if not given or not others or len(set(given)) < len(given) or any(_is_number(cell) for cell in given):
        return False
    if any(cell in NAMES for cell in given):
        return True
    longest = max(len(cell) for row in others for cell in row)
    return len(first) > 1 and all(first) and max(map(len, given)) < min(40, longest)


TITLES = ["title", "name", "heading", "headline", "subject", "titel", "titre"]
TEXTS = (
    *("text", "passage", "body", "content", "abstract", "overview", "description", "summary", "plot", "document"),
    *("sentence", "answer", "comment", "review", "message", "question", "lyrics"),
)
NAMES = frozenset((*TITLES, *TEXTS, "id", "_id"))


def guess_text(table: Table) -> int | None:
    """The column that most likely holds the texts, from 0; None where every column holds numbers alone."""
    for name in TEXTS:
        for place, column in enumerate(table.columns):
            if column.casefold() == name and not _all_numbers(table, place):
                return place
    lengths = {
        place: sum(len(row[place]) for row in table.rows)
        for place in range(len(table.columns))
        if not _all_numbers(table, place)
    }
    return max(lengths, key=lambda place: (lengths[place], -place)) if lengths else None


def guess_title(table: Table, text: int | None) -> int | None:
    """The column that is named like a title, if there is one beside the texts'."""
    for name in TITLES:
        for place, column in enumerate(table.columns):
            if column.casefold() == name and place != text:
                return place
    return None


def _all_numbers(table: Table, place: int) -> bool:
    return all(not row[place] or _is_number(row[place]) for row in table.rows)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _table(columns: Sequence[str], rows: Sequence[tuple[int, Sequence[Any]]], notes: Sequence[str]) -> Table:
    width = min(len(columns), MAX_COLUMNS)
    said = list(notes)
    if len(columns) > width:
        said.append(f"Only the first {MAX_COLUMNS} of {len(columns):,} columns were read.")
    names = tuple(quoted(str(column))[1:-1] or f"column {place}" for place, column in enumerate(columns[:width], 1))
    texts = tuple(tuple(_cell(value) for value in row[:width]) for _, row in rows)
    return Table(names, texts, tuple(number for number, _ in rows), tuple(said))


def _cell(value: Any) -> str:
    """A cell as text: whole numbers without a point, nothing for what is missing, half of a pair replaced."""
    if value is None or value != value:  # NaN is not itself  # noqa: PLR0124
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str).strip('"')
    return text[:MAX_CELL_CHARACTERS].encode("utf-8", "replace").decode("utf-8").strip()


def _rows(numbers: Sequence[int]) -> str:
    """ "line 3 was", "lines 3, 5 and 20 more were": few of them by number."""
    if len(numbers) == 1:
        return f"line {numbers[0]:,} was"
    first = ", ".join(f"{number:,}" for number in numbers[:5])
    more = f" and {len(numbers) - 5:,} more" if len(numbers) > 5 else ""  # noqa: PLR2004
    return f"lines {first}{more} were"
