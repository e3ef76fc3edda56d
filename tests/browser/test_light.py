"""The page is light: little of our own is sent, and no request leaves the machine."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import MakeVisit
from tests.server import Server
from ui.server import head, script

OWN_BYTES = 70_000


def test_our_own_styles_and_scripts_are_at_most_70_kilobytes() -> None:
    assert len(head().encode()) + len(script().encode()) <= OWN_BYTES


def test_no_request_leaves_the_machine_on_any_tab(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url)
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.open("?corpus=planets&q=wind")
    visit.wait_for_result("wind")
    visit.turn_to_tab("Under the hood")
    expect(visit.page.locator("#hood-report .ss-strip").first).to_be_visible()
    visit.turn_to_tab("Evaluate")
    visit.turn_to_tab("Search")
    visit.page.get_by_role("button", name="Copy link").click()
    expect(visit.page.locator(".ss-share")).to_be_visible()
    assert asked
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
