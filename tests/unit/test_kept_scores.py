"""Pair scores of prepared queries on disk: when a second engine needs no pass, and what is left in the folder."""

from __future__ import annotations

import gc
import os
import random
import struct
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save

from searchcore import Corpus, Document, Engine, Ranking, SearchResult
from searchcore.index import EmbeddingCache, keep_scores, kept_scores, read_scores
from searchcore.running import finish
from searchcore.types import PairScore, PassTimes
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, overlap_logit, store_of
from tests.unit.cache_child import ASKED, PREPARED, TEXTS, prepared
from tests.unit.test_cache_faults import CHILD, ROOT, child, last_line, needs_posix, open_folder, tell

__all__ = ["open_folder"]  # a fixture

QUERY, OTHER = "vietnam war", "chess"
PATIENCE = 20.0
PASS_SECONDS = 2.0
FLIPS = 100
ALL_KEPT = {"passes": [0] * len(PREPARED), "right": True}
ALL_RUN = {"passes": [len(TEXTS)] * len(PREPARED), "right": True}


class Clock:
    """Stands in for the module `time`: it goes on only when told to, by whole seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which everything is measured that a ranking says of its time."""
    made = Clock()
    for module in ("resources", "ranking.bi_encoder", "ranking.cross_encoder"):
        monkeypatch.setattr(f"searchcore.{module}.time", made)
    return made


class Slow(FakeEncoder):
    """Takes PASS_SECONDS of the clock for a query."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        self.clock.now += PASS_SECONDS
        return super().encode_queries(queries)


def slow(clock: Clock) -> FakeScorer:
    """A scorer that takes PASS_SECONDS of the clock for a pair."""

    def score(query: str, passage: str) -> float:
        clock.now += PASS_SECONDS
        return overlap_logit(query, passage)

    return FakeScorer(score=score)


def ranked(engine: Engine, query: str = QUERY, candidates: int = 20, corpus: str | Corpus = "small") -> Ranking:
    """The cross-encoder's ranking."""
    return engine.search(corpus, query, candidates).rankings["cross_encoder"]


def ran_once(corpus: Corpus, *queries: str, scorer: FakeScorer | None = None, candidates: int = 20) -> list[Ranking]:
    """The cross-encoder's rankings by an engine that was closed then, as if the process had ended."""
    engine = Engine({corpus.name: corpus}, store_of(FakeEncoder(), scorer or FakeScorer()))
    try:
        return [ranked(engine, query, candidates, corpus) for query in queries or [QUERY]]
    finally:
        engine.close()


def score_files(folder: Path) -> list[Path]:
    """The files that hold pair scores, among those that hold vectors."""
    found = []
    for path in folder.glob("*.safetensors"):
        with safe_open(path, framework="numpy") as file:
            if "logit" in set(file.keys()):
                found.append(path)
    return found


@pytest.fixture
def entry(cache_folder: Path) -> Path:
    """The file with the scores of QUERY, just written."""
    ran_once(prepared())
    (path,) = score_files(cache_folder)
    return path


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[dict[int, Mapping[str, PairScore]]]:
    """What was handed over to be kept, write by write; nothing before the engine is closed."""
    calls: list[dict[int, Mapping[str, PairScore]]] = []

    def kept(cache: EmbeddingCache, corpus: Corpus, fingerprint: str, scores: Any) -> None:
        calls.append(dict(scores))
        keep_scores(cache, corpus, fingerprint, scores)

    monkeypatch.setattr("searchcore.pair_scores.SECONDS_BEFORE_WRITING", 3_600.0)
    monkeypatch.setattr("searchcore.pair_scores.keep_scores", kept)
    return calls


# What a ranking says of its time.


def test_a_remembered_ranking_keeps_the_time_that_its_passes_took(make_engine: MakeEngine, clock: Clock) -> None:
    engine = make_engine(prepared(), encoder=Slow(clock), scorer=slow(clock))
    results = [engine.search("small", OTHER) for _ in range(3)]
    for method, passes in (("bi_encoder", 1), ("cross_encoder", len(TEXTS))):
        rankings = [result.rankings[method] for result in results]
        assert [ranking.measured_milliseconds for ranking in rankings] == [1000 * PASS_SECONDS * passes] * 3
        assert [ranking.milliseconds for ranking in rankings] == [1000 * PASS_SECONDS * passes, 0.0, 0.0]


