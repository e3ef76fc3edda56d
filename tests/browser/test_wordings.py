"""Two wordings of a query, side by side: asked for, looked at, stopped, shared, and left again."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.test_access import violations
from tests.browser.test_hostile_text import TYPED, nothing_was_interpreted
from tests.browser.test_keyboard import lit
from tests.browser.test_runs import PATIENCE, opened
from tests.browser.visit import Visit
from tests.server import Server

A, B = "wording_a", "wording_b"
PHONE = {"width": 390, "height": 844}


def other(visit: Visit) -> Locator:
    return visit.page.get_by_role("textbox", name="Another wording")


def compare(visit: Visit, words: str) -> None:
    """Type another wording and press Enter."""
    visit.unfold("Compare wordings")
    other(visit).fill(words)
    other(visit).press("Enter")


def wait_for_both(visit: Visit, query: str, against: str) -> None:
    expect(visit.columns).to_have_attribute("data-against", against)
    visit.wait_for_result(query)


def test_another_wording_is_compared_looked_into_shared_and_left(visit: Visit) -> None:
    visit.choose("toy")
    visit.search("drums")
    compare(visit, "someone plays an instrument")
    wait_for_both(visit, "drums", "someone plays an instrument")
    expect(visit.status).to_contain_text(re.compile(r"Of the first 9 documents, 9 are shared\. .* Neither is judged\."))
    expect(visit.page).to_have_url(re.compile(r"\?corpus=toy&q=drums&against=someone\+plays\+an\+instrument&k=20$"))
    expect(visit.page.locator(".ss-lines path")).to_have_count(9)
    first = visit.hits(B).first
    expect(first.locator(".ss-move")).to_have_text(re.compile(r"(up|down) \d+, was \d+|stays at 1"))
    first.focus()
    doc = str(first.get_attribute("data-doc"))
    assert lit(visit) == [["li", doc], ["li", doc], ["path", doc]]
    visit.page.keyboard.press("ArrowLeft")
    expect(visit.hits(A).and_(visit.page.locator(f"[data-doc='{doc}']"))).to_be_focused()
    visit.page.get_by_label("bi-encoder", exact=True).check()
    expect(visit.column(A).locator(".ss-how").first).to_contain_text("Bi-encoder: reads query and document apart")
    first.hover()
    first.get_by_role("button", name="Look inside").click()
    expect(visit.page.locator("#hood textarea").first).to_have_value("someone plays an instrument")
    assert "q=drums" in visit.page.url and "by=bi-encoder" in visit.page.url
    visit.turn_to_tab("Search")
    visit.page.get_by_role("button", name="One query again").click()
    expect(visit.column("cross_encoder")).to_be_visible()
    visit.wait_for_result("drums", "toy")
    assert "against" not in visit.page.url
    expect(other(visit)).to_have_value("someone plays an instrument")
    compare(visit, " ")
    expect(visit.status).to_have_text("The other wording is empty; please type some text.")


def test_the_link_opens_on_wide_screens_on_phones_and_in_the_hall_with_any_text(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = make_visit(server.url).open("?corpus=planets&q=wind&against=strong+wind")
    wait_for_both(visit, "wind", "strong wind")
    expect(visit.column(B).locator("mark.ss-differs")).to_have_text("strong")
    visit.unfold("Compare wordings")
    expect(other(visit)).to_have_value("strong wind")
    assert violations(visit) == []
    visit.page.set_viewport_size(PHONE)
    items = visit.page.locator(".ss-merged .ss-both")
    expect(items).to_have_count(10)
    expect(items.first).to_be_visible()
    expect(items.first.locator(".ss-slope .ss-hidden")).to_have_text(re.compile(r"^1, (up \d+, was \d+|stays at 1)$"))
    assert violations(visit) == []
    assert visit.sideways() == 0
    other(visit).fill(TYPED + " " + "a" * 300)
    other(visit).press("Enter")
    wait_for_both(visit, "wind", TYPED + " " + "a" * 300)
    nothing_was_interpreted(visit)
    assert visit.sideways() == 0
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    visit.page.locator("[data-act=projector]").click()
    expect(visit.column(B)).to_be_visible()
    assert visit.sideways() == 0


def test_the_first_ranking_stands_while_the_second_is_made_and_after_it_was_stopped(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    compare(visit, "sea")
    assert gated.scorer.started.wait(PATIENCE)
    expect(visit.hits(A)).to_have_count(6)
    expect(visit.column(B).locator(".ss-ghost").first).to_be_visible()
    visit.page.locator("#stop").click()
    expect(visit.status).to_have_text("Stopped. What was shown before is kept.")
    expect(visit.page.get_by_role("region", name="B: sea, stopped")).to_be_visible()
    expect(visit.hits(A)).to_have_count(6)
    gated.open_gates()
    visit.page.get_by_role("button", name="Compare", exact=True).click()
    wait_for_both(visit, "whale", "sea")
    expect(visit.hits(B)).to_have_count(6)
