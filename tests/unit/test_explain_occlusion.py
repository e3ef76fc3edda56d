"""Occlusion, and the long work that it shares with the other explanations."""

import json
import threading
from itertools import pairwise

import numpy as np
import pytest

from searchcore import InvalidInput
from searchcore.explain import occlusion, occlusion_steps
from searchcore.explain.work import cosines, encoded
from searchcore.running import Caller, finish, jobs, results
from searchcore.running.line import TURN
from tests.fakes import PATIENCE_SECONDS, FakeEncoder, FakeScorer, bag_of_words, overlap_logit

QUERY = "who plays chess?"
DOCUMENT = "Kings, they say, like chess."


class Told:
    """Lets a fake take one step each time it is told to: what is known in between can be looked at in peace."""

    def __init__(self):
        self._steps = threading.Semaphore(0)

    def step(self):
        self._steps.release()

    def wait(self):
        assert self._steps.acquire(timeout=PATIENCE_SECONDS)


def until(steps, activity):
    """Run work until it reports this activity."""
    return next(step for step in steps if step.activity == activity)


def test_the_word_that_carries_the_match_comes_first(make_engine):
    made = occlusion(make_engine(), QUERY, DOCUMENT)
    assert [effect.word for effect in made.ranked()[:2]] == ["chess", "chess"]
    assert [effect.word for effect in made.ranked("cosine")[:2]] == ["chess", "chess"]


def test_a_drop_is_the_full_number_minus_the_number_without_the_word(make_engine):
    made = occlusion(make_engine(), "who plays", "plays chess")
    plays = made.of("document")[0]
    assert plays.score_drop == overlap_logit("who plays", "plays chess") - overlap_logit("who plays", "chess")
    full, without = (bag_of_words("who plays") @ bag_of_words(text) for text in ("plays chess", "chess"))
    assert plays.cosine_drop == pytest.approx(float(full - without), abs=2e-6)
    assert (made.score, made.cosine) == (overlap_logit("who plays", "plays chess"), pytest.approx(full, abs=1e-6))


def test_words_stand_where_they_say_in_the_texts_of_the_result(make_engine):
    made = occlusion(make_engine(), f"\n {QUERY}", DOCUMENT)
    assert [e.word for e in made.of("query")] == ["who", "plays", "chess"]
    assert [e.word for e in made.of("document")] == ["Kings", "they", "say", "like", "chess"]
    for effect in made.words:
        assert getattr(made, effect.side)[effect.start : effect.end] == effect.word


def test_each_word_costs_one_pass_of_each_model(make_engine):
    encoder, scorer = FakeEncoder(), FakeScorer()
    occlusion(make_engine(encoder=encoder, scorer=scorer), QUERY, DOCUMENT)
    assert len(scorer.pairs) == 1 + 3 + 5
    assert len(set(scorer.pairs)) == len(scorer.pairs)
    assert [len(call) for call in encoder.query_calls] == [1 + 3]
    assert [len(call) for call in encoder.document_calls] == [1 + 5]


def test_the_only_word_of_a_text_is_compared_with_what_is_left_and_marked(make_engine):
    scorer = FakeScorer()
    made = occlusion(make_engine(scorer=scorer), "chess", "chess!")
    assert [effect.only_word for effect in made.words] == [True, True]
    assert scorer.pairs == [("chess", "chess!"), ("", "chess!"), ("chess", "!")]


def test_a_text_of_punctuation_alone_has_no_words(make_engine):
    made = occlusion(make_engine(), "?!", "a b")
    assert [effect.side for effect in made.words] == ["document", "document"]
    assert occlusion(make_engine(), "?!", "...").ranked() == []


def test_no_more_than_128_words_of_a_text_are_left_out(make_engine):
    scorer = FakeScorer()
    made = occlusion(make_engine(scorer=scorer), "chess", " ".join(f"w{i}" for i in range(1_000)))
    assert (len(made.of("query")), len(made.of("document"))) == (1, 128)
    assert made.words_skipped == {"query": 0, "document": 872}
    assert len(scorer.pairs) == 1 + 1 + 128


def test_pairs_are_scored_in_short_turns_so_that_searches_get_in_between(make_engine):
    gate = threading.Event()
    scorer = FakeScorer(gate=gate)
    engine = make_engine(scorer=scorer)
    long = " ".join(f"w{i}" for i in range(100))
    occluded = results(occlusion_steps(engine.for_caller(Caller("first")), "chess", long))
    until(occluded, "scoring")
    assert scorer.started.wait(PATIENCE_SECONDS)
    reranked = results(engine.for_caller(Caller("second")).reranking("search", ["one", "two"]))
    until(reranked, "waiting")
    gate.set()
    finish(reranked)
    finish(occluded)
    assert scorer.calls == [1] * (102 + 2)
    turns = [query == "search" for query, _ in scorer.pairs]
    assert turns.count(True) == 2
    assert TURN <= turns.index(True) < 2 * TURN  # a whole turn of the first caller, not all of its pairs


