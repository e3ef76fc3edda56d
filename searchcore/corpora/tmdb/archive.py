"""Read the one file that matters out of a .tgz of unknown origin, without ever extracting it."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any, BinaryIO, TypeVar

from searchcore.errors import CorpusError, quoted

T = TypeVar("T")
OnBytes = Callable[[int, int], None]
MAX_MEMBERS = 1_000
READ_BYTES = 1 << 20


class _Bounded:
    """A file that refuses to give more than `limit` bytes, and says how far the archive below it is read."""

    def __init__(self, packed: BinaryIO, archive: Path, limit: int, report: OnBytes) -> None:
        self._packed = packed
        self._unpacked = gzip.GzipFile(fileobj=packed)
        self._archive = archive
        self._size = archive.stat().st_size
        self._left = self._limit = limit
        self._report = report

    def read(self, size: int) -> bytes:
        try:
            data = self._unpacked.read(size)
        except (gzip.BadGzipFile, zlib.error, EOFError):
            raise _damaged(self._archive) from None
        except OSError as error:
            raise _unreadable(self._archive, error) from error
        self._left -= len(data)
        if self._left < 0:
            raise CorpusError(f"{self._archive.name}: unpacks to more than {self._limit >> 20:,} MB.")
        self._report(self._packed.tell(), self._size)
        return data


class _Content(io.RawIOBase):
    """The bytes of one entry, as other readers want them: a tar read as a stream can't be asked to seek."""

    def __init__(self, entry: IO[bytes]) -> None:
        self._entry = entry

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill `buffer` as far as there is something left."""
        data = self._entry.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


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
        packed = archive.open("rb")
    except OSError as error:
        raise _unreadable(archive, error) from error
    with packed:
        file = _Bounded(packed, archive, limit, report)
        try:
            with tarfile.open(fileobj=file, mode="r|") as tar:  # type: ignore[call-overload]
                found = _only_member(tar, archive.name, suffix, use)
        except tarfile.TarError:
            raise _damaged(archive) from None
        while file.read(READ_BYTES):  # to the end, where gzip keeps its checksum
            pass
        return found


def _damaged(archive: Path) -> CorpusError:
    return CorpusError(f"{archive.name}: not a .tgz archive, or a damaged one.")


def _unreadable(archive: Path, error: OSError) -> CorpusError:
    return CorpusError(f"{archive.name}: can't be read ({error.strerror or error}).")


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
        entry = tar.extractfile(member)
        assert entry is not None
        results.append(use(io.BufferedReader(_Content(entry), READ_BYTES)))
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
