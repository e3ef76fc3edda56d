"""What it costs: passes by their formulas, time by passes that were timed, and how both are said and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from searchcore import InvalidInput
from searchcore.explain import Price, price
from searchcore.types import PassTimes
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, corpus_of
from tests.markup import HOSTILE, PLAIN, Reader, tree
from tests.unit.remembering import PASS_SECONDS, Clock, clock, slow
from ui import words
from ui.hood.draw import price as drawn
from ui.search.cost import AT_SIZE

__all__ = ["clock"]  # fixtures

QUICK, SLOW = PassTimes(0.01, 0.008, 0.02, 20), PassTimes(0.04, 0.03, 0.0755, 200)
COUNTS = st.integers(1, 10**9)
ENCODER_SECONDS = 0.5


def price_saying(text: str = PLAIN, queries: int = 10_000, documents: int = 10_000, candidates: int = 20) -> Price:
    return Price(queries, documents, candidates, f"org/{text}", f"org/2 {text}", QUICK, SLOW, at_once=2)


class SlowEncoder(FakeEncoder):
    """Takes ENCODER_SECONDS of the clock for each call."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        self.clock.now += ENCODER_SECONDS
        return super().encode_documents(passages)


# ---- the numbers ----


def test_ten_thousand_queries_over_ten_thousand_documents() -> None:
    made = price_saying()
    assert (made.passes_bi, made.passes_cross, made.passes_rerank) == (20_000, 100_000_000, 220_000)
    assert (made.milliseconds_bi, made.milliseconds_cross) == (10.0, 40.0)
    assert made.seconds_bi == pytest.approx(200)
    assert made.seconds_cross == pytest.approx(4_000_000)
    assert made.seconds_rerank == pytest.approx(200 + 200_000 * 0.04)


def test_no_more_candidates_are_reranked_than_there_are_documents() -> None:
    made = price_saying(queries=7, documents=3, candidates=20)
    assert (made.candidates_used, made.passes_rerank) == (3, 3 + 7 + 7 * 3)
    assert made.seconds_rerank == pytest.approx(10 * 0.01 + 21 * 0.04)


@given(COUNTS, COUNTS, st.integers(1, 200))
def test_reranking_lies_between_the_vectors_alone_and_the_vectors_with_every_pair(q: int, d: int, k: int) -> None:
    made = price_saying(queries=q, documents=d, candidates=k)
    assert made.passes_bi < made.passes_rerank <= made.passes_bi + made.passes_cross
    assert made.at(d) == made


def test_another_number_of_documents_keeps_the_proportion_of_queries_and_at_least_one() -> None:
    made = price_saying(queries=5_000, documents=10_000)
    assert [made.at(number).queries for number in (1, 10, 1_000, 1_000_000)] == [1, 5, 500, 500_000]


def test_a_model_that_has_run_too_few_passes_is_timed_on_real_pairs(make_engine: MakeEngine, clock: Clock) -> None:
    corpus = corpus_of("one", "two", "three", queries=["first", "second"])
    encoder, scorer = SlowEncoder(clock), slow(clock)
    engine = make_engine(corpus, encoder=encoder, scorer=scorer)
    engine.rerank("one pass is too few", ["to say"])
    made = price(engine, 5, 7, 2)
    assert made.encoder_times == PassTimes(ENCODER_SECONDS, ENCODER_SECONDS, ENCODER_SECONDS, 20)
    assert made.scorer_times == PassTimes(PASS_SECONDS, PASS_SECONDS, PASS_SECONDS, 21)
    assert {len(call) for call in encoder.document_calls} == {1}
    assert set(scorer.pairs[1:]) == {(q, d) for q in ("first", "second") for d in ("one", "two", "three")}
    assert (made.passes_bi, made.passes_cross, made.passes_rerank) == (12, 35, 22)
    assert made.seconds_bi == 12 * ENCODER_SECONDS


def test_what_has_been_timed_is_not_timed_again(make_engine: MakeEngine) -> None:
    encoder = FakeEncoder()
    engine = make_engine(corpus_of("one", queries=["first"]), encoder=encoder)
    first = price(engine)
    assert price(engine, 3).encoder_times == first.encoder_times
    assert encoder.documents_encoded == 20


def test_without_a_query_in_any_corpus_the_examples_are_timed(make_engine: MakeEngine) -> None:
    assert price(make_engine(corpus_of("one"))).scorer_times.count == 20


@pytest.mark.parametrize(
    ("argument", "value", "most"),
    [
        *[
            (name, value, "1,000,000,000")
            for name in ("queries", "documents")
            for value in (0, 10**9 + 1, 1.5, "9", True)
        ],
        ("candidates", 201, "200"),
    ],
)
def test_what_is_no_number_of_texts_is_refused_by_name(
    make_engine: MakeEngine, argument: str, value: object, most: str
) -> None:
    with pytest.raises(InvalidInput, match=f"^{argument} must be a whole number from 1 to {most}, got "):
        price(make_engine(), **{argument: value})  # type: ignore[arg-type]


