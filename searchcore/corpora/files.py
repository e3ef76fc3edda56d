"""The files of a corpus, wherever they are: in a folder, or in memory. Packed ones are unpacked as they are read."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from searchcore.errors import CorpusError

Files = Mapping[str, Callable[[], BinaryIO]]
"""By name within the corpus, as in "qrels/test.tsv": what opens the file for reading bytes."""

DOCUMENTS, QUERIES, JUDGEMENTS, CARD = "corpus.jsonl", "queries.jsonl", "qrels", "README.md"
OF_FOLDER = (DOCUMENTS, QUERIES, CARD)
SPLIT_ENDING = ".tsv"
# What people take for the file of documents.
NEARLY = tuple(f"corpus.{ending}" for ending in ("json", "csv", "tsv", "txt", "parquet", "xlsx", "ndjson"))
PACKED = ("", ".gz", ".zst")
MAX_FILES = 1_000
# A frame may ask for a window of this many bytes, as the command zstd allows without further options.
MAX_ZSTD_WINDOW = 1 << 27
# 256 bytes hold at most 64 blocks, which unpack to 128 kB each: what is unpacked at a time stays below 9 MB.
_ZSTD_PIECE = 256


class FileError(CorpusError):
    """A file of a corpus can't be read, or not to its end."""


def folder_files(folder: Path) -> Files:
    """The files in a folder that are those of a corpus, or nearly, opened when asked. Raises OSError."""
    paths = {path.name: path for path in folder.iterdir() if plain_name(path.name) in (*OF_FOLDER, *NEARLY)}
    judgements = folder / JUDGEMENTS
    splits = (path for path in (judgements.iterdir() if judgements.is_dir() else ()) if is_split(_in_judgements(path)))
    paths |= {_in_judgements(path): path for path in islice(splits, MAX_FILES)}
    return {name: _opener(path) for name, path in sorted(paths.items()) if path.is_file()}


def _in_judgements(path: Path) -> str:
    return f"{JUDGEMENTS}/{path.name}"


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def plain_name(name: str) -> str:
    """The name of a file without the ending that says how it is packed."""
    return next((name.removesuffix(ending) for ending in PACKED[1:] if name.endswith(ending)), name)


def is_split(name: str) -> bool:
    """Whether a file of that name holds the judgements of a split."""
    plain = plain_name(name)
    return plain.startswith(f"{JUDGEMENTS}/") and plain.endswith(SPLIT_ENDING)


def found(files: Files, name: str) -> str | None:
    """The name under which the file is there, plain or packed; None where it is not."""
    return next((name + ending for ending in PACKED if name + ending in files), None)


@contextmanager
def opened(files: Files, name: str, label: str) -> Iterator[BinaryIO]:
    """The unpacked bytes of a file. Whatever goes wrong while they are read is a FileError that names `label`."""
    try:
        with files[name]() as file:
            if name.endswith(".gz"):
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield unpacked  # type: ignore[misc]
            elif name.endswith(".zst"):
                yield io.BufferedReader(_Zstandard(file))
            else:
                yield file
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        raise FileError(f"{label}: the archive is damaged or not complete.") from error
    except OSError as error:
        raise FileError(f"{label}: can't be read ({error.strerror or error}).") from error


class _Zstandard(io.RawIOBase):
    """The unpacked bytes of a .zst file. The library's own reader takes a file that breaks off for a whole one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacked = memoryview(b"")
        self._chunks = self._unpack()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._unpacked:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._unpacked = memoryview(chunk)
        count = min(len(buffer), len(self._unpacked))
        buffer[:count] = self._unpacked[:count]
        self._unpacked = self._unpacked[count:]
        return count

    def _unpack(self) -> Iterator[bytes]:
        """Frame after frame. Raises EOFError where one is damaged or breaks off."""
        from zstandard import ZstdDecompressor, ZstdError

        frame = None
        try:
            while piece := self._file.read(_ZSTD_PIECE):
                while piece:
                    frame = frame or ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW).decompressobj()
                    yield frame.decompress(piece)
                    piece, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
        except ZstdError as error:
            raise EOFError from error
        if frame is not None:
            raise EOFError
