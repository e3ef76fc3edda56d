"""Predict first, then reveal: by keyboard, by touch, covered until then, and counted in this browser alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.test_access import violations
from tests.browser.visit import Visit
from tests.gated import FILMS, Gated


@pytest.fixture
def gated(make_gated: MakeGated) -> Gated:
    made = make_gated()
    made.scorer.score = lambda query, passage: float(FILMS.index(passage))
    made.open_gates()
    return made


def asked(make_visit: MakeVisit, gated: Gated, address: str, width: int = 1280) -> Visit:
    """A page that asks for a prediction."""
    visit = make_visit(gated.url, width).open(f"?corpus=films&predict=1&{address}")
    expect(visit.page.locator(".ss-cover")).to_be_visible()
    return visit


def send(visit: Visit, act: str, value: Any, query: str | None = None) -> None:
    """What a forged page would send."""
    detail = {"act": act, "corpus": "films", "query": query, "doc": "", "value": value}
    visit.page.evaluate(
        """detail => { const columns = document.querySelector("#results .ss-columns");
        columns.dispatchEvent(new CustomEvent("ss-act", { bubbles: true, detail: { ...detail,
        query: detail.query ?? columns.dataset.query } })); }""",
        detail,
    )


def test_nothing_of_the_covered_ranking_is_computed_or_fetched_before_the_reveal(
    make_visit: MakeVisit, gated: Gated
) -> None:
    visit = make_visit(gated.url).open("?corpus=films&q=sea")
    visit.wait_for_result("sea")
    gated.scorer.pairs.clear()
    visit.page.locator("#predict input").check()
    expect(visit.page.locator(".ss-cover")).to_be_visible()
    visit.type_query("a storm")
    expect(visit.columns).to_have_attribute("data-query", "a storm")
    expect(visit.page.locator(".ss-pick")).to_have_count(12)  # in the column, and in the list for phones
    assert gated.scorer.pairs == []
    expect(visit.column("cross_encoder")).to_have_count(0)
    visit.unfold("What it cost")
    expect(visit.page.locator("#cost-report")).not_to_contain_text("ross-encoder")


def test_an_order_is_made_by_keyboard_announced_revealed_and_counted_once(make_visit: MakeVisit, gated: Gated) -> None:
    visit = asked(make_visit, gated, "q=whale")
    said = visit.page.locator(".ss-guess-said")
    for place in range(3):
        visit.hits("bi_encoder").nth(place).locator(".ss-pick").press("Enter")
    first = visit.page.locator(".ss-guess li").first
    name = first.get_attribute("data-name")
    first.press("ArrowDown")
    expect(said).to_have_text(f"{name} is second of 3.")
    expect(visit.page.locator(".ss-guess li").nth(1)).to_be_focused()
    visit.page.keyboard.press("Delete")
    expect(said).to_have_text(f"{name} is taken out.")
    order = [str(item.get_attribute("data-guessed")) for item in visit.page.locator(".ss-guess li").all()]
    assert len(order) == 2
    visit.page.keyboard.press("Enter")
    expect(visit.column("you")).to_be_visible()
    visit.wait_for_result("whale")
    assert visit.documents("you") == order
    expect(visit.status).to_contain_text("nDCG@5: you ")
    expect(visit.status).to_contain_text("Your tally in this browser: 1 predicted")
    visit.reload()  # its link opens what was revealed, and counts no second time
    expect(visit.column("you")).to_be_visible()
    assert visit.documents("you") == order
    expect(visit.status).to_contain_text("Your tally in this browser: 1 predicted")
    visit.page.get_by_role("button", name="Forget").click()
    expect(visit.status).to_contain_text("Your tally is forgotten.")
    visit.type_query("island war")  # another query is covered again
    expect(visit.page.locator(".ss-cover")).to_be_visible()


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ('["elsewhere"]', 'The prediction names document "elsewhere", which is not among the candidates.'),
        ('["d0", "d0"]', "guess can't be shown by the page"),
        ("no list", 'prediction must be a list of documents, got "no list".'),
    ],
)
def test_a_forged_prediction_gets_a_sentence(make_visit: MakeVisit, gated: Gated, value: str, sentence: str) -> None:
    visit = asked(make_visit, gated, "q=whale")
    send(visit, "reveal", value)
    expect(visit.page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()


def test_a_prediction_after_the_reveal_or_for_another_query_is_refused(make_visit: MakeVisit, gated: Gated) -> None:
    visit = asked(make_visit, gated, "q=whale")
    send(visit, "reveal", json.dumps(["d0"]), query="another")
    expect(visit.page.locator("#note")).to_contain_text("That prediction is about another query")
    send(visit, "reveal", json.dumps(["d0"]))
    expect(visit.column("you")).to_be_visible()
    visit.wait_for_result("whale")
    send(visit, "reveal", json.dumps(["d1"]))
    expect(visit.page.locator("#note")).to_contain_text("This query is revealed already")
    assert visit.documents("you") == ["d0"]


def test_who_is_right_is_asked_with_both_rankings_and_without_a_grade(make_visit: MakeVisit, gated: Gated) -> None:
    visit = asked(make_visit, gated, "asks=right&q=whale")
    expect(visit.column("cross_encoder")).to_be_visible()
    expect(visit.page.locator(".ss-grade, .ss-ndcg")).to_have_count(0)
    visit.page.get_by_role("button", name="Bi-encoder", exact=True).click()
    expect(visit.status).to_contain_text("You said bi-encoder:")
    expect(visit.page.locator(".ss-ndcg").first).to_be_visible()


def test_who_is_right_can_not_be_asked_where_nobody_knows(make_visit: MakeVisit, gated: Gated) -> None:
    visit = make_visit(gated.url).open("?corpus=films&predict=1&asks=right&q=unknown")
    expect(visit.status).to_contain_text("Nobody has judged this query")


@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_asked_and_answered_for_everyone(make_visit: MakeVisit, gated: Gated, width: int) -> None:
    visit = asked(make_visit, gated, "q=whale", width)
    pick = visit.page.locator(".ss-pick:visible").first
    pick.click()
    assert violations(visit) == []
    assert visit.sideways() <= 0
    visit.page.get_by_role("button", name="Reveal").click()
    expect(visit.status).to_contain_text("you ")
    visit.wait_for_result("whale")
    assert violations(visit) == []
    assert visit.sideways() <= 0