# ---- how they are said ----


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.012, "12 ms"),
        (3.4, "3.4 s"),
        (89, "89 s"),
        (180, "3 min"),
        (5_400, "1.5 hours"),
        (100_000, "27.8 hours"),
        (4_000_000, "46 days"),
        (400_000, "4.6 days"),
        (100_000_000, "3.2 years"),
        (4e16, "1.3 billion years"),
    ],
)
def test_a_time_is_said_in_the_unit_that_people_would_use(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        *[(1, "1"), (4.6, "4.6"), (9.96, "10"), (1_300, "1,300"), (2.5e6, "2.5 million"), (10**8, "100 million")],
        *[(10**12, "1 trillion"), (10**15, "1 × 10^15")],
    ],
)
def test_a_large_number_is_said_as_people_say_it(number: float, said: str) -> None:
    assert words.large(number) == said


def test_the_fold_of_a_search_says_the_same_numbers() -> None:
    assert "For 10,000 queries over 10,000 documents, a bi-encoder makes 20,000 passes" in AT_SIZE
    assert "10,000 × 10,000 = 100 million." in AT_SIZE


# ---- how they are drawn ----


def test_each_way_has_its_formula_with_the_numbers_put_in_and_its_time() -> None:
    page = tree(drawn.report(price_saying()))
    rows = page.all(tag="table")[0].one(tag="tbody").all(tag="tr")
    assert [row.one(tag="th").text for row in rows] == [way.name for way in drawn.WAYS]
    assert [row.texts(tag="td") for row in rows] == [
        ["documents + queries10,000 + 10,000 = 20,000", "3 min"],
        ["queries × documents10,000 × 10,000 = 100,000,000", "46 days"],
        ["documents + queries + queries × candidates10,000 + 10,000 + 10,000 × 20 = 220,000", "2.3 hours"],
    ]


def test_where_the_times_come_from_is_said() -> None:
    said = tree(drawn.report(price_saying())).text
    assert "10.0 ms (median of 20; the middle nine in ten 8.0 to 20.0 ms), one document at a time" in said
    assert "40.0 ms (median of 200; the middle nine in ten 30.0 to 75.5 ms)" in said
    assert "It reads 2 pairs at a time, and each counts with its share of that time." in said
    assert "It reads one pair at a time." in tree(drawn.report(replace(price_saying(), at_once=1))).text


def test_fewer_documents_than_candidates_is_said_and_worked_out() -> None:
    said = tree(drawn.report(price_saying(queries=7, documents=3))).text
    assert "3 + 7 + 7 × 3 = 31" in said
    assert "20 candidates asked for, but there are only 3 documents." in said


def test_the_plot_names_its_three_lines_and_marks_what_was_asked_and_is_a_table_too() -> None:
    page = tree(drawn.report(price_saying(documents=2_000, queries=4_000)))
    assert page.texts("ss-series-name") == [drawn.WAYS[i].name for i in (1, 2, 0)]
    assert len(page.all("ss-series")) == len(page.all("ss-dot")) == 3
    assert page.one("ss-bi_encoder", "circle").text == "Bi-encoder, vectors kept: 6,000 passes, 60 s"
    assert "asked: 2,000" in page.texts("ss-tick")
    rows = page.all(tag="table")[1].one(tag="tbody").all(tag="tr")
    numbers = ["1", "10", "20", "100", "1,000", "2,000, asked", "10,000", "100,000", "1,000,000"]
    assert [row.one(tag="th").text for row in rows] == numbers
    assert rows[5].texts(tag="td") == ["4,000", "6,000 60 s", "8,000,000 3.7 days", "86,000 54 min"]


@given(COUNTS, COUNTS, st.integers(1, 200))
def test_every_price_can_be_drawn_within_its_frame(q: int, d: int, k: int) -> None:
    made = price_saying(queries=q, documents=d, candidates=k)
    page = tree(drawn.report(made))
    for dot in page.all(tag="circle"):
        assert drawn.LEFT <= float(dot.attributes["cx"]) <= drawn.RIGHT
        assert drawn.TOP <= float(dot.attributes["cy"]) <= drawn.BOTTOM
    for name in page.all("ss-series-name"):
        assert float(name.attributes["y"]) + 14 <= drawn.HEIGHT
    assert "nan" not in page.text


def test_hostile_names_of_models_are_drawn_as_text() -> None:
    assert Reader(drawn.report(price_saying(HOSTILE))).shape == Reader(drawn.report(price_saying())).shape
