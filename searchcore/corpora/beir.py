"""Read one corpus in BEIR layout. One bad row never costs the corpus: it is left out, counted and noted.

Layout (Thakur et al. 2021, BEIR): corpus.jsonl, queries.jsonl, qrels/test.tsv and other splits beside it, and a
README.md as dataset card whose front matter gives `pretty_name` and `description`. Each may be packed (.gz, .zst).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from searchcore.corpora.card import read_card
from searchcore.corpora.documents import read_documents
from searchcore.corpora.files import (
    CARD,
    DOCUMENTS,
    OF_FOLDER,
    PACKED,
    QUERIES,
    FileError,
    Files,
    folder_files,
    found,
    is_split,
    plain_name,
)
from searchcore.corpora.judgements import read_splits
from searchcore.corpora.lines import MOST_BYTES, Source, has_surrogate
from searchcore.corpora.notes import Notes
from searchcore.corpora.queries import Queries, read_queries
from searchcore.errors import CorpusError, printable, quoted
from searchcore.types import Corpus


def named(folder: Path) -> Path:
    """`folder` with a last part that is a name, which "." and ".." are not; a link keeps its own name."""
    return folder if folder.name not in ("", "..") else folder.resolve()


def read_corpus(folder: Path, *, on_disk: bool = False) -> Corpus:
    """Read one BEIR folder. Raises CorpusError, in one sentence, where there is no document in it to use.

    Queries and judgements may be missing; documents may not. `Corpus.notes` says what was left out or changed.
    `on_disk` the documents' texts are read one by one when they are wanted.
    """
    folder = named(folder)
    if has_surrogate(folder.name):
        raise CorpusError(f"{quoted(folder.name)}: the name of this folder is not UTF-8 text; please rename it.")
    try:
        files = folder_files(folder)
    except OSError as error:
        raise CorpusError(f"{printable(folder.name)}: can't be read ({error.strerror or error}).") from error
    return read_corpus_files(folder.name, files, shared=True, on_disk=on_disk)


def read_corpus_files(name: str, files: Files, *, shared: bool = False, on_disk: bool = False) -> Corpus:
    """Read a corpus of files that need not be in a folder: what opens each of them, by its name in the layout.

    The names are those of a folder: "corpus.jsonl", "queries.jsonl", "qrels/test.tsv" and "README.md", each with
    ".gz" or ".zst" after it where it is packed; other names are passed over. An opener returns a new binary file each
    time. `shared` is as in Corpus, `on_disk` as in read_corpus. Raises CorpusError as `read_corpus` does.
    """
    notes = Notes()
    label = printable(name)
    _note_doubles(files, label, notes)
    documents_file = found(files, DOCUMENTS)
    if documents_file is None:
        raise CorpusError(f"{label}/{DOCUMENTS}: the file is missing.")
    source = _source(files, documents_file, label, notes)
    doc_ids, documents = read_documents(replace(source, most_bytes=MOST_BYTES) if on_disk else source, on_disk=on_disk)
    queries = Queries()
    card: dict[str, str] = {}
    if (queries_file := found(files, QUERIES)) is not None:
        try:
            queries = read_queries(_source(files, queries_file, label, notes))
        except FileError as error:
            notes.say(f"{str(error).rstrip('.')}; its queries were left out.")
    splits = read_splits(files, label, doc_ids, queries, notes)
    if (card_file := found(files, CARD)) is not None:
        try:
            card = read_card(_source(files, card_file, label, notes))
        except FileError as error:
            notes.say(f"{str(error).rstrip('.')}; the card was passed over.")
    split, *others = splits or ("test",)
    return Corpus(
        name=name,
        title=card.get("pretty_name") or name,
        description=card.get("description", ""),
        documents=documents,
        queries=tuple(queries.by_id.values()),
        qrels=splits.get(split, {}),
        split=split,
        other_splits={other: splits[other] for other in others},
        notes=notes.sentences(),
        shared=shared,
    )


def _source(files: Files, name: str, corpus: str, notes: Notes) -> Source:
    return Source(files, name, printable(f"{corpus}/{name}"), notes)


def _note_doubles(files: Files, corpus: str, notes: Notes) -> None:
    """Of a file that is there plain and packed the plain one is read."""
    for name in (*OF_FOLDER, *sorted({plain_name(name) for name in files if is_split(name)})):
        there = [name + ending for ending in PACKED if name + ending in files]
        for other in there[1:]:
            notes.say(f"{corpus}/{printable(other)}: passed over, since {printable(there[0])} is there.")
