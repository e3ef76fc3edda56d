"""Documents that are read from the disk one by one: in memory are their ids and places alone."""

from __future__ import annotations

import json
import mmap
import os
import tempfile
from array import array
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import overload

from searchcore.errors import CorpusError
from searchcore.kept import default_folder
from searchcore.types import Document


class DocumentsOnDisk(Sequence[Document]):
    """The `documents` of one corpus, in order, written to a file without a name that goes when the process ends.

    It lies in the cache's folder, or where that can't be written in the system's for temporary files. It is mapped into
    memory, where the system keeps what is used and can do without. Safe to share between threads. Raises CorpusError,
    in one sentence, where the disk has no room.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._ends = array("q", [0])
        try:
            self._file = tempfile.TemporaryFile(dir=_folder())  # noqa: SIM115 - it lives as long as this does
            for document in documents:
                row = [document.doc_id, document.text, document.title, document.metadata]
                self._ends.append(self._ends[-1] + self._file.write(json.dumps(row).encode()))
            self._file.flush()
        except OSError as error:
            raise CorpusError(f"The texts can't be put aside on the disk ({error.strerror or error}).") from error
        self._rows = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) if len(self) else b""

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> Document: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Document, ...]: ...
    def __getitem__(self, place: int | slice) -> Document | tuple[Document, ...]:
        if isinstance(place, slice):
            return tuple(self[each] for each in range(*place.indices(len(self))))
        at = place + len(self) if place < 0 else place
        if not 0 <= at < len(self):
            raise IndexError(f"there is no document at {place} of {len(self)}")
        doc_id, text, title, metadata = json.loads(self._rows[self._ends[at] : self._ends[at + 1]])
        return Document(doc_id, text, title, metadata)


def _folder() -> Path | None:
    """The cache's folder, which is on a disk; the system's own may be in memory."""
    folder = default_folder()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder if folder.is_dir() and os.access(folder, os.W_OK) else None
