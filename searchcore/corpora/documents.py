"""The documents of a corpus."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from searchcore.corpora.lines import SAME_ID, Source, memory_of, metadata_of, records, text_of
from searchcore.corpora.notes import Kind
from searchcore.corpora.on_disk import DocumentsOnDisk
from searchcore.errors import CorpusError
from searchcore.types import Document

MAX_DOCUMENTS = 200_000
MAX_HELD_BYTES = 500_000_000
# Of those whose texts stay on the disk; their ids are in memory.
MOST_ON_DISK = 2_000_000

NO_TEXT = Kind("has no text and no title", "have no text and no title")
NOT_TEXT = Kind('has a "text" or "title" that is not a text', 'have a "text" or "title" that is not a text')


def read_documents(source: Source, *, on_disk: bool = False) -> tuple[dict[str, str], Sequence[Document]]:
    """Each id by itself, and the documents in order; `on_disk` they are read from there, and may be more.

    Raises CorpusError where there is none, or where there are too many to hold.
    """
    ids: dict[str, str] = {}
    found = _documents(source, ids, MOST_ON_DISK if on_disk else MAX_DOCUMENTS, math.inf if on_disk else MAX_HELD_BYTES)
    documents = DocumentsOnDisk(found) if on_disk else tuple(found)
    if not documents:
        left_out = source.notes.left_out(source.label).removeprefix(f"{source.label}: ")
        raise CorpusError(f"{source.label}: there is no document in it{f' to use; {left_out}' if left_out else '.'}")
    return ids, documents


def _documents(source: Source, ids: dict[str, str], most: int, most_held: float) -> Iterator[Document]:
    """The documents in order, whose ids are put into `ids`."""
    held = 0
    for line, doc_id, record in records(source):
        title, text = text_of(record, "title"), text_of(record, "text")
        if title is None or text is None:
            source.note(line, NOT_TEXT)
        elif not (title or text):
            source.note(line, NO_TEXT)
        elif doc_id in ids:
            source.note(line, SAME_ID, doc_id)
        else:
            ids[doc_id] = doc_id
            document = Document(doc_id, text, title, metadata_of(record, source, line))
            held += memory_of(doc_id, text, title, document.metadata)
            if len(ids) > most:
                raise CorpusError(f"{source.label}, line {line}: more than {most:,} documents.")
            if held > most_held:
                raise CorpusError(
                    f"{source.label}, line {line}: the documents up to here take more than "
                    f"{MAX_HELD_BYTES:,} bytes of memory."
                )
            yield document
