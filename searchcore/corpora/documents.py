"""The documents of a corpus."""

from __future__ import annotations

from searchcore.corpora.lines import SAME_ID, Source, memory_of, metadata_of, records, text_of
from searchcore.corpora.notes import Kind
from searchcore.errors import CorpusError
from searchcore.types import Document

MAX_DOCUMENTS = 200_000
MAX_HELD_BYTES = 500_000_000

NO_TEXT = Kind("has no text and no title", "have no text and no title")
NOT_TEXT = Kind('has a "text" or "title" that is not a text', 'have a "text" or "title" that is not a text')


def read_documents(source: Source) -> dict[str, Document]:
    """The documents by id, in order. Raises CorpusError where there is none, or where there are too many to hold."""
    documents: dict[str, Document] = {}
    held = 0
    for line, doc_id, record in records(source):
        title, text = text_of(record, "title"), text_of(record, "text")
        if title is None or text is None:
            source.note(line, NOT_TEXT)
        elif not (title or text):
            source.note(line, NO_TEXT)
        elif doc_id in documents:
            source.note(line, SAME_ID, doc_id)
        else:
            documents[doc_id] = Document(doc_id, text, title, metadata_of(record, source, line))
            held += memory_of(doc_id, text, title, documents[doc_id].metadata)
            if len(documents) > MAX_DOCUMENTS:
                raise CorpusError(f"{source.label}, line {line}: more than {MAX_DOCUMENTS:,} documents.")
            if held > MAX_HELD_BYTES:
                raise CorpusError(
                    f"{source.label}, line {line}: the documents up to here take more than "
                    f"{MAX_HELD_BYTES:,} bytes of memory."
                )
    if not documents:
        left_out = source.notes.left_out(source.label).removeprefix(f"{source.label}: ")
        raise CorpusError(f"{source.label}: there is no document in it{f' to use; {left_out}' if left_out else '.'}")
    return documents
