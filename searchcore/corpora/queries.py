"""The queries of a corpus: those with the same words become one."""

from __future__ import annotations

from dataclasses import dataclass, field

from searchcore.corpora.lines import SAME_ID, Source, memory_of, metadata_of, records, text_of
from searchcore.corpora.notes import Kind
from searchcore.text import same_words
from searchcore.types import Query

MAX_QUERIES = 200_000
MAX_HELD_BYTES = 100_000_000

NO_TEXT = Kind("has no text", "have no text")
NOT_TEXT = Kind('has a "text" that is not a text', 'have a "text" that is not a text')
MERGED = Kind(
    "has the words of an earlier query and was merged with it, judgements too",
    "have the words of earlier queries and were merged with them, judgements too",
)
_BOUND = f"the first {MAX_QUERIES:,} queries or {MAX_HELD_BYTES:,} bytes of them"
BEYOND = Kind(f"comes after {_BOUND}", f"come after {_BOUND}")


@dataclass(slots=True)
class Queries:
    """The queries that stay, by id and in order; `merged` leads from the id of one that went to that of its first."""

    by_id: dict[str, Query] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)

    def id_of(self, query_id: str) -> str | None:
        """The id of the query that stands for `query_id`; None where there is no such query."""
        return query_id if query_id in self.by_id else self.merged.get(query_id)


def read_queries(source: Source) -> Queries:
    """The queries of a file. Raises FileError as `lines` does."""
    queries = Queries()
    by_words: dict[str, str] = {}
    count, held = 0, 0
    for line, query_id, record in records(source):
        text = text_of(record, "text")
        if text is None:
            source.note(line, NOT_TEXT)
        elif not text:
            source.note(line, NO_TEXT)
        elif queries.id_of(query_id) is not None:
            source.note(line, SAME_ID, query_id)
        elif (count := count + 1) > MAX_QUERIES or (held := held + memory_of(record)) > MAX_HELD_BYTES:
            source.note(line, BEYOND)
        elif (first := by_words.setdefault(same_words(text), query_id)) != query_id:
            queries.merged[query_id] = first
            source.note(line, MERGED, f"{query_id} into {first}")
        else:
            queries.by_id[query_id] = Query(query_id, text, metadata_of(record, source, line))
    return queries
