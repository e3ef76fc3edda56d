"""A corpus of one's own as a zip: out and in again, and whatever else is in a zip."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchcore import Corpus, CorpusError, Document, Query
from searchcore.corpora import read_archive, to_archive
from searchcore.spreadsheet import FORMULA_STARTS, safe_cell
from searchcore.text import same_words, visible
from tests.workbooks import zipped

ROWS = '{"_id": "a", "text": "one"}\n{"_id": "b", "text": "two"}\n'
QUERIES = '{"_id": "q", "text": "one?"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq\ta\t2\n"
FILES: dict[str, str | bytes] = {"corpus.jsonl": ROWS, "queries.jsonl": QUERIES, "qrels/test.tsv": QRELS}


def refusal(data: bytes) -> str:
    with pytest.raises(CorpusError) as caught:
        read_archive("a.zip", data)
    return str(caught.value)


def ids(corpus: Corpus) -> list[str]:
    return [document.doc_id for document in corpus.documents]


@pytest.mark.parametrize("folder", ["", "films/", "a/b/"])
def test_a_corpus_is_found_at_the_top_or_in_its_folder(folder: str) -> None:
    corpus = read_archive("a.zip", zipped({folder + name: content for name, content in FILES.items()}))
    assert (corpus.name, corpus.title, corpus.shared) == ("own", "Your own", False)
    assert ids(corpus) == ["a", "b"]
    assert corpus.qrels == {"q": {"a": 2}}
    assert corpus.notes == ()


def test_of_several_corpora_the_shallowest_is_read_with_its_own_queries_alone() -> None:
    deep = {f"z/deep/{name}": content for name, content in FILES.items()}
    corpus = read_archive("a.zip", zipped({**deep, "y/corpus.jsonl": '{"_id": "y", "text": "yes"}'}))
    assert (ids(corpus), corpus.queries) == (["y"], ())


@pytest.mark.parametrize(
    "path", ["../corpus.jsonl", "a/../corpus.jsonl", "/corpus.jsonl", "C:/corpus.jsonl", "..\\corpus.jsonl"]
)
def test_paths_that_lead_elsewhere_are_passed_over(path: str) -> None:
    assert refusal(zipped({path: ROWS})) == "a.zip: there is no corpus.jsonl in it."
    corpus = read_archive("a.zip", zipped({**FILES, path: '{"_id": "evil", "text": "evil"}'}))
    assert ids(corpus) == ["a", "b"]
    assert corpus.notes == (
        "a.zip: 1 member was passed over: links, paths that lead elsewhere, encrypted or packed in a rare way.",
    )


def archived(*members: tuple[zipfile.ZipInfo, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member, content in members:
            archive.writestr(member, content)
    return out.getvalue()


def test_links_are_passed_over() -> None:
    link = zipfile.ZipInfo("corpus.jsonl")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    assert refusal(archived((link, "/etc/passwd"))) == "a.zip: there is no corpus.jsonl in it."


@pytest.mark.parametrize(("offset", "byte"), [(8, 1), (10, 14), (10, 99)])
def test_encrypted_and_rarely_packed_members_are_passed_over(offset: int, byte: int) -> None:
    data = bytearray(zipped({**FILES, "README.md": "---\ndescription: x\n---\n"}))
    data[data.rindex(b"PK\x01\x02") + offset] = byte
    corpus = read_archive("a.zip", bytes(data))
    assert (ids(corpus), corpus.description) == (["a", "b"], "")
    assert corpus.notes[0].startswith("a.zip: 1 member was passed over")


@pytest.mark.parametrize("byte", [0x20, 0x40])
def test_a_member_that_the_library_does_not_read_is_a_sentence(byte: int) -> None:
    data = bytearray(zipped({"corpus.jsonl": ROWS}))
    data[data.rindex(b"PK\x01\x02") + 8] = byte
    assert refusal(bytes(data)) == "own/corpus.jsonl: the archive is damaged or not complete."


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({"corpus.jsonl": b" " * 60_000_000})
    assert len(bomb) < 100_000
    assert refusal(bomb) == "a.zip unpacks to 60,000,000 bytes, and at most 50,000,000 are read."


@pytest.mark.parametrize("name", ["corpus.jsonl.gz", "queries.jsonl.gz", "qrels/test.tsv.gz", "README.md.gz"])
def test_a_bomb_within_is_refused_while_it_is_unpacked(name: str) -> None:
    bomb = zipped({"corpus.jsonl": ROWS, name: gzip.compress(b" " * 60_000_000)})
    assert refusal(bomb).startswith("a.zip unpacks to 50,")


def test_packed_files_within_are_read() -> None:
    corpus = read_archive("a.zip", zipped({"corpus.jsonl.gz": gzip.compress(ROWS.encode())}))
    assert ids(corpus) == ["a", "b"]
    broken = {**FILES, "queries.jsonl.gz": b"no", "README.md.gz": gzip.compress(b"x" * 500)[:20]}
    assert ids(read_archive("a.zip", zipped(broken))) == ["a", "b"]


def test_a_member_that_lies_about_its_size_gives_no_more_than_it_said() -> None:
    data = zipped({"corpus.jsonl": ROWS + " " * 60_000_000})
    place = data.rindex(b"PK\x01\x02")
    lie = data[: place + 24] + struct.pack("<I", len(ROWS)) + data[place + 28 :]
    assert refusal(lie) == "own/corpus.jsonl: the archive is damaged or not complete."


def test_what_is_no_archive_or_holds_too_much_is_one_sentence() -> None:
    assert (
        refusal(b"")
        == refusal(b"PK")
        == refusal(zipped(FILES)[:-5])
        == ("a.zip is not a zip archive, or it is damaged.")
    )
    assert refusal(zipped({})) == refusal(zipped({"corpus.csv": "text\na"})) == "a.zip: there is no corpus.jsonl in it."
    assert refusal(zipped({f"f{i}": "" for i in range(1_001)})) == "a.zip has 1,001 files, and at most 1,000 are read."
    many = "".join(f'{{"_id": {i}, "text": "t"}}\n' for i in range(5_001))
    assert refusal(zipped({"corpus.jsonl": many})) == (
        "a.zip holds 5,001 documents, and a corpus of one's own has at most 5,000."
    )
    empty = refusal(zipped({"corpus.jsonl": '{"_id": "a"}'}))
    assert empty.startswith("own/corpus.jsonl: there is no document in it to use;")


def test_every_split_comes_back() -> None:
    corpus = Corpus(
        name="own",
        documents=(Document("a", "one"), Document("b", "two")),
        queries=(Query("q", "one?", {"kind": "easy"}), Query("r", "two?"), Query("s", "three?")),
        qrels={"q": {"a": 2}},
        other_splits={"dev": {"r": {"b": 1, "a": 0}}},
    )
    again = read_archive("own.zip", to_archive(corpus))
    assert again.splits == corpus.splits
    assert again.queries == corpus.queries
    assert again.queries[0].kind == "easy"
    assert again.notes == ()


def test_a_corpus_without_judgements_comes_back_without_any() -> None:
    again = read_archive("own.zip", to_archive(Corpus("own", (Document("a", "one"),), description="1: \u00e9\x85 'x'")))
    assert (again.judged, again.queries, again.notes) == (False, (), ())
    assert again.description == "1: \u00e9\x85 'x'"


HARD = ("=HYPERLINK(1)", "'=HYPERLINK(1)", "''=HYPERLINK(1)", "+1", "a\tb", "a b", "a\nb", "#", "query-id", "@x")


def test_ids_are_no_formulas_in_any_file_and_stay_apart() -> None:
    documents = tuple(Document(each, f"text {i}") for i, each in enumerate(HARD))
    queries = tuple(Query(each, f"query {i}") for i, each in enumerate(HARD))
    grades = {each: i for i, each in enumerate(HARD)}
    data = to_archive(Corpus("own", documents, queries=queries, qrels=dict.fromkeys(HARD, grades)))
    again = read_archive("own.zip", data)
    assert [document.text for document in again.documents] == [document.text for document in documents]
    assert [query.text for query in again.queries] == [query.text for query in queries]
    assert [list(found.values()) for found in again.qrels.values()] == [list(range(len(HARD)))] * len(HARD)
    assert ids(again)[:3] == ["'''=HYPERLINK(1)", "'=HYPERLINK(1)", "''=HYPERLINK(1)"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        cells = archive.read("qrels/test.tsv").decode().replace("\n", "\t").split("\t")
    assert not any(cell.lstrip().startswith(FORMULA_STARTS) for cell in cells)


def test_texts_leave_as_they_are() -> None:
    text = '=HYPERLINK("http://x"), <b>{{1+1}}</b> "\u2028\x00\n\t'.strip()
    again = read_archive("own.zip", to_archive(Corpus("own", (Document("1", text, "=T"),))))
    assert again.documents == (Document("1", text, "=T"),)
    with zipfile.ZipFile(io.BytesIO(to_archive(again))) as archive:
        assert json.loads(archive.read("corpus.jsonl"))["text"] == text


words = st.text(st.characters(codec="utf-8"), max_size=20).map(str.strip)
# A query of that name takes the header for a judgement, which is noted.
identity = st.one_of(words, st.sampled_from(HARD), words.map("=".__add__)).filter(
    lambda each: each not in ("", "query-id")
)


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """A corpus as the reader makes them."""
    shown = words.filter(visible)
    doc_ids = draw(st.lists(identity, min_size=1, max_size=6, unique=True))
    query_ids = draw(st.lists(identity, max_size=4, unique=True))
    texts = draw(st.lists(shown, min_size=len(query_ids), max_size=len(query_ids), unique_by=same_words))
    grades = st.dictionaries(st.sampled_from(doc_ids), st.integers(0, 100), min_size=1)
    judged = st.dictionaries(st.sampled_from(query_ids), grades) if query_ids else st.just({})
    documents = tuple(Document(each, draw(shown), draw(st.one_of(st.just(""), shown))) for each in doc_ids)
    queries = tuple(map(Query, query_ids, texts))
    return Corpus("own", documents, queries=queries, qrels=draw(judged))


@settings(max_examples=100, deadline=None)
@given(corpora())
@example(Corpus("own", (Document("=a", "x"), Document("'=a", "y"))))
def test_what_is_written_is_read_back(corpus: Corpus) -> None:
    again = read_archive("own.zip", to_archive(corpus))
    assert again.notes == ()
    place = {new.doc_id: old.doc_id for old, new in zip(corpus.documents, again.documents, strict=True)}
    names = {new.query_id: old.query_id for old, new in zip(corpus.queries, again.queries, strict=True)}
    assert [(d.title, d.text) for d in again.documents] == [(d.title, d.text) for d in corpus.documents]
    assert [query.text for query in again.queries] == [query.text for query in corpus.queries]
    back = {names[q]: {place[d]: grade for d, grade in grades.items()} for q, grades in again.qrels.items()}
    assert back == corpus.qrels
    for new, old in (place | names).items():
        assert new.lstrip("'") == safe_cell(old).replace("\t", " ").replace("\n", " ").replace("\r", " ").lstrip("'")
    assert to_archive(again) and ids(read_archive("own.zip", to_archive(again))) == ids(again)


@settings(max_examples=300, deadline=None)
@given(st.integers(0), st.binary(max_size=6), st.booleans())
def test_any_archive_is_a_corpus_or_one_sentence(place: int, noise: bytes, cut: bool) -> None:
    data = zipped({**FILES, "README.md": "x"})
    place %= len(data)
    data = data[:place] + noise + (b"" if cut else data[place + len(noise) :])
    try:
        corpus = read_archive("a.zip", data)
    except CorpusError as error:
        assert str(error).isprintable() and str(error).endswith(".")
    else:
        assert corpus.documents and not corpus.shared


def test_a_member_without_a_name_is_passed_over() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("corpus.jsonl", '{"_id": "1", "text": "a whale"}\n')
        archive.writestr("x", "nameless")
    # In the directory: a name of no letter, and one byte more of what follows it.
    data = bytearray(out.getvalue())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 28 : entry + 32] = struct.pack("<HH", 0, 1)
    corpus = read_archive("a.zip", bytes(data))
    assert [document.text for document in corpus.documents] == ["a whale"]
