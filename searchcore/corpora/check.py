"""What of a folder would be kept and left out, and why: nothing is changed in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from searchcore.corpora.beir import named, read_corpus
from searchcore.corpora.find import corpus_folders
from searchcore.errors import CorpusError, printable, quoted
from searchcore.types import Corpus


def check_folder(folder: Path) -> tuple[list[str], bool]:
    """Lines to print on each corpus in `folder`, which may be one itself, and whether all of them can be used."""
    try:
        folders, problems = corpus_folders(folder)
    except OSError as error:
        return [f"{quoted(str(folder), 200)} can't be read ({error.strerror or error})."], False
    if not folders and not problems:
        return [f"{printable(named(folder).name)}: there is no corpus.jsonl in it, nor in the folders in it."], False
    lines: list[str] = []
    for each in folders:
        try:
            lines += _kept(read_corpus(each))
        except CorpusError as error:
            problems.append(str(error))
    return [*lines, *(f"Can't be used. {problem}" for problem in problems)], not problems


def _kept(corpus: Corpus) -> list[str]:
    splits = [f"{name} {_count(qrels)}" for name, qrels in corpus.splits.items()]
    lines = [
        f"{printable(corpus.name)}: can be used, titled {quoted(corpus.title)}.",
        f"  kept: {_number(len(corpus), 'document', 'documents')}, {_number(len(corpus.queries), 'query', 'queries')}, "
        f"judgements: {', '.join(splits) or 'none'}.",
    ]
    return lines + [f"  {note}" for note in corpus.notes or ("Nothing was left out.",)]


def _count(qrels: Mapping[str, Mapping[str, int]]) -> str:
    return f"{sum(map(len, qrels.values())):,} (of {_number(len(qrels), 'query', 'queries')})"


def _number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
