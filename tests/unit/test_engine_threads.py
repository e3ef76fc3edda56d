"""Many searches at once: what is shared, who waits for whom, and what a stopped or failed search leaves behind.

A search is driven step by step from the test's own thread wherever that is enough; events hold the models.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from searchcore import Busy, Cancelled, Engine, Hit, Progress, SearchResult
from searchcore.engine import Step
from searchcore.running import Limits
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, store_of

TEXTS = ("a platoon in the vietnam war", "two chess players", "vietnam", "the end of the world")
PATIENCE = 20.0
Steps = Iterator[Step]


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds a model until the test sets it; opened at the end in any case, so that no thread stays behind."""
    event = threading.Event()
    yield event
    event.set()


def until(steps: Steps, activity: str) -> Progress:
    """Run a search until it reports this activity."""
    return next(step for step in steps if isinstance(step, Progress) and step.activity == activity)


def until_ranked(steps: Steps, method: str) -> SearchResult:
    """Run a search until it has the ranking of this method."""
    return next(step for step in steps if isinstance(step, SearchResult) and method in step.rankings)


def hold_scoring(engine: Engine, scorer: FakeScorer, query: str = "first") -> Steps:
    """A search whose pair scoring has begun and is held at the scorer's gate."""
    steps = engine.steps("small", query)
    assert until(steps, "scoring") == Progress("scoring", "fake/scorer", 0, len(TEXTS))
    assert scorer.started.wait(PATIENCE)
    return steps


def queries_scored(scorer: FakeScorer) -> list[str]:
    """The queries in the order in which their first pairs were scored."""
    return list(dict.fromkeys(query for query, _ in scorer.pairs))


def together(count: int, work: object) -> list[object]:
    """Run `work(number)` in as many threads at once; their results in order, an error in place of a result."""
    barrier = threading.Barrier(count)
    results: list[object] = [None] * count

    def run(number: int) -> None:
        barrier.wait(PATIENCE)
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results


def test_eight_searches_that_wait_for_the_same_corpus_make_one_encoder_call(
    make_engine: MakeEngine, gate: threading.Event
) -> None:
    encoder, waiting = FakeEncoder(gate=gate), threading.Semaphore(0)
    engine = make_engine(corpus_of(*TEXTS), encoder=encoder)

    def search(number: int) -> list[str]:
        steps = engine.steps("small", f"query {number}", methods=["bi_encoder"])
        until(steps, "embedding")
        waiting.release()
        return [hit.doc_id for hit in until_ranked(steps, "bi_encoder").rankings["bi_encoder"].hits]

    def open_when_all_wait() -> None:
        for _ in range(8):
            assert waiting.acquire(timeout=PATIENCE)
        gate.set()

    opener = threading.Thread(target=open_when_all_wait)
    opener.start()
    results = together(8, search)
    opener.join(PATIENCE)
    assert [len(result) for result in results] == [4] * 8
    assert len(encoder.document_calls) == 1


def test_two_corpora_that_are_embedded_at_once_are_not_mixed_up(make_engine: MakeEngine, gate: threading.Event) -> None:
    encoder = FakeEncoder(gate=gate)
    engine = make_engine(corpus_of(*TEXTS), corpus_of("one", "two", name="other"), encoder=encoder)
    both = [engine.steps(corpus, "vietnam") for corpus in ("small", "other")]
    for steps in both:
        until(steps, "embedding")
    gate.set()
    results = [until_ranked(steps, "bi_encoder").rankings["bi_encoder"].hits for steps in both]
    assert [len(hits) for hits in results] == [4, 2]
    assert results[0][0] == Hit(1, "d2", 1.0)
    assert len(encoder.document_calls) == 2


def test_eight_searches_at_once_load_each_model_once() -> None:
    loads: list[str] = []
    engine = Engine({"small": corpus_of(*TEXTS)}, store_of(FakeEncoder(), FakeScorer(), loads=loads))
    results = together(8, lambda number: engine.search("small", f"query {number}").candidates_used)
    assert results == [4] * 8
    assert sorted(loads) == ["fake/encoder", "fake/scorer"]
    engine.close()


def test_many_searches_at_once_give_what_they_give_one_by_one(make_engine: MakeEngine) -> None:
    queries = ["vietnam war", "chess", "the end", "world war", "platoon", "vietnam war", "players", "a"]
    one_by_one = make_engine(corpus_of(*TEXTS))
    expected = [one_by_one.search("small", query).rankings["cross_encoder"].hits for query in queries]
    engine = make_engine(corpus_of(*TEXTS))
    results = together(8, lambda number: engine.search("small", queries[number]).rankings["cross_encoder"].hits)
    assert results == expected


def test_retrieval_never_waits_behind_the_scoring_of_another_search(
    make_engine: MakeEngine, gate: threading.Event
) -> None:
    scorer = FakeScorer(gate=gate)
    engine = make_engine(corpus_of(*TEXTS), corpus_of("one", "two", name="other"), scorer=scorer)
    first = hold_scoring(engine, scorer)
    for corpus in ("small", "other"):
        retrieved = until_ranked(engine.steps(corpus, "second"), "bi_encoder")
        assert list(retrieved.rankings) == ["bi_encoder"]
    assert [query for query, _ in scorer.pairs] == ["first"]  # still held at its first pair
    gate.set()
    assert until_ranked(first, "cross_encoder").rankings["cross_encoder"].passes_run == 4


