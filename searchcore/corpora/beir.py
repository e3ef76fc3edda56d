"""Read and validate one corpus in BEIR layout.

Layout (Thakur et al. 2021, BEIR): corpus.jsonl, queries.jsonl, qrels/test.tsv, and a README.md as
dataset card whose front matter gives `pretty_name` and `description`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from searchcore.errors import CorpusError, printable, quoted
from searchcore.types import Corpus, Document, Query

MAX_LINE_BYTES = 1_000_000
MAX_DOCUMENTS = 200_000
MAX_CARD_BYTES = 100_000
MAX_GRADE = 100
QRELS_HEADER = ["query-id", "corpus-id", "score"]


def named(folder: Path) -> Path:
    """`folder` with a last part that is a name, which "." and ".." are not; a link keeps its own name."""
    return folder if folder.name not in ("", "..") else folder.resolve()


def read_corpus(folder: Path) -> Corpus:
    """Read one BEIR folder. Raises CorpusError naming the file and the line that can't be used.

    Windows line ends, a byte order mark, numeric ids and qrels without a header are all read as meant.
    Queries and judgements may be missing; documents may not.
    """
    folder = named(folder)
    if _has_surrogate(folder.name):
        raise CorpusError(f"{quoted(folder.name)}: the name of this folder is not UTF-8 text; please rename it.")
    try:
        documents = _read_documents(folder / "corpus.jsonl")
        queries = _read_queries(folder / "queries.jsonl")
        qrels = _read_qrels(folder / "qrels" / "test.tsv", documents, queries)
        card = _read_card(folder / "README.md")
    except OSError as error:
        raise CorpusError(f"{folder.name}: can't be read ({error.strerror or error}).") from error
    return Corpus(
        name=folder.name,
        title=card.get("pretty_name") or folder.name,
        description=card.get("description", ""),
        documents=tuple(documents.values()),
        queries=tuple(queries.values()),
        qrels=qrels,
        shared=True,
    )


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Every line that is not blank, with the place ("movies/corpus.jsonl, line 3") to name in an error."""
    label = _label(path)
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            place = f"{label}, line {number}"
            if len(raw) > MAX_LINE_BYTES:
                raise CorpusError(f"{place}: longer than {MAX_LINE_BYTES:,} bytes.")
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError:
                raise CorpusError(f"{place}: not UTF-8 text.") from None
            if line:
                yield place, line


def _label(path: Path) -> str:
    """`path` from its corpus folder on: enough to find the file, nothing about the machine."""
    parts = path.parts[-3:] if path.parent.name == "qrels" else path.parts[-2:]
    return printable("/".join(parts))


def _records(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Place, id and fields of each line of a JSON Lines file; ids are unique texts."""
    seen: set[str] = set()
    for place, line in _lines(path):
        try:
            record = json.loads(line)
            # Only an escape can spell half of a surrogate pair; it may hide anywhere, in metadata too.
            spelled = json.dumps(record, ensure_ascii=False) if "\\u" in line else ""
        except (ValueError, RecursionError):
            raise CorpusError(f"{place}: not valid JSON.") from None
        whole(spelled, place)
        if not isinstance(record, dict):
            raise CorpusError(f"{place}: expected a JSON object, found {type(record).__name__}.")
        record_id = _id_of(record, place)
        if record_id in seen:
            raise CorpusError(f"{place}: the id {quoted(record_id)} is there already.")
        seen.add(record_id)
        yield place, record_id, record


def _id_of(record: dict[str, Any], place: str) -> str:
    value = record.get("_id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise CorpusError(f'{place}: the field "_id" is missing, empty or neither a text nor a whole number.')
    return value.strip()


def _text_of(record: dict[str, Any], field: str, place: str, *, required: bool = True) -> str:
    value = record.get(field)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise CorpusError(f'{place}: the field "{field}" is missing, empty or not a text.')
    return value.strip()


def _has_surrogate(text: str) -> bool:
    """Whether `text` holds half of a surrogate pair, which UTF-8 can't hold and no model can read."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def whole(text: str, place: str) -> str:
    """`text`, if it is made of whole characters."""
    if _has_surrogate(text):
        raise CorpusError(f"{place}: half of a surrogate pair, which is not a character.")
    return text


def _metadata_of(record: dict[str, Any], place: str) -> dict[str, Any]:
    value = record.get("metadata")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CorpusError(f'{place}: the field "metadata" is not a JSON object.')
    return value


def _read_documents(path: Path) -> dict[str, Document]:
    if not path.is_file():
        raise CorpusError(f"{_label(path)}: the file is missing.")
    documents: dict[str, Document] = {}
    for place, doc_id, record in _records(path):
        if len(documents) >= MAX_DOCUMENTS:
            raise CorpusError(f"{place}: more than {MAX_DOCUMENTS:,} documents.")
        documents[doc_id] = Document(
            doc_id=doc_id,
            text=_text_of(record, "text", place),
            title=_text_of(record, "title", place, required=False),
            metadata=_metadata_of(record, place),
        )
    if not documents:
        raise CorpusError(f"{_label(path)}: there is no document in it.")
    return documents


def _read_queries(path: Path) -> dict[str, Query]:
    if not path.is_file():
        return {}
    return {
        query_id: Query(query_id, _text_of(record, "text", place), _metadata_of(record, place))
        for place, query_id, record in _records(path)
    }


def _read_qrels(path: Path, documents: dict[str, Document], queries: dict[str, Query]) -> dict[str, dict[str, int]]:
    """Grades by query and document; every row must point to a known query and a known document."""
    qrels: dict[str, dict[str, int]] = {}
    if not path.is_file():
        return qrels
    for number, (place, line) in enumerate(_lines(path)):
        cells = [cell.strip() for cell in line.split("\t")]
        if number == 0 and cells == QRELS_HEADER:
            continue
        if len(cells) != len(QRELS_HEADER):
            raise CorpusError(f"{place}: expected three cells between tabs, found {len(cells)}.")
        query_id, doc_id, grade = cells
        if query_id not in queries:
            raise CorpusError(f"{place}: no query has the id {quoted(query_id)}.")
        if doc_id not in documents:
            raise CorpusError(f"{place}: no document has the id {quoted(doc_id)}.")
        judged = qrels.setdefault(query_id, {})
        if doc_id in judged:
            raise CorpusError(f"{place}: {quoted(doc_id)} is judged twice for {quoted(query_id)}.")
        judged[doc_id] = _grade(grade, place)
    return qrels


def _grade(cell: str, place: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= len(str(MAX_GRADE)) and int(cell) <= MAX_GRADE):
        raise CorpusError(f"{place}: a grade is a whole number from 0 to {MAX_GRADE}, got {quoted(cell)}.")
    return int(cell)


def _read_card(path: Path) -> dict[str, str]:
    """The texts in the front matter of a dataset card; a folder without a card, or with a plain one, has none."""
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        text = file.read(MAX_CARD_BYTES).decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    if not text.startswith("---\n") or "\n---" not in text[4:]:
        return {}
    try:
        # The base loader takes every scalar as text (a title may be 1984) and follows no merge keys,
        # with which a few lines could ask for more memory than there is.
        card = yaml.BaseLoader(text[4:].split("\n---", 1)[0]).get_single_data()
    except (yaml.YAMLError, RecursionError, ValueError):
        raise CorpusError(f"{_label(path)}: the front matter is not valid YAML.") from None
    if not isinstance(card, dict):
        return {}
    texts = {key: value for key, value in card.items() if isinstance(key, str) and isinstance(value, str)}
    return {key: whole(value.strip(), _label(path)) for key, value in texts.items()}
