"""Films from archives: what is read, what is left out, and which files are refused."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from searchcore import CorpusError, find_corpora, read_corpus
from searchcore.corpora.tmdb import ImportReport, import_tmdb, jsonobject
from tests.unit.film_archives import (
    FILMS,
    JUDGEMENTS,
    entry,
    file_member,
    imported,
    judgements_tgz,
    movies_tgz,
    refused,
    tgz,
)


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    folder = tmp_path / "archives"
    folder.mkdir()
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "corpora" / "films"


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
        (b'{"1": {"title": "a", "overview": "b"}} "more', "movies.tgz: not valid JSON at or after entry 2."),
        (b'{"1": {"title": "a", "overview": "b"}}\\', "movies.tgz: not valid JSON at or after entry 2."),
        (b'{"1": {"title": "a', "movies.tgz: not valid JSON at or after entry 1."),
        (b'{"1": {"title": "\\x"}}', "movies.tgz: not valid JSON at or after entry 1."),
        (b'{"1": NaN}', "movies.tgz: not valid JSON at or after entry 1."),
        (b'{"1": ' + b"1" * 5_000 + b"}", "movies.tgz: not valid JSON at or after entry 1."),
        (b'{"1": ' + b"[" * 100_000, "movies.tgz: not valid JSON at or after entry 1."),
        (b'{"1": ' + b"[" * 9_999 + b"]" * 9_999 + b"}", "movies.tgz: entry 1 is nested more than 1,000 levels deep."),
        (b'{"1": {"title": "\xff", "overview": "b"}}', "movies.tgz: not UTF-8 text."),
    ],
)
def test_a_film_file_that_is_broken_is_refused(archives: Path, target: Path, raw: bytes, sentence: str) -> None:
    assert refused(archives, target, movies_tgz(archives, raw)) == sentence


@pytest.mark.parametrize("chunk", [*range(12, 26), 1000])
def test_entries_are_read_whole_wherever_the_pieces_end(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(jsonobject, "CHUNK_CHARACTERS", chunk)
    films = {
        "1": {"a": ["é", '\\"}', 1.5e3]},
        "2": None,
        "3": 1234567,
        "4": "}{",
        "5": True,
        "6": {},
        "7": "\U0001f680",
    }
    for raw in (json.dumps(films, indent=1, ensure_ascii=False).encode("utf-8-sig"), json.dumps(films).encode()):
        assert dict(jsonobject.json_entries(io.BytesIO(raw), "films")) == films


@pytest.mark.parametrize("chunk", range(12, 26))
@pytest.mark.parametrize(
    ("spelled", "text"),
    [
        (r"\ud83d\ude80", "\N{ROCKET}"),
        (r"\uD83D", "\ufffd"),
        (r"\ude80", "\ufffd"),
        (r"\ude80\ud83d", "\ufffd\ufffd"),
        (r"\ud83d\ud83d\ude80", "\ufffd\N{ROCKET}"),
        (r"\ud83d\u0041", "\ufffdA"),
        (r"\ud83d\n", "\ufffd\n"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d", "\\\ufffd"),
    ],
)
def test_half_of_a_surrogate_pair_is_found_wherever_the_pieces_end(
    monkeypatch: pytest.MonkeyPatch, chunk: int, spelled: str, text: str
) -> None:
    monkeypatch.setattr(jsonobject, "CHUNK_CHARACTERS", chunk)
    raw = f'{{"{spelled}": "{spelled}"}}'.encode()
    assert list(jsonobject.json_entries(io.BytesIO(raw), "films")) == [(text, text)]


def test_a_number_is_not_cut_where_a_piece_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonobject, "CHUNK_CHARACTERS", 12)
    assert list(jsonobject.json_entries(io.BytesIO(b'{"1": 1234567890}'), "films")) == [("1", 1234567890)]


def test_entries_come_before_the_file_is_read_to_its_end() -> None:
    file = io.BytesIO(json.dumps({str(number): "a" * 10_000 for number in range(500)}).encode())
    entries = jsonobject.json_entries(file, "films")
    for number, (key, _) in zip(range(100), entries, strict=False):
        assert key == str(number)
    assert file.tell() < 1_200_000


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
    imported(archives, target, judgements="# qid:1: m*a*s*h*1\n# qid:2: m*a*t*h\n# qid:3: ab*2.5\n")
    assert [q.text for q in read_corpus(target).queries] == ["m*a*s*h", "m*a*t*h", "ab"]


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
        (f"# qid:1: {'a ' * 2_100}*1\n", "judgments.tgz, line 1: the query has more than 4,000 characters."),
        (f"\n{'a' * 20_000}\n", "judgments.tgz, line 2: longer than 10,000 characters."),
        (b"# qid:1: a*1\n\xff\n", "judgments.tgz: not UTF-8 text after line 0."),
    ],
)
def test_a_judgement_that_cannot_be_read_is_named_by_its_line(
    archives: Path, target: Path, text: str | bytes, sentence: str
) -> None:
    assert refused(archives, target, judgements=judgements_tgz(archives, text)) == sentence
