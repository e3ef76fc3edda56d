"""Make a BEIR folder of the film archives that the book AI-Powered Search uses.

`movies.tgz` holds `tmdb.json`, one object keyed by film id with title and overview, either of which
may be null; `judgments.tgz` holds one text file of judgements, see judgements.py.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from searchcore.checks import MAX_TEXT_CHARACTERS
from searchcore.corpora.beir import read_corpus
from searchcore.corpora.documents import MAX_DOCUMENTS
from searchcore.corpora.judgements import QRELS_HEADER
from searchcore.corpora.tmdb.archive import OnBytes, read_member
from searchcore.corpora.tmdb.jsonobject import json_entries
from searchcore.corpora.tmdb.judgements import read_judgements
from searchcore.errors import CorpusError, quoted

MAX_MOVIES_BYTES = 512 << 20
MAX_JUDGEMENTS_BYTES = 64 << 20

_ID = re.compile(r"\S+")
_NUMBER = re.compile(r"[0-9]{1,12}")
_YEAR = re.compile(r"[0-9]{4}(?=-|$)")

CARD = """\
---
pretty_name: TMDB films
description: {films:,} films with title and overview, and {queries:,} judged queries.
language: en
---
# TMDB films

Imported from the archives of the book *AI-Powered Search*. Titles and overviews come from The Movie
Database (TMDB) and stay under its terms of use: this folder is for your own use, not for passing on.
TMDB has not endorsed or certified any of this.

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
    report = ImportReport(folder, len(ids), films_left_out, len(judged.queries), len(judged.grades), judged.left_out)
    (made / "README.md").write_text(CARD.format(**asdict(report)), encoding="utf-8", newline="\n")
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
    if not _ID.fullmatch(doc_id) or not title or not text or len(title) + len(text) > MAX_TEXT_CHARACTERS:
        return None
    metadata = {}
    if year := _YEAR.match(_clean(entry.get("release_date"))):
        metadata["year"] = int(year[0])
    if _NUMBER.fullmatch(doc_id):
        metadata["tmdb_id"] = int(doc_id)
    return {"_id": doc_id, "title": title, "text": text, "metadata": metadata}


def _clean(value: Any) -> str:
    """A text without outer white space; anything else becomes the empty text."""
    return value.strip() if isinstance(value, str) else ""
