"""The field that is there before the page's framework is: what is typed into it, and before the first answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import MakeVisit
from tests.browser.visit import Visit
from tests.server import Server


class Held:
    """Requests of a page to `address` wait until they are let go."""

    def __init__(self, page: Page, address: str) -> None:
        self._waiting: list[Route] | None = []
        page.route(re.compile(address), self._came)

    def _came(self, route: Route) -> None:
        if self._waiting is None:
            route.continue_()
        else:
            self._waiting.append(route)

    def let_go(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        for route in waiting:
            route.continue_()


@pytest.fixture
def early(make_visit: MakeVisit, server: Server) -> Visit:
    return make_visit(server.url)


@pytest.mark.parametrize(("address", "corpus"), [("", "movies"), ("?corpus=toy", "toy")])
def test_a_query_that_is_asked_before_the_framework_is_there_is_answered(
    early: Visit, server: Server, address: str, corpus: str
) -> None:
    page = early.page
    scripts = Held(page, r"/assets/.*\.js")
    page.goto(f"{server.url}/{address}", wait_until="commit")
    field = page.get_by_role("textbox", name="Your query")
    expect(field).to_be_focused()
    page.keyboard.type("a guitar")
    page.keyboard.press("Enter")
    expect(page.locator(".ss-first")).to_contain_text("It is asked as soon as the page is there.")
    scripts.let_go()
    early.wait_for_result("a guitar", corpus)
    expect(early.query).to_have_value("a guitar")
    expect(field).to_have_count(0)
    expect(page).to_have_url(re.compile(r"[?&]q=a\+guitar&"))


def test_what_is_typed_early_and_what_is_typed_before_the_first_answer_stands_in_the_box(
    early: Visit, server: Server
) -> None:
    page = early.page
    scripts = Held(page, r"/assets/.*\.js")
    page.goto(f"{server.url}/?corpus=toy", wait_until="commit")
    expect(page.get_by_role("textbox", name="Your query")).to_be_focused()
    page.keyboard.type("a guitr")
    page.keyboard.press("ArrowLeft")
    answers = Held(page, r"/queue/join")
    scripts.let_go()
    expect(early.query).to_be_focused()
    page.keyboard.type("a")
    expect(early.query).to_have_value("a guitar")
    answers.let_go()
    early.wait_for_corpus("toy")
    expect(early.query).to_have_value("a guitar")
    # Whoever chooses something else means that.
    early.unfold("Try")
    page.locator("#examples button").nth(1).click()
    expect(early.query).not_to_have_value("a guitar")


def test_the_first_key_after_an_empty_early_field_replaces_what_the_page_opens_with(
    early: Visit, server: Server
) -> None:
    page = early.page
    scripts = Held(page, r"/assets/.*\.js")
    page.goto(server.url, wait_until="commit")
    expect(page.get_by_role("textbox", name="Your query")).to_be_focused()
    scripts.let_go()
    expect(early.query).to_be_focused()
    expect(early.query).to_have_value("vietnam war")
    page.keyboard.type("whales")
    expect(early.query).to_have_value("whales")


def test_a_tab_without_a_query_has_no_early_field_and_a_phone_is_not_made_to_show_its_keyboard(
    make_visit: MakeVisit, server: Server
) -> None:
    for width, address, shown in ((1280, "?tab=hood", False), (390, "", True)):
        page = make_visit(server.url, width, touch=width < 640).page
        scripts = Held(page, r"/assets/.*\.js")
        page.goto(f"{server.url}/{address}", wait_until="commit")
        expect(page.locator(".ss-first")).to_contain_text("Side by side")
        field = page.locator(".ss-first input")
        expect(field).to_be_visible(visible=shown)
        expect(field).not_to_be_focused()
        scripts.let_go()
        expect(field).to_have_count(0)
        expect(page.locator("[role=tab][aria-selected=true]")).to_have_count(1)
