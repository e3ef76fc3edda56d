"""The judgements of a corpus: one file a split, each line a query, a document and a grade."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from searchcore.corpora.files import JUDGEMENTS, SPLIT_ENDING, FileError, Files, found, is_split, plain_name
from searchcore.corpora.lines import Source, lines
from searchcore.corpora.notes import Kind, Notes
from searchcore.corpora.queries import Queries
from searchcore.errors import printable

MAX_GRADE = 100
MAX_JUDGEMENTS = 1_000_000
MAX_SPLITS = 10
FIRST_SPLITS = ("test", "dev", "train")
QRELS_HEADER = ["query-id", "corpus-id", "score"]
# A query, a document and a grade; TREC has an iteration in second place, which nothing uses.
ROW_CELLS = (3, 4)

Qrels = dict[str, dict[str, int]]

NO_ROW = Kind("is not a query, a document and a grade", "are not a query, a document and a grade")
NO_QUERY = Kind("names a query that is not there", "name queries that are not there")
NO_DOCUMENT = Kind("names a document that is not there", "name documents that are not there")
NO_GRADE = Kind("has a grade that is not a number", "have grades that are not numbers")
TOO_HIGH = Kind(f"has a grade above {MAX_GRADE}", f"have grades above {MAX_GRADE}")
NEGATIVE = Kind("has a grade below 0, read as 0", "have grades below 0, read as 0", kept=True)
FRACTION = Kind("has a fractional grade, rounded down", "have fractional grades, rounded down", kept=True)
AGAIN = Kind(
    "gives a judged document another grade, the higher one counts",
    "give judged documents another grade, the higher one counts",
    kept=True,
)

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_splits(
    files: Files, corpus: str, doc_ids: Mapping[str, str], queries: Queries, notes: Notes
) -> dict[str, Qrels]:
    """Grades by split, query and document: test first, then dev and train, then others by name. None is empty.

    A file that can't be read to its end is left out whole, since half of the judgements would measure something else.
    """
    splits: dict[str, Qrels] = {}
    for split in _names(files, corpus, notes):
        name = found(files, f"{JUDGEMENTS}/{split}{SPLIT_ENDING}")
        assert name is not None
        source = Source(files, name, printable(f"{corpus}/{name}"), notes)
        try:
            room = MAX_JUDGEMENTS - sum(len(grades) for qrels in splits.values() for grades in qrels.values())
            qrels = read_qrels(source, doc_ids, queries, room)
        except FileError as error:
            notes.say(f"{str(error).rstrip('.')}; its judgements were left out.")
            continue
        if qrels:
            splits[split] = qrels
    return splits


def _names(files: Files, corpus: str, notes: Notes) -> list[str]:
    splits = {plain_name(name)[len(JUDGEMENTS) + 1 : -len(SPLIT_ENDING)] for name in files if is_split(name)}
    usable = sorted(split for split in splits if split and "/" not in split and printable(split) == split)
    ordered = [split for split in FIRST_SPLITS if split in usable]
    ordered += [split for split in usable if split not in FIRST_SPLITS]
    if len(ordered) < len(splits) or len(ordered) > MAX_SPLITS:
        left_out = len(splits) - len(ordered[:MAX_SPLITS])
        notes.say(f"{corpus}/{JUDGEMENTS}: {left_out:,} of its files were left out, beyond the first {MAX_SPLITS}.")
    return ordered[:MAX_SPLITS]


def read_qrels(source: Source, doc_ids: Mapping[str, str], queries: Queries, most: int = MAX_JUDGEMENTS) -> Qrels:
    """Grades by query and document, of rows that name both; queries in the order of their first row.

    Cells are between tabs, or between spaces where a line has no tab; TREC's second of four is passed over. A first
    row without a number at its end is a header. A line that begins with # is a remark, unless it names a query.
    Raises FileError as `lines` does, and where there are more than `most` judgements.
    """
    qrels: Qrels = {}
    count = 0
    begun = False
    for line, text in lines(source):
        cells = [cell.strip() for cell in text.split("\t")] if "\t" in text else text.split()
        query_id = queries.id_of(cells[0])
        if query_id is None and text.startswith("#"):
            continue
        first, begun = not begun, True
        if first and query_id is None and not _NUMBER.fullmatch(cells[-1]):
            continue
        doc_id = cells[-2] if len(cells) in ROW_CELLS else ""
        if (kind := _trouble(cells, query_id, doc_id in doc_ids)) or query_id is None:
            source.note(line, *(kind or (NO_QUERY,)))
            continue
        grade = _grade(cells[-1], source, line)
        doc_id = doc_ids[doc_id]  # the same text in memory, however often it is judged
        judged = qrels.setdefault(query_id, {})
        if judged.setdefault(doc_id, grade) != grade:
            source.note(line, AGAIN, doc_id)
            judged[doc_id] = max(judged[doc_id], grade)
        count += 1
        if count > most:
            raise FileError(f"{source.label}, line {line}: more than {MAX_JUDGEMENTS:,} judgements in all.")
    return qrels


def _trouble(cells: list[str], query_id: str | None, known: bool) -> tuple[Kind, str] | tuple[Kind] | None:
    """Why a row can't be used, and the value that is to blame."""
    if len(cells) not in ROW_CELLS:
        return (NO_ROW,)
    if query_id is None:
        return NO_QUERY, cells[0]
    if not known:
        return NO_DOCUMENT, cells[-2]
    if not _NUMBER.fullmatch(cells[-1]):
        return NO_GRADE, cells[-1]
    return (TOO_HIGH, cells[-1]) if float(cells[-1]) > MAX_GRADE else None


def _grade(cell: str, source: Source, line: int) -> int:
    """The grade as a whole number from 0 to MAX_GRADE; what had to be changed is noted."""
    value = float(cell)
    if value < 0:
        source.note(line, NEGATIVE, cell)
    elif not value.is_integer():
        source.note(line, FRACTION, cell)
    return max(0, math.floor(value))
