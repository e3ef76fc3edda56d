"""Archives that mean no good, or came to harm: each is refused in a sentence and leaves nothing behind."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from searchcore import CorpusError
from searchcore.corpora.tmdb import import_tmdb, importer
from searchcore.corpora.tmdb.archive import MAX_MEMBERS, read_member
from tests.unit.film_archives import FILMS, JUDGEMENTS, entry, file_member, judgements_tgz, movies_tgz, refused, tgz

GOOD = json.dumps(FILMS).encode()
OUTSIDE = ["../evil.json", "/etc/evil.json", "a/../../evil.json", "..\\evil.json", "C:\\evil.json", "\\\\host\\evil"]


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    folder = tmp_path / "archives"
    folder.mkdir()
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "corpora" / "films"


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("first", [True, False])
def test_a_name_that_points_outside_is_refused_wherever_it_stands(
    archives: Path, target: Path, name: str, first: bool
) -> None:
    members = [file_member("tmdb.json", GOOD), file_member(name, GOOD)]
    movies = tgz(archives / "movies.tgz", *(reversed(members) if first else members))
    assert "points outside of the archive" in refused(archives, target, movies)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
@pytest.mark.parametrize("name", ["tmdb.json", "other"])
def test_links_and_devices_are_refused(archives: Path, target: Path, kind: bytes, name: str) -> None:
    trap = (entry(name, type=kind, linkname="/etc/passwd"), b"")
    movies = tgz(archives / "movies.tgz", file_member("tmdb.json", GOOD), trap)
    assert refused(archives, target, movies) == (
        f'movies.tgz: "{name}" is a link or a device; only plain files are read.'
    )


def test_a_sparse_file_that_claims_any_size_is_refused(archives: Path, target: Path) -> None:
    info = entry("tmdb.json", 0, pax_headers={"GNU.sparse.size": "99999999999", "GNU.sparse.map": "0,0"})
    movies = tgz(archives / "movies.tgz", (info, b""))
    assert "only plain files are read" in refused(archives, target, movies)


def test_the_same_traps_are_refused_among_the_judgements(archives: Path, target: Path) -> None:
    judgements = tgz(archives / "judgments.tgz", file_member("../judged.txt", JUDGEMENTS.encode()))
    sentence = refused(archives, target, judgements=judgements)
    assert sentence == 'judgments.tgz: the name "../judged.txt" points outside of the archive.'


@pytest.mark.parametrize("pad", ["tmdb.json", "other.bin"])
def test_a_gzip_bomb_is_stopped_at_the_limit(
    archives: Path, target: Path, monkeypatch: pytest.MonkeyPatch, pad: str
) -> None:
    monkeypatch.setattr(importer, "MAX_MOVIES_BYTES", 2 << 20)
    bomb = tgz(archives / "movies.tgz", file_member(pad, b" " * (64 << 20)))
    assert bomb.stat().st_size < 100_000
    taken: list[int] = []
    with pytest.raises(CorpusError, match=r"movies\.tgz: unpacks to more than 2 MB\."):
        import_tmdb(bomb, judgements_tgz(archives), target, lambda done, total: taken.append(done))
    assert list(target.parent.iterdir()) == []
    assert max(taken) < bomb.stat().st_size / 2


def test_a_tail_behind_the_tar_counts_as_well(archives: Path) -> None:
    movies = movies_tgz(archives)
    movies.write_bytes(movies.read_bytes() + gzip.compress(b"\0" * (4 << 20)))
    with pytest.raises(CorpusError, match="unpacks to more than 1 MB"):
        read_member(movies, ".json", 1 << 20, lambda file: file.read())


def test_an_archive_of_countless_files_is_refused(archives: Path, target: Path) -> None:
    movies = tgz(archives / "movies.tgz", *((entry(f"f{i}"), b"") for i in range(MAX_MEMBERS + 1)))
    assert refused(archives, target, movies) == f"movies.tgz: holds more than {MAX_MEMBERS:,} files."


def test_a_negative_size_does_not_send_the_reader_in_circles(archives: Path, target: Path) -> None:
    header = bytearray(entry("tmdb.json", 0).tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 10 + (2**16 - 512).to_bytes(2, "big")
    checksum = sum(header[:148]) + 8 * 32 + sum(header[156:512])
    header[148:156] = b"%06o\0 " % checksum
    (archives / "movies.tgz").write_bytes(gzip.compress(bytes(header) + bytes(1024)))
    refused(archives, target, archives / "movies.tgz")


def half(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def flipped(raw: bytes) -> bytes:
    return raw[:-8] + bytes(b ^ 0xFF for b in raw[-8:-4]) + raw[-4:]


@pytest.mark.parametrize(
    "damage",
    [half, flipped, lambda raw: b"", lambda raw: b"not gzip at all", lambda raw: gzip.compress(b"no tar")],
    ids=["cut in half", "wrong checksum", "empty", "not gzip", "not a tar"],
)
def test_a_damaged_archive_is_refused(archives: Path, target: Path, damage: Callable[[bytes], bytes]) -> None:
    noise = {str(i): {"title": f"t{i}", "overview": f"{i * 7919 % 10007}"} for i in range(3000)}
    movies = movies_tgz(archives, noise)
    movies.write_bytes(damage(movies.read_bytes()))
    assert refused(archives, target, movies) == "movies.tgz: not a .tgz archive, or a damaged one."


def test_an_archive_that_is_not_there_is_named(archives: Path, target: Path) -> None:
    assert refused(archives, target, archives / "nowhere.tgz").endswith('nowhere.tgz" is not a file.')
    assert refused(archives, target, archives).endswith('archives" is not a file.')


def test_an_archive_without_the_file_or_with_two_of_them_is_refused(archives: Path, target: Path) -> None:
    movies = movies_tgz(archives, name="films.csv")
    assert refused(archives, target, movies) == "movies.tgz: holds no .json file."
    movies = tgz(archives / "movies.tgz", file_member("a.json", GOOD), file_member("b/tmdb.json", GOOD))
    assert refused(archives, target, movies) == "movies.tgz: holds more than one .json file."
