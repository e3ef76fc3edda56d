"""Chunks: where a text is cut, that a document counts by the best of its chunks, and who keeps what of it."""

from __future__ import annotations

import re
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchcore import Corpus, Engine, InvalidInput, Options, Progress, Query
from searchcore.index import Chunks, ExactIndex, chunks
from searchcore.index.chunks import cut, spans
from searchcore.running import finish
from searchcore.types import Chunk, Chunking, Ranking
from tests.conftest import MakeEngine
from tests.fakes import PATIENCE_SECONDS, FakeEncoder, corpus_of
from ui import words

SMALL = Options(window=16)
FILLER = " ".join(f"filler{n}" for n in range(40))
# The answer stands after word 40, where an encoder with a window of 32 does not read.
LATE = f"{FILLER} a red kite sails on"
CORPUS = corpus_of("kite and kettle", LATE, "a kettle", name="tails", queries=("red kite sails",))


def words_of(text: str) -> list[tuple[int, int]]:
    return [(match.start(), 1 + len(match[0]) // 5) for match in re.finditer(r"\S+", text)]


def search(engine: Engine, corpus: Corpus = CORPUS, options: Options | None = SMALL, n: int = 20) -> Ranking:
    return engine.search(corpus, "red kite sails", n, ["bi_encoder"], options=options).rankings["bi_encoder"]


def order(ranking: Ranking) -> list[str]:
    return [hit.doc_id for hit in ranking.hits]


def chunking(ranking: Ranking) -> Chunking:
    assert ranking.chunking is not None
    return ranking.chunking


# Where a text is cut


def test_a_text_is_cut_between_words_and_each_chunk_repeats_the_end_of_the_one_before() -> None:
    text = "aa bb cc dd ee ff gg"
    plain = [(match.start(), 1) for match in re.finditer(r"\w+", text)]
    made = [text[start:end] for start, end in spans(plain, 3, 1, len(text))]
    assert made == ["aa bb cc ", "cc dd ee ", "ee ff gg"]
    assert [text[start:end] for start, end in spans(plain, 3, 0, len(text))] == ["aa bb cc ", "dd ee ff ", "gg"]


def test_a_text_that_is_no_longer_than_the_window_stays_whole() -> None:
    assert spans([(2, 1), (4, 1)], 2, 1, 9) == [(0, 9)]
    assert spans([], 16, 0, 3) == [(0, 3)]


def test_a_word_of_more_tokens_than_the_window_is_a_chunk_by_itself() -> None:
    assert spans([(0, 1), (2, 9), (12, 1)], 3, 1, 13) == [(0, 2), (2, 12), (12, 13)]


def test_what_is_repeated_leaves_room_for_the_next_word() -> None:
    # Two tokens would be repeated, but the next word has two of three itself.
    assert spans([(0, 1), (2, 1), (4, 1), (6, 2)], 3, 2, 9) == [(0, 6), (4, 9)]


@given(st.text(max_size=200), st.integers(1, 12), st.integers(0, 6))
def test_chunks_of_any_text_cover_it_within_the_window_and_overlap_as_said(
    text: str, window: int, overlap: int
) -> None:
    found = words_of(text)
    made = spans(found, window, min(overlap, window // 2), len(text))
    assert (made[0][0], made[-1][1]) == (0, len(text))
    inside = [[each for each in found if start <= each[0] < end] for start, end in made]
    for i, pieces in enumerate(inside):
        assert sum(tokens for _, tokens in pieces) <= window or len(pieces) == 1
        if i:
            (_, end), (start, further) = made[i - 1], made[i]
            assert start <= end < further  # nothing between them is left out, and each has something new
            repeated = [each for each in inside[i - 1] if each in pieces]
            assert sum(tokens for _, tokens in repeated) <= overlap
    assert [each for each in found if any(each in pieces for pieces in inside)] == found


# The best chunk of each document


def test_a_document_counts_by_the_best_of_its_chunks_and_says_which_it_was(make_engine: MakeEngine) -> None:
    engine = make_engine(CORPUS, encoder=FakeEncoder(window=32))
    plain, found = search(engine, options=None), search(engine)
    assert order(plain)[0] == "d0"
    assert order(found)[0] == "d1"
    chunk = chunking(found).decided["d1"]
    assert (chunk.number, chunk.of) == (3, 3)
    assert LATE[chunk.start : chunk.end].endswith("a red kite sails on")
    assert {doc_id: each.rank_whole for doc_id, each in chunking(found).decided.items()} == {
        hit.doc_id: hit.rank for hit in plain.hits
    }


def test_what_was_cut_is_counted(make_engine: MakeEngine) -> None:
    found = search(make_engine(CORPUS, encoder=FakeEncoder(window=32)))
    made = chunking(found)
    assert (made.window, made.overlap, made.chunks, made.documents, made.longer) == (16, 0, 5, 3, 1)
    assert (found.window, found.unread, found.passes_needed) == (32, {}, 1)


def test_without_chunks_the_window_cuts_and_it_is_said(make_engine: MakeEngine) -> None:
    found = search(make_engine(CORPUS, encoder=FakeEncoder(window=32)), options=None)
    assert (found.window, found.chunking, found.unread) == (32, None, {"d1": 13})


def test_a_chunk_is_never_longer_than_what_the_model_reads(make_engine: MakeEngine) -> None:
    made = chunking(search(make_engine(CORPUS, encoder=FakeEncoder(window=20)), options=Options(window=64, overlap=32)))
    assert (made.window, made.overlap) == (20, 10)


def test_where_no_document_is_cut_the_ranking_is_the_same_and_nothing_is_read_again(make_engine: MakeEngine) -> None:
    corpus, encoder = corpus_of("a red kite", "kite sails", "a kettle", "red kite"), FakeEncoder()
    engine = make_engine(corpus, encoder=encoder)
    plain = search(engine, corpus, None)
    read = encoder.documents_encoded
    found = search(engine, corpus, Options(window=32, overlap=16))
    assert found.hits == plain.hits
    assert encoder.documents_encoded == read == 4
    assert set(chunking(found).decided.values()) == {
        Chunk(1, 1, 0, len(d.text), hit.rank) for hit in plain.hits for d in corpus.documents if d.doc_id == hit.doc_id
    }


def test_the_document_with_the_querys_own_id_has_no_place(make_engine: MakeEngine) -> None:
    corpus = Corpus("own", CORPUS.documents, queries=(Query("d1", "red kite sails"),), shared=True)
    engine = make_engine(corpus, encoder=FakeEncoder(window=32))
    found = search(engine, corpus)
    assert sorted(order(found)) == ["d0", "d2"]
    assert {each.rank_whole for each in chunking(found).decided.values()} == {1, 2}


def test_fusion_and_reranking_take_the_ranking_by_chunks(make_engine: MakeEngine) -> None:
    engine = make_engine(CORPUS, encoder=FakeEncoder(window=32))
    options = Options(window=16)
    found = engine.search(CORPUS, "red kite sails", 1, ["fusion", "cross_encoder"], options=options)
    [share] = [share for share in found.rankings["fusion"].shares["d1"] if share.method == "bi_encoder"]
    assert share.rank == 1
    assert order(found.rankings["cross_encoder"]) == ["d1"]  # the only candidate


VECTORS = st.lists(st.sampled_from([(1.0, 0.0), (0.0, 1.0), (0.6, 0.8), (0.8, 0.6)]), min_size=1, max_size=30)


@given(VECTORS, st.randoms(use_true_random=False), st.integers(1, 12), st.booleans())
def test_the_best_documents_are_those_of_the_highest_chunks(
    rows: list[tuple[float, float]], random: Any, count: int, some: bool
) -> None:
    edges = sorted({0, len(rows), *(random.randrange(len(rows)) for _ in range(6))})
    made = Chunks(16, 0, np.zeros((len(rows), 2), np.int64), np.array(edges, np.int64), 0)
    documents = range(len(edges) - 1)
    among = [place for place in documents if random.random() < 0.5] or [0] if some else list(documents)
    index = ExactIndex(np.array(rows, np.float32))
    query = np.array([0.8, 0.6])
    scores = np.round(np.array(rows, np.float32).astype(np.float64) @ query, 6)
    best = {d: edges[d] + int(np.argmax(scores[edges[d] : edges[d + 1]])) for d in among}
    expected = sorted(among, key=lambda d: (-scores[best[d]], d))[:count]
    found = made.best(index, query, count, among if some else None)
    assert [(position, chunk) for position, chunk, _ in found] == [(d, best[d]) for d in expected]
    assert [cosine for *_, cosine in found] == pytest.approx([scores[best[d]] for d in expected], abs=1e-6)


# Who keeps what


def test_chunks_are_kept_on_disk_and_memory_for_all_ways_to_cut(make_engine: MakeEngine) -> None:
    for read in (3 + 5, 0):
        encoder = FakeEncoder(window=32)
        engine = make_engine(CORPUS, encoder=encoder)
        first, second = search(engine), search(engine)
        assert first.hits == second.hits
        assert encoder.documents_encoded == read
        engine.close()


def test_another_window_and_another_text_are_other_chunks(make_engine: MakeEngine) -> None:
    encoder = FakeEncoder(window=32)
    engine = make_engine(CORPUS, encoder=encoder)
    search(engine)
    read = encoder.documents_encoded
    assert chunking(search(engine, options=Options(window=24))).chunks == 4
    assert encoder.documents_encoded == read + 4
    other = corpus_of("kite and kettle", f"{LATE}!", "a kettle", name="tails")
    assert search(engine, other).hits[0].doc_id == "d1"
    assert encoder.documents_encoded == read + 4 + 3 + 5


def test_chunks_of_a_corpus_of_ones_own_stay_off_the_disk_and_are_forgotten_with_it(
    make_engine: MakeEngine, cache_folder: Any
) -> None:
    encoder = FakeEncoder(window=32)
    corpus = Corpus("own", CORPUS.documents)
    engine = make_engine(encoder=encoder)
    search(engine, corpus)
    assert encoder.documents_encoded == 3 + 5
    assert list(cache_folder.rglob("*.safetensors")) == []
    engine.forget(corpus)
    search(engine, corpus)
    assert encoder.documents_encoded == 2 * (3 + 5)


def test_of_the_ways_to_cut_a_corpus_the_last_four_stay_in_memory(make_engine: MakeEngine) -> None:
    encoder = FakeEncoder(window=64)
    corpus = Corpus("own", CORPUS.documents)
    engine = make_engine(encoder=encoder)
    for window in (16, 18, 20, 22, 24):
        search(engine, corpus, Options(window=window))
    read = encoder.documents_encoded
    for window in (18, 20, 22, 24):
        search(engine, corpus, Options(window=window))
    assert encoder.documents_encoded == read
    search(engine, corpus, SMALL)
    assert encoder.documents_encoded == read + 5


def test_stop_ends_the_reading_of_chunks_and_what_was_read_is_not_read_again(make_engine: MakeEngine) -> None:
    texts = [f"{LATE} {n}" for n in range(60)]
    corpus = Corpus("own", corpus_of(*texts).documents)
    encoder, go_on = FakeEncoder(window=32), threading.Event()
    engine = make_engine(encoder=encoder)
    finish(engine.index(corpus))
    read = encoder.documents_encoded
    # The first 64 chunks are read, the others wait.
    encoder.on_call = lambda passages: encoder.documents_encoded <= read + 64 or go_on.wait(PATIENCE_SECONDS)  # type: ignore[assignment,return-value]
    steps = engine.steps(corpus, "red kite sails", 20, ["bi_encoder"], options=SMALL)
    seen = next(step for step in steps if isinstance(step, Progress) and step.activity == "chunks" and step.done > 0)
    assert (seen.done, seen.total) == (64, 180)
    steps.close()
    go_on.set()
    assert search(engine, corpus).hits
    # Some of the part that was in the model's hands then are read twice; the 64 that were done are not.
    assert read + 180 <= encoder.documents_encoded < read + 180 + 64


def test_progress_is_told_in_words() -> None:
    assert words.progress_sentence(Progress("chunks", "Museum")) == "Cutting “Museum” into chunks, once …"
    assert words.progress_sentence(Progress("chunks", "Museum", 64, 140)) == (
        "Encoding the chunks of “Museum”, once: 64 of 140 chunks are vectors now …"
    )


# What can't be


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (Options(window=15), "window must be a whole number from 16 to 254, or 0 for whole documents, got 15."),
        (Options(window=255), "window must be a whole number from 16 to 254, or 0 for whole documents, got 255."),
        (Options(window=-1), "window must be a whole number from 16 to 254, or 0 for whole documents, got -1."),
        (
            Options(window="64"),  # type: ignore[arg-type]
            'window must be a whole number from 16 to 254, or 0 for whole documents, got "64".',
        ),
        (Options(window=True), "window must be a whole number from 16 to 254, or 0 for whole documents, got True."),
        (Options(window=64, overlap=33), "overlap must be a whole number from 0 to half of the window, 32, got 33."),
        (Options(overlap=1), "overlap must be a whole number from 0 to half of the window, 0, got 1."),
        (Options(window=64, overlap=-1), "overlap must be a whole number from 0 to half of the window, 32, got -1."),
    ],
)
def test_a_window_or_overlap_that_cannot_be_is_refused(
    make_engine: MakeEngine, options: Options, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        search(make_engine(CORPUS), options=options)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(("most", "fits"), [(5, True), (4, False)])
def test_there_is_a_bound_on_the_chunks_of_a_corpus(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch, most: int, fits: bool
) -> None:
    monkeypatch.setattr(chunks, "MAX_CHUNKS", most)
    engine = make_engine(CORPUS, encoder=FakeEncoder(window=32))
    if fits:
        assert chunking(search(engine)).chunks == most
        return
    with pytest.raises(InvalidInput) as caught:
        search(engine)
    assert str(caught.value) == (
        'corpus "tails" has more than 4 chunks of 16 tokens; please choose longer ones, or whole documents.'
    )


def test_a_corpus_with_too_many_documents_is_refused_after_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MAX_CHUNKS", 2)
    seen: list[str] = []
    counted = (seen.append(document.doc_id) or document for document in CORPUS.documents)  # type: ignore[func-returns-value]
    with pytest.raises(InvalidInput):
        cut(CORPUS, FakeEncoder(), 16, 0, counted)
    assert seen == ["d0"]
