"""The questions that the page offers: which they are, when they are asked, and what is there afterwards."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from searchcore import Engine
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, store_of
from tests.unit.remembering import ranked
from ui.evaluate.evaluations import Evaluations
from ui.evaluate.section import MeasuresSection
from ui.known import KnownQuestions, known_states
from ui.lesson.steps import Lesson, Step
from ui.sections import views
from ui.state import EVALUATE, HOOD, MEASURES, PAIR, PageState

PATIENCE = 20.0
TEXTS = ("red apple", "green pear", "blue plum")
JUDGED = replace(
    corpus_of(*TEXTS, name="judged", queries=("apple", "pear")), qrels={"q0": {"d0": 1}, "q1": {"d1": 2, "d0": 0}}
)
PLAIN = corpus_of(*TEXTS, name="plain", queries=("plum",))


def lesson_of(*states: PageState) -> Lesson:
    return Lesson("A lesson", tuple(Step("A step", state, (), "", (), ()) for state in states))


def asked(engine: Engine, states: Iterable[PageState], evaluations: Evaluations | None = None) -> None:
    """All of `states` in idle time, after a warm-up."""
    section_of = views(engine, MeasuresSection(engine, evaluations or Evaluations()))
    thread = KnownQuestions(engine, section_of, states).ask_after(engine.warm())
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_the_opening_corpus_comes_first_then_the_lesson_and_an_evaluation_after_its_queries(
    make_engine: MakeEngine,
) -> None:
    engine = make_engine(PLAIN, JUDGED)
    step = PageState(corpus="plain", query="a fruit", columns=("bm25",))
    lesson = lesson_of(step, PageState(tab=HOOD, look=PAIR, text_a="a", text_b="b"))
    apple, pear = (PageState(corpus="judged", query=text) for text in ("apple", "pear"))
    evaluation = PageState(tab=EVALUATE, look=MEASURES, measured="judged")
    plum = PageState(corpus="plain", query="plum")
    assert list(known_states(engine, lesson)) == [apple, pear, plum, step, apple, pear, evaluation]


def test_nothing_is_scored_again_for_who_asks_what_was_asked_in_idle_time(make_engine: MakeEngine) -> None:
    scorer, evaluations = FakeScorer(), Evaluations()
    engine = make_engine(PLAIN, JUDGED, scorer=scorer)
    asked(engine, known_states(engine, lesson_of(PageState(corpus="plain", query="a fruit"))), evaluations)
    pairs = len(scorer.pairs)
    assert pairs == len(set(scorer.pairs)) == len(TEXTS) * 4
    for corpus, query in (("judged", "apple"), ("judged", "pear"), ("plain", "plum"), ("plain", "a fruit")):
        assert ranked(engine, query, corpus=corpus).passes_run == 0
    assert evaluations.kept(engine, "judged", 20, "retrieved") is not None
    assert len(scorer.pairs) == pairs


@pytest.fixture
def second_engine() -> Iterator[Engine]:
    engine = Engine({"plain": PLAIN}, store_of(FakeEncoder(), FakeScorer()))
    yield engine
    engine.close()


@pytest.mark.parametrize("first", [True, False])
def test_what_was_asked_in_idle_time_is_there_at_the_next_start_even_where_a_person_asked_before(
    make_engine: MakeEngine, second_engine: Engine, cache_folder: Path, first: bool
) -> None:
    engine, query = make_engine(PLAIN), "no prepared query"
    if first:
        ranked(engine, query, corpus="plain")
    asked(engine, [PageState(corpus="plain", query=query)])
    ranked(engine, "a person's own", corpus="plain")
    engine.close()
    assert ranked(second_engine, query, corpus="plain").passes_run == 0
    assert ranked(second_engine, "a person's own", corpus="plain").passes_run == len(TEXTS)


def test_a_person_is_answered_while_idle_questions_wait(make_engine: MakeEngine) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def score(query: str, passage: str) -> float:
        if query == "idle":
            begun.set()
            assert go_on.wait(PATIENCE)
        return 1.0

    scorer = FakeScorer(score=score)
    scorer.parallel = 2
    engine = make_engine(PLAIN, scorer=scorer)
    section_of = views(engine, MeasuresSection(engine, Evaluations()))
    states = [PageState(corpus="plain", query="idle")]
    thread = KnownQuestions(engine, section_of, states).ask_after(engine.warm())
    assert begun.wait(PATIENCE)
    assert ranked(engine, "person", corpus="plain").passes_run == len(TEXTS)
    assert [query for query, _ in scorer.pairs].count("idle") == 1
    go_on.set()
    thread.join(PATIENCE)
    assert ranked(engine, "idle", corpus="plain").passes_run == 0


def test_a_question_that_fails_costs_no_other_and_only_what_was_not_foreseen_is_an_error(
    make_engine: MakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    def score(query: str, passage: str) -> float:
        if query == "breaks":
            raise RuntimeError("what nobody foresaw")
        return 1.0

    engine = make_engine(PLAIN, scorer=FakeScorer(score=score))
    with caplog.at_level(logging.INFO, "searchcore"):
        questions = (("plain", "breaks"), ("gone", "apple"), ("plain", "plum"))
        asked(engine, [PageState(corpus=name, query=query) for name, query in questions])
    assert ranked(engine, "plum", corpus="plain").passes_run == 0
    [failed] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert failed.exc_info is not None
    assert "gone" in caplog.text


def test_they_end_with_the_engine(make_engine: MakeEngine) -> None:
    gate = threading.Event()
    scorer = FakeScorer(gate=gate)
    engine: Engine = make_engine(PLAIN, scorer=scorer)
    section_of = views(engine, MeasuresSection(engine, Evaluations()))
    states = [PageState(corpus="plain", query=query) for query in ("one", "two", "three")]
    thread = KnownQuestions(engine, section_of, states).ask_after(engine.warm())
    assert scorer.started.wait(PATIENCE)
    closing = threading.Thread(target=engine.close)
    closing.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    gate.set()
    closing.join(PATIENCE)
    assert {query for query, _ in scorer.pairs} == {"one"}


def test_without_corpora_nothing_is_asked(make_engine: MakeEngine) -> None:
    engine: Engine = make_engine()
    assert list(known_states(engine, lesson_of())) == []
