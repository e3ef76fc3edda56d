"""Pair scores of prepared queries on disk: when a second engine needs no pass, and what is left in the folder."""

from __future__ import annotations

import gc
import os
import struct
import tempfile
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from searchcore import Corpus, Document, Engine
from searchcore.index import EmbeddingCache, hash_of, keep_scores, kept_scores, read_scores
from searchcore.types import PairScore
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, overlap_logit, store_of
from tests.unit.cache_child import PREPARED, TEXTS, prepared
from tests.unit.remembering import (
    OTHER,
    QUERY,
    entry,
    ran_once,
    ranked,
    score_files,
    written,
)

__all__ = ["entry", "written"]  # fixtures

PATIENCE = 20.0


# What a second engine over the same folder has to run.


def test_a_second_engine_runs_no_pass_for_a_prepared_query_and_ranks_the_same(cache_folder: Path) -> None:
    first, second = FakeScorer(window=6), FakeScorer(window=6)
    made = ran_once(prepared(), *PREPARED, scorer=first)
    kept = ran_once(prepared(), *PREPARED, scorer=second)
    assert len(first.pairs) == len(TEXTS) * len(PREPARED)
    assert second.pairs == []
    for one, other in zip(made, kept, strict=True):
        assert (one.hits, one.unread, one.passes_needed) == (other.hits, other.unread, other.passes_needed)
        assert one.unread
        assert (one.passes_run, other.passes_run) == (len(TEXTS), 0)


def test_a_second_engine_runs_the_passes_of_every_other_query(entry: Path) -> None:
    for query in ("Vietnam war", "vietnam  war", "the vietnam war", "war"):
        scorer = FakeScorer()
        assert [r.passes_run for r in ran_once(prepared(), query, QUERY, scorer=scorer)] == [len(TEXTS), 0]
        assert {asked for asked, _ in scorer.pairs} == {query}


def test_a_second_engine_runs_only_the_pairs_that_the_first_did_not(cache_folder: Path) -> None:
    ran_once(prepared(), candidates=3)
    assert [r.passes_run for r in ran_once(prepared(), candidates=2)] == [0]
    assert [r.passes_run for r in ran_once(prepared(), candidates=4)] == [1]
    assert [r.passes_run for r in ran_once(prepared())] == [len(TEXTS) - 4]
    assert [r.passes_run for r in ran_once(prepared())] == [0]


def with_queries(*queries: str) -> Corpus:
    return corpus_of(*TEXTS, queries=queries)


def changed(**parts: Any) -> Corpus:
    before = prepared()
    kept = {"documents": before.documents, "queries": before.queries, "shared": True}
    return Corpus("small", **{**kept, **parts})


@pytest.mark.parametrize(
    ("corpus", "fingerprint"),
    [
        (corpus_of("A" + TEXTS[0][1:], *TEXTS[1:], queries=PREPARED), None),
        (corpus_of(TEXTS[1], TEXTS[0], *TEXTS[2:], queries=PREPARED), None),
        (corpus_of(*TEXTS[:-1], queries=PREPARED), None),
        (corpus_of(*TEXTS, "one more", queries=PREPARED), None),
        (changed(documents=tuple(Document(f"e{i}", text) for i, text in enumerate(TEXTS))), None),
        (prepared(), "another model"),
    ],
    ids=["one character", "order", "one fewer", "one more", "ids", "model"],
)
def test_a_change_is_a_miss(entry: Path, corpus: Corpus, fingerprint: str | None) -> None:
    scorer = FakeScorer(fingerprint=fingerprint or "fake scorer 1")
    [ranking] = ran_once(corpus, scorer=scorer)
    assert ranking.passes_run == len(scorer.pairs) == len(corpus)
    assert {h.doc_id: h.score for h in ranking.hits} == {
        d.doc_id: overlap_logit(QUERY, d.passage) for d in corpus.documents
    }
    assert [r.passes_run for r in ran_once(prepared())] == [0]  # and what was kept is still there


@pytest.mark.parametrize(
    "other",
    [
        changed(title="Another", description="of the same texts"),
        with_queries(*PREPARED, "one more"),
        with_queries(*reversed(PREPARED)),
        changed(qrels={"q0": {"d0": 1}}),
    ],
    ids=["name", "more queries", "order of queries", "qrels"],
)
def test_what_no_score_depends_on_does_not_matter(entry: Path, other: Corpus) -> None:
    assert [r.passes_run for r in ran_once(other)] == [0]


