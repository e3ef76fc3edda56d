"""nDCG by hand: it has an address, follows each grade by keyboard, and stays while one judges."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.test_access import violations


def test_the_arithmetic_follows_each_grade_by_keyboard_alone_on_a_phone(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url, 390).open("?corpus=films&q=sea&k=6&look=hand&judge=1")
    page, hand = visit.page, visit.page.locator(".ss-hand")
    expect(hand).to_contain_text("Grade the first 5 rows of each ranking")
    grade = page.locator('.ss-both [data-grade="3"]').first
    grade.focus()
    page.keyboard.press("Enter")
    expect(hand.locator("table")).to_have_count(3)
    best = hand.locator("table").nth(2).locator("tbody tr")
    expect(best).to_have_text([re.compile(r"^1 .*331\.00003\.0000$")])
    page.locator('.ss-both [data-grade="2"]').nth(1).focus()
    page.keyboard.press("Enter")
    expect(best).to_have_count(2)
    expect(hand.locator("tfoot").nth(2)).to_contain_text("4.2619")
    expect(page).to_have_url(re.compile("look=hand"))
    assert visit.sideways() == 0
    assert violations(visit) == []
    close = visit.status.get_by_role("button", name="Close nDCG by hand")
    close.focus()
    page.keyboard.press("Enter")
    expect(hand).to_have_count(0)
    visit.status.get_by_role("button", name="nDCG by hand").focus()
    page.keyboard.press("Enter")
    expect(hand.get_by_role("heading", name="nDCG by hand")).to_be_focused()
    page.go_back()
    expect(hand).to_have_count(0)
