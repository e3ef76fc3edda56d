"""The page is light: little of our own is sent, and no request leaves the machine."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import MakeVisit
from tests.server import Server
from ui.packed import packed_script, packed_style, short_names
from ui.server import FOLDER, head, script

OWN_BYTES, LESSON_BYTES = 60_000, 6_000


def test_our_own_styles_and_scripts_are_at_most_60_kilobytes_and_6_more_for_the_lesson() -> None:
    lesson = short_names(packed_style((FOLDER / "style" / "lesson.css").read_text("utf-8")))
    lesson += packed_script((FOLDER / "script" / "lesson.js").read_text("utf-8"))
    assert len(lesson.encode()) <= LESSON_BYTES
    assert len(head().encode()) + len(script().encode()) - len(lesson.encode()) <= OWN_BYTES


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
