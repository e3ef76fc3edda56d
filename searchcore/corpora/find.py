"""Find the corpora: the built-in ones, and those in the folders that an environment variable lists."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from searchcore.corpora.beir import named, read_corpus
from searchcore.corpora.files import CARD, DOCUMENTS, folder_files, found, plain_name
from searchcore.corpora.own import OWN
from searchcore.errors import CorpusError, printable, quoted
from searchcore.types import Corpus

log = logging.getLogger("searchcore")

BUILT_IN = Path(__file__).resolve().parents[2] / "corpora"
FOLDERS_VARIABLE = "SEARCHCORE_CORPORA"


def find_corpora(roots: Sequence[Path] | None = None, *, on_disk: bool = False) -> tuple[dict[str, Corpus], list[str]]:
    """Read every corpus folder below `roots`: the corpora, smallest first, and a sentence for each broken one.

    Without `roots`: the built-in corpora, then the folders listed in the environment variable
    SEARCHCORE_CORPORA (separated as in PATH). A broken folder never hides the others, a folder that is no corpus is
    passed over, and what was left out of each corpus goes to the log. `on_disk` is as in read_corpus.
    """
    if roots is None:
        extra = os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep)
        roots = [BUILT_IN, *(Path(folder) for folder in extra if folder)]
    corpora: dict[str, Corpus] = {}
    problems: list[str] = []
    for root in roots:
        try:
            folders, nearly = corpus_folders(root)
        except OSError as error:
            problems.append(f"The corpora folder {quoted(str(root), 200)} can't be read ({error.strerror or error}).")
            continue
        problems += nearly
        for folder in folders:
            try:
                if folder.name == OWN:
                    raise CorpusError(f"{OWN}: this name is kept for a visitor's own corpus; please rename the folder.")
                if folder.name in corpora:
                    raise CorpusError(f"{printable(folder.name)}: another corpus has this name already.")
                corpora[folder.name] = read_corpus(folder, on_disk=on_disk)
            except CorpusError as error:
                problems.append(str(error))
                continue
            for note in corpora[folder.name].notes:
                log.warning("%s", note)
    return dict(sorted(corpora.items(), key=lambda item: len(item[1]))), problems


def corpus_folders(root: Path) -> tuple[list[Path], list[str]]:
    """The corpora in `root`: itself where it is one, else its visible subfolders in order of name.

    With them comes a sentence for each folder that is nearly one, which says what is missing. Raises OSError.
    """
    root = named(root)
    folders: list[Path] = []
    nearly: list[str] = []
    inner = [path for path in root.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))]
    for folder in [root, *sorted(inner)]:
        try:
            files = folder_files(folder)
        except OSError as error:
            nearly.append(f"{printable(folder.name)}: can't be read ({error.strerror or error}).")
            continue
        if found(files, DOCUMENTS) is not None:
            folders.append(folder)
            if folder == root:
                break
        elif parts := [name for name in files if plain_name(name) != CARD]:
            nearly.append(
                f"{printable(folder.name)}/{DOCUMENTS}: the file is missing, though {printable(parts[0])} is there; "
                "it holds one JSON object a line for each document."
            )
    return folders, nearly