def test_a_ranking_with_more_candidates_says_what_all_took_and_what_the_new_ones_took_now(
    make_engine: MakeEngine, clock: Clock
) -> None:
    engine = make_engine(prepared(), scorer=slow(clock))
    for candidates, new in ((1, 1), (3, 2), (2, 0)):
        ranking = ranked(engine, "a question of one's own", candidates)
        assert ranking.passes_run == new
        assert ranking.milliseconds == 1000 * PASS_SECONDS * new
        assert ranking.measured_milliseconds == 1000 * PASS_SECONDS * candidates


def test_another_engine_over_the_folder_keeps_the_measured_time(cache_folder: Path, clock: Clock) -> None:
    [first] = ran_once(prepared(), scorer=slow(clock))
    [again] = ran_once(prepared(), scorer=slow(clock))
    assert again.measured_milliseconds == first.measured_milliseconds == 1000 * PASS_SECONDS * len(TEXTS)
    assert (again.milliseconds, again.passes_run, again.passes_needed) == (0.0, 0, len(TEXTS))


def test_pairs_that_are_read_at_the_same_time_share_it(make_engine: MakeEngine, clock: Clock) -> None:
    # Both begin at 0 and end at 4 seconds by the clock: together they took those 4.
    both = threading.Barrier(2)

    def score(query: str, passage: str) -> float:
        both.wait(PATIENCE)
        if passage == TEXTS[0]:
            clock.now += 2 * PASS_SECONDS
        both.wait(PATIENCE)
        return overlap_logit(query, passage)

    scorer = FakeScorer(score=score)
    scorer.parallel = 2
    ranking = ranked(make_engine(corpus_of(*TEXTS[:2]), scorer=scorer))
    assert ranking.milliseconds == ranking.measured_milliseconds == 1000 * 2 * PASS_SECONDS


def test_rerank_measures_what_it_runs(make_engine: MakeEngine, clock: Clock) -> None:
    ranking = make_engine(scorer=slow(clock)).rerank(QUERY, ["one", "two"])
    assert ranking.milliseconds == ranking.measured_milliseconds == 1000 * PASS_SECONDS * 2


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
        (with_queries(*PREPARED, "one more"), None),
        (with_queries(*reversed(PREPARED)), None),
        (changed(qrels={"q0": {"d0": 1}}), None),
        (prepared(), "another model"),
    ],
    ids=["one character", "order", "one fewer", "one more", "ids", "more queries", "other queries", "qrels", "model"],
)
def test_a_change_is_a_miss(entry: Path, corpus: Corpus, fingerprint: str | None) -> None:
    scorer = FakeScorer(fingerprint=fingerprint or "fake scorer 1")
    [ranking] = ran_once(corpus, scorer=scorer)
    assert ranking.passes_run == len(scorer.pairs) == len(corpus)
    assert {h.doc_id: h.score for h in ranking.hits} == {
        d.doc_id: overlap_logit(QUERY, d.passage) for d in corpus.documents
    }
    assert [r.passes_run for r in ran_once(prepared())] == [0]  # and what was kept is still there


def test_name_title_and_description_of_a_corpus_do_not_matter(entry: Path) -> None:
    other = changed(title="Another", description="of the same texts")
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
        assert set(file.get_tensor("query").tolist()) == {PREPARED.index(QUERY), PREPARED.index(OTHER)}
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
        assert [file.get_tensor(name).shape for name in file.keys()] == [(3,)] * 5  # noqa: SIM118
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
    assert [sorted(scores) for scores in written] == [[PREPARED.index(QUERY), PREPARED.index(OTHER)]]
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


# Several engines and processes over one folder.


def test_what_two_engines_wrote_is_merged(cache_folder: Path) -> None:
    engines = [Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer())) for _ in range(2)]
    for engine, query, candidates in zip(engines, (QUERY, OTHER), (2, 20), strict=True):
        assert ranked(engine, query, candidates).passes_run == min(candidates, len(TEXTS))
    assert ranked(engines[1], QUERY, 3).passes_run == 3  # it has not seen what the first one did
    for engine in engines:
        engine.close()
    assert [r.passes_run for r in ran_once(prepared(), QUERY, OTHER, candidates=3)] == [0, 0]
    assert [r.passes_run for r in ran_once(prepared(), OTHER)] == [0]


def test_scores_that_one_engine_wrote_survive_a_write_by_another_with_fewer(cache_folder: Path) -> None:
    late = Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer()))
    assert ranked(late, QUERY, 1).passes_run == 1  # so it has read the folder, which was empty
    ran_once(prepared(), QUERY)
    late.close()
    assert [r.passes_run for r in ran_once(prepared(), QUERY)] == [0]


