"""Read one large JSON object entry by entry, so that the whole of it never stands in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import IO, Any

from searchcore.errors import CorpusError

MAX_ENTRY_CHARACTERS = 4_000_000
CHUNK_CHARACTERS = 1 << 18


def json_entries(file: IO[bytes], label: str) -> Iterator[tuple[str, Any]]:
    """Key and value of each entry of a file that is one JSON object; no more than an entry is in memory."""
    reader = _JsonReader(io.TextIOWrapper(file, encoding="utf-8-sig"), label)
    try:
        if reader.mark() != "{":
            raise CorpusError(f"{label}: expected one JSON object, keyed by film id.")
        if reader.mark(peek=True) == "}":
            return
        while True:
            key = reader.value()
            if not isinstance(key, str) or reader.mark() != ":":
                raise reader.broken()
            yield key, reader.value()
            mark = reader.mark()
            if mark == "}":
                break
            if mark != ",":
                raise reader.broken()
        if reader.mark():
            raise reader.broken()
    except UnicodeDecodeError:
        raise CorpusError(f"{label}: not UTF-8 text.") from None


class _JsonReader:
    """Marks and values of a JSON text, read in pieces."""

    def __init__(self, text: io.TextIOWrapper, label: str) -> None:
        self._text = text
        self._label = label
        self._buffer = ""
        self._at = 0
        self._values = 0
        self._decoder = json.JSONDecoder()

    def mark(self, *, peek: bool = False) -> str:
        """The next character that is not white space, or an empty text at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._buffer) or not self._more():
                break
        found = self._buffer[self._at : self._at + 1]
        self._at += 0 if peek else len(found)
        return found

    def value(self) -> Any:
        """The next JSON value, whole."""
        self.mark(peek=True)
        while True:
            value, end = self._decoded()
            # A number that ends with the buffer may go on behind it.
            if end is not None and end < len(self._buffer):
                break
            if not self._more():
                if end is None:
                    raise self.broken()
                break
        self._at = end
        self._values += 1
        return value

    def _decoded(self) -> tuple[Any, int | None]:
        """The value at this place and where it ends; None for the end where it is broken or not all there yet."""
        try:
            return self._decoder.raw_decode(self._buffer, self._at)
        except (ValueError, RecursionError):
            return None, None

    def broken(self) -> CorpusError:
        """The error for a text that is not JSON, with the place as far as it is known."""
        return CorpusError(f"{self._label}: not valid JSON at or after entry {self._values // 2 + 1:,}.")

    def _more(self) -> bool:
        """Read on; the piece doubles with what is pending, so that a long value is not tried too often."""
        pending = self._buffer[self._at :]
        if len(pending) > MAX_ENTRY_CHARACTERS:
            raise CorpusError(
                f"{self._label}: entry {self._values // 2 + 1:,} is not valid JSON, "
                f"or longer than {MAX_ENTRY_CHARACTERS:,} characters."
            )
        piece = self._text.read(max(CHUNK_CHARACTERS, len(pending)))
        if piece:
            self._buffer, self._at = pending + piece, 0
        return bool(piece)
