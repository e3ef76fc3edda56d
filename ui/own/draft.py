"""What a visitor has given, and the corpus that it would make with these columns."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from searchcore.corpora import Columns, Table, corpus_from_table, read_archive, read_table
from searchcore.errors import CorpusError
from searchcore.types import Corpus

# What keeps a cell and a document costs about as much as so many characters more.
CELL, DOCUMENT = 8, 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A file's name and the corpus that it makes; `problem` says why it makes none.

    `token` tells it from what was given before. A table can be read in other columns; an archive is a whole corpus and
    has neither `table` nor `columns`.
    """

    name: str
    corpus: Corpus | None
    table: Table | None = None
    columns: Columns | None = None
    problem: str = ""
    token: str = field(default_factory=lambda: secrets.token_hex(4))

    def with_columns(self, columns: Columns) -> Draft:
        """The same table, read in other columns. Raises InvalidInput for columns that it does not have."""
        assert self.table is not None
        try:
            return replace(self, columns=columns, corpus=corpus_from_table(self.table, columns), problem="")
        except CorpusError as error:
            return replace(self, columns=columns, corpus=None, problem=str(error))

    @property
    def size(self) -> int:
        """About how many characters it keeps in memory."""
        cells = sum(len(cell) + CELL for row in self.table.rows for cell in row) if self.table else 0
        return cells + (size_of(self.corpus) if self.corpus else 0)


def size_of(corpus: Corpus) -> int:
    """About how many characters a corpus keeps in memory."""
    return sum(len(each.text) + len(each.title) + DOCUMENT for each in corpus.documents)


def drafted(name: str, data: bytes) -> Draft:
    """What the file holds, with the columns guessed. Raises CorpusError where it holds nothing that can be used."""
    if PurePath(name).suffix.casefold() == ".zip":
        return Draft(name, read_archive(name, data))
    table = read_table(name, data)
    return Draft(name, None, table).with_columns(Columns.guessed(table))
