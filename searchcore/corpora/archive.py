"""A corpus as one zip in BEIR layout: written for others, and read back. Nothing is unpacked to disk."""

from __future__ import annotations

import contextlib
import io
import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, cast

import yaml

from searchcore.corpora.beir import read_corpus_files
from searchcore.corpora.files import CARD, DOCUMENTS, JUDGEMENTS, PACKED, QUERIES, FileError, Files, opened
from searchcore.corpora.judgements import QRELS_HEADER
from searchcore.corpora.own import MAX_OWN_DOCUMENTS, OWN, TITLE
from searchcore.corpora.unpacked import METHODS, UNREADABLE, check_archive, check_unpacked, shown_name
from searchcore.errors import CorpusError
from searchcore.spreadsheet import safe_cell
from searchcore.types import Corpus, Document

MAX_MEMBERS = 1_000


def read_archive(name: str, data: bytes) -> Corpus:
    """The corpus in a zip in BEIR layout, at its top or in the folder that holds its corpus.jsonl.

    Members with paths that lead elsewhere, links and encrypted ones are passed over and noted. Raises CorpusError
    where the archive is none, is too large, or holds no corpus.
    """
    archive = check_archive(name, data)
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise CorpusError(f"{shown_name(name)} has {len(members):,} files, and at most {MAX_MEMBERS:,} are read.")
    usable = {member.filename: member for member in members if _usable(member)}
    # The shallowest one, should there be several.
    corpora = sorted((path for path in usable if _is_corpus(path)), key=lambda path: (path.count("/"), path))
    if not corpora:
        raise CorpusError(f"{shown_name(name)}: there is no {DOCUMENTS} in it.")
    folder = corpora[0].rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    files = {
        path.removeprefix(prefix): _opener(archive, member)
        for path, member in usable.items()
        if path.startswith(prefix)
    }
    _check_packed(name, files)
    corpus = read_corpus_files(OWN, files)
    if len(corpus) > MAX_OWN_DOCUMENTS:
        raise CorpusError(
            f"{shown_name(name)} holds {len(corpus):,} documents, and a corpus of one's own has at most "
            f"{MAX_OWN_DOCUMENTS:,}."
        )
    return replace(corpus, title=TITLE, notes=(*_passed(name, members), *corpus.notes))


def _passed(name: str, members: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    """The sentence that counts the members which were not used, where there are any."""
    count = sum(not (_usable(member) or _is_folder(member)) for member in members)
    if count:
        were = "member was" if count == 1 else "members were"
        yield (
            f"{shown_name(name)}: {count:,} {were} passed over: links, paths that lead elsewhere, encrypted or "
            "packed in a rare way."
        )


def _is_corpus(path: str) -> bool:
    return any(path.rpartition("/")[2] == DOCUMENTS + ending for ending in PACKED)


def _is_folder(member: zipfile.ZipInfo) -> bool:
    """As the library says it, which fails for an empty name."""
    return member.filename.endswith("/")


def _usable(member: zipfile.ZipInfo) -> bool:
    path = member.filename
    elsewhere = not path or path.startswith("/") or "\\" in path or ".." in path.split("/") or ":" in path.split("/")[0]
    link = stat.S_ISLNK(member.external_attr >> 16)
    encrypted = bool(member.flag_bits & 1)
    return not (_is_folder(member) or elsewhere or link or encrypted) and member.compress_type in METHODS


def _opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def open_it() -> BinaryIO:
        try:
            return cast(BinaryIO, archive.open(member))
        except UNREADABLE as error:
            raise zipfile.BadZipFile(str(error)) from error

    return open_it


def _check_packed(name: str, files: Files) -> None:
    """Raises CorpusError where files that are packed inside of the archive unpack to more than 50 MB in all."""
    unpacked = 0
    for path in (path for path in files if path.endswith(PACKED[1:])):
        # One that is damaged is told by whoever reads it.
        with contextlib.suppress(FileError), opened(files, path, path) as file:
            while read := len(file.read(1 << 20)):
                unpacked += read
                check_unpacked(name, unpacked)


def to_archive(corpus: Corpus) -> bytes:
    """The corpus as a zip in BEIR layout, judgements included, which `read_archive` takes back.

    An id that a spreadsheet would run as a formula gets an apostrophe before it, the same in every file.
    """
    doc_ids = _safe_ids(document.doc_id for document in corpus.documents)
    query_ids = _safe_ids(query.query_id for query in corpus.queries)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DOCUMENTS, _json_lines(_document(d, doc_ids[d.doc_id]) for d in corpus.documents))
        queries = (
            {"_id": query_ids[query.query_id], "text": query.text, "metadata": dict(query.metadata)}
            for query in corpus.queries
        )
        archive.writestr(QUERIES, _json_lines(queries))
        for split, qrels in (corpus.splits or {corpus.split: {}}).items():
            rows = ["\t".join(QRELS_HEADER)]
            for query_id in (each for each in qrels if each in query_ids):
                grades = {doc_ids[each]: grade for each, grade in qrels[query_id].items() if each in doc_ids}
                rows += [f"{query_ids[query_id]}\t{doc_id}\t{grade}" for doc_id, grade in grades.items()]
            archive.writestr(f"{JUDGEMENTS}/{split}.tsv", "\n".join(rows) + "\n")
        card = {"pretty_name": corpus.title or corpus.name, "description": corpus.description}
        archive.writestr(CARD, f"---\n{yaml.safe_dump(card, allow_unicode=True)}---\n")
    return out.getvalue()


def _safe_ids(ids: Iterable[str]) -> dict[str, str]:
    """By id the one that can stand in any cell: no formula, without a tab or a line's end. No two become the same."""
    given = list(ids)
    safe: dict[str, str] = {}
    taken = set(given)
    for each in given:
        changed = safe_cell(re.sub(r"[\t\r\n]", " ", each))
        while changed != each and changed in taken:
            changed = f"'{changed}"
        taken.add(changed)
        safe[each] = changed
    return safe


def _document(document: Document, doc_id: str) -> dict[str, object]:
    row: dict[str, object] = {"_id": doc_id, "title": document.title, "text": document.text}
    return {**row, "metadata": dict(document.metadata)} if document.metadata else row


def _json_lines(records: Iterable[Mapping[str, object]]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
