"""What a ranking says of its time, how long passes take, and what the page asks for."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Engine, SearchResult
from searchcore.running import finish
from searchcore.types import PassTimes
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, overlap_logit, store_of
from tests.unit.cache_child import TEXTS, prepared
from tests.unit.remembering import (
    OTHER,
    PASS_SECONDS,
    QUERY,
    Clock,
    Slow,
    clock,
    ran_once,
    ranked,
    slow,
)

__all__ = ["clock"]  # fixtures

PATIENCE = 20.0


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