def test_a_search_that_waits_says_how_many_are_ahead_and_is_served_in_its_turn(
    make_engine: MakeEngine, gate: threading.Event
) -> None:
    scorer = FakeScorer(gate=gate)
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer)
    first = hold_scoring(engine, scorer)
    waiting = [engine.steps("small", query) for query in ("second", "third", "fourth")]
    for ahead, steps in enumerate(waiting, start=1):
        assert until(steps, "waiting") == Progress("waiting", "fake/scorer", total=ahead)
    gate.set()
    for steps in reversed(waiting):  # who asks first for the result makes no difference
        until_ranked(steps, "cross_encoder")
    # Who is served does not wait, however many have come since.
    assert {(step.activity, step.total) for step in first if isinstance(step, Progress)} <= {("scoring", 4)}
    assert queries_scored(scorer) == ["first", "second", "third", "fourth"]
    assert len(scorer.pairs) == 16


def test_a_search_that_waited_behind_the_same_query_runs_no_pass(
    make_engine: MakeEngine, gate: threading.Event
) -> None:
    scorer = FakeScorer(gate=gate)
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer)
    first = hold_scoring(engine, scorer, "same")
    second = engine.steps("small", "same")
    until(second, "waiting")
    gate.set()
    results = [until_ranked(steps, "cross_encoder").rankings["cross_encoder"] for steps in (first, second)]
    assert [(ranking.passes_needed, ranking.passes_run) for ranking in results] == [(4, 4), (4, 0)]
    assert results[0].hits == results[1].hits
    assert len(scorer.pairs) == 4


def test_the_line_is_bounded_and_retrieval_is_still_served(make_engine: MakeEngine, gate: threading.Event) -> None:
    scorer = FakeScorer(gate=gate)
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer, limits=Limits(all=5))
    admitted = [hold_scoring(engine, scorer)]
    with pytest.raises(Busy) as caught:
        for number in range(10):
            steps = engine.steps("small", f"query {number}")
            retrieved = until_ranked(steps, "bi_encoder")
            until(steps, "waiting")
            admitted.append(steps)
    assert len(retrieved.rankings["bi_encoder"].hits) == 4
    assert len(admitted) == 5
    assert Limits().address >= 60  # a class of thirty, each with a second window
    assert str(caught.value) == f"{len(admitted)} searches are waiting already; please try again in a minute."
    for steps in admitted[1:]:
        steps.close()
    late = engine.steps("small", "late")  # those who left are not waited for
    assert until(late, "waiting").total == 1
    gate.set()
    assert until_ranked(late, "cross_encoder")
    assert queries_scored(scorer) == ["first", "late"]


def test_closing_a_search_stops_the_rest_of_its_pairs_and_frees_the_line(
    make_engine: MakeEngine, gate: threading.Event
) -> None:
    scorer = FakeScorer(gate=gate)
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer)
    first = hold_scoring(engine, scorer)
    first.close()
    second = engine.steps("small", "second")
    until(second, "waiting")
    gate.set()
    until_ranked(second, "cross_encoder")
    assert [query for query, _ in scorer.pairs] == ["first"] + ["second"] * 4
    again = engine.search("small", "first").rankings["cross_encoder"]
    assert (again.passes_needed, again.passes_run) == (4, 3)  # the pair that was done is remembered


def test_a_stream_that_is_closed_after_its_first_result_scores_no_pair(make_engine: MakeEngine) -> None:
    scorer = FakeScorer()
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer)
    stream = engine.stream("small", "first")
    next(stream)
    stream.close()
    engine.search("small", "second")
    assert queries_scored(scorer) == ["second"]


def test_closing_a_search_that_waits_takes_it_out_of_the_line(make_engine: MakeEngine, gate: threading.Event) -> None:
    scorer = FakeScorer(gate=gate)
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer)
    first = hold_scoring(engine, scorer)
    second, third = engine.steps("small", "second"), engine.steps("small", "third")
    assert until(second, "waiting").total == 1
    assert until(third, "waiting").total == 2
    second.close()
    assert until(third, "waiting").total == 1
    gate.set()
    until_ranked(third, "cross_encoder")
    until_ranked(first, "cross_encoder")
    assert queries_scored(scorer) == ["first", "third"]


def test_an_error_in_the_scorer_reaches_the_caller_and_the_next_search_works(make_engine: MakeEngine) -> None:
    scorer = FakeScorer(error=RuntimeError("the scorer broke"))
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer)
    stages = engine.stream("small", "vietnam")
    assert len(next(stages).rankings["bi_encoder"].hits) == 4
    with pytest.raises(RuntimeError, match="the scorer broke"):
        next(stages)
    with pytest.raises(RuntimeError, match="the scorer broke"):
        engine.rerank("vietnam", ["text"])
    scorer.error = None
    assert engine.search("small", "vietnam").rankings["cross_encoder"].passes_run == 4


def test_an_error_in_the_encoder_reaches_all_who_wait_and_the_next_search_works(
    make_engine: MakeEngine, gate: threading.Event
) -> None:
    encoder = FakeEncoder(gate=gate, error=RuntimeError("the encoder broke"))
    engine = make_engine(corpus_of(*TEXTS), encoder=encoder)
    both = [engine.steps("small", query) for query in ("first", "second")]
    for steps in both:
        until(steps, "embedding")
    gate.set()
    for steps in both:
        with pytest.raises(RuntimeError, match="the encoder broke"):
            until_ranked(steps, "bi_encoder")
    assert len(encoder.document_calls) == 1
    encoder.error = None
    assert len(engine.search("small", "third").rankings["bi_encoder"].hits) == 4


def test_a_closed_engine_says_so(make_engine: MakeEngine, gate: threading.Event) -> None:
    scorer = FakeScorer(gate=gate)
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer)
    first = hold_scoring(engine, scorer)
    second = engine.steps("small", "second")
    until(second, "waiting")
    engine.close()
    gate.set()
    for steps in (first, second, engine.steps("small", "third")):
        with pytest.raises(Cancelled):
            until_ranked(steps, "cross_encoder")
    assert queries_scored(scorer) == ["first"]
