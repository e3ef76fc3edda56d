"""A corpus as one zip in BEIR layout: written for others, and read back. Nothing is unpacked to disk."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import BinaryIO, cast

from searchcore.corpora.beir import read_corpus_files
from searchcore.corpora.files import CARD, DOCUMENTS, JUDGEMENTS, PACKED, QUERIES
from searchcore.corpora.judgements import QRELS_HEADER
from searchcore.corpora.own import MAX_OWN_DOCUMENTS, OWN, TITLE
from searchcore.corpora.tables import check_archive, shown_name
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
    corpus = read_corpus_files(OWN, files)
    if len(corpus) > MAX_OWN_DOCUMENTS:
        raise CorpusError(
            f"{shown_name(name)} holds {len(corpus):,} documents, and a corpus of one's own has at most "
            f"{MAX_OWN_DOCUMENTS:,}."
        )
    passed = len(members) - len(usable) - sum(member.is_dir() for member in members)
    notes = (f"{shown_name(name)}: {passed} members were passed over: links, or paths that lead elsewhere.",)
    return replace(corpus, title=TITLE, notes=(*(notes if passed else ()), *corpus.notes))


def _is_corpus(path: str) -> bool:
    return any(path.rpartition("/")[2] == DOCUMENTS + ending for ending in PACKED)


def _usable(member: zipfile.ZipInfo) -> bool:
    path = member.filename
    elsewhere = path.startswith("/") or "\\" in path or ".." in path.split("/") or ":" in path.split("/")[0]
    link = stat.S_ISLNK(member.external_attr >> 16)
    encrypted = bool(member.flag_bits & 1)
    return not (member.is_dir() or elsewhere or link or encrypted)


def _opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.open(member))


def to_archive(corpus: Corpus) -> bytes:
    """The corpus as a zip in BEIR layout, judgements included, which `read_archive` takes back.

    An id that a spreadsheet would run as a formula gets an apostrophe before it, the same in every file.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DOCUMENTS, _json_lines(_document(document) for document in corpus.documents))
        queries = ({"_id": safe_cell(q.query_id), "text": q.text, "metadata": dict(q.metadata)} for q in corpus.queries)
        archive.writestr(QUERIES, _json_lines(queries))
        rows = ["\t".join(QRELS_HEADER)]
        for query_id, grades in corpus.qrels.items():
            rows += [f"{safe_cell(query_id)}\t{safe_cell(doc_id)}\t{grade}" for doc_id, grade in grades.items()]
        archive.writestr(f"{JUDGEMENTS}/{corpus.split}.tsv", "\n".join(rows) + "\n")
        card = {"pretty_name": corpus.title or corpus.name, "description": corpus.description}
        front = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in card.items())
        archive.writestr(CARD, f"---\n{front}---\n")
    return out.getvalue()


def _document(document: Document) -> dict[str, object]:
    row: dict[str, object] = {"_id": safe_cell(document.doc_id), "title": document.title, "text": document.text}
    return {**row, "metadata": dict(document.metadata)} if document.metadata else row


def _json_lines(records: Iterable[Mapping[str, object]]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
