"""A page has one run: a new state ends the one before it, Stop ends any, and each ends in a final view."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.visit import Visit
from tests.fakes import overlap_logit
from tests.gated import FILMS, Gated

PATIENCE = 20.0


def opened(make_visit: MakeVisit, gated: Gated) -> Visit:
    """The page with the whole result that it opens with; from now on the scorer waits, and its pairs are counted."""
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale", "films")
    gated.hold_scorer()
    return visit


def held_search(gated: Gated, visit: Visit, words: str = "chess") -> None:
    """A search whose first ranking is there and whose first pair is being read."""
    visit.type_query(words)
    held(gated, visit, words)


def held(gated: Gated, visit: Visit, words: str) -> None:
    """Until a search is so far."""
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.columns).to_have_attribute("data-query", words)
    expect(visit.columns).to_have_attribute("data-state", "working")
    expect(visit.hits("bi_encoder")).to_have_count(6)


def nothing_shimmers(visit: Visit, says: str) -> None:
    """No place holder is left, and the column without a ranking says why."""
    expect(visit.page.get_by_role("region", name=f"Cross-encoder, {says}")).to_be_visible()
    expect(visit.page.locator(".ss-ghost, .ss-pending, .ss-waits, .ss-skeleton")).to_have_count(0)
    expect(visit.columns).to_have_attribute("data-state", says)
    expect(visit.page.locator("#stop")).to_be_hidden()


def test_a_search_from_evaluate_ends_a_slow_one_and_is_never_overwritten_by_it(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    gated.open_gates()
    visit.turn_to_tab("Evaluate")
    visit.page.locator("#evaluate-run").click()
    row = visit.page.locator("#evaluate-queries details button", has_text="island war")
    visit.unfold("Query by query")
    visit.page.locator("#evaluate-queries").get_by_text("The same as a table").click()
    expect(row).to_be_visible()
    gated.hold_scorer()
    visit.turn_to_tab("Search")
    held_search(gated, visit, "chess")
    visit.turn_to_tab("Evaluate")
    row.click()  # remembered from the evaluation
    visit.wait_for_result("island war")
    gated.open_gates()
    visit.search("sea of love")  # by now the slow one would have come to its end
    assert [query for query, _ in gated.scorer.pairs] == ["chess"] + ["sea of love"] * 6


def test_stop_ends_what_a_chip_or_look_inside_has_started(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    visit.unfold("Try")
    visit.page.locator("#examples button", has_text="island war").click()
    held(gated, visit, "island war")
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
    visit = opened(make_visit, gated)
    held_search(gated, visit)
    visit.page.locator("#stop").click()
    nothing_shimmers(visit, "stopped")
    expect(visit.status).to_contain_text("Stopped. What was shown before is kept.")


def test_a_search_that_a_refused_one_ends_waits_for_nothing_any_more(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale")
    gated.hold_scorer()
    held_search(gated, visit, "chess")
    visit.type_query("  ")
    expect(visit.status.get_by_role("alert")).to_have_text("query is empty; please type some text.")
    nothing_shimmers(visit, "stopped")
    gated.open_gates()


def test_a_page_whose_first_search_fails_waits_for_nothing_any_more(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.encoder.error = RuntimeError("a secret of the machine")
    gated.open_gates()
    visit = make_visit(gated.url).open("?corpus=films&q=chess")
    expect(visit.status.get_by_role("alert")).to_contain_text("Something went wrong inside the demo")
    expect(visit.page.locator(".ss-ghost").first).to_be_hidden()


def test_a_search_that_another_tab_ends_says_that_it_was_stopped(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale")
    gated.hold_scorer()
    held_search(gated, visit, "chess")
    visit.turn_to_tab("Under the hood")
    visit.page.locator("#hood-run").click()
    expect(visit.columns).to_have_attribute("data-state", "stopped")
    gated.open_gates()
    expect(visit.page.locator("#hood-status")).to_contain_text("Read apart")
    visit.turn_to_tab("Search")
    nothing_shimmers(visit, "stopped")


def test_after_an_error_nothing_shimmers_and_the_column_says_that_it_failed(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
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
    assert gated.encoder.gate is not None
    gated.encoder.gate.set()
    visit = make_visit(gated.url).open()
    held(gated, visit, "whale")  # what the page opens with
    expect(visit.columns).to_have_attribute("aria-label", "“whale” in “Films”")
    visit.choose("letters")  # it has no query to open with
    expect(visit.page.locator(".ss-columns")).to_have_count(0)
    expect(visit.page.locator(".ss-intro")).to_be_visible()
    gated.open_gates()
    visit.search("beta")
    expect(visit.columns).to_have_attribute("aria-label", "“beta” in “Letters”")
    expect(visit.hits("cross_encoder")).to_have_count(3)
    assert [query for query, _ in gated.scorer.pairs] == ["whale"] + ["beta"] * 3


def test_another_corpus_ends_the_search_and_is_searched_for_what_was_typed(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    held_search(gated, visit, "chess")
    visit.radio("letters").check()
    expect(visit.columns).to_have_attribute("aria-label", "“chess” in “Letters”")
    expect(visit.hits("bi_encoder")).to_have_count(3)
    gated.open_gates()
    visit.wait_for_result("chess", "letters")
    expect(visit.hits("cross_encoder")).to_have_count(3)
    # Of the search that was left the model had begun one pair.
    read = [passage in FILMS for _, passage in gated.scorer.pairs]
    assert [query for query, _ in gated.scorer.pairs] == ["chess"] * 4
    assert read == [True, False, False, False]


def test_the_scores_known_so_far_are_on_the_page_while_the_last_pair_is_held(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    last, read = threading.Event(), []

    def score(query: str, passage: str) -> float:
        read.append(passage)
        if len(read) == 6:
            assert last.wait(PATIENCE)
        return overlap_logit(query, passage)

    gated.scorer.score = score
    gated.open_gates()
    visit.type_query("chess")
    waiting = visit.page.get_by_role("region", name="Cross-encoder, still working")
    expect(waiting.locator(".ss-number")).to_have_count(5)
    expect(waiting.locator(".ss-hit")).to_have_count(6)
    assert waiting.locator(".ss-score").all_inner_texts()[-1] == "waits"  # those with a score come first
    numbers = [float(text.replace("−", "-")) for text in waiting.locator(".ss-number").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    expect(waiting.locator(".ss-number").first).to_have_text("−1.50")
    expect(waiting).to_contain_text("5 of 6 pairs")
    expect(visit.columns).to_have_attribute("data-state", "working")
    last.set()
    visit.wait_for_result("chess")
    expect(visit.hits("cross_encoder")).to_have_count(6)
    expect(visit.hits("cross_encoder").locator(".ss-number")).to_have_count(6)


def test_an_address_opens_what_it_says(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open("?corpus=letters&q=beta&k=2&columns=bm25,bi_encoder,cross_encoder")
    visit.wait_for_result("beta", "letters")
    expect(visit.query).to_have_value("beta")
    expect(visit.radio("letters")).to_be_checked()
    expect(visit.hits("cross_encoder")).to_have_count(2)
    expect(visit.column("bm25")).to_be_visible()
    expect(visit.page.locator("#note .ss-status")).to_have_count(0)
    # Nothing else was asked on the way.
    assert [query for query, _ in gated.scorer.pairs] == ["beta"] * 2


def test_what_an_address_asks_in_vain_is_named(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open("?corpus=nowhere&k=-5&q=whale&tab=%3Cimg%20src=x%20onerror=alert(1)%3E")
    visit.wait_for_result("whale")
    note = visit.page.locator("#note")
    for named in ("nowhere", "-5", "<img src=x onerror=alert(1)>"):
        expect(note).to_contain_text(named)
    expect(visit.page.locator("img[src=x]")).to_have_count(0)


def test_an_address_of_any_length_gets_the_page_and_a_sentence(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open(f"?corpus=letters&q={'x' * 70_000}")
    expect(visit.page.locator("#note")).to_contain_text(
        "“q”: left out of the address".replace("“", '"').replace("”", '"')
    )
    expect(visit.radio("letters")).to_be_checked()
    visit.search("beta")


def test_a_link_to_a_pair_opens_it_under_the_hood(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url)
    visit.page.goto(f"{gated.url}/?tab=hood&look=pair&corpus=films&doc=d3&a=chess")
    expect(visit.page.get_by_role("textbox", name="Document", exact=True)).to_have_value("chess in the war")
    expect(visit.page.locator("#hood-status")).to_contain_text("Read apart")


def test_what_a_forged_click_sends_gets_a_sentence_and_starts_nothing(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    gated.open_gates()
    inside = visit.hits("bi_encoder").first.get_by_role("button", name="Look inside")
    for name, value, said in (
        ("corpus", "../nowhere", 'corpus "../nowhere" is not known'),
        ("doc", "<img src=x onerror=alert(1)>", 'has no document "<img src=x onerror=alert(1)>"'),
    ):
        place = "#results .ss-columns" if name == "corpus" else ".ss-column[data-method=bi_encoder] .ss-hit"
        held = visit.page.locator(place).first.get_attribute(f"data-{name}")
        visit.page.locator(place).first.evaluate("(part, [name, value]) => part.dataset[name] = value", [name, value])
        inside.click()
        expect(visit.page.locator("#note").get_by_role("alert")).to_contain_text(said)
        visit.page.locator(place).first.evaluate("(part, [name, value]) => part.dataset[name] = value", [name, held])
    assert gated.scorer.pairs == []
    visit.search("chess")
    expect(visit.page.locator("#note .ss-status")).to_have_count(0)


def test_a_result_that_can_not_be_drawn_has_failed(
    make_visit: MakeVisit, make_gated: MakeGated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> str:
        raise RuntimeError("a secret of the machine")

    gated = make_gated()
    visit = opened(make_visit, gated)
    gated.open_gates()
    monkeypatch.setattr("ui.search.section.cost", broken)
    visit.type_query("chess")
    expect(visit.status.get_by_role("alert")).to_contain_text("Something went wrong inside the demo")
    expect(visit.page.locator("#stop")).to_be_hidden()
    expect(visit.page.get_by_text("a secret of the machine")).to_have_count(0)
    monkeypatch.undo()
    visit.search("island")