@needs_posix
def test_what_two_processes_write_at_once_is_merged(tmp_path: Path) -> None:
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    both = [subprocess.Popen([*CHILD, mode, tmp_path], **pipes) for mode in ("score_even", "score_odd")]
    try:
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "scored\n"  # and nothing is written yet
        assert score_files(tmp_path) == []
        for process in both:
            tell(process, "close")
        answers = [last_line(process) for process in both]
    finally:
        for process in both:
            process.kill()
            process.communicate()
    assert answers == [{"passes": [len(TEXTS)] * len(queries), "right": True} for queries in ASKED.values()]
    answer, warnings = child("score_and_say", tmp_path)
    assert (answer, warnings) == (ALL_KEPT, "")
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".safetensors", ".lock")] == []


# Files that are damaged, and disks that refuse.


FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "text": b"not a safetensors file",
    "huge header": struct.pack("<Q", 2**60) + b"{}",
    "no array": save({}),
    "no metadata": save({"logit": np.zeros(2), "query": np.zeros(2, dtype=np.int64)}),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_set_aside_and_made_again(
    entry: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    entry.write_bytes(content)
    assert [r.passes_run for r in ran_once(prepared())] == [len(TEXTS)]
    assert entry.with_suffix(".damaged").read_bytes() == content
    assert f"{entry.name} is damaged or not ours: it is set aside and made again." in caplog.text
    assert [r.passes_run for r in ran_once(prepared())] == [0]


def test_a_file_that_is_damaged_while_the_engine_runs_costs_what_was_in_it_alone(
    cache_folder: Path, written: list[dict[int, Mapping[str, PairScore]]]
) -> None:
    ran_once(prepared(), QUERY)
    (path,) = score_files(cache_folder)
    engine = Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer()))
    assert ranked(engine, QUERY).passes_run == 0
    ranked(engine, OTHER)
    path.write_bytes(b"damaged")
    engine.close()
    assert path.with_suffix(".damaged").read_bytes() == b"damaged"
    assert [r.passes_run for r in ran_once(prepared(), QUERY, OTHER)] == [len(TEXTS), 0]


def test_one_flipped_bit_anywhere_never_gives_wrong_scores(entry: Path) -> None:
    whole, truth = entry.read_bytes(), read_scores(EmbeddingCache(), prepared(), "fake scorer 1")
    assert {doc_id: s.logit for doc_id, s in truth[PREPARED.index(QUERY)].items()} == {
        f"d{i}": overlap_logit(QUERY, text) for i, text in enumerate(TEXTS)
    }
    chance = random.Random(11)
    for _ in range(FLIPS):
        place = chance.randrange(len(whole))
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        entry.write_bytes(flipped)
        found = read_scores(EmbeddingCache(), prepared(), "fake scorer 1")
        assert found == {}, f"the bit at byte {place} was not noticed"
    for length in chance.sample(range(len(whole)), 30):
        entry.write_bytes(whole[:length])
        assert read_scores(EmbeddingCache(), prepared(), "fake scorer 1") == {}
    entry.write_bytes(whole)
    assert read_scores(EmbeddingCache(), prepared(), "fake scorer 1") == truth


def test_a_folder_below_a_file_costs_nothing_but_the_keeping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SEARCHCORE_CACHE", str(tmp_path / "file" / "cache"))
    for _ in range(2):
        first, again = ran_once(prepared(), QUERY, QUERY)
        assert (first.passes_run, again.passes_run) == (len(TEXTS), 0)
        assert first.hits == again.hits
    assert "not kept" in caplog.text
    assert not any(record.exc_info for record in caplog.records)


@needs_posix
def test_a_read_only_folder_is_still_read(open_folder: Path) -> None:
    assert child("score_and_say", open_folder)[0] == ALL_RUN
    open_folder.chmod(0o555)
    assert child("score_unprivileged", open_folder) == (ALL_KEPT, "")


@needs_posix
@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_folder_that_can_not_be_written_costs_nothing_but_the_keeping(open_folder: Path, mode: int) -> None:
    open_folder.chmod(mode)
    answer, warnings = child("score_unprivileged", open_folder)
    assert answer == ALL_RUN
    assert "not kept" in warnings
    assert "Traceback" not in warnings


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
)
by_query = st.dictionaries(
    st.integers(0, len(PREPARED) - 1),
    st.dictionaries(st.sampled_from([f"d{i}" for i in range(len(TEXTS))]), pair_scores, min_size=1),
)


def exact(scores: Mapping[int, Mapping[str, PairScore]]) -> dict[int, dict[str, tuple[bytes, int, float]]]:
    return {q: {d: (bits(s.logit), s.dropped, s.seconds) for d, s in found.items()} for q, found in scores.items()}


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


