"""Predict first, then reveal: by keyboard, by touch, covered until then, and counted in this browser alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.test_access import LEAST_TARGET, SMALL_TARGETS, violations
from tests.browser.visit import Visit
from tests.gated import FILMS, Gated


@pytest.fixture
def gated(make_gated: MakeGated) -> Gated:
    made = make_gated()
    made.scorer.score = lambda query, passage: float(FILMS.index(passage))
    made.open_gates()
    return made


def asked(make_visit: MakeVisit, gated: Gated, address: str, width: int = 1280, *, dark: bool = False) -> Visit:
    """A page that asks for a prediction."""
    visit = make_visit(gated.url, width, dark=dark).open(f"?corpus=films&predict=1&{address}")
    expect(visit.page.locator(".ss-cover")).to_be_attached()
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
        ('["d0", "d0"]', 'The prediction names document "d0" twice.'),
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


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)])
def test_it_is_asked_and_answered_for_everyone(make_visit: MakeVisit, gated: Gated, width: int, dark: bool) -> None:
    visit = asked(make_visit, gated, "q=whale", width, dark=dark)
    for place in (0, 1):
        visit.page.locator(".ss-pick:visible").nth(place).click()
    assert (violations(visit), visit.page.evaluate(SMALL_TARGETS, LEAST_TARGET)) == ([], [])
    assert visit.sideways() <= 0
    visit.page.get_by_role("button", name="Reveal").click()
    expect(visit.status).to_contain_text("you ")
    visit.wait_for_result("whale")
    assert (violations(visit), visit.page.evaluate(SMALL_TARGETS, LEAST_TARGET)) == ([], [])
    assert visit.sideways() <= 0
    visit.open("?corpus=films&q=whale&predict=1&asks=right")
    answer = visit.page.get_by_role("button", name="No difference")
    box = answer.bounding_box()
    assert box is not None and box["y"] + box["height"] <= 800  # on the first screen, above the rankings
    assert (violations(visit), visit.page.evaluate(SMALL_TARGETS, LEAST_TARGET)) == ([], [])
    assert visit.sideways() <= 0


def order(visit: Visit) -> list[str]:
    return [str(item.get_attribute("data-guessed")) for item in visit.page.locator(".ss-guess li").all()]


def middle(visit: Visit, place: int) -> tuple[float, float]:
    box = visit.page.locator(".ss-guess li").nth(place).bounding_box()
    assert box is not None
    return box["x"] + 40, box["y"] + box["height"] / 2


def test_an_order_is_made_by_mouse_by_finger_and_by_buttons(make_visit: MakeVisit, gated: Gated) -> None:
    visit = asked(make_visit, gated, "q=whale&guess=d0&guess=d1&guess=d2")
    said = visit.page.locator(".ss-guess-said")
    assert order(visit) == ["d0", "d1", "d2"]
    visit.page.mouse.move(*middle(visit, 0))
    visit.page.mouse.down()
    for place in (1, 2):
        x, y = middle(visit, place)
        visit.page.mouse.move(x, y + 6)
    visit.page.mouse.up()
    assert order(visit) == ["d1", "d2", "d0"]
    expect(said).to_have_text("whale at sea is third of 3.")
    visit.page.mouse.move(*middle(visit, 0))  # nothing is held any more
    assert order(visit) == ["d1", "d2", "d0"]
    finger = visit.page.context.new_cdp_session(visit.page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    x, y = middle(visit, 2)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for place in (1, 0):
        x, y = middle(visit, place)
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - 6}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(said).to_have_text("whale at sea is first of 3.")
    assert order(visit) == ["d0", "d1", "d2"]
    visit.page.get_by_role("button", name="Down: whale at sea").click()
    expect(said).to_have_text("whale at sea is second of 3.")
    visit.page.get_by_role("button", name="Take out: whale at sea").click()
    expect(said).to_have_text("whale at sea is taken out.")
    assert order(visit) == ["d1", "d2"]


def test_no_other_part_of_the_page_says_what_is_covered(make_visit: MakeVisit, gated: Gated) -> None:
    visit = asked(make_visit, gated, "q=whale&tab=hood&look=pair&doc=d0")
    gated.scorer.pairs.clear()
    expect(visit.page.locator("#hood-status")).to_contain_text("nothing of it is shown before the reveal")
    expect(visit.page.locator("#hood-report .ss-big")).to_have_count(0)
    visit.turn_to_tab("Search")
    expect(visit.page.locator(".ss-inside")).to_have_count(0)
    visit.unfold("Take it home")
    expect(visit.page.locator("#take")).to_contain_text("This comes with a finished search.")
    visit.unfold("Compare wordings")
    other = visit.page.get_by_role("textbox", name="Another wording")
    other.fill("sea")
    other.press("Enter")
    expect(visit.status).to_contain_text("reveal it, or turn “Predict first” off, before you compare wordings")
    visit.page.get_by_role("button", name="Copy link").click()
    link = visit.page.locator(".ss-share input").input_value()
    assert "predict=1" in link and "revealed" not in link
    visit.open("?tab=evaluate&look=measures&measured=films&corpus=films&q=whale&predict=1")
    expect(visit.page.locator("#evaluate-status")).to_contain_text("A judged query of this corpus is to be predicted")
    assert gated.scorer.pairs == []


def test_what_is_compared_is_not_predicted_and_another_query_is_covered_again(
    make_visit: MakeVisit, gated: Gated
) -> None:
    visit = make_visit(gated.url).open("?corpus=films&q=whale&predict=1&revealed=1&guess=d0")
    expect(visit.column("you")).to_be_visible()
    visit.wait_for_result("whale")
    visit.unfold("Compare wordings")
    other = visit.page.get_by_role("textbox", name="Another wording")
    other.fill("sea")
    other.press("Enter")
    expect(visit.columns).to_have_attribute("data-against", "sea")
    expect(visit.page.locator("#predict input")).not_to_be_checked()
    assert "guess" not in visit.page.url
