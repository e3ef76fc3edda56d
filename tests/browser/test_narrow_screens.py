"""Phones, tablets, light and dark: nothing scrolls sideways."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.browser.conftest import MakeVisit
from tests.browser.visit import Visit
from tests.server import HOSTILE_TITLE, Server

PHONE, NARROWEST = 390, 320


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_scrolls_sideways_on_a_phone(make_visit: MakeVisit, server: Server, dark: bool) -> None:
    visit = make_visit(server.url, PHONE, dark=dark).open()
    assert visit.page.evaluate("document.body.classList.contains('dark')") is dark
    for name in ("Under the hood", "Evaluate", "Nearest neighbours", "Lesson", "Class", "Search"):
        visit.turn_to_tab(name)
        assert visit.sideways() == 0, name
    search_with_every_column(visit)
    assert visit.sideways() == 0, "a result"
    evaluate_hostile_queries(visit)
    assert visit.sideways() == 0, "an evaluation"


def test_the_address_follows_a_tab_that_is_chosen_from_the_menu(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url, NARROWEST).open("?corpus=toy")
    visit.wait_for_corpus("toy")
    expect(visit.page.locator(".overflow-menu > button")).to_be_visible()
    for name, tab in (("Evaluate", "evaluate"), ("Under the hood", "hood"), ("Search", None)):
        visit.turn_to_tab(name)
        expect(visit.page.get_by_role("tab", name=name, exact=True)).to_have_attribute("aria-selected", "true")
        expect(visit.page).to_have_url(re.compile(rf"[?&]tab={tab}(&|$)" if tab else "^((?!tab=).)*$"))
        assert visit.sideways() == 0, name


def test_the_menu_of_tabs_stays_open_while_the_first_question_waits_to_be_asked(
    make_visit: MakeVisit, server: Server
) -> None:
    page = make_visit(server.url, PHONE).open().page
    report, menu = page.locator("#hood-report"), page.locator(".overflow-dropdown")
    # In one go: a click of ours after another may come after the question.
    page.evaluate("""async () => {
      document.querySelector('[role=tab][data-tab-id="hood"]').click();
      await new Promise(requestAnimationFrame);
      document.querySelector(".overflow-menu > button").click();
    }""")
    expect(page.locator("#hood-run")).to_be_visible()
    # Several times what the page waits before it asks by itself.
    page.evaluate("() => new Promise((over) => setTimeout(over, 1500))")
    expect(menu).to_be_visible()
    expect(report).to_be_empty()
    page.mouse.click(2, 400)
    expect(menu).to_be_hidden()
    expect(report.locator(".ss-strip").first).to_be_visible()


def search_with_every_column(visit: Visit) -> None:
    visit.turn_to_tab("Search")
    visit.choose("hostile")
    visit.open_options()
    visit.page.locator("#columns").get_by_label("Keyword search").check()
    visit.page.locator("#columns").get_by_label("Late interaction").check()
    visit.search("a" * 300 + " number")
    expect(visit.columns.locator(".ss-column")).to_have_count(4)
    expect(visit.page.locator(".ss-merged .ss-place:visible").first).to_be_visible()


def evaluate_hostile_queries(visit: Visit) -> None:
    visit.evaluate(HOSTILE_TITLE)
    expect(visit.bars).to_have_count(2)
    for name in ("All measures", "Where the reranker loses", "Query by query"):
        visit.unfold(name)
    expect(visit.page.locator("#evaluate-report table").first).to_be_visible()


def test_below_640_pixels_one_list_takes_the_place_of_columns_and_lines(visit: Visit) -> None:
    visit.choose("toy")
    visit.search("drums")
    columns, lines, merged = visit.page.locator(".ss-column"), visit.page.locator(".ss-lines"), one_list(visit)
    expect(columns).to_have_count(2)
    for width, narrow in ((PHONE, True), (639, True), (640, False), (700, False), (1280, False)):
        visit.page.set_viewport_size({"width": width, "height": 900})
        expect(merged).to_be_visible(visible=narrow)
        expect(lines).to_be_visible(visible=not narrow)
        for column in columns.all():
            expect(column).to_be_visible(visible=not narrow)
        if not narrow:
            (left, top), (second_left, second_top) = [(box["x"], box["y"]) for box in map(box_of, columns.all())]
            assert top == second_top, width
            assert left < second_left, width
            expect(visit.hits("cross_encoder").first.locator(".ss-move")).to_be_visible()
        assert visit.sideways() == 0, width


def one_list(visit: Visit) -> Locator:
    return visit.page.locator(".ss-merged")


def box_of(part: Locator) -> FloatRect:
    box = part.bounding_box()
    assert box is not None
    return box


def test_the_one_list_holds_each_document_once_with_its_two_places_in_words(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": PHONE, "height": 900})
    visit.choose("toy")
    visit.search("drums")
    before, after = visit.documents("bi_encoder"), visit.documents("cross_encoder")
    assert before != after
    items = one_list(visit).get_by_role("listitem")
    assert [item.get_attribute("data-doc") for item in items.all()] == after
    for now, (item, doc) in enumerate(zip(items.all(), after, strict=True), start=1):
        was = before.index(doc) + 1
        said = "stays at" if now == was else f"{'up' if now < was else 'down'} {abs(now - was)}, was"
        expect(item.locator(".ss-slope .ss-hidden")).to_have_text(f"{now}, {said} {was}")
        for place, method in zip(item.locator(".ss-place").all(), ("bi_encoder", "cross_encoder"), strict=True):
            hit = visit.hits(method).and_(visit.page.locator(f"[data-doc='{doc}']"))
            expect(place.locator(".ss-number")).to_have_text(hit.locator(".ss-number").text_content() or "")
