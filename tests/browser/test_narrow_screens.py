"""Phones, tablets, light and dark: nothing scrolls sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeVisit
from tests.browser.visit import Visit
from tests.server import HOSTILE_TITLE, Server

PHONE = 390


def tops_and_lefts(visit: Visit) -> list[tuple[int, int]]:
    boxes = [column.bounding_box() for column in visit.page.locator(".ss-column").all()]
    return [(round(box["y"]), round(box["x"])) for box in boxes if box]


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_scrolls_sideways_on_a_phone(make_visit: MakeVisit, server: Server, dark: bool) -> None:
    visit = make_visit(server.url, PHONE, dark=dark).open()
    assert visit.page.evaluate("document.body.classList.contains('dark')") is dark
    names = visit.page.get_by_role("tab").all_text_contents()
    assert {"Search", "Evaluate", "Under the hood"} <= set(names)
    for name in names:
        visit.turn_to_tab(name)
        assert visit.sideways() == 0, name
    search_with_every_column(visit)
    assert visit.sideways() == 0, "a result"
    evaluate_hostile_queries(visit)
    assert visit.sideways() == 0, "an evaluation"


def search_with_every_column(visit: Visit) -> None:
    visit.turn_to_tab("Search")
    visit.choose("hostile")
    visit.open_options()
    visit.page.get_by_label("Keyword search").check()
    visit.page.get_by_label("Late interaction", exact=True).check()
    visit.search("a" * 300 + " number")
    expect(visit.page.locator(".ss-column")).to_have_count(4)


def evaluate_hostile_queries(visit: Visit) -> None:
    visit.turn_to_tab("Evaluate")
    visit.page.locator("#evaluate-corpus input").click()
    visit.page.get_by_role("option", name=HOSTILE_TITLE).click()
    visit.page.locator("#evaluate-run").click()
    expect(visit.page.locator("#evaluate-report table").first).to_be_visible()


def test_below_640_pixels_columns_stack_and_lines_go(visit: Visit) -> None:
    visit.choose("toy")
    visit.search("drums")
    lines = visit.page.locator(".ss-lines")
    for width, stacked in ((PHONE, True), (639, True), (700, False), (1280, False)):
        visit.page.set_viewport_size({"width": width, "height": 900})
        (top, left), (second_top, second_left) = tops_and_lefts(visit)
        assert (left == second_left and top < second_top) is stacked, width
        assert (top == second_top and left < second_left) is not stacked, width
        expect(lines).to_be_hidden() if stacked else expect(lines).to_be_visible()
        expect(visit.hits("cross_encoder").first.locator(".ss-move")).to_be_visible()
        assert visit.sideways() == 0, width
