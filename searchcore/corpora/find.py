"""Find the corpora: the built-in ones, and those in the folders that an environment variable lists."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from searchcore.corpora.beir import named, read_corpus
from searchcore.errors import CorpusError, quoted
from searchcore.types import Corpus

BUILT_IN = Path(__file__).resolve().parents[2] / "corpora"
FOLDERS_VARIABLE = "SEARCHCORE_CORPORA"


def find_corpora(roots: Sequence[Path] | None = None) -> tuple[dict[str, Corpus], list[str]]:
    """Read every corpus folder below `roots`: the corpora, smallest first, and a sentence for each broken one.

    Without `roots`: the built-in corpora, then the folders listed in the environment variable
    SEARCHCORE_CORPORA (separated as in PATH). A broken folder never hides the others.
    """
    if roots is None:
        extra = os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep)
        roots = [BUILT_IN, *(Path(folder) for folder in extra if folder)]
    corpora: dict[str, Corpus] = {}
    problems: list[str] = []
    for root in roots:
        try:
            folders = _corpus_folders(named(root))
        except OSError as error:
            problems.append(f"The corpora folder {quoted(str(root), 200)} can't be read ({error.strerror or error}).")
            continue
        for folder in folders:
            try:
                if folder.name in corpora:
                    raise CorpusError(f"{folder.name}: another corpus has this name already.")
                corpora[folder.name] = read_corpus(folder)
            except CorpusError as error:
                problems.append(str(error))
    return dict(sorted(corpora.items(), key=lambda item: len(item[1]))), problems


def _corpus_folders(root: Path) -> list[Path]:
    """`root` itself where it is a corpus, else its visible subfolders in order of name. Raises OSError."""
    if (root / "corpus.jsonl").exists():
        return [root]
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith((".", "__")))
