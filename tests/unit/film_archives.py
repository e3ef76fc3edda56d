"""Film archives of invented films, as they should be and as they should not, and what becomes of them."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from searchcore import CorpusError
from searchcore.corpora.tmdb import ImportReport, import_tmdb

FILMS: dict[str, Any] = {
    "11": {"title": "Night Ferry", "overview": "A ferry is lost in fog.", "release_date": "1987-05-02", "cast": []},
    "22": {"title": "Two Kites", "overview": "Sisters build kites."},
    "33": {"title": None, "overview": "Nobody named it."},
    "44": {"title": "Silence", "overview": None},
    "55": {"title": "  ", "overview": "Blank."},
    "66": None,
}
JUDGEMENTS = """\
# qid:1: lost at sea*1
# qid:2: wind: a story*1

1\tqid:1\t # 11\tlost at sea
0\tqid:1\t # 22\tlost at sea
1\tqid:2\t # 22\twind: a story
2\tqid:2\t # 99\twind: a story
0\tqid:2\t # 22\twind: a story
"""


def entry(name: str, size: int = 0, **fields: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def tgz(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    """A gzipped tar of these members, as they are."""
    with tarfile.open(path, "w:gz") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return path


def file_member(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    return entry(name, len(content)), content


def movies_tgz(folder: Path, films: Mapping[str, Any] | bytes = FILMS, name: str = "tmdb.json") -> Path:
    raw = films if isinstance(films, bytes) else json.dumps(films).encode()
    return tgz(folder / "movies.tgz", file_member(name, raw))


def judgements_tgz(folder: Path, text: str | bytes = JUDGEMENTS, name: str = "judged.txt") -> Path:
    raw = text if isinstance(text, bytes) else text.encode()
    return tgz(folder / "judgments.tgz", file_member(name, raw))


def imported(archives: Path, target: Path, movies: Any = FILMS, judgements: Any = JUDGEMENTS) -> ImportReport:
    return import_tmdb(movies_tgz(archives, movies), judgements_tgz(archives, judgements), target)


def refused(archives: Path, target: Path, movies: Path | None = None, judgements: Path | None = None) -> str:
    """The sentence with which these archives are refused; nothing may be left of the attempt."""
    with pytest.raises(CorpusError) as error:
        import_tmdb(movies or movies_tgz(archives), judgements or judgements_tgz(archives), target)
    assert list(target.parent.iterdir()) == []
    sentence = str(error.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence
