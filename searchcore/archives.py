"""Read the one file that matters out of a .tgz of unknown origin, without ever extracting it."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, BinaryIO, TypeVar

from searchcore.errors import CorpusError, quoted

T = TypeVar("T")
OnBytes = Callable[[int, int], None]
MAX_MEMBERS = 1_000
READ_BYTES = 1 << 20


class _Bounded:
    """A file that refuses to give more than `limit` bytes, and says how far the archive below it is read."""

    def __init__(self, unpacked: IO[bytes], packed: BinaryIO, archive: Path, limit: int, report: OnBytes) -> None:
        self._unpacked = unpacked
        self._packed = packed
        self._archive = archive
        self._size = archive.stat().st_size
        self._left = self._limit = limit
        self._report = report

    def read(self, size: int) -> bytes:
        data = self._unpacked.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise CorpusError(f"{self._archive.name}: unpacks to more than {self._limit >> 20:,} MB.")
        self._report(self._packed.tell(), self._size)
        return data


def read_member(
    archive: Path, suffix: str, limit: int, use: Callable[[IO[bytes]], T], report: OnBytes = lambda done, total: None
) -> T:
    """What `use` makes of the one file in `archive` whose name ends in `suffix`.

    `archive` is a gzipped tar that unpacks to at most `limit` bytes; `report` is called with the
    bytes of it that are read and its size. Every entry is looked at, also those behind the file, and
    nothing is written anywhere. Raises CorpusError for an archive that is missing, damaged, too
    large, has links or devices in it or names that point outside, or not exactly one such file.
    """
    if not archive.is_file():
        raise CorpusError(f"{quoted(str(archive), 200)} is not a file.")
    try:
        with archive.open("rb") as packed, gzip.GzipFile(fileobj=packed) as unpacked:
            file = _Bounded(unpacked, packed, archive, limit, report)
            with tarfile.open(fileobj=file, mode="r|") as tar:  # type: ignore[call-overload]
                found = _only_member(tar, archive.name, suffix, use)
            while file.read(READ_BYTES):  # to the end, where gzip keeps its checksum
                pass
            return found
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError):
        raise CorpusError(f"{archive.name}: not a .tgz archive, or a damaged one.") from None
    except OSError as error:
        raise CorpusError(f"{archive.name}: can't be read ({error.strerror or error}).") from error


def _only_member(tar: tarfile.TarFile, archive: str, suffix: str, use: Callable[[IO[bytes]], T]) -> T:
    results: list[T] = []
    for count, member in enumerate(tar, start=1):
        if count > MAX_MEMBERS:
            raise CorpusError(f"{archive}: holds more than {MAX_MEMBERS:,} files.")
        _check_member(member, archive)
        name = PurePosixPath(member.name).name
        # Archives made on a Mac carry a hidden "._name" beside every file.
        if not member.isfile() or name.startswith(".") or not name.endswith(suffix):
            continue
        if results:
            raise CorpusError(f"{archive}: holds more than one {suffix} file.")
        content = tar.extractfile(member)
        assert content is not None
        with content:
            results.append(use(content))
    if not results:
        raise CorpusError(f"{archive}: holds no {suffix} file.")
    return results[0]


def _check_member(member: tarfile.TarInfo, archive: str) -> None:
    """Refuse whatever an archive of two plain files has no reason to hold."""
    name = quoted(member.name)
    # Read both ways, as the name may have been meant for either kind of machine.
    for path in (PurePosixPath(member.name), PureWindowsPath(member.name)):
        if path.is_absolute() or path.drive or ".." in path.parts:
            raise CorpusError(f"{archive}: the name {name} points outside of the archive.")
    # A sparse file claims any size without a byte to show for it.
    if member.issparse() or not (member.isreg() or member.isdir()):
        raise CorpusError(f"{archive}: {name} is a link or a device; only plain files are read.")
