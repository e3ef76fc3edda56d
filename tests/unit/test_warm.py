"""Warming up in the background, the status that the page shows meanwhile, and models that do not load."""

from __future__ import annotations

import threading

import pytest

from searchcore import Engine, ModelUnavailable, Progress
from searchcore.models import ModelSpec, ModelStore
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, numbered_corpus, store_of

PATIENCE = 20.0


def test_a_warm_engine_has_loaded_and_embedded_everything() -> None:
    loads: list[str] = []
    encoder = FakeEncoder()
    corpora = {"large": corpus_of("a", "b", "c"), "small": corpus_of("d")}
    engine = Engine(corpora, store_of(encoder, FakeScorer(), loads=loads))
    assert not engine.status().ready
    engine.warm().join(PATIENCE)
    assert engine.status().ready
    assert engine.status().problem == ""
    assert sorted(loads) == ["fake/encoder", "fake/scorer"]
    assert encoder.document_calls == [["d"], ["a", "b", "c"]]  # the small corpus first: it is ready sooner
    engine.search("large", "a")
    assert len(encoder.document_calls) == 2
    engine.close()


def test_the_corpus_that_the_page_opens_with_can_go_first() -> None:
    encoder = FakeEncoder()
    corpora = {"small": corpus_of("a"), "medium": corpus_of("b", "c"), "large": corpus_of("d", "e", "f")}
    engine = Engine(corpora, store_of(encoder, FakeScorer()))
    engine.warm(first="large").join(PATIENCE)
    assert encoder.document_calls == [["d", "e", "f"], ["a"], ["b", "c"]]
    engine.close()


def test_the_status_says_what_is_being_done(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    encoder = FakeEncoder(gate=gate)
    engine = make_engine(corpus_of("a", "b", name="films"), encoder=encoder)
    warming = engine.warm()
    assert encoder.started.wait(PATIENCE)
    search = engine.steps("films", "a")
    assert next(search) == Progress("embedding", "Films", 0, 2)  # a search meanwhile waits for the same work
    assert not engine.status().ready
    gate.set()
    warming.join(PATIENCE)
    assert engine.status().ready
    assert len(encoder.document_calls) == 1


def test_the_corpus_that_somebody_asks_for_is_embedded_before_what_is_warmed_up(make_engine: MakeEngine) -> None:
    gate = threading.Event()
    encoder = FakeEncoder(gate=gate)
    engine = make_engine(
        numbered_corpus(40, "small"), corpus_of(*(f"asked {i}" for i in range(64)), name="large"), encoder=encoder
    )
    warming = engine.warm()
    assert encoder.started.wait(PATIENCE)  # the first eight of the small one
    search = engine.steps("large", "a")
    while (step := next(search)) != Progress("embedding", "Large", 0, 64):
        assert isinstance(step, Progress), step
    until_in_line(engine, encoder, 2)
    gate.set()
    list(search)
    warming.join(PATIENCE)
    first, *others = [passage.split()[0] for call in encoder.document_calls for passage in call[:1]]
    assert first != "asked"
    assert others.index(first) == others.count("asked") == 8


def test_who_waits_for_what_is_warmed_up_takes_turns_with_who_asks_for_something_else(make_engine: MakeEngine) -> None:
    gate = threading.Event()
    encoder = FakeEncoder(gate=gate)
    other = corpus_of(*(f"other {i}" for i in range(256)), name="other")
    engine = make_engine(numbered_corpus(192, "warmed"), other, encoder=encoder)
    warming = engine.warm()
    assert encoder.started.wait(PATIENCE)
    joined, beside = engine.steps("warmed", "a"), engine.steps("other", "a")
    assert next(joined) == Progress("embedding", "Warmed", 0, 192)
    while next(beside) != Progress("embedding", "Other", 0, 256):
        pass
    until_in_line(engine, encoder, 2)
    gate.set()
    list(beside), list(joined)
    warming.join(PATIENCE)
    order = [call[0].split()[0] for call in encoder.document_calls]
    last = len(order) - 1 - order[::-1].index("other")
    # Two thirds of it at least; in idle time it would have had a batch between two parts of the other, three in all.
    assert order[:last].count("film") >= 16


def until_in_line(engine: Engine, encoder: FakeEncoder, places: int) -> None:
    """Until so many jobs stand in the encoder's line."""
    line = engine.resources._lines.of(encoder.name)
    with line._changed:
        assert line._changed.wait_for(lambda: len(line._places) >= places, PATIENCE)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ModelUnavailable("The package is not installed."), "The package is not installed."),
        (RuntimeError("no memory"), "The models could not be loaded; the log says why."),
    ],
)
def test_what_went_wrong_is_in_the_status(make_engine: MakeEngine, error: Exception, sentence: str) -> None:
    engine = make_engine(corpus_of("a"), encoder=FakeEncoder(error=error))
    engine.warm().join(PATIENCE)
    assert (engine.status().ready, engine.status().problem) == (False, sentence)
    assert engine.status().progress is None


def test_an_engine_without_corpora_warms_up(make_engine: MakeEngine) -> None:
    engine = make_engine()
    engine.warm().join(PATIENCE)
    assert engine.status().ready


def test_the_time_of_a_pass_is_known_after_the_first_search(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("a", "b"))
    assert engine.pass_times() is None
    result = engine.search("small", "a")
    times = engine.pass_times()
    assert times is not None
    assert result.pass_times == times
    assert times.count == 2
    assert 0 < times.low <= times.median <= times.high
    assert engine.search("small", "a").pass_times == times  # remembered: no pass to measure
    assert engine.pass_times("fake/scorer") == times


def test_a_model_that_could_not_be_loaded_is_tried_again() -> None:
    problems = [ModelUnavailable("fake/encoder could not be fetched; fake/other stays in use.")]

    def load(report: object) -> FakeEncoder:
        if problems:
            raise problems.pop()
        return FakeEncoder()

    scorer = FakeScorer()
    specs = [
        ModelSpec("fake/encoder", "encoder", False, "MIT", load),
        ModelSpec("fake/scorer", "scorer", True, "MIT", lambda report: scorer),
    ]
    engine = Engine(
        {"small": corpus_of("a", "b")}, ModelStore({s.name: s for s in specs}, "fake/encoder", "fake/scorer")
    )
    with pytest.raises(ModelUnavailable, match="stays in use"):
        engine.search("small", "a")
    assert engine.search("small", "a").candidates_used == 2
    engine.close()
