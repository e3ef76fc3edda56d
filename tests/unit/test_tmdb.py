"""Films from archives: what is read, what is left out, and that a bad archive leaves nothing behind."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from searchcore import CorpusError, find_corpora, read_corpus
from searchcore.tmdb import ImportReport, import_tmdb, importer, jsonobject
from searchcore.tmdb.archive import MAX_MEMBERS, read_member

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


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    folder = tmp_path / "archives"
    folder.mkdir()
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "corpora" / "films"


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


def test_the_folder_is_a_corpus_with_its_films_queries_and_judgements(archives: Path, target: Path) -> None:
    report = imported(archives, target)
    corpus = read_corpus(target)
    assert [(d.doc_id, d.title, d.text) for d in corpus.documents] == [
        ("11", "Night Ferry", "A ferry is lost in fog."),
        ("22", "Two Kites", "Sisters build kites."),
    ]
    assert corpus.document("11").metadata == {"year": 1987, "tmdb_id": 11}
    assert corpus.document("22").metadata == {"tmdb_id": 22}
    assert [(q.query_id, q.text) for q in corpus.queries] == [("1", "lost at sea"), ("2", "wind: a story")]
    assert corpus.qrels == {"1": {"11": 1, "22": 0}, "2": {"22": 1}}
    assert corpus.title == "TMDB films" and "2 films" in corpus.description
    assert report == ImportReport(target, films=2, films_left_out=4, queries=2, judgements=3, judgements_left_out=2)


def test_the_folder_shows_up_among_the_corpora_and_nothing_else_does(archives: Path, target: Path) -> None:
    imported(archives, target)
    corpora, problems = find_corpora([target.parent])
    assert (list(corpora), problems) == (["films"], [])
    assert [path.name for path in target.parent.iterdir()] == ["films"]
    assert target.stat().st_mode & 0o777 == target.parent.stat().st_mode & 0o777


def test_the_card_tells_what_was_left_out(archives: Path, target: Path) -> None:
    imported(archives, target)
    card = (target / "README.md").read_text(encoding="utf-8")
    assert "| films left out: no title or no overview, or not usable | 4 |" in card
    assert "| judgements left out: film not here, or judged before | 2 |" in card


def test_an_empty_folder_is_filled_and_one_with_anything_in_it_is_left_alone(archives: Path, target: Path) -> None:
    target.mkdir(parents=True)
    imported(archives, target)
    before = {path.name for path in target.iterdir()}
    with pytest.raises(CorpusError, match="exists already; please name a new one"):
        imported(archives, target)
    assert {path.name for path in target.iterdir()} == before


def test_a_file_in_the_place_of_the_folder_is_left_alone(archives: Path, tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.write_text("mine")
    with pytest.raises(CorpusError, match="exists already"):
        imported(archives, file)
    assert file.read_text() == "mine"


def test_progress_runs_to_the_size_of_the_archive(archives: Path, target: Path) -> None:
    movies = movies_tgz(archives)
    seen: list[tuple[int, int]] = []
    import_tmdb(movies, judgements_tgz(archives), target, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (movies.stat().st_size, movies.stat().st_size)
    assert seen == sorted(seen)


def test_an_interruption_leaves_nothing(archives: Path, target: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_tmdb(movies_tgz(archives), judgements_tgz(archives), target, interrupt)
    assert list(target.parent.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(archives: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusError, match="can't be written"):
        imported(archives, tmp_path / "file" / "films")


def test_the_json_file_may_lie_in_a_folder_beside_what_a_mac_adds(archives: Path, target: Path) -> None:
    movies = tgz(
        archives / "movies.tgz",
        (entry("./data", type=tarfile.DIRTYPE), b""),
        file_member("./data/._tmdb.json", b"\x00\x05\x16\x07"),
        file_member("./data/tmdb.json", json.dumps(FILMS).encode()),
        file_member("./data/notes.md", b"hello"),
    )
    assert import_tmdb(movies, judgements_tgz(archives), target).films == 2


# ---- archives that mean no good -------------------------------------------------------------------

GOOD = json.dumps(FILMS).encode()
OUTSIDE = ["../evil.json", "/etc/evil.json", "a/../../evil.json", "..\\evil.json", "C:\\evil.json", "\\\\host\\evil"]


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


# ---- the film file --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"[]", "movies.tgz: expected one JSON object, keyed by film id."),
        (b"", "movies.tgz: expected one JSON object, keyed by film id."),
        (b"{}", "movies.tgz: no film in it has both a title and an overview."),
        (b'{"1": {"title": "a", "overview": "b"}, "2"', "movies.tgz: not valid JSON at or after entry 2."),
        (b'{"1": {"title": "a", "overview": "b"}, 2: {}}', "movies.tgz: not valid JSON at or after entry 2."),
        (b'{"1": {"title": "a", "overview": "b"}; "2": {}}', "movies.tgz: not valid JSON at or after entry 2."),
        (b'{"1": {"title": "a", "overview": "b"}} more', "movies.tgz: not valid JSON at or after entry 2."),
        (b'{"1": {"title": "a', "movies.tgz: not valid JSON at or after entry 1."),
        (b'{"1": ' + b"[" * 100_000, "movies.tgz: not valid JSON at or after entry 1."),
        (b'{"1": {"title": "\xff", "overview": "b"}}', "movies.tgz: not UTF-8 text."),
    ],
)
def test_a_film_file_that_is_broken_is_refused(archives: Path, target: Path, raw: bytes, sentence: str) -> None:
    assert refused(archives, target, movies_tgz(archives, raw)) == sentence


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
def test_entries_are_read_whole_wherever_the_pieces_end(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(jsonobject, "CHUNK_CHARACTERS", chunk)
    films = {"1": {"a": ["é", '\\"}', 1.5e3]}, "2": None, "3": 1234567, "4": "}{", "5": True, "6": {}}
    raw = json.dumps(films, indent=1, ensure_ascii=False).encode("utf-8-sig")
    assert dict(jsonobject.json_entries(io.BytesIO(raw), "films")) == films


def test_a_number_is_not_cut_where_a_piece_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonobject, "CHUNK_CHARACTERS", 8)
    assert list(jsonobject.json_entries(io.BytesIO(b'{"1": 1234567890}'), "films")) == [("1", 1234567890)]


def test_an_entry_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch, archives: Path, target: Path) -> None:
    monkeypatch.setattr(jsonobject, "MAX_ENTRY_CHARACTERS", 10_000)
    monkeypatch.setattr(jsonobject, "CHUNK_CHARACTERS", 1_000)
    movies = movies_tgz(archives, b'{"1": {"title": "' + b"a" * 100_000)
    assert "entry 1 is not valid JSON, or longer than 10,000 characters" in refused(archives, target, movies)


def test_an_id_that_comes_twice_counts_once(archives: Path, target: Path) -> None:
    raw = b'{"7": {"title": "a", "overview": "first"}, "7": {"title": "a", "overview": "second"}}'
    report = imported(archives, target, raw)
    assert (report.films, report.films_left_out) == (1, 1)
    assert read_corpus(target).document("7").text == "first"


@pytest.mark.parametrize(
    "film",
    [
        {"": {"title": "a", "overview": "b"}},
        {"two words": {"title": "a", "overview": "b"}},
        {"1\t2": {"title": "a", "overview": "b"}},
        {"1": {"title": 5, "overview": "b"}},
        {"1": {"title": "a", "overview": ["b"]}},
        {"1": {"title": "a", "overview": "b" * 30_000}},
        {"1": [1, 2]},
        {"1": {"overview": "b"}},
    ],
)
def test_a_film_that_cannot_be_used_is_left_out_and_counted(archives: Path, target: Path, film: Any) -> None:
    report = imported(archives, target, {**film, "22": FILMS["22"]})
    assert (report.films, report.films_left_out) == (1, 1)


def test_texts_may_hold_any_character_even_half_of_one(archives: Path, target: Path) -> None:
    raw = b'{"1": {"title": "\\ud83d <b>", "overview": "\\u2028line\\nbreak \\ud83d\\ude80 \\u0000"}}'
    imported(archives, target, raw)
    film = read_corpus(target).document("1")
    assert film.title == "\N{REPLACEMENT CHARACTER} <b>"
    assert "line\nbreak \N{ROCKET}" in film.text


@pytest.mark.parametrize("date", ["", None, "soon", 1987, "198", "19871"])
def test_a_film_without_a_proper_date_has_no_year(archives: Path, target: Path, date: Any) -> None:
    imported(archives, target, {"1": {"title": "a", "overview": "b", "release_date": date}})
    assert read_corpus(target).document("1").metadata == {"tmdb_id": 1}


# ---- the judgements -------------------------------------------------------------------------------


def test_windows_line_ends_and_a_byte_order_mark_are_read_as_meant(archives: Path, target: Path) -> None:
    imported(archives, target, judgements=JUDGEMENTS.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_corpus(target).qrels == {"1": {"11": 1, "22": 0}, "2": {"22": 1}}


def test_without_a_header_the_keywords_of_the_line_are_the_query(archives: Path, target: Path) -> None:
    imported(archives, target, judgements="3\tqid:7\t # 11\tfoggy crossing\n# a remark\n")
    corpus = read_corpus(target)
    assert [(q.query_id, q.text) for q in corpus.queries] == [("7", "foggy crossing")]
    assert corpus.qrels == {"7": {"11": 3}}


def test_only_the_weight_is_cut_off_the_keywords(archives: Path, target: Path) -> None:
    imported(archives, target, judgements="# qid:1: m*a*s*h*1\n# qid:2: m*a*s*h\n# qid:3: ab*2.5\n")
    assert [q.text for q in read_corpus(target).queries] == ["m*a*s*h", "m*a*s*h", "ab"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "judgments.tgz: there is no judgement in it."),
        ("# qid:1: a*1\n1 11 a\n", 'judgments.tgz, line 2: expected "grade qid:N # docid keywords", got "1 11 a".'),
        ("-1\tqid:1\t # 11\ta\n", 'judgments.tgz, line 1: a grade is a whole number from 0 to 100, got "-1".'),
        ("0.5\tqid:1\t # 11\ta\n", 'judgments.tgz, line 1: a grade is a whole number from 0 to 100, got "0.5".'),
        ("²\tqid:1\t # 11\ta\n", 'judgments.tgz, line 1: a grade is a whole number from 0 to 100, got "²".'),
        ("101\tqid:1\t # 99\ta\n", 'judgments.tgz, line 1: a grade is a whole number from 0 to 100, got "101".'),
        ("1\tqid:1\t # 11\n", "judgments.tgz, line 1: the query has no keywords."),
        ("# qid:1: *1\n", "judgments.tgz, line 1: the query has no keywords."),
        (f"# qid:1: {'a ' * 600}*1\n", "judgments.tgz, line 1: the query has more than 1,000 characters."),
        (f"\n{'a' * 20_000}\n", "judgments.tgz, line 2: longer than 10,000 characters."),
        (b"# qid:1: a*1\n\xff\n", "judgments.tgz: not UTF-8 text after line 0."),
    ],
)
def test_a_judgement_that_cannot_be_read_is_named_by_its_line(
    archives: Path, target: Path, text: str | bytes, sentence: str
) -> None:
    assert refused(archives, target, judgements=judgements_tgz(archives, text)) == sentence
