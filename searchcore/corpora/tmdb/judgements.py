"""RankSVM-style judgement files: `grade<TAB>qid:N<TAB> # docid<TAB>keywords` after lines `# qid:N: keywords*1`."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from searchcore.checks import MAX_QUERY_CHARACTERS
from searchcore.corpora.judgements import MAX_GRADE
from searchcore.errors import CorpusError, quoted

MAX_LINE_CHARACTERS = 10_000

_HEADER = re.compile(r"#\s*qid:(\S+?):\s*(.+)")
_JUDGEMENT = re.compile(r"(\S+)\s+qid:(\S+)\s+#\s*(\S+)(?:\s+(.+))?")


@dataclass(frozen=True, slots=True)
class Judgements:
    """Query texts by id, grades by (query id, document id), and the number of lines left out."""

    queries: dict[str, str]
    grades: dict[tuple[str, str], int]
    left_out: int


def read_judgements(file: IO[bytes], label: str, known: set[str]) -> Judgements:
    """Read a judgement file; judgements of documents that are not `known`, or judged before, are left out.

    Raises CorpusError naming the line that can't be read.
    """
    queries: dict[str, str] = {}
    grades: dict[tuple[str, str], int] = {}
    left_out = 0
    for place, line in _lines(file, label):
        if header := _HEADER.fullmatch(line):
            queries[header[1]] = _query_text(re.sub(r"\*[0-9.]+$", "", header[2]), place)
            continue
        if line.startswith("#"):
            continue
        row = _JUDGEMENT.fullmatch(line)
        if row is None:
            raise CorpusError(f'{place}: expected "grade qid:N # docid keywords", got {quoted(line)}.')
        cell, query_id, doc_id, keywords = row.groups()
        grade = _grade(cell, place)
        if query_id not in queries:
            queries[query_id] = _query_text(keywords or "", place)
        if doc_id not in known or (query_id, doc_id) in grades:
            left_out += 1
        else:
            grades[query_id, doc_id] = grade
    if not queries:
        raise CorpusError(f"{label}: there is no judgement in it.")
    return Judgements(queries, grades, left_out)


def _lines(file: IO[bytes], label: str) -> Iterator[tuple[str, str]]:
    """Every line that is not blank, with its place; none is longer than 10,000 characters."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig")
    number = 0
    try:
        while line := text.readline(MAX_LINE_CHARACTERS + 1):
            number += 1
            if len(line) > MAX_LINE_CHARACTERS:
                raise CorpusError(f"{label}, line {number}: longer than {MAX_LINE_CHARACTERS:,} characters.")
            if line := line.strip():
                yield f"{label}, line {number}", line
    except UnicodeDecodeError:
        raise CorpusError(f"{label}: not UTF-8 text after line {number}.") from None


def _query_text(keywords: str, place: str) -> str:
    text = keywords.strip()
    if not text:
        raise CorpusError(f"{place}: the query has no keywords.")
    if len(text) > MAX_QUERY_CHARACTERS:
        raise CorpusError(f"{place}: the query has more than {MAX_QUERY_CHARACTERS:,} characters.")
    return text


def _grade(cell: str, place: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= len(str(MAX_GRADE)) and int(cell) <= MAX_GRADE):
        raise CorpusError(f"{place}: a grade is a whole number from 0 to {MAX_GRADE}, got {quoted(cell)}.")
    return int(cell)
