"""The lines of a file, and the records of JSON Lines: what can't be used is noted and passed over."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from searchcore.corpora.files import FileError, Files, opened
from searchcore.corpora.notes import Kind, Notes
from searchcore.errors import CorpusError
from searchcore.text import visible

MAX_LINE_BYTES = 1_000_000
MAX_FILE_BYTES = 500_000_000
# Of a file whose texts are not held in memory.
MOST_BYTES = 20_000_000_000
MAX_LINES = 2_000_000

TOO_LONG = Kind(f"is longer than {MAX_LINE_BYTES:,} bytes", f"are longer than {MAX_LINE_BYTES:,} bytes")
NOT_UTF8 = Kind("is not UTF-8 text", "are not UTF-8 text")
NOT_JSON = Kind("is not valid JSON", "are not valid JSON")
NOT_OBJECT = Kind("is not a JSON object", "are not JSON objects")
HALF = Kind(
    "has half of a surrogate pair, which is no character", "have half of a surrogate pair, which is no character"
)
NO_ID = Kind('has no "_id" that is a text or a whole number', 'have no "_id" that is a text or a whole number')
SAME_ID = Kind("has the id of an earlier row", "have the ids of earlier rows")
NOT_METADATA = Kind(
    'has a "metadata" that is no JSON object, passed over',
    'have a "metadata" that is no JSON object, passed over',
    kept=True,
)

# Only an escape can spell half of a surrogate pair: the bytes themselves would be no UTF-8.
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a corpus: its name among `files`, the name by which it is told, and how long it may be, unpacked.

    None: MAX_FILE_BYTES.
    """

    files: Files
    name: str
    label: str
    notes: Notes
    most_bytes: int | None = None

    def note(self, line: int, kind: Kind, detail: object = None) -> None:
        """Note a row of this file."""
        self.notes.add(self.label, line, kind, detail)


def lines(source: Source) -> Iterator[tuple[int, str]]:
    """Number and text of every line that is not blank, without the white space around it.

    A line that is too long is passed over without being held in memory. Raises FileError where the file can't be read
    to its end, or has more bytes than the source may have, or MAX_LINES.
    """
    with opened(source.files, source.name, source.label) as file:
        number, read = 0, 0
        while raw := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            read += len(raw)
            if len(raw) > MAX_LINE_BYTES:
                read += _skip_line(file, raw)
                source.note(number, TOO_LONG)
            elif (line := _decoded(raw, number)) is None:
                source.note(number, NOT_UTF8)
            elif line := line.strip():
                yield number, line
            if read > (most := source.most_bytes or MAX_FILE_BYTES):
                raise FileError(f"{source.label}: longer than {most:,} bytes.")
            if number > MAX_LINES:
                raise FileError(f"{source.label}: more than {MAX_LINES:,} lines.")


def _skip_line(file: BinaryIO, raw: bytes) -> int:
    """Read on to the end of a line; returns how many bytes that were."""
    skipped = 0
    while skipped <= MAX_FILE_BYTES and raw and not raw.endswith(b"\n"):
        raw = file.readline(MAX_LINE_BYTES)
        skipped += len(raw)
    return skipped


def _decoded(raw: bytes, number: int) -> str | None:
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        return None


def records(source: Source) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Line, id and fields of each row of a JSON Lines file, ids that come again included. Raises as `lines` does."""
    for number, line in lines(source):
        try:
            record = json.loads(line)
            spelled = json.dumps(record, ensure_ascii=False) if _ESCAPED_HALF.search(line) else ""
        except (ValueError, RecursionError):
            source.note(number, NOT_JSON)
            continue
        if has_surrogate(spelled):
            source.note(number, HALF)
        elif not isinstance(record, dict):
            source.note(number, NOT_OBJECT)
        elif not (record_id := _id_of(record)):
            source.note(number, NO_ID)
        else:
            yield number, record_id, record


def _id_of(record: dict[str, Any]) -> str:
    value = record.get("_id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value.strip() if isinstance(value, str) else ""


def text_of(record: dict[str, Any], field: str) -> str | None:
    """A field's text; empty where there is nothing to see in it, and None where it is something else than a text.

    null and NaN, which stands for a missing value in tables, are empty.
    """
    value = record.get(field)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if not isinstance(value, str):
        return None
    stripped = value.strip()
    return stripped if visible(stripped) else ""


def metadata_of(record: dict[str, Any], source: Source, line: int) -> dict[str, Any]:
    """The metadata of a row that is kept; what is no JSON object is noted and passed over."""
    value = record.get("metadata")
    if value is not None and not isinstance(value, dict):
        source.note(line, NOT_METADATA)
    return value if isinstance(value, dict) else {}


def has_surrogate(text: str) -> bool:
    """Whether `text` holds half of a surrogate pair, which UTF-8 can't hold and no model can read."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def whole(text: str, place: str) -> str:
    """`text`, if it is made of whole characters. Raises CorpusError."""
    if has_surrogate(text):
        raise CorpusError(f"{place}: half of a surrogate pair, which is not a character.")
    return text


def memory_of(*values: Any) -> int:
    """The bytes that values read from JSON take in memory, those inside of them included."""
    size, left = 0, list(values)
    while left:
        value = left.pop()
        size += sys.getsizeof(value)
        if isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value
    return size