def test_each_of_two_models_keeps_scores_of_its_own(cache_folder: Path) -> None:
    for _ in range(2):
        scorers = [FakeScorer(), FakeScorer("fake/other", "fake scorer 2", score=lambda q, p: -float(len(p)))]
        engine = Engine({"small": prepared()}, store_of(FakeEncoder(), *scorers))
        rankings = [engine.search("small", QUERY, scorer=s.name).rankings["cross_encoder"] for s in scorers]
        engine.close()
        assert rankings[0].hits != rankings[1].hits
        assert all(hit.score == -len(TEXTS[int(hit.doc_id[1:])]) for hit in rankings[1].hits)
    assert [scorer.pairs for scorer in scorers] == [[], []]
    assert len(score_files(cache_folder)) == 2


def test_two_prepared_queries_that_differ_in_case_alone_are_both_kept(cache_folder: Path) -> None:
    both = ("US", "us")
    ran_once(with_queries(*both), *both)
    assert [r.passes_run for r in ran_once(with_queries(*both), *both)] == [0, 0]


# What is left in the folder.


def test_only_prepared_queries_leave_a_file(cache_folder: Path) -> None:
    ran_once(prepared(), "a question of one's own", "Vietnam war", "war")
    assert score_files(cache_folder) == []
    ran_once(prepared(), f" {QUERY}\n")  # read without the white space around it, so it is the prepared one
    assert len(score_files(cache_folder)) == 1


def test_a_query_of_ones_own_is_not_in_the_file_of_the_prepared_ones(cache_folder: Path) -> None:
    own = "a secret of one's own"
    ran_once(prepared(), QUERY, own, OTHER)
    (path,) = score_files(cache_folder)
    with safe_open(path, framework="numpy") as file:
        assert set(file.get_tensor("query").tolist()) == {hash_of(QUERY), hash_of(OTHER)}
    assert not any(own.encode() in path.read_bytes() for path in cache_folder.iterdir())


def test_a_corpus_that_is_not_shared_leaves_nothing_and_reads_nothing(entry: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in entry.parent.iterdir()}
    own = Corpus("small", prepared().documents, queries=prepared().queries, shared=False)
    assert [r.passes_run for r in ran_once(own)] == [len(TEXTS)]
    assert {path: path.stat().st_mtime_ns for path in entry.parent.iterdir()} == before


def test_a_corpus_that_is_not_shared_makes_no_folder(cache_folder: Path) -> None:
    ran_once(Corpus("small", prepared().documents, queries=prepared().queries, shared=False))
    assert not cache_folder.exists()


def test_any_texts_that_are_reranked_leave_no_file(make_engine: MakeEngine, cache_folder: Path) -> None:
    engine = make_engine(prepared())
    engine.rerank(QUERY, list(TEXTS))
    engine.close()
    assert not cache_folder.exists()


def test_a_file_holds_at_most_so_many_pairs(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_scores, "MAX_PAIRS", 3)
    ran_once(prepared())
    ran_once(prepared(), OTHER)
    (path,) = score_files(cache_folder)
    with safe_open(path, framework="numpy") as file:
        assert [file.get_tensor(name).shape for name in file.keys()] == [(3,)] * 7  # noqa: SIM118
    assert [r.passes_run for r in ran_once(prepared(), OTHER)] == [len(TEXTS) - 3]


def test_the_files_are_within_the_bound_of_the_folder(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path)
    scores = {0: {"d0": PairScore(1.0, 0, 0.5)}}
    keep_scores(cache, prepared(), "one", scores)
    (old,) = score_files(tmp_path)
    os.utime(old, (10, 10))
    small = EmbeddingCache(tmp_path, max_bytes=old.stat().st_size)
    keep_scores(small, prepared(), "other", scores)
    assert not old.exists()
    assert read_scores(small, prepared(), "other") == scores


# When it is written.


def test_closing_the_engine_writes_what_is_pending_and_together(
    cache_folder: Path, written: list[dict[int, Mapping[str, PairScore]]]
) -> None:
    engine = Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer()))
    ranked(engine, QUERY)
    ranked(engine, OTHER)
    assert written == []
    assert score_files(cache_folder) == []
    engine.close()
    assert [sorted(scores) for scores in written] == [sorted([hash_of(QUERY), hash_of(OTHER)])]
    assert [r.passes_run for r in ran_once(prepared(), QUERY, OTHER)] == [0, 0]
    engine.close()  # once more changes nothing
    assert len(written) == 1


def test_what_is_remembered_is_not_written_again(
    cache_folder: Path, written: list[dict[int, Mapping[str, PairScore]]]
) -> None:
    ran_once(prepared(), QUERY, QUERY)
    assert len(written) == 1
    ran_once(prepared(), QUERY)
    assert len(written) == 1


