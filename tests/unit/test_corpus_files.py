"""The files of a corpus: in memory, packed, damaged, too large."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
import zstandard

from searchcore import Corpus, CorpusError, read_corpus
from searchcore.corpora import Files, documents, judgements, lines, queries, read_corpus_files

MEGABYTE = 1_000_000
FILES = {
    "corpus.jsonl": b'{"_id": "a", "text": "one"}\n{"_id": "b", "text": "two"}\n',
    "queries.jsonl": b'{"_id": "q", "text": "one?"}\n',
    "qrels/test.tsv": b"q\ta\t1\n",
    "README.md": b"---\npretty_name: Films\n---\n",
}
PACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstandard.compress}


def opener(raw: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(raw)


def in_memory(**changes: bytes | None) -> Files:
    return {name: opener(raw) for name, raw in {**FILES, **changes}.items() if raw is not None}


def packed(ending: str, *names: str) -> dict[str, bytes]:
    return {
        name + (ending if name in names else ""): raw if name not in names else PACK[ending](raw)
        for name, raw in FILES.items()
    }


def read(files: dict[str, bytes]) -> Corpus:
    return read_corpus_files("shop", {name: opener(raw) for name, raw in files.items()})


def test_a_corpus_is_read_of_files_in_memory_and_is_not_shared() -> None:
    corpus = read_corpus_files("shop", in_memory(**{"other.txt": b"passed over"}))
    assert (corpus.name, corpus.title, len(corpus), corpus.qrels) == ("shop", "Films", 2, {"q": {"a": 1}})
    assert (corpus.shared, corpus.notes) == (False, ())
    with pytest.raises(CorpusError, match=r"^shop/corpus\.jsonl: the file is missing\.$"):
        read_corpus_files("shop", {})


@pytest.mark.parametrize("ending", PACK)
def test_any_file_may_be_packed(tmp_path: Path, ending: str) -> None:
    files = packed(ending, *FILES)
    for name, raw in files.items():
        (tmp_path / "shop" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / name).write_bytes(raw)
    for corpus in (read(files), read_corpus(tmp_path / "shop")):
        assert (corpus.title, len(corpus), corpus.qrels, corpus.notes) == ("Films", 2, {"q": {"a": 1}}, ())


@pytest.mark.parametrize("ending", PACK)
def test_an_archive_of_several_parts_is_read_to_its_end(ending: str) -> None:
    files = {
        f"corpus.jsonl{ending}": b"".join(PACK[ending](line + b"\n") for line in FILES["corpus.jsonl"].split(b"\n"))
    }
    assert [document.doc_id for document in read(files).documents] == ["a", "b"]


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:-6], lambda raw: raw[:9], lambda raw: b"no archive", lambda raw: raw + b"?"]
)
def test_a_damaged_archive_of_documents_is_told_and_one_of_anything_else_costs_that_file(
    ending: str, damage: Callable[[bytes], bytes]
) -> None:
    files = packed(ending, "corpus.jsonl")
    with pytest.raises(CorpusError) as caught:
        read(files | {f"corpus.jsonl{ending}": damage(files[f"corpus.jsonl{ending}"])})
    assert str(caught.value) == f"shop/corpus.jsonl{ending}: the archive is damaged or not complete."
    told = f"{ending}: the archive is damaged or not complete; "
    for name, cost in (("queries.jsonl", "its queries were"), ("qrels/test.tsv", "its judgements were")):
        files = packed(ending, name)
        corpus = read(files | {name + ending: damage(files[name + ending])})
        assert f"shop/{name}{told}{cost} left out." in corpus.notes
        assert (len(corpus), corpus.qrels) == (2, {})
    files = packed(ending, "README.md")
    corpus = read(files | {f"README.md{ending}": damage(files[f"README.md{ending}"])})
    assert len(corpus) == 2


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("content", [b" ", b"\n", b"x"])
def test_a_bomb_fills_no_memory(monkeypatch: pytest.MonkeyPatch, ending: str, content: bytes) -> None:
    monkeypatch.setattr(lines, "MAX_FILE_BYTES", 40 * MEGABYTE)
    monkeypatch.setattr(lines, "MAX_LINES", 1_000)
    bomb = PACK[ending](content * (60 * MEGABYTE))
    tracemalloc.start()
    sentence = r"(longer than 40,000,000 bytes|more than 1,000 lines)"
    with pytest.raises(CorpusError, match=rf"^shop/corpus\.jsonl\.(gz|zst): {sentence}\.$"):
        read({f"corpus.jsonl{ending}": bomb})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * MEGABYTE


def test_a_file_that_is_there_plain_and_packed_is_read_plain_and_that_is_said() -> None:
    corpus = read(FILES | {"corpus.jsonl.gz": b"anything", "qrels/test.tsv.zst": b"anything"})
    assert (len(corpus), corpus.qrels) == (2, {"q": {"a": 1}})
    assert corpus.notes == (
        "shop/corpus.jsonl.gz: passed over, since corpus.jsonl is there.",
        "shop/qrels/test.tsv.zst: passed over, since qrels/test.tsv is there.",
    )


def test_the_notes_are_bounded_however_many_files_there_are() -> None:
    packed_too = {f"qrels/s{i}.tsv{ending}": b"" for i in range(300) for ending in ("", ".gz")}
    notes = read({**FILES, **packed_too}).notes
    assert len(notes) == 21
    assert notes[-1] == "281 more files were passed over."


def test_a_file_that_can_not_be_opened_is_told() -> None:
    def refuse() -> BinaryIO:
        raise PermissionError(13, "Permission denied")

    with pytest.raises(CorpusError, match=r"^shop/corpus\.jsonl: can't be read \(Permission denied\)\.$"):
        read_corpus_files("shop", {"corpus.jsonl": refuse})
    corpus = read_corpus_files("shop", {**in_memory(), "README.md": refuse})
    assert corpus.notes == ("shop/README.md: can't be read (Permission denied); the card was passed over.",)


def test_too_many_documents_are_refused_with_what_the_bound_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_DOCUMENTS", 1)
    with pytest.raises(CorpusError, match=r"^shop/corpus\.jsonl, line 2: more than 1 documents\.$"):
        read(FILES)


def test_documents_that_take_too_much_memory_are_refused_whatever_they_are_made_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(documents, "MAX_HELD_BYTES", 10_000)
    for row in (
        b'{"_id": "c", "text": "' + b"x" * 10_000 + b'"}\n',
        b'{"_id": "c", "text": "x", "metadata": {"k": [' + b"[]," * 200 + b"1]}}\n",
    ):
        with pytest.raises(
            CorpusError, match=r"line 3: the documents up to here take more than 10,000 bytes of memory"
        ):
            read({"corpus.jsonl": FILES["corpus.jsonl"] + row})


def test_more_queries_judgements_and_splits_than_can_be_held_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MAX_QUERIES", 1)
    corpus = read(FILES | {"queries.jsonl": FILES["queries.jsonl"] + b'{"_id": "r", "text": "two?"}\n'})
    assert [query.query_id for query in corpus.queries] == ["q"]
    assert len(corpus.notes) == 1
    monkeypatch.undo()
    monkeypatch.setattr(queries, "MAX_HELD_BYTES", 10_000)
    long = b'{"_id": "r", "text": "two?", "metadata": {"k": [' + b"[]," * 200 + b"1]}}\n"
    assert [query.query_id for query in read(FILES | {"queries.jsonl": FILES["queries.jsonl"] + long}).queries] == ["q"]
    monkeypatch.undo()
    monkeypatch.setattr(judgements, "MAX_JUDGEMENTS", 2)
    corpus = read(FILES | {"qrels/dev.tsv": b"q\ta\t1\nq\tb\t1\n"})
    assert corpus.splits == {"test": {"q": {"a": 1}}}
    assert corpus.notes == ("shop/qrels/dev.tsv, line 2: more than 2 judgements in all; its judgements were left out.",)
    corpus = read(
        {"corpus.jsonl": FILES["corpus.jsonl"], "queries.jsonl": FILES["queries.jsonl"]}
        | {f"qrels/s{i:02}.tsv": b"q\ta\t1\n" for i in range(12)}
    )
    assert list(corpus.splits) == ["s00", "s01"]
    assert "shop/qrels: 2 of its files were left out, beyond the first 10." in corpus.notes
