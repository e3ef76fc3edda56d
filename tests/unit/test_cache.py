"""The embedding cache: when it hits, when it misses, what it leaves on disk. See test_cache_faults for the rest."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from searchcore import Cancelled, Corpus, Document, Engine
from searchcore.index import EmbeddingCache, VectorIndex
from searchcore.index.embedding_cache import BATCH_DOCUMENTS, PART_DOCUMENTS, Report
from searchcore.kept import FOLDER_VARIABLE, arrays, default_folder, folder
from searchcore.models import OwnTokens
from tests.fakes import FakeEncoder, FakeScorer, bag_of_words, corpus_of, numbered_corpus, rows_of, store_of

TEXTS = ("a platoon in the jungle", "two chess players", "the end of the world", "a man without memory")


def expected(corpus: Corpus) -> np.ndarray:
    return np.stack([bag_of_words(document.passage) for document in corpus.documents])


def files(folder: Path) -> list[str]:
    """The kinds of the files in the cache, without the locks."""
    return sorted(path.suffix for path in folder.iterdir() if path.suffix != ".lock")


def test_vectors_come_in_corpus_order_as_float32(cache_folder: Path) -> None:
    corpus = corpus_of("three words here", "one", "two words")  # the encoder gets them by length
    vectors = rows_of(EmbeddingCache().embed(corpus, FakeEncoder()))
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, expected(corpus))


def test_a_second_cache_makes_no_encoder_call(cache_folder: Path) -> None:
    first, second = FakeEncoder(), FakeEncoder()
    made = EmbeddingCache().embed(corpus_of(*TEXTS), first)
    kept = EmbeddingCache().embed(corpus_of(*TEXTS), second)
    assert first.documents_encoded == len(TEXTS)
    assert second.document_calls == []
    np.testing.assert_array_equal(rows_of(made), rows_of(kept))


def test_a_second_engine_makes_no_encoder_call(cache_folder: Path) -> None:
    first, second = FakeEncoder(), FakeEncoder()
    results = []
    for encoder in (first, second):
        engine = Engine({"small": corpus_of(*TEXTS)}, store_of(encoder, FakeScorer()))
        results.append(engine.search("small", "chess").rankings["bi_encoder"].hits)
        engine.close()
    assert len(first.document_calls) == 1
    assert second.document_calls == []
    assert results[0] == results[1]


def with_texts(*texts: str) -> Callable[[], tuple[Corpus, FakeEncoder]]:
    return lambda: (corpus_of(*texts), FakeEncoder())


@pytest.mark.parametrize(
    "changed",
    [
        with_texts("A platoon in the jungle", *TEXTS[1:]),
        with_texts(TEXTS[1], TEXTS[0], *TEXTS[2:]),
        with_texts(*TEXTS[:-1]),
        with_texts(*TEXTS, "one more"),
        lambda: (corpus_of(*TEXTS), FakeEncoder(fingerprint="another model")),
        lambda: (corpus_of(*TEXTS), FakeEncoder(fingerprint="fake encoder, prompt 2")),
        lambda: (Corpus("small", tuple(Document(f"e{i}", t) for i, t in enumerate(TEXTS)), shared=True), FakeEncoder()),
    ],
    ids=["one character", "order", "one fewer", "one more", "model", "prompt", "ids"],
)
def test_a_change_is_a_miss(cache_folder: Path, changed: Callable[[], tuple[Corpus, FakeEncoder]]) -> None:
    EmbeddingCache().embed(corpus_of(*TEXTS), FakeEncoder())
    corpus, encoder = changed()
    np.testing.assert_array_equal(rows_of(EmbeddingCache().embed(corpus, encoder)), expected(corpus))
    assert encoder.documents_encoded == len(corpus)
    unchanged = FakeEncoder()
    EmbeddingCache().embed(corpus_of(*TEXTS), unchanged)
    assert unchanged.document_calls == []


def test_no_text_can_pass_for_others_by_what_stands_between_them(cache_folder: Path) -> None:
    # One after the other, both read "d0" "a" "d1" "b" "d1" "c".
    for corpus in (corpus_of("ad1b", "c"), corpus_of("a", "bd1c")):
        encoder = FakeEncoder()
        np.testing.assert_array_equal(rows_of(EmbeddingCache().embed(corpus, encoder)), expected(corpus))
        assert encoder.documents_encoded == 2


def test_name_title_and_description_of_a_corpus_do_not_matter(cache_folder: Path) -> None:
    EmbeddingCache().embed(corpus_of(*TEXTS, name="one"), FakeEncoder())
    encoder = FakeEncoder()
    EmbeddingCache().embed(corpus_of(*TEXTS, name="other"), encoder)
    assert encoder.document_calls == []


def test_one_entry_is_one_safetensors_file(cache_folder: Path) -> None:
    corpus = corpus_of(*TEXTS)
    EmbeddingCache().embed(corpus, FakeEncoder())
    assert files(cache_folder) == [".safetensors"]
    (path,) = cache_folder.glob("*.safetensors")
    np.testing.assert_array_equal(load_file(path)["embeddings"], expected(corpus))


def test_a_corpus_that_is_not_shared_leaves_nothing_on_disk(cache_folder: Path) -> None:
    encoder = FakeEncoder()
    corpus = numbered_corpus(PART_DOCUMENTS + 1, shared=False)
    for _ in range(2):
        np.testing.assert_array_equal(rows_of(EmbeddingCache().embed(corpus, encoder)), expected(corpus))
    assert encoder.documents_encoded == 2 * len(corpus)
    assert not cache_folder.exists()


def test_a_corpus_that_is_not_shared_does_not_read_what_is_shared(cache_folder: Path) -> None:
    EmbeddingCache().embed(corpus_of(*TEXTS), FakeEncoder())
    before = {path: path.stat().st_mtime_ns for path in cache_folder.iterdir()}
    encoder = FakeEncoder()
    EmbeddingCache().embed(corpus_of(*TEXTS, shared=False), encoder)
    assert encoder.documents_encoded == len(TEXTS)
    assert {path: path.stat().st_mtime_ns for path in cache_folder.iterdir()} == before


def stop_after(documents: int) -> Report:
    def report(done: int, total: int, *, kept: bool = False, elsewhere: bool = False) -> None:
        if done >= documents:
            raise Cancelled("The work was stopped.")

    return report


@pytest.mark.parametrize("count", [200, PART_DOCUMENTS, 3_000])
@pytest.mark.parametrize("batches", [1, 3])
def test_an_interrupted_run_goes_on_from_its_last_batch(cache_folder: Path, count: int, batches: int) -> None:
    corpus, before = numbered_corpus(count), batches * BATCH_DOCUMENTS
    with pytest.raises(Cancelled):
        EmbeddingCache().embed(corpus, FakeEncoder(), stop_after(before))
    assert files(cache_folder) == [".safetensors"] * batches
    encoder, reports, were_kept = FakeEncoder(), [], []

    def report(done: int, total: int, *, kept: bool = False, elsewhere: bool = False) -> None:
        assert total == count
        (were_kept if kept else reports).append(done)

    vectors = rows_of(EmbeddingCache().embed(corpus, encoder, report))
    assert encoder.documents_encoded == count - before
    np.testing.assert_array_equal(vectors, expected(corpus))
    assert files(cache_folder) == [".safetensors"]  # the batches were merged
    # What an earlier run had made is told apart: it says nothing about the pace of this one.
    assert were_kept == list(range(BATCH_DOCUMENTS, before + 1, BATCH_DOCUMENTS))
    assert reports == [0, *range(before + BATCH_DOCUMENTS, count, BATCH_DOCUMENTS), count]


def test_a_run_that_fails_keeps_the_batches_before(cache_folder: Path) -> None:
    def fail(passages: Sequence[str]) -> None:
        if len(failing.document_calls) == 3:
            raise ValueError("the model failed")

    corpus, failing, encoder = numbered_corpus(200), FakeEncoder(on_call=fail), FakeEncoder()
    with pytest.raises(ValueError, match="the model failed"):
        EmbeddingCache().embed(corpus, failing)
    np.testing.assert_array_equal(rows_of(EmbeddingCache().embed(corpus, encoder)), expected(corpus))
    assert encoder.documents_encoded == 200 - 2 * BATCH_DOCUMENTS


def test_token_vectors_go_on_from_their_last_batch_too(cache_folder: Path) -> None:
    corpus = numbered_corpus(150)
    whole = EmbeddingCache(cache_folder / "whole").embed_tokens(corpus, OwnTokens(FakeEncoder()))
    with pytest.raises(Cancelled):
        EmbeddingCache().embed_tokens(corpus, OwnTokens(FakeEncoder()), stop_after(2 * BATCH_DOCUMENTS))
    made: list[str] = []

    def encode(passages: Sequence[str]) -> list[np.ndarray]:
        made.extend(passages)
        return [OwnTokens(FakeEncoder()).document_tokens(passage) for passage in passages]

    found = EmbeddingCache().embed_tokens(corpus, OwnTokens(FakeEncoder()), encode=encode)
    assert made == [document.passage for document in corpus.documents[2 * BATCH_DOCUMENTS :]]
    np.testing.assert_array_equal(found.flat, whole.flat)
    np.testing.assert_array_equal(found.offsets, whole.offsets)
    assert found.flat.dtype == np.float16 and found.offsets.dtype == np.int64


def test_a_corpus_of_one_batch_has_no_files_on_the_way(cache_folder: Path) -> None:
    with pytest.raises(Cancelled):
        EmbeddingCache().embed(numbered_corpus(BATCH_DOCUMENTS), FakeEncoder(), stop_after(BATCH_DOCUMENTS))
    assert files(cache_folder) == []


def test_a_damaged_batch_is_made_again(cache_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    corpus = numbered_corpus(200)
    with pytest.raises(Cancelled):
        EmbeddingCache().embed(corpus, FakeEncoder(), stop_after(2 * BATCH_DOCUMENTS))
    batch = min(cache_folder.glob("*.safetensors"))
    raw = bytearray(batch.read_bytes())
    raw[-5] ^= 1
    batch.write_bytes(raw)
    encoder = FakeEncoder()
    np.testing.assert_array_equal(rows_of(EmbeddingCache().embed(corpus, encoder)), expected(corpus))
    assert encoder.documents_encoded == 200 - BATCH_DOCUMENTS
    assert "set aside" in caplog.text


def entry_of(folder: Path, text: str, last_used: int) -> Path:
    """Embed a corpus of one size, and say that its file was used `last_used` seconds after the epoch."""
    before = set(folder.glob("*.safetensors"))
    EmbeddingCache(folder).embed(corpus_of(text), FakeEncoder())
    (path,) = set(folder.glob("*.safetensors")) - before
    os.utime(path, (last_used, last_used))
    return path


def test_the_entry_used_longest_ago_makes_room(tmp_path: Path) -> None:
    first, second, third = (entry_of(tmp_path, text, when) for text, when in (("aa", 10), ("bb", 20), ("cc", 30)))
    EmbeddingCache(tmp_path).embed(corpus_of("aa"), FakeEncoder())  # now the first is the newest
    size = first.stat().st_size
    EmbeddingCache(tmp_path, max_bytes=3 * size).embed(corpus_of("dd"), FakeEncoder())
    assert first.exists()
    assert not second.exists()
    assert third.exists()
    assert len(list(tmp_path.glob("*.safetensors"))) == 3


def test_what_was_set_aside_or_left_half_written_counts_and_goes_first(tmp_path: Path) -> None:
    kept = entry_of(tmp_path, "aa", 30)
    left = [tmp_path / "0.damaged", tmp_path / "1.batch-00000.safetensors", tmp_path / "2.0a1b.tmp"]
    for path in left:
        path.write_bytes(b"x" * 1_000)
        os.utime(path, (10, 10))
    EmbeddingCache(tmp_path, max_bytes=2 * kept.stat().st_size).embed(corpus_of("bb"), FakeEncoder())
    assert kept.exists()
    assert [path for path in left if path.exists()] == []


def test_the_newest_entry_is_kept_even_if_its_header_passes_the_bound(tmp_path: Path) -> None:
    old = entry_of(tmp_path, "aa", 30)
    corpus = corpus_of("bb")
    EmbeddingCache(tmp_path, max_bytes=expected(corpus).nbytes).embed(corpus, FakeEncoder())
    assert not old.exists()
    assert files(tmp_path) == [".safetensors"]


def test_a_corpus_larger_than_the_bound_is_not_kept(tmp_path: Path) -> None:
    corpus = numbered_corpus(3_000)
    np.testing.assert_array_equal(
        rows_of(EmbeddingCache(tmp_path, 10_000).embed(corpus, FakeEncoder())), expected(corpus)
    )
    assert files(tmp_path) == []


def test_the_folder_is_the_named_one_or_the_disk_of_a_space_or_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert default_folder() == Path(os.environ[FOLDER_VARIABLE])
    monkeypatch.delenv(FOLDER_VARIABLE)
    monkeypatch.setattr(folder, "SPACE_DISK", tmp_path)
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert default_folder().name == "searchcore"
    assert tmp_path not in default_folder().parents
    monkeypatch.setenv("SPACE_ID", "class/demo")
    assert default_folder() == tmp_path / "searchcore"
    monkeypatch.setattr(folder, "SPACE_DISK", tmp_path / "missing")
    assert tmp_path not in default_folder().parents


def test_one_computes_while_another_waits_or_gives_up(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "LOCK_POLL_SECONDS", 0.01)
    gate = threading.Event()
    first, second = FakeEncoder(gate=gate), FakeEncoder()
    corpus = corpus_of(*TEXTS)
    made: list[VectorIndex] = []
    thread = threading.Thread(target=lambda: made.append(EmbeddingCache().embed(corpus, first)))
    thread.start()
    assert first.started.wait(10)
    with pytest.raises(Cancelled):
        EmbeddingCache().embed(corpus_of(*TEXTS), second, stop_after(0))
    gate.set()
    thread.join(10)
    np.testing.assert_array_equal(rows_of(made[0]), expected(corpus))
    EmbeddingCache().embed(corpus_of(*TEXTS), second)
    assert second.document_calls == []