def test_scores_are_written_while_the_engine_goes_on(
    make_engine: MakeEngine, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Semaphore(0)

    def kept(*arguments: Any) -> None:
        keep_scores(*arguments)
        done.release()

    monkeypatch.setattr("searchcore.pair_scores.SECONDS_BEFORE_WRITING", 0.0)
    monkeypatch.setattr("searchcore.pair_scores.keep_scores", kept)
    engine = make_engine(prepared())
    for query in (QUERY, OTHER):
        ranked(engine, query)
        assert done.acquire(timeout=PATIENCE)
        assert [r.passes_run for r in ran_once(prepared(), query)] == [0]  # the first engine is not closed


def test_a_search_does_not_wait_for_the_disk(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, held = threading.Event(), threading.Event()

    def kept(*arguments: Any) -> None:
        held.set()
        assert gate.wait(PATIENCE)

    monkeypatch.setattr("searchcore.pair_scores.SECONDS_BEFORE_WRITING", 0.0)
    monkeypatch.setattr("searchcore.pair_scores.keep_scores", kept)
    engine = make_engine(prepared())
    try:
        ranked(engine, QUERY)
        assert held.wait(PATIENCE)
        assert ranked(engine, OTHER).passes_run == len(TEXTS)
        assert ranked(engine, QUERY).passes_run == 0
    finally:
        gate.set()


def test_what_can_not_be_kept_is_logged_and_the_next_is_written(
    make_engine: MakeEngine, cache_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = threading.Semaphore(0)
    errors: list[Exception] = [RuntimeError("the disk is on fire")]

    def kept(*arguments: Any) -> None:
        try:
            if errors:
                raise errors.pop()
            keep_scores(*arguments)
        finally:
            tried.release()

    monkeypatch.setattr("searchcore.pair_scores.SECONDS_BEFORE_WRITING", 0.0)
    monkeypatch.setattr("searchcore.pair_scores.keep_scores", kept)
    engine = make_engine(prepared())
    for query in (QUERY, OTHER):
        assert ranked(engine, query).passes_run == len(TEXTS)
        assert tried.acquire(timeout=PATIENCE)
    engine.close()
    assert "pair scores are not kept" in caplog.text
    assert [r.passes_run for r in ran_once(prepared(), QUERY, OTHER)] == [len(TEXTS), 0]


def test_the_writing_thread_lets_go_of_a_corpus(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchcore.pair_scores.SECONDS_BEFORE_WRITING", 0.0)
    gone = threading.Event()
    engine = make_engine(corpus_of("something else", name="listed"))
    corpus = prepared()
    weakref.finalize(corpus, gone.set)
    ranked(engine, QUERY, corpus=corpus)
    ranked(engine, QUERY, corpus="listed")  # comes after the corpus in the lines, which so have let go of it
    for thread in threading.enumerate():
        if thread.name.startswith("Thread-"):
            thread.join(PATIENCE)  # the jobs that made the vectors
    del corpus
    gc.collect()
    assert gone.wait(PATIENCE)  # once it is written


# The numbers themselves.


def bits(number: float) -> bytes:
    return struct.pack("<d", number)


ODD = [0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, -11.234567890123457]


def test_scores_read_from_disk_are_those_computed_to_the_last_bit(cache_folder: Path) -> None:
    def score(query: str, passage: str) -> float:
        return ODD[TEXTS.index(passage) % len(ODD)]

    made, kept = (ran_once(prepared(), scorer=FakeScorer(score=score))[0] for _ in range(2))
    assert (made.passes_run, kept.passes_run) == (len(TEXTS), 0)
    assert [(h.doc_id, bits(h.score)) for h in made.hits] == [(h.doc_id, bits(h.score)) for h in kept.hits]
    assert {bits(h.score) for h in kept.hits} == {bits(number) for number in ODD}


pair_scores = st.builds(
    PairScore,
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(0, 100_000),
    st.floats(0, 1000, width=32),
    st.integers(0, 100_000),
    st.integers(0, 100_000),
)
by_query = st.dictionaries(
    st.sampled_from([hash_of(query) for query in PREPARED]),
    st.dictionaries(st.sampled_from([f"d{i}" for i in range(len(TEXTS))]), pair_scores, min_size=1),
)


def exact(scores: Mapping[int, Mapping[str, PairScore]]) -> dict[int, dict[str, tuple[bytes, *tuple[float, ...]]]]:
    return {q: {d: (bits(s.logit), *s[1:]) for d, s in found.items()} for q, found in scores.items()}


@settings(max_examples=60, deadline=None)
@given(by_query, by_query)
def test_what_is_kept_is_read_as_it_was_and_the_later_of_two_scores_holds(
    first: dict[int, dict[str, PairScore]], second: dict[int, dict[str, PairScore]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        cache, corpus = EmbeddingCache(Path(name)), prepared()
        keep_scores(cache, corpus, "a model", first)
        assert exact(read_scores(cache, corpus, "a model")) == exact(first)
        keep_scores(cache, corpus, "a model", second)
        merged = {q: {**first.get(q, {}), **second.get(q, {})} for q in {**first, **second}}
        assert exact(read_scores(cache, corpus, "a model")) == exact(merged)
        assert read_scores(cache, corpus, "another model") == {}
