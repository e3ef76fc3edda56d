"""The first sheet of a workbook (.xlsx), by pandas and calamine, once it is known to be harmless.

The library holds a sheet as a full rectangle, and a shared text once for each cell that names it: a file of a few
kilobytes can ask for more memory than there is, and then the process ends. So what it is given is measured first.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any
from xml.parsers import expat

from searchcore.corpora.unpacked import MAX_UNPACKED_BYTES, METHODS, UNREADABLE, check_archive, shown_name
from searchcore.errors import CorpusError, quoted

# Rows times columns, from the first cell of the sheet to the last one that holds something.
MAX_RECTANGLE = 4_000_000
READ = (".xml", ".rels")
PLACE = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")


def first_sheet(name: str, data: bytes) -> tuple[Sequence[Sequence[Any]], list[str]]:
    """The rows of the first sheet, from its row 1, and what there is to say. Raises CorpusError."""
    import pandas as pd

    if not zipfile.is_zipfile(io.BytesIO(data)):  # one with a password is none
        raise _damaged(name)
    plain = _measured(name, check_archive(name, data))
    try:
        with pd.ExcelFile(io.BytesIO(plain), engine="calamine") as book:
            sheets = list(book.sheet_names)
            frame = pd.read_excel(book, sheets[0], header=None, dtype=object, keep_default_na=False)
    except Exception as error:  # the library raises errors of many kinds for a damaged file
        raise _damaged(name) from error
    more = [f"Only the first sheet, {quoted(str(sheets[0]))}, of {len(sheets)} was read."] if len(sheets) > 1 else []
    return list(frame.itertuples(index=False, name=None)), more


def _damaged(name: str) -> CorpusError:
    return CorpusError(f"{shown_name(name)} can't be read as a spreadsheet; it may be damaged, or have a password.")


def _measured(name: str, archive: zipfile.ZipFile) -> bytes:
    """The workbook packed anew with what was measured alone, so that no other reader can see another file in it."""
    out = io.BytesIO()
    strings: list[int] = []
    sheets: list[_Member] = []
    try:
        with zipfile.ZipFile(out, "w") as plain:
            for member in {m.filename: m for m in archive.infolist() if m.filename.casefold().endswith(READ)}.values():
                if member.compress_type not in METHODS:
                    raise _damaged(name)
                content = archive.read(member)
                plain.writestr(member.filename, content)
                measured = _Member(content)
                strings += measured.strings
                sheets.append(measured)
    except (*UNREADABLE, zlib.error, expat.ExpatError) as error:
        raise _damaged(name) from error
    for sheet in sheets:
        if sheet.rows * sheet.columns > MAX_RECTANGLE:
            raise CorpusError(
                f"{shown_name(name)} has a sheet of {sheet.rows:,} rows and {sheet.columns:,} columns, and at most "
                f"{MAX_RECTANGLE:,} cells are read; please delete what stands far away from the rest."
            )
        characters = sum(strings[i] * count for i, count in sheet.named.items() if i < len(strings))
        if characters > MAX_UNPACKED_BYTES:
            raise CorpusError(
                f"{shown_name(name)} has a sheet of {characters:,} characters, and at most {MAX_UNPACKED_BYTES:,} "
                "are read."
            )
    return out.getvalue()


class _Member:
    """What a member of a workbook asks for: how far its cells reach, and how often they name which shared text.

    `strings` holds the lengths of the shared texts that stand in it. Raises ExpatError for what is no plain XML.
    """

    def __init__(self, xml: bytes) -> None:
        self.rows = self.columns = 0
        self.named: Counter[int] = Counter()
        self.strings: list[int] = []
        self._row = self._column = 0
        self._place: tuple[int, int] | None = None
        self._shared = self._in_string = False
        self._text = ""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(xml, True)

    def _refuse(self, *_: object) -> None:
        raise expat.ExpatError("a workbook has no document type")

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self._row, self._column = _number(attributes.get("r", str(self._row + 1))), 0
        elif name == "c":
            self._place = self._placed(attributes.get("r"))
            self._shared = attributes.get("t") == "s"
        elif name == "si":
            self._in_string = True
            self.strings.append(0)
        elif self._place is not None:  # a cell with nothing in it is passed over
            self.rows, self.columns = max(self.rows, self._place[0]), max(self.columns, self._place[1])
            self._text = ""

    def _placed(self, place: str | None) -> tuple[int, int]:
        """Row and column of the cell that begins, from 1."""
        if place is not None:
            if (found := PLACE.fullmatch(place)) is None:
                raise expat.ExpatError("no place of a cell")
            self._row, self._column = int(found[2]), 0
            for letter in found[1].upper():
                self._column = self._column * 26 + ord(letter) - 64
        else:
            self._row, self._column = max(self._row, 1), self._column + 1
        return self._row, self._column

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "v" and self._shared and self._place is not None:
            self.named[_number(self._text.strip())] += 1
        elif name == "c":
            self._place = None
        elif name == "si":
            self._in_string = False

    def _characters(self, text: str) -> None:
        if self._in_string:
            self.strings[-1] += len(text)
        elif self._shared:
            self._text += text


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004
        raise expat.ExpatError("no number")
    return int(text)
