"""Read one large JSON object entry by entry, so that the whole of it never stands in memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO, Any

import ijson

from searchcore.errors import CorpusError

MAX_ENTRY_CHARACTERS = 4_000_000
MAX_DEPTH = 1_000
CHUNK_CHARACTERS = 1 << 16  # no less than the longest escape, a surrogate pair

_STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
_ESCAPE = re.compile(
    r"""\\ (?:
      (?P<whole> [^u] | u[dD][89abAB]HH \\u[dD][c-fC-F]HH )
    | (?P<cut> (?: uH{0,3} | u[dD][89abAB]HH (?: \\ (?:uH{0,3})? )? )? \Z )  # by the end of the piece
    | (?P<half> u[dD][89a-fA-F]HH )  # of a surrogate pair
    )""".replace("H", "[0-9a-fA-F]"),
    re.VERBOSE,
)


def json_entries(file: IO[bytes], label: str) -> Iterator[tuple[str, Any]]:
    """Key and value of each entry of a file that is one JSON object; no more than an entry is in memory.

    Raises CorpusError for a file that is anything else, or has an entry that is absurdly long or deep.
    Half of a surrogate pair, which JSON can spell, is read as U+FFFD.
    """
    text = _Text(file, label)
    events = _events(text)
    if next(events, None) != ("start_map", None):
        raise text.broken()
    text.next_entry()
    for event, key in events:
        if event == "map_key":  # the other one is the end of the object
            value = _value(events, text)
            text.next_entry()
            yield key, value


def _events(text: _Text) -> Iterator[tuple[str, Any]]:
    """What ijson finds, one after the other."""
    try:
        # Its kvitems would keep the path to every level, and need memory that grows with the square of the depth.
        # Without use_float its parser in C crashes on a whole number of more than 4,300 digits.
        yield from ijson.basic_parse(text, buf_size=CHUNK_CHARACTERS, use_float=True)
    except (ijson.JSONError, ValueError):  # a ValueError from its parser in Python, for an escape that is none
        raise text.broken() from None


def _value(events: Iterator[tuple[str, Any]], text: _Text) -> Any:
    """The value that begins with the next event, whole."""
    builder = ijson.ObjectBuilder()
    depth = deepest = 0
    for event, value in events:
        depth += _STEPS.get(event, 0)
        deepest = max(deepest, depth)
        if deepest <= MAX_DEPTH:
            builder.event(event, value)
        if depth == 0:
            break
    if deepest > MAX_DEPTH:
        raise text.refused(f"is nested more than {MAX_DEPTH:,} levels deep")
    return builder.value


class _Text:
    """A file as the parser is to read it, in pieces, and the number of the entry that is being read."""

    def __init__(self, file: IO[bytes], label: str) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._label = label
        self._entry = 0
        self._pending = 0
        self._cut = ""
        self._last = "\n"

    def read(self, size: int) -> bytes:
        """The next piece, in which no escape is cut in two."""
        if not size:  # with which ijson finds out that this gives bytes
            return b""
        try:
            piece = self._text.read(size)
        except UnicodeDecodeError:
            raise CorpusError(f"{self._label}: not UTF-8 text.") from None
        # All that was read since the last entry ended, give or take a piece.
        self._pending += len(piece)
        if self._pending > MAX_ENTRY_CHARACTERS:
            raise self.refused(f"is not valid JSON, or longer than {MAX_ENTRY_CHARACTERS:,} characters")
        if not piece:
            # A string without end behind the object is passed over by the parser in C; at a line end it is found out.
            piece, self._last = self._last, ""
        piece, self._cut = self._cut + piece, ""
        piece = _ESCAPE.sub(self._mended, piece)
        # Nothing at all would mean the end, but there is an escape to come.
        return self.read(size) if self._cut and not piece else piece.encode()

    def _mended(self, found: re.Match[str]) -> str:
        """An escape as it is, if it is whole. Of half of a pair the parsers make "?", another character or an error."""
        if found.lastgroup == "cut":
            self._cut = found[0]
            return ""
        return found[0] if found.lastgroup == "whole" else r"\ufffd"

    def next_entry(self) -> None:
        """What is read from here on belongs to the next entry."""
        self._entry += 1
        self._pending = 0

    def broken(self) -> CorpusError:
        """The error for a text that is not JSON, with the place as far as it is known."""
        if self._entry == 0:
            return CorpusError(f"{self._label}: expected one JSON object, keyed by film id.")
        return CorpusError(f"{self._label}: not valid JSON at or after entry {self._entry:,}.")

    def refused(self, reason: str) -> CorpusError:
        """The error for an entry that is too much."""
        return CorpusError(f"{self._label}: entry {max(self._entry, 1):,} {reason}.")
