"""Zip archives that somebody gives: named in a sentence, and never unpacked to more than a bound."""

from __future__ import annotations

import io
import struct
import zipfile

from searchcore.errors import CorpusError, quoted

MAX_UNPACKED_BYTES = 50_000_000
# Others ask for memory of their own accord, as LZMA for a dictionary of 4 GB.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What the library raises for a member that it can't read: damaged, encrypted or packed in another way.
UNREADABLE = (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, struct.error)


def shown_name(name: str) -> str:
    """A file's name as it may stand in a sentence, without its folders."""
    return quoted(name.replace("\\", "/").rsplit("/", 1)[-1])[1:-1] or "The file"


def check_archive(name: str, data: bytes) -> zipfile.ZipFile:
    """The archive in `data`. Raises CorpusError where it is none, or unpacks to more than 50 MB.

    A member gives no more than its directory entry says: the library stops there.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        unpacked = sum(member.file_size for member in archive.infolist())
    except UNREADABLE as error:
        raise CorpusError(f"{shown_name(name)} is not a zip archive, or it is damaged.") from error
    check_unpacked(name, unpacked)
    return archive


def check_unpacked(name: str, unpacked: int) -> None:
    """Raises CorpusError where a file unpacks to more than 50 MB."""
    if unpacked > MAX_UNPACKED_BYTES:
        raise CorpusError(
            f"{shown_name(name)} unpacks to {unpacked:,} bytes, and at most {MAX_UNPACKED_BYTES:,} are read."
        )