def test_texts_are_encoded_in_batches_with_progress_in_between(make_engine):
    told = Told()
    encoder = FakeEncoder(on_call=lambda passages: told.wait())
    texts = [f"word{i}" for i in range(70)]
    steps = results(encoded(make_engine(encoder=encoder), encoder, texts))
    seen = []
    try:
        while True:
            seen.append(next(steps).done)
            told.step()
    except StopIteration as stop:
        np.testing.assert_array_equal(stop.value, [bag_of_words(text) for text in texts])
    assert seen == list(range(0, 70, 8))
    assert [len(call) for call in encoder.document_calls] == [8] * 8 + [6]


def test_a_cosine_is_never_beyond_one_nor_minus_zero():
    vectors = np.array([[1.000002, 0.0], [-1.000002, 0.0], [0.0, 1.0], [-1e-9, 1.0]])
    made = cosines(vectors, vectors)
    assert (made.max(), made.min()) == (1.0, -1.0)
    assert not np.signbit(made[made == 0]).any()


def test_progress_counts_over_all_pairs(make_engine, monkeypatch):
    told, now = Told(), 0.0

    def half_a_second(query, passage):
        nonlocal now
        told.wait()
        now += 0.5
        return float(len(query))

    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    engine = make_engine(scorer=FakeScorer(score=half_a_second))
    steps, seen = results(engine.score_pairs([("q" * i, "d") for i in range(50)])), []
    try:
        while True:
            seen.append(next(steps))
            told.step()
    except StopIteration as stop:
        assert stop.value == [float(i) for i in range(50)]
    scoring = [p for p in seen if p.activity == "scoring"]
    assert [p.done for p in scoring] == list(range(50))
    assert {p.total for p in scoring} == {50}
    assert scoring[0].seconds_left is None  # there is no pace yet
    assert all(a.seconds_left - b.seconds_left == 0.5 for a, b in pairwise(scoring[1:]))
    assert scoring[-1].seconds_left == 0.5


def test_the_time_spent_in_the_line_says_nothing_about_the_time_left(make_engine, monkeypatch):
    told, now = Told(), 0.0

    def half_a_second(query, passage):
        nonlocal now
        told.wait()
        now += 100.0 if query == "first" else 0.5
        return 0.0

    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    engine = make_engine(scorer=FakeScorer(score=half_a_second))
    first = results(engine.score_pairs([("first", "d")]))
    until(first, "scoring")
    second = results(engine.score_pairs([("second", "d")] * 3))
    assert until(second, "waiting").total == 1
    told.step()
    finish(first)
    assert until(second, "scoring").done == 0
    told.step()
    assert until(second, "scoring").seconds_left == 1.0
    told.step()
    told.step()
    finish(second)


def test_closing_the_steps_gives_up_their_place_in_the_line(make_engine):
    gate = threading.Event()
    scorer = FakeScorer(gate=gate)
    engine = make_engine(scorer=scorer)
    first = results(engine.score_pairs([("first", "d")]))
    until(first, "scoring")
    steps = results(occlusion_steps(engine, QUERY, DOCUMENT))
    assert until(steps, "waiting").total == 1
    steps.close()
    third = results(engine.score_pairs([("third", "d")]))
    assert until(third, "waiting").total == 1
    gate.set()
    finish(first)
    finish(third)
    assert [query for query, _ in scorer.pairs] == ["first", "third"]


def test_closing_the_steps_stops_the_scorer(make_engine):
    gate = threading.Event()
    scorer = FakeScorer(gate=gate)
    engine = make_engine(scorer=scorer)
    steps = results(occlusion_steps(engine, QUERY, DOCUMENT))
    until(steps, "scoring")
    assert scorer.started.wait(20)
    steps.close()
    gate.set()
    # This waits in the same line, so that the stopped work is over when it returns.
    engine.rerank("after", ["that"])
    assert scorer.pairs == [(QUERY, DOCUMENT), ("after", "that")]


def test_occlusion_as_json_is_plain(make_engine):
    made = occlusion(make_engine(), "plays chess", "chess").as_json()
    assert json.loads(json.dumps(made)) == made
    assert made["words"][1]["word"] == "chess"
    assert made["words_skipped"] == {"query": 0, "document": 0}


@pytest.mark.parametrize(
    ("query", "document", "names"), [("", "a", "query is empty"), ("a", "b" * 20_001, "document must have at most")]
)
def test_a_text_that_can_not_be_occluded_is_named(make_engine, query, document, names):
    with pytest.raises(InvalidInput, match=names):
        occlusion(make_engine(), query, document)


def test_words_are_sorted_by_score_or_cosine_only(make_engine):
    with pytest.raises(InvalidInput, match='"length"'):
        occlusion(make_engine(), "a", "b").ranked("length")
