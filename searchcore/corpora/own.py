"""A corpus of texts at hand: of a list, or of a table's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searchcore.corpora.lines import whole
from searchcore.corpora.notes import numbered
from searchcore.corpora.passages import cut
from searchcore.corpora.tables import Table, guess_text, guess_title
from searchcore.errors import CorpusError, InvalidInput, quoted
from searchcore.text import visible
from searchcore.types import Corpus, Document

OWN = "own"
TITLE = "Your own"
MAX_OWN_DOCUMENTS = 5_000
MAX_OWN_CHARACTERS = 20_000
# Each passage of a text repeats its title.
MAX_TITLE_CHARACTERS = 1_000


def corpus_from_texts(texts: Sequence[str], name: str = OWN, title: str = TITLE) -> Corpus:
    """A corpus of plain texts with ids "1", "2", ... It is not shared: nothing of it is kept on disk.

    Raises InvalidInput when `texts` is a single text, and CorpusError when there is none in it, an empty
    one, or one with half of a surrogate pair.
    """
    if isinstance(texts, str):
        raise InvalidInput(f"texts must be a list of texts, got {quoted(texts)}.")
    if not texts:
        raise CorpusError(f"{name}: there is no text in it.")
    for number, text in enumerate(texts, start=1):
        if not isinstance(text, str) or not visible(text):
            raise CorpusError(f"{name}: text {number} is empty or not a text.")
        whole(text, f"{name}: text {number}")
    documents = tuple(Document(str(number), text) for number, text in enumerate(texts, start=1))
    return Corpus(name=name, title=title, documents=documents)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table holds the texts and which the titles (None: there are none), and whether to cut."""

    text: int
    title: int | None = None
    passages: bool = False

    @classmethod
    def guessed(cls, table: Table) -> Columns:
        """What the table looks like. Raises CorpusError where every column holds numbers alone."""
        text = guess_text(table)
        if text is None:
            raise CorpusError("There is no column of texts: numbers alone can't be searched by meaning.")
        return cls(text, guess_title(table, text))


def corpus_from_table(table: Table, columns: Columns) -> Corpus:
    """The corpus of a table's rows, with ids "1", "2", ...; its notes say which rows are left out, and why.

    Passages of a long text have ids such as "7.2", and in their metadata the document they are from. Raises
    CorpusError where no row is left, and InvalidInput for columns that the table does not have.
    """
    for place in (columns.text, columns.title):
        if place is not None and not 0 <= place < len(table.columns):
            raise InvalidInput(f"column must be a number from 0 to {len(table.columns) - 1}, got {quoted(place)}.")
    noted: dict[str, list[int]] = {}

    def note(number: int, reason: str) -> None:
        noted.setdefault(reason, []).append(number)

    documents: list[Document] = []
    seen: set[tuple[str, str]] = set()
    for number, row in zip(table.numbers, table.rows, strict=True):
        title, text = _seen(row, columns.title), _seen(row, columns.text)
        if not (title or text):
            note(number, "left out as empty")
        elif (title, text) in seen:
            note(number, "left out, since the same texts are there already")
        elif len(documents) >= MAX_OWN_DOCUMENTS:
            note(number, f"left out, since a corpus of one's own has at most {MAX_OWN_DOCUMENTS:,} documents")
        else:
            seen.add((title, text))
            if len(title) > MAX_TITLE_CHARACTERS:
                note(number, f"title cut after {MAX_TITLE_CHARACTERS:,} characters")
            if len(text) > MAX_OWN_CHARACTERS and not columns.passages:
                note(number, f"cut after {MAX_OWN_CHARACTERS:,} characters; as passages all of it is read")
            documents += _documents(str(len(seen)), title[:MAX_TITLE_CHARACTERS], text, columns)
            if len(documents) > MAX_OWN_DOCUMENTS:
                note(number, f"passages beyond the first {MAX_OWN_DOCUMENTS:,} were left out")
    if not documents:
        raise CorpusError("There is no text in this column.")
    notes = (*table.notes, *(f"{numbered('Row', numbers)}: {reason}." for reason, numbers in noted.items()))
    return Corpus(name=OWN, title=TITLE, documents=tuple(documents[:MAX_OWN_DOCUMENTS]), notes=notes)


def _seen(row: Sequence[str], place: int | None) -> str:
    """A cell's text; empty where there is nothing to see in it, or no such column."""
    return row[place] if place is not None and visible(row[place]) else ""


def _documents(doc_id: str, title: str, text: str, columns: Columns) -> list[Document]:
    parts = cut(text) if columns.passages else []
    if len(parts) <= 1:
        return [Document(doc_id, text[:MAX_OWN_CHARACTERS], title)]
    return [
        Document(f"{doc_id}.{place}", part, title, {"document": doc_id, "part": place, "parts": len(parts)})
        for place, part in enumerate(parts, start=1)
    ]