# How long passes take.


def test_the_times_of_no_pass_are_not_there() -> None:
    assert PassTimes.of([]) is None


def test_the_times_of_one_pass_are_that_pass() -> None:
    assert PassTimes.of([0.25]) == PassTimes(0.25, 0.25, 0.25, 1)


def test_the_range_leaves_out_one_in_twenty_at_each_end() -> None:
    seconds = [float(i) for i in range(101)]
    random.Random(1).shuffle(seconds)
    assert PassTimes.of(seconds) == PassTimes(median=50.0, low=5.0, high=95.0, count=101)
    assert PassTimes.of([1.0, 1.0, 1.0, 2.0]) == PassTimes(median=1.0, low=1.0, high=2.0, count=4)


@settings(deadline=None)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=250))
def test_the_range_is_of_passes_that_there_were_and_as_far_from_either_end(seconds: list[float]) -> None:
    found = PassTimes.of(seconds)
    turned = PassTimes.of([-second for second in seconds])
    assert found is not None
    assert turned is not None
    assert {found.low, found.high} <= set(seconds)
    assert found.low <= found.median <= found.high
    assert found.median == float(np.median(seconds))
    assert found.count == len(seconds)
    assert (turned.low, turned.median, turned.high) == (-found.high, -found.median, -found.low)
    beyond = sum(second < found.low for second in seconds)
    assert beyond <= 0.05 * len(seconds) + 0.5


def test_the_last_two_hundred_passes_say_how_long_one_takes(make_engine: MakeEngine, clock: Clock) -> None:
    engine = make_engine(scorer=slow(clock))
    engine.rerank("fast", ["a"] * 50)
    before = clock.now

    def slower(query: str, passage: str) -> float:
        clock.now += 3 * PASS_SECONDS
        return 0.0

    scorer = engine.scorer()
    assert isinstance(scorer, FakeScorer)
    scorer.score = slower
    engine.rerank("slow", ["a"] * 150)
    assert engine.pass_times() == PassTimes(3 * PASS_SECONDS, PASS_SECONDS, 3 * PASS_SECONDS, 200)
    engine.rerank("slow", ["a"] * 60)
    assert engine.pass_times() == PassTimes(3 * PASS_SECONDS, 3 * PASS_SECONDS, 3 * PASS_SECONDS, 200)
    assert clock.now - before == 210 * 3 * PASS_SECONDS


def test_what_was_measured_before_a_restart_says_how_long_a_pass_takes(cache_folder: Path, clock: Clock) -> None:
    ran_once(prepared(), scorer=slow(clock))
    engine = Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer()))
    assert engine.pass_times() is None  # nothing was read yet
    expected = PassTimes(PASS_SECONDS, PASS_SECONDS, PASS_SECONDS, len(TEXTS))
    assert engine.search("small", QUERY).pass_times == expected
    assert engine.search("small", QUERY).pass_times == expected  # and not counted twice
    engine.close()


# What the page asks for.


def known(engine: Engine, query: str = QUERY) -> dict[str, float]:
    return engine.known_scores(engine.checked("small", query))


def test_known_scores_are_those_that_are_remembered_or_kept_and_cost_no_pass(cache_folder: Path) -> None:
    scorer = FakeScorer()
    engine = Engine({"small": prepared()}, store_of(FakeEncoder(), scorer))
    assert known(engine) == known(engine, "my own") == {}
    for query, candidates in ((QUERY, 3), ("my own", 2)):
        hits = ranked(engine, query, candidates).hits
        assert known(engine, query) == {hit.doc_id: hit.score for hit in hits}
    found = known(engine)
    found.clear()
    assert len(known(engine)) == 3  # what was given away is a copy
    engine.close()
    after = Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer()))
    assert len(known(after)) == 3
    assert known(after, "my own") == {}
    after.close()
    assert len(scorer.pairs) == 5


def test_a_search_for_a_checked_request_is_the_search(make_engine: MakeEngine) -> None:
    engine = make_engine(prepared())
    request = engine.checked("small", QUERY, 50)
    made, searched = finish(engine.searching_for(request, 50)), engine.search("small", QUERY, 50)
    assert isinstance(made, SearchResult)
    assert (made.corpus, made.query, made.candidates, made.candidates_used) == (
        searched.corpus,
        searched.query,
        50,
        len(TEXTS),
    )
    assert {m: r.hits for m, r in made.rankings.items()} == {m: r.hits for m, r in searched.rankings.items()}
