"""A page has one run: a new state ends the one before it, Stop ends any, and each ends in a final view."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.visit import Visit
from tests.fakes import overlap_logit
from tests.gated import Gated

PATIENCE = 20.0


def held_search(gated: Gated, visit: Visit, words: str = "whale") -> None:
    """A search whose first ranking is there and whose first pair is being read."""
    visit.type_query(words)
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.hits("bi_encoder")).to_have_count(6)


def nothing_shimmers(visit: Visit, says: str) -> None:
    """No place holder is left, and the column without a ranking says why."""
    expect(visit.page.get_by_role("region", name=f"Cross-encoder, {says}")).to_be_visible()
    expect(visit.page.locator(".ss-ghost, .ss-pending")).to_have_count(0)
    expect(visit.page.locator("#stop")).to_be_hidden()


def open_retrieving(make_visit: MakeVisit, gated: Gated) -> Visit:
    """The page over an encoder that runs and a scorer that waits."""
    assert gated.encoder.gate is not None
    gated.encoder.gate.set()
    return make_visit(gated.url).open()


def test_a_search_from_evaluate_ends_a_slow_one_and_is_never_overwritten_by_it(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.turn_to_tab("Evaluate")
    visit.page.locator("#evaluate-run").click()
    row = visit.page.locator("#evaluate-report details button", has_text="island war")
    visit.page.locator("#evaluate-report").get_by_text("The same as a table").click()
    expect(row).to_be_visible()
    gated.scorer.gate.clear()
    gated.scorer.started.clear()
    read = len(gated.scorer.pairs)
    visit.turn_to_tab("Search")
    held_search(gated, visit, "chess")
    visit.turn_to_tab("Evaluate")
    row.click()  # remembered from the evaluation
    visit.wait_for_result("island war")
    gated.open_gates()
    visit.search("sea of love")  # by now the slow one would have come to its end
    assert [query for query, _ in gated.scorer.pairs[read:]] == ["chess"] + ["sea of love"] * 6


def test_stop_ends_what_a_chip_or_look_inside_has_started(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    visit = open_retrieving(make_visit, gated)
    visit.page.locator("#examples button", has_text="island war").click()
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.hits("bi_encoder")).to_have_count(6)
    visit.page.locator("#stop").click()
    nothing_shimmers(visit, "stopped")
    visit.hits("bi_encoder").first.get_by_role("button", name="Look inside").click()
    stop = visit.page.locator("#hood-stop")
    stop.click()
    expect(visit.page.locator("#hood-status")).to_contain_text("Stopped.")
    expect(stop).to_be_hidden()
    gated.open_gates()
    visit.turn_to_tab("Search")
    visit.search("sea of love")
    assert len(gated.scorer.pairs) <= 8  # one that was being read at each Stop, then six


def test_after_stop_nothing_shimmers_and_the_column_says_that_it_was_stopped(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = open_retrieving(make_visit, gated)
    held_search(gated, visit)
    visit.page.locator("#stop").click()
    nothing_shimmers(visit, "stopped")
    expect(visit.status).to_contain_text("Stopped. What was shown before is kept.")


def test_after_an_error_nothing_shimmers_and_the_column_says_that_it_failed(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = open_retrieving(make_visit, gated)
    held_search(gated, visit)
    gated.scorer.error = RuntimeError("a secret of the machine")
    gated.open_gates()
    nothing_shimmers(visit, "failed")
    expect(visit.status.get_by_role("alert")).to_contain_text("Something went wrong inside the demo")
    expect(visit.page.get_by_text("a secret of the machine")).to_have_count(0)


def test_another_corpus_ends_the_search_and_nothing_is_shown_under_its_name(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = open_retrieving(make_visit, gated)
    held_search(gated, visit)
    expect(visit.page.locator(".ss-of")).to_have_text("“whale” in Films")
    visit.choose("letters")
    gated.open_gates()
    visit.search("beta")
    expect(visit.page.locator(".ss-of")).to_have_text("“beta” in Letters")
    expect(visit.hits("cross_encoder")).to_have_count(3)
    assert [query for query, _ in gated.scorer.pairs] == ["whale"] + ["beta"] * 3


def test_the_scores_known_so_far_are_on_the_page_while_the_last_pair_is_held(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    last, read = threading.Event(), []

    def score(query: str, passage: str) -> float:
        read.append(passage)
        if len(read) == 6:
            assert last.wait(PATIENCE)
        return overlap_logit(query, passage)

    gated.scorer.score = score
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.type_query("whale")
    waiting = visit.page.get_by_role("region", name="Cross-encoder, still working")
    expect(waiting.locator(".ss-hit")).to_have_count(5)
    expect(waiting.locator(".ss-number").first).to_have_text("−1.38")
    expect(waiting).to_contain_text("5 of 6 pairs")
    expect(visit.page.locator(".ss-cost")).to_have_count(0)
    last.set()
    visit.wait_for_result("whale")
    expect(visit.hits("cross_encoder")).to_have_count(6)


def test_an_address_opens_what_it_says(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url)
    visit.page.goto(f"{gated.url}/?corpus=letters&q=beta&k=2&columns=bm25,bi_encoder,cross_encoder")
    visit.wait_for_result("beta")
    expect(visit.query).to_have_value("beta")
    expect(visit.page.locator('#corpus input[value="letters"]')).to_be_checked()
    expect(visit.hits("cross_encoder")).to_have_count(2)
    expect(visit.column("bm25")).to_be_visible()
    expect(visit.page.locator("#note .ss-status")).to_have_count(0)


def test_what_an_address_asks_in_vain_is_named(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url)
    visit.page.goto(f"{gated.url}/?corpus=nowhere&k=-5&q=whale&tab=%3Cimg%20src=x%20onerror=alert(1)%3E")
    visit.wait_for_result("whale")
    note = visit.page.locator("#note")
    for named in ("nowhere", "-5", "<img src=x onerror=alert(1)>"):
        expect(note).to_contain_text(named)
    expect(visit.page.locator("img[src=x]")).to_have_count(0)


def test_an_address_of_any_length_gets_the_page_and_a_sentence(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url)
    visit.page.goto(f"{gated.url}/?corpus=letters&q={'x' * 70_000}")
    expect(visit.page.locator("#note")).to_contain_text(
        "“q”: left out of the address".replace("“", '"').replace("”", '"')
    )
    expect(visit.page.locator('#corpus input[value="letters"]')).to_be_checked()
    visit.search("beta")


def test_a_link_to_a_pair_opens_it_under_the_hood(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url)
    visit.page.goto(f"{gated.url}/?tab=hood&look=pair&corpus=films&doc=d3&a=chess")
    expect(visit.page.get_by_role("textbox", name="Document", exact=True)).to_have_value("chess in the war")
    expect(visit.page.locator("#hood-status")).to_contain_text("Both texts are scored")


def test_what_a_forged_click_sends_gets_a_sentence_and_starts_nothing(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.search("whale")
    read = len(gated.scorer.pairs)
    inside = visit.hits("bi_encoder").first.get_by_role("button", name="Look inside")
    for name, value, said in (
        ("corpus", "../nowhere", 'corpus "../nowhere" is not known'),
        ("doc", "<img src=x onerror=alert(1)>", 'has no document "<img src=x onerror=alert(1)>"'),
    ):
        place = ".ss-columns" if name == "corpus" else ".ss-column[data-method=bi_encoder] .ss-hit"
        held = visit.page.locator(place).first.get_attribute(f"data-{name}")
        visit.page.locator(place).first.evaluate("(part, [name, value]) => part.dataset[name] = value", [name, value])
        inside.click()
        expect(visit.page.locator("#note").get_by_role("alert")).to_contain_text(said)
        visit.page.locator(place).first.evaluate("(part, [name, value]) => part.dataset[name] = value", [name, held])
    assert len(gated.scorer.pairs) == read
    visit.search("chess")
    expect(visit.page.locator("#note .ss-status")).to_have_count(0)


def test_a_result_that_can_not_be_drawn_has_failed(
    make_visit: MakeVisit, make_gated: MakeGated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> str:
        raise RuntimeError("a secret of the machine")

    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    monkeypatch.setattr("ui.search.section.cost", broken)
    visit.type_query("whale")
    expect(visit.status.get_by_role("alert")).to_contain_text("Something went wrong inside the demo")
    expect(visit.page.locator("#stop")).to_be_hidden()
    expect(visit.page.get_by_text("a secret of the machine")).to_have_count(0)
    monkeypatch.undo()
    visit.search("island")
