"""Make a BEIR folder of the film archives that the book AI-Powered Search uses.

`movies.tgz` holds one JSON object keyed by film id; `judgments.tgz` holds RankSVM-style lines
(`grade<TAB>qid:N<TAB> # docid<TAB>keywords`) after a header (`# qid:N: keywords*1`).
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from searchcore.archives import OnBytes, read_member
from searchcore.checks import MAX_QUERY_CHARACTERS, MAX_TEXT_CHARACTERS
from searchcore.corpora import MAX_DOCUMENTS, MAX_GRADE, QRELS_HEADER, read_corpus
from searchcore.errors import CorpusError, quoted

MAX_MOVIES_BYTES = 512 << 20
MAX_JUDGEMENTS_BYTES = 64 << 20
MAX_ENTRY_CHARACTERS = 4_000_000
MAX_LINE_CHARACTERS = 10_000
CHUNK_CHARACTERS = 1 << 18
YEAR_DIGITS = 4

_HEADER = re.compile(r"#\s*qid:(\S+?):\s*(.+)")
_JUDGEMENT = re.compile(r"(\S+)\s+qid:(\S+)\s+#\s*(\S+)(?:\s+(.+))?")
_BLANKS = re.compile(r"\s")

CARD = """\
---
pretty_name: TMDB films
description: {films:,} films with title and overview, and {queries:,} judged queries.
language: en
---
# TMDB films

Imported from the archives of the book *AI-Powered Search*. Titles and overviews come from The Movie
Database (TMDB) and stay under its terms of use: this folder is for your own use, not for passing on.
This product uses the TMDB API but is not endorsed or certified by TMDB.

| | |
|---|---|
| films | {films:,} |
| films left out: no title or no overview, or not usable | {films_left_out:,} |
| queries | {queries:,} |
| judgements | {judgements:,} |
| judgements left out: film not here, or judged before | {judgements_left_out:,} |

Grades are those of the archive; 1 or more means relevant. A film without a judgement has not been
looked at, which the measures count as not relevant.
"""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import wrote to `folder`, and how much it left out."""

    folder: Path
    films: int
    films_left_out: int
    queries: int
    judgements: int
    judgements_left_out: int


def import_tmdb(
    movies: Path, judgements: Path, folder: Path, on_bytes: OnBytes = lambda done, total: None
) -> ImportReport:
    """Write a BEIR folder from the two archives; `folder` may not exist yet, or must be empty.

    Films without a title or an overview, and judgements of films that are not there, are left out and
    counted. `on_bytes` is called with the bytes of `movies` read so far and its size. The folder
    appears when all of it is there and has been read back, or, after a CorpusError or an
    interruption, not at all.
    """
    folder = folder.absolute()
    try:
        if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
            raise CorpusError(f"The folder {quoted(str(folder), 200)} exists already; please name a new one.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target, so that the last step is a rename; hidden, so that no one takes it for a corpus.
        with tempfile.TemporaryDirectory(prefix=".import-", dir=folder.parent) as hidden:
            made = Path(hidden) / folder.name
            report = _write_folder(movies, judgements, made, folder, on_bytes)
            read_corpus(made)
            if folder.exists():
                folder.rmdir()
            made.rename(folder)
            return report
    except OSError as error:
        raise CorpusError(f"{quoted(str(folder), 200)} can't be written ({error.strerror or error}).") from error


def _write_folder(movies: Path, judgements: Path, made: Path, folder: Path, on_bytes: OnBytes) -> ImportReport:
    (made / "qrels").mkdir(parents=True)
    ids, films_left_out = read_member(
        movies, ".json", MAX_MOVIES_BYTES, lambda file: _write_films(file, movies.name, made / "corpus.jsonl"), on_bytes
    )
    judged = read_member(
        judgements, ".txt", MAX_JUDGEMENTS_BYTES, lambda file: read_judgements(file, judgements.name, ids)
    )
    with (made / "queries.jsonl").open("w", encoding="utf-8", newline="\n") as out:
        for query_id, text in judged.queries.items():
            out.write(json.dumps({"_id": query_id, "text": text}, ensure_ascii=False) + "\n")
    with (made / "qrels" / "test.tsv").open("w", encoding="utf-8", newline="\n") as out:
        out.write("\t".join(QRELS_HEADER) + "\n")
        out.writelines(f"{query_id}\t{doc_id}\t{grade}\n" for (query_id, doc_id), grade in judged.grades.items())
    report = ImportReport(
        folder, len(ids), films_left_out, len(judged.queries), len(judged.grades), judged.left_out
    )
    counts = {name: getattr(report, name) for name in report.__slots__ if name != "folder"}
    (made / "README.md").write_text(CARD.format(**counts), encoding="utf-8", newline="\n")
    return report


def _write_films(file: IO[bytes], archive: str, path: Path) -> tuple[set[str], int]:
    """Write the usable films as JSON Lines; returns their ids and how many were left out."""
    ids: set[str] = set()
    left_out = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for key, entry in json_entries(file, archive):
            film = film_record(key, entry)
            if film is None or film["_id"] in ids:
                left_out += 1
                continue
            if len(ids) >= MAX_DOCUMENTS:
                raise CorpusError(f"{archive}: more than {MAX_DOCUMENTS:,} films.")
            ids.add(film["_id"])
            out.write(json.dumps(film, ensure_ascii=False) + "\n")
    if not ids:
        raise CorpusError(f"{archive}: no film in it has both a title and an overview.")
    return ids, left_out


def film_record(key: str, entry: Any) -> dict[str, Any] | None:
    """One line of corpus.jsonl, or None where the entry has no usable id, title or overview."""
    if not isinstance(entry, dict):
        return None
    doc_id, title, text = (_clean(value) for value in (key, entry.get("title"), entry.get("overview")))
    if not doc_id or not title or not text or _BLANKS.search(doc_id):
        return None
    if len(title) + len(text) > MAX_TEXT_CHARACTERS:
        return None
    metadata: dict[str, Any] = {"tmdb_id": int(doc_id)} if re.fullmatch(r"[0-9]{1,12}", doc_id) else {}
    year = str(entry.get("release_date") or "")[:YEAR_DIGITS]
    if re.fullmatch(r"[0-9]{4}", year):
        metadata = {"year": int(year), **metadata}
    return {"_id": doc_id, "title": title, "text": text, "metadata": metadata}


def _clean(value: Any) -> str:
    """A text as UTF-8 can hold it, without outer white space; anything else becomes the empty text."""
    if not isinstance(value, str):
        return ""
    # JSON can spell half of a surrogate pair, which is no character.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


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
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
                # A number that ends with the buffer may go on behind it.
                if end < len(self._buffer) or not self._more():
                    self._at = min(end, len(self._buffer))
                    self._values += 1
                    return value
            except (ValueError, RecursionError):
                if not self._more():
                    raise self.broken() from None

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
        grade, query_id, doc_id, keywords = row.groups()
        if query_id not in queries:
            queries[query_id] = _query_text(keywords or "", place)
        if doc_id not in known or (query_id, doc_id) in grades:
            left_out += 1
        else:
            grades[query_id, doc_id] = _grade(grade, place)
    if not queries:
        raise CorpusError(f"{label}: there is no judgement in it.")
    return Judgements(queries, grades, left_out)


def _lines(file: IO[bytes], label: str) -> Iterable[tuple[str, str]]:
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
    if not (cell.isascii() and cell.isdigit() and int(cell[:4]) <= MAX_GRADE and len(cell) <= 3):
        raise CorpusError(f"{place}: a grade is a whole number from 0 to {MAX_GRADE}, got {quoted(cell)}.")
    return int(cell)
