"""nDCG by hand: its arithmetic is what the product's measures say, and it stands below the rankings that it is of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Corpus, Engine
from searchcore.evaluate import AT_FIVE, PLACES, by_hand
from searchcore.evaluate.measures import measured
from searchcore.running import finish, results
from tests.conftest import MakeEngine
from tests.fakes import FakeScorer, corpus_of
from tests.markup import METHODS, Element, tree
from tests.unit.judged import CosineEncoder, judged_corpus, logit_scorer
from ui.runner import Outcome, View
from ui.search.by_hand import NAME, worked
from ui.search.section import Found, SearchSection
from ui.state import HAND, PageState

CORPUS = corpus_of(*(f"text {i}" for i in range(8)))
IDS = [document.doc_id for document in CORPUS.documents]
# By cosine d0 d1 d2 d3 d4; by logit d3 d2 d1 d0 d4.
TEXTS = ["0.9 1 apple", "0.8 2 apple apple", "0.7 3 pear", "0.6 4 pear", "0.5 -5 fig"]
STATE = PageState(corpus="small", query="fruit", look=HAND)


def engine_over(make_engine: MakeEngine, corpus: Corpus, scorer: FakeScorer | None = None) -> Engine:
    return make_engine(corpus, encoder=CosineEncoder(), scorer=scorer or logit_scorer())


def drawn(engine: Engine, state: PageState) -> tuple[Found, dict[str, Any]]:
    section = SearchSection(engine)
    found = finish(section.begin(engine, state))
    assert isinstance(found, Found)
    return found, section.draw(View(state, Outcome.DONE, result=found))


def tables_of(results_: str) -> list[Element]:
    return tree(results_).one("ss-hand").all(tag="table")


def rows(table: Element) -> list[list[str]]:
    return [[row.one(tag="th").text, *row.texts(tag="td")] for row in table.one(tag="tbody").all(tag="tr")]


# ---- the arithmetic ----


def test_gain_is_the_grade_and_is_discounted_by_the_logarithm_of_the_rank() -> None:
    made = by_hand(CORPUS, {"d0": 3, "d1": 0, "d2": 2, "d7": 3}, ["d1", "d0", "d5", "d2"])
    assert made is not None
    assert [(p.rank, p.doc_id, p.grade, p.gain, p.judged) for p in made.places] == [
        (1, "d1", 0, 0, True),
        (2, "d0", 3, 3, True),
        (3, "d5", 0, 0, False),
        (4, "d2", 2, 2, True),
    ]
    discounts = [1, 0.6309297535714575, 0.5, 0.43067655807339306]
    assert [p.discount for p in made.places] == pytest.approx(discounts)
    assert made.dcg == pytest.approx(3 * discounts[1] + 2 * discounts[3])
    assert [(p.rank, p.doc_id, p.grade) for p in made.ideal] == [(1, "d0", 3), (2, "d7", 3), (3, "d2", 2)]
    assert made.ideal_dcg == pytest.approx(3 + 3 * discounts[1] + 2 * discounts[2])
    assert made.ndcg == made.dcg / made.ideal_dcg
    assert made.unjudged == 1


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(IDS), st.integers(0, 9)), st.permutations(IDS), st.integers(1, 8))
def test_it_equals_what_the_measures_of_the_product_say(grades: dict[str, int], order: list[str], count: int) -> None:
    made = by_hand(CORPUS, grades, order[:count])
    if not any(grades.values()):
        assert made is None
        return
    assert made is not None
    assert len(made.places) == min(count, PLACES)
    expected = measured({"q": grades}, {"q": order[:count]}, [AT_FIVE])["q"][AT_FIVE]
    assert made.ndcg == pytest.approx(expected, abs=1e-12)


def test_an_exponential_gain_would_be_another_measure() -> None:
    grades, order = {"d0": 1, "d1": 3}, ["d0", "d1"]
    made = by_hand(CORPUS, grades, order)
    assert made is not None
    exponential = (1 + 7 * 0.6309297535714575) / (7 + 0.6309297535714575)
    assert made.ndcg == pytest.approx(measured({"q": grades}, {"q": order}, [AT_FIVE])["q"][AT_FIVE])
    assert abs(made.ndcg - exponential) > 0.05


# ---- below the columns ----


def test_a_judged_query_is_worked_out_for_each_ranking_and_for_the_best_order(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q": {"d": 3, "a": 1, "e": 2}}, queries={"q": "fruit"})
    state = STATE.with_changes(corpus=corpus.name)
    engine = engine_over(make_engine, corpus)
    found, parts = drawn(engine, state)
    bi, cross, best = tables_of(parts["results"])
    assert [table.one(tag="caption").text for table in (bi, cross, best)] == [
        *("Bi-encoder", "Cross-encoder", "The best order of all judged documents"),
    ]
    assert [row[0].split()[0] for row in rows(bi)] == ["1", "2", "3", "4", "5"]
    assert [row[1:] for row in rows(cross)] == [
        ["3", "3", "1.0000", "3.0000"],
        ["0, not judged", "0", "0.6309", "0.0000"],
        ["0, not judged", "0", "0.5000", "0.0000"],
        ["1", "1", "0.4307", "0.4307"],
        ["2", "2", "0.3869", "0.7737"],
    ]
    assert cross.one(tag="tfoot").text == "DCG4.2044" and best.one(tag="tfoot").text == "Best DCG4.7619"
    said = tree(parts["results"]).one("ss-hand").text
    assert "nDCG@5 = 4.2044 / 4.7619 = .883" in said
    assert "What nobody has judged counts as 0." in said and "yours" not in said
    orders = {key: [hit.doc_id for hit in made.hits] for key, made in found.result.rankings.items()}
    values = measured(dict.fromkeys(orders, found.judged["bi_encoder"].grades), orders, [AT_FIVE])
    assert found.hand is not None
    assert {key: made.ndcg for key, made in found.hand.items()} == pytest.approx(
        {key: value[AT_FIVE] for key, value in values.items()}
    )
    assert tree(parts["status"]).one(tag="button").attributes["data-hand"] == "0"


def test_it_is_offered_where_there_are_judgements_and_shown_only_where_it_is_asked_for(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q": {"d": 3}}, queries={"q": "fruit"})
    engine = engine_over(make_engine, corpus)
    found, parts = drawn(engine, STATE.with_changes(corpus=corpus.name, look=""))
    assert found.hand is None and NAME not in parts["results"]
    [button] = tree(parts["status"]).all(tag="button")
    assert (button.text, button.attributes["data-hand"]) == (NAME, "1")
    _, parts = drawn(engine, STATE.with_changes(corpus=corpus.name, look="", query="other"))
    assert NAME not in parts["status"]


def test_a_query_that_nobody_judged_follows_the_visitors_grades(make_engine: MakeEngine) -> None:
    engine = engine_over(make_engine, corpus_of(*TEXTS))
    found, parts = drawn(engine, STATE)
    assert found.hand == {}
    assert "Choose “Judge it yourself” above, then grade the first 5 rows" in parts["results"]
    judging = STATE.with_changes(judging=True, grades=("0:d0",))
    found, parts = drawn(engine, judging)
    assert found.hand == {} and not tree(parts["results"]).one("ss-hand").all(tag="table")
    assert "Grade the first 5 rows of each ranking, at least one of them above 0" in parts["results"]
    assert tree(parts["results"]).all("ss-judge")
    found, parts = drawn(engine, judging.with_changes(grades=("0:d0", "2:d1", "3:nowhere")))
    bi, cross, best = tables_of(parts["results"])
    assert [row[1] for row in rows(bi)] == ["0", "2", *["0, not judged"] * 3]
    assert [row[1] for row in rows(cross)] == [*["0, not judged"] * 2, "2", "0", "0, not judged"]
    assert [row[1] for row in rows(best)] == ["2"]
    assert "nDCG@5 = 1.2619 / 2.0000 = .631" in tree(parts["results"]).text
    assert "The grades are yours." in parts["results"]


def test_a_revealed_prediction_is_worked_out_beside_the_models(make_engine: MakeEngine) -> None:
    engine = engine_over(make_engine, judged_corpus(TEXTS, {"q": {"d": 3, "e": 1}}, queries={"q": "fruit"}))
    state = STATE.with_changes(corpus=next(iter(engine.corpora)), predict=True, revealed=True, guess=("e", "d"))
    found, parts = drawn(engine, state)
    assert found.hand is not None
    assert list(found.hand) == ["bi_encoder", "cross_encoder", "you"]
    assert found.predicted is not None and found.predicted.yours == pytest.approx(found.hand["you"].ndcg)
    assert [row[1] for row in rows(tables_of(parts["results"])[2])] == ["1", "3"]


def test_a_first_ranking_is_worked_out_before_the_second_is_there(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q": {"d": 3}}, queries={"q": "fruit"})
    engine = engine_over(make_engine, corpus)
    state = STATE.with_changes(corpus=corpus.name)
    steps = [s for s in results(SearchSection(engine).begin(engine, state)) if isinstance(s, Found)]
    assert list(steps[0].hand or ()) == ["bi_encoder"]


def test_each_table_can_be_scrolled_by_keyboard_and_has_a_name() -> None:
    made = by_hand(CORPUS, {"d0": 1}, IDS)
    assert made is not None
    page = tree(worked(CORPUS, {"bi_encoder": made}, METHODS, own=False, judging=False))
    scrolls = page.all("ss-scroll")
    assert [each.attributes["tabindex"] for each in scrolls] == ["0", "0"]
    assert [each.attributes["aria-label"] for each in scrolls] == [
        f"Bi-encoder: {NAME}",
        f"The best order of all judged documents: {NAME}",
    ]
