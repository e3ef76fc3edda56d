"""Documents on the disk: the same as in memory, read one by one, and gone with the process."""

from __future__ import annotations

import errno
import tempfile
import tracemalloc
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import CorpusError, Document, Engine
from searchcore.corpora import documents as module
from searchcore.corpora import find_corpora, read_corpus
from searchcore.corpora.on_disk import DocumentsOnDisk
from searchcore.index import EmbeddingCache
from searchcore.request import Options
from tests.fakes import FakeEncoder, FakeScorer, store_of, write_beir

texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)
many = st.lists(st.builds(Document, texts, texts, texts, st.dictionaries(texts, st.integers() | texts)), max_size=8)


@settings(max_examples=60)
@given(many, st.integers(-9, 9), st.integers(-9, 9))
def test_they_are_the_documents_that_were_given(given_documents: list[Document], start: int, stop: int) -> None:
    kept = DocumentsOnDisk(given_documents)
    assert len(kept) == len(given_documents) and list(kept) == given_documents
    assert [d.metadata for d in kept] == [d.metadata for d in given_documents]
    assert kept[start:stop] == tuple(given_documents[start:stop])
    for place in range(-len(kept), len(kept)):
        assert kept[place] == given_documents[place]
    for place in (len(kept), -len(kept) - 1):
        with pytest.raises(IndexError):
            kept[place]


def test_many_threads_read_at_the_same_time() -> None:
    kept = DocumentsOnDisk(Document(str(n), f"text {n} " * (n % 7 + 1)) for n in range(500))
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda n: kept[n % 500], range(4_000)))
    assert [document.doc_id for document in read] == [str(n % 500) for n in range(4_000)]


def rows(count: int, words: int) -> list[dict[str, Any]]:
    return [{"_id": str(n), "title": f"t{n}", "text": f"number{n} " * words} for n in range(count)]


def test_a_corpus_on_the_disk_is_the_same_corpus_and_takes_a_part_of_the_memory(tmp_path: Path) -> None:
    folder = write_beir(tmp_path / "many", rows(3_000, 100), qrels="query-id\tcorpus-id\tscore\nq\t7\t2\n")

    def held(on_disk: bool) -> tuple[int, Any]:
        tracemalloc.start()
        corpus = read_corpus(folder, on_disk=on_disk)
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size, corpus

    (in_memory, one), (elsewhere, other) = held(False), held(True)
    assert list(one.documents) == list(other.documents)
    assert one.fingerprint == other.fingerprint and one.qrels == other.qrels == {"q": {"7": 2}}
    assert one.document("17") == other.document("17") and other.position("17") == 17
    assert elsewhere < in_memory / 3


def test_every_method_finds_the_same_in_it(tmp_path: Path) -> None:
    folder = write_beir(tmp_path / "many", rows(40, 3))
    found: list[Sequence[Any]] = []
    for on_disk in (False, True):
        corpus = read_corpus(folder, on_disk=on_disk)
        models = store_of(FakeEncoder(), FakeScorer())
        engine = Engine({"many": corpus}, models, EmbeddingCache(tmp_path / f"cache{on_disk}"))
        methods = ("bm25", "bi_encoder", "fusion", "cross_encoder")
        result = engine.search("many", "number7 number9", 10, methods, options=Options(window=16))
        found.append([(key, ranking.hits) for key, ranking in result.rankings.items()])
        engine.close()
    assert found[0] == found[1]


def test_bad_rows_are_told_as_in_memory(tmp_path: Path) -> None:
    folder = write_beir(
        tmp_path / "bad", [*rows(2, 1), {"_id": "1", "text": "again"}, {"_id": "x"}], queries=None, qrels=None
    )
    assert read_corpus(folder, on_disk=True).notes == read_corpus(folder).notes != ()
    with pytest.raises(CorpusError, match="there is no document in it"):
        read_corpus(write_beir(tmp_path / "none", [{"_id": "x"}]), on_disk=True)


def test_more_documents_are_read_than_memory_would_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_beir(tmp_path / "many", rows(20, 1), queries=None, qrels=None)
    monkeypatch.setattr(module, "MAX_DOCUMENTS", 10)
    with pytest.raises(CorpusError, match="more than 10 documents"):
        read_corpus(folder)
    assert len(read_corpus(folder, on_disk=True)) == 20
    monkeypatch.setattr(module, "MOST_ON_DISK", 15)
    with pytest.raises(CorpusError, match="more than 15 documents"):
        read_corpus(folder, on_disk=True)


@pytest.mark.parametrize("writable", [True, False])
def test_they_lie_in_the_folder_of_the_cache_where_that_can_be_written(
    writable: bool, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not writable:
        cache_folder.write_text("a file, where the folder should be")
    asked: list[Any] = []
    made = tempfile.TemporaryFile

    def noted(**how: Any) -> Any:
        asked.append(how["dir"])
        return made(**how)

    monkeypatch.setattr(tempfile, "TemporaryFile", noted)
    assert DocumentsOnDisk([Document("a", "text")])[0].text == "text"
    assert asked == [cache_folder if writable else None]
    assert not writable or list(cache_folder.iterdir()) == []


def test_a_disk_without_room_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **kwargs: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = write_beir(tmp_path / "films")
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    corpora, problems = find_corpora([tmp_path], on_disk=True)
    assert corpora == {} and problems == ["The texts can't be put aside on the disk (No space left on device)."]
    assert folder.exists()


def test_texts_stay_on_the_disk_where_an_engine_keeps_the_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCHCORE_INDEX", str(tmp_path / "vectors.db"))
    engine = Engine(models=store_of(FakeEncoder(), FakeScorer()))
    assert all(isinstance(corpus.documents, DocumentsOnDisk) for corpus in engine.corpora.values())
    engine.close()
    monkeypatch.delenv("SEARCHCORE_INDEX")
    engine = Engine(models=store_of(FakeEncoder(), FakeScorer()))
    assert all(isinstance(corpus.documents, tuple) for corpus in engine.corpora.values())
    engine.close()
