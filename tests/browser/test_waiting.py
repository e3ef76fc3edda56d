"""What the page does while models load, while a model works, and when somebody presses Stop."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.visit import Visit
from tests.gated import Gated, until_withdrawn

PATIENCE = 20.0
TICKS_MS = 2_500


def test_a_search_typed_while_the_models_load_is_answered_later(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    visit = make_visit(gated.url).open("?corpus=letters")  # it has no query to open with
    visit.wait_for_corpus("letters")
    expect(visit.page.get_by_text("The models are being loaded; you may type already.")).to_be_visible()
    warming = gated.engine.warm()
    assert gated.encoder.started.wait(PATIENCE)
    expect(visit.page.get_by_text("Encoding “Letters”, once: 0 of 3 documents are vectors now").first).to_be_visible()
    visit.type_query("beta")
    expect(visit.page.locator("#stop")).to_be_visible()
    gated.open_gates()
    visit.wait_for_result("beta", "letters")
    warming.join(PATIENCE)
    assert len(gated.encoder.document_calls) == 2  # each corpus once
    expect(visit.hits("cross_encoder").first).to_contain_text("beta")


def test_the_opening_search_says_what_it_waits_for_once_and_is_answered_later(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = make_visit(gated.url).open()
    assert gated.encoder.started.wait(PATIENCE)
    waits = visit.page.get_by_text("Encoding “Films”, once: 0 of 6 documents are vectors now").filter(visible=True)
    expect(visit.status).to_contain_text("Encoding “Films”, once: 0 of 6 documents are vectors now")
    expect(visit.status.locator(".ss-status")).to_have_attribute("aria-live", "off")
    warming = gated.engine.warm()
    expect(waits).to_have_count(1)
    expect(visit.page.get_by_text("The models are being loaded")).to_be_hidden()
    expect(visit.page.locator(".ss-columns.ss-skeleton .ss-column")).to_have_count(2)
    expect(visit.query).to_have_value("whale")
    gated.open_gates()
    visit.wait_for_result("whale", "films")
    warming.join(PATIENCE)
    assert len(gated.encoder.document_calls) == 2  # each corpus once
    assert [query for query, _ in gated.scorer.pairs] == ["whale"] * 6


def test_a_query_typed_before_the_opening_search_is_answered_takes_its_place(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.encoder.gate.set()
    visit = make_visit(gated.url).open()
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.hits("bi_encoder")).to_have_count(6)
    visit.type_query("island")
    expect(visit.columns).to_have_attribute("data-query", "island")
    gated.open_gates()
    visit.wait_for_result("island", "films")
    expect(visit.query).to_have_value("island")
    # Of the search that was left the model had begun one pair.
    assert [query for query, _ in gated.scorer.pairs] == ["whale"] + ["island"] * 6


def test_the_bi_encoders_column_is_there_before_the_cross_encoder_has_read_anything(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    visit.unfold("What it cost")
    expect(visit.page.locator("#cost-report .ss-cell")).to_have_count(3)
    gated.hold_scorer()
    visit.type_query("island")
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.columns).to_have_attribute("data-query", "island")
    expect(visit.hits("bi_encoder")).to_have_count(6)
    waiting = visit.page.get_by_role("region", name="Cross-encoder, still working")
    expect(waiting).to_be_visible()
    # Its candidates are named already; none of them has a score.
    expect(waiting.locator(".ss-waits")).to_have_count(6)
    expect(waiting.locator(".ss-number")).to_have_count(0)
    expect(visit.columns).to_have_attribute("data-state", "working")
    expect(visit.page.locator("#cost-report .ss-cell")).to_have_count(1)
    expect(visit.status).to_contain_text("The cross-encoder has read 0 of 6 pairs")
    gated.open_gates()
    visit.wait_for_result("island")
    expect(waiting).to_have_count(0)
    expect(visit.hits("cross_encoder")).to_have_count(6)
    expect(visit.hits("cross_encoder").locator(".ss-number")).to_have_count(6)
    expect(visit.page.locator("#cost-report .ss-cell")).to_have_count(3)


def opened(make_visit: MakeVisit, gated: Gated) -> Visit:
    """The page with the whole result that it opens with."""
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale", "films")
    return visit


def test_stop_ends_a_search_and_keeps_what_is_there(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    gated.hold_scorer()
    visit.type_query("chess")
    assert gated.scorer.started.wait(PATIENCE)
    stop_and_search(gated, visit, "chess")


def test_stop_ends_the_search_that_the_page_opens_with(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.encoder.gate.set()
    visit = make_visit(gated.url).open()
    assert gated.scorer.started.wait(PATIENCE)
    stop_and_search(gated, visit, "whale")


def stop_and_search(gated: Gated, visit: Visit, words: str) -> None:
    """Stop the search for `words`, of which the first pair is held; then ask another."""
    expect(visit.columns).to_have_attribute("data-query", words)
    visit.page.locator("#stop").click()
    expect(visit.status).to_contain_text("Stopped. What was shown before is kept.")
    expect(visit.page.locator("#stop")).to_be_hidden()
    expect(visit.columns).to_have_attribute("data-query", words)
    expect(visit.hits("bi_encoder")).to_have_count(6)
    gated.open_gates()
    visit.search("island")
    # Of the stopped search the model had begun one pair.
    assert [query for query, _ in gated.scorer.pairs] == [words] + ["island"] * 6


def test_stop_ends_an_evaluation(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.encoder.gate.set()
    visit = make_visit(gated.url).open("?corpus=letters")  # it has no query to open with
    visit.wait_for_corpus("letters")
    visit.turn_to_tab("Evaluate")
    visit.page.locator("#evaluate-run").click()
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.page.locator("#evaluate-status")).to_contain_text("of 2 queries evaluated")
    visit.page.locator("#evaluate-stop").click()
    expect(visit.page.locator("#evaluate-status")).to_contain_text("Stopped. What was shown before is kept.")
    expect(visit.page.locator("#evaluate-stop")).to_be_hidden()
    expect(visit.bars).to_have_count(0)
    expect(visit.page.locator("#evaluate-report table")).to_have_count(0)
    until_withdrawn(gated)
    gated.open_gates()
    # This waits in the same line, so that the stopped work is over when it returns: one of its pairs had begun.
    gated.engine.rerank("after", ["that"])
    assert len(gated.scorer.pairs) == 2
    visit.page.locator("#evaluate-run").click()
    expect(visit.bars).to_have_count(2)
    visit.unfold("All measures")
    expect(visit.page.locator("#evaluate-report table").first).to_be_visible()


def test_what_a_search_said_is_not_overwritten_while_the_models_load(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = make_visit(gated.url).open()
    gated.engine.warm()
    assert gated.encoder.started.wait(PATIENCE)
    visit.type_query(" ")
    alert = visit.page.get_by_text("query is empty; please type some text.")
    expect(alert).to_be_visible()
    visit.page.wait_for_timeout(TICKS_MS)  # the page looks once a second how far loading is
    assert alert.is_visible()


def test_the_line_about_loading_goes_and_what_a_search_said_stays(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    gated.engine.warm().join(PATIENCE)
    visit = make_visit(gated.url).open()
    visit.search("sea of love")
    expect(visit.page.get_by_text("The models are being loaded")).to_have_count(0)
    expect(visit.status).to_contain_text("Nobody has judged this query: the models ")


def test_models_that_do_not_load_are_named_on_the_page(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.encoder.error = RuntimeError("a secret of the machine")
    gated.open_gates()
    visit = make_visit(gated.url).open()
    expect(visit.status.get_by_role("alert")).to_contain_text("Something went wrong inside the demo")
    gated.engine.warm().join(PATIENCE)
    expect(visit.page.get_by_text("The models could not be loaded; the log says why.").first).to_be_visible()
    visit.type_query(" ")
    expect(visit.status.get_by_role("alert")).to_contain_text("query is empty")
    visit.type_query("chess")
    expect(visit.status.get_by_role("alert")).to_contain_text("Something went wrong inside the demo")
    expect(visit.page.get_by_text("a secret of the machine")).to_have_count(0)
