"""What the page does while models load, while a model works, and when somebody presses Stop."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.gated import until_withdrawn

PATIENCE = 20.0
TICKS_MS = 2_500


def test_a_search_typed_while_the_models_load_is_answered_later(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    visit = make_visit(gated.url).open()
    expect(visit.page.get_by_text("The models are being loaded; you may type already.")).to_be_visible()
    warming = gated.engine.warm()
    assert gated.encoder.started.wait(PATIENCE)
    expect(visit.page.get_by_text("Encoding “Letters”, once: 0 of 3 documents are vectors now").first).to_be_visible()
    visit.type_query("whale")
    expect(visit.page.locator("#stop")).to_be_visible()
    gated.open_gates()
    visit.wait_for_result("whale")
    warming.join(PATIENCE)
    assert len(gated.encoder.document_calls) == 2  # each corpus once
    expect(visit.hits("cross_encoder").first).to_contain_text("whale")


def test_the_bi_encoders_column_is_there_before_the_cross_encoder_has_read_anything(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.encoder.gate.set()
    visit = make_visit(gated.url).open()
    visit.type_query("whale")
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.hits("bi_encoder")).to_have_count(6)
    waiting = visit.page.get_by_role("region", name="Cross-encoder, still working")
    expect(waiting).to_be_visible()
    expect(visit.page.locator(".ss-cost")).to_have_count(0)
    expect(visit.status).to_contain_text("The cross-encoder has read 0 of 6 pairs")
    gated.open_gates()
    visit.wait_for_result("whale")
    expect(waiting).to_have_count(0)
    expect(visit.hits("cross_encoder")).to_have_count(6)


def test_stop_ends_a_search_and_keeps_what_is_there(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.encoder.gate.set()
    visit = make_visit(gated.url).open()
    visit.type_query("whale")
    assert gated.scorer.started.wait(PATIENCE)
    visit.page.locator("#stop").click()
    expect(visit.status).to_contain_text("Stopped. What was shown before is kept.")
    expect(visit.page.locator("#stop")).to_be_hidden()
    expect(visit.hits("bi_encoder")).to_have_count(6)
    gated.open_gates()
    visit.search("island")
    # Of the stopped search the model had begun one pair.
    assert [query for query, _ in gated.scorer.pairs] == ["whale"] + ["island"] * 6


def test_stop_ends_an_evaluation(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.encoder.gate.set()
    visit = make_visit(gated.url).open()
    visit.turn_to_tab("Evaluate")
    visit.page.locator("#evaluate-run").click()
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.page.locator("#evaluate-status")).to_contain_text("of 2 queries evaluated")
    visit.page.locator("#evaluate-stop").click()
    expect(visit.page.locator("#evaluate-status")).to_contain_text("Stopped. What was shown before is kept.")
    expect(visit.page.locator("#evaluate-stop")).to_be_hidden()
    expect(visit.page.locator("#evaluate-report table")).to_have_count(0)
    until_withdrawn(gated)
    gated.open_gates()
    # This waits in the same line, so that the stopped work is over when it returns: one of its pairs had begun.
    gated.engine.rerank("after", ["that"])
    assert len(gated.scorer.pairs) == 2
    visit.page.locator("#evaluate-run").click()
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
    visit.search("whale")
    expect(visit.page.get_by_text("The models are being loaded")).to_have_count(0)
    expect(visit.status).to_contain_text("comes first")


def test_models_that_do_not_load_are_named_on_the_page(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.encoder.error = RuntimeError("a secret of the machine")
    gated.open_gates()
    visit = make_visit(gated.url).open()
    gated.engine.warm().join(PATIENCE)
    expect(visit.page.get_by_text("The models could not be loaded; the log says why.").first).to_be_visible()
    visit.type_query("whale")
    expect(visit.page.get_by_text("Something went wrong inside the demo").first).to_be_visible()
    expect(visit.page.get_by_text("a secret of the machine")).to_have_count(0)
