"""A corpus whose every text is hostile, before a class: shown as it is, on every screen, and nothing of it is run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.classroom import Class, class_of
from tests.server import HOSTILE, Server

CORPUS = "hostile"
QUERY = f"{HOSTILE} <script>alert(2)</script>"
MADE_OF_TEXT = "img, script, b i"
TITLES = {f"Title {number} {HOSTILE}" for number in range(6)}
TEXTS = {f"{HOSTILE} number {number}" for number in range(6)}


@pytest.fixture(scope="module")
def room(browser: Browser, server: Server) -> Iterator[Class]:
    """One class for all tests here. Its visits fail at the end if a dialog has opened."""
    with class_of(browser, server, 2) as made:
        yield made


def nothing_was_interpreted(room: Class) -> None:
    for part in (room.lecturer.room, *(phone.screen for phone in room.phones)):
        expect(part.locator(MADE_OF_TEXT)).to_have_count(0)
    for visit in (room.lecturer.visit, *(phone.visit for phone in room.phones)):
        assert visit.dialogs == []


def said(parts: Locator) -> set[str]:
    return {text.strip() for text in parts.all_text_contents()}


def test_hostile_documents_are_asked_and_revealed_as_they_are(room: Class) -> None:
    lecturer, phones = room.lecturer, room.phones
    lecturer.ask(CORPUS, QUERY)
    expect(lecturer.stage.locator("q")).to_have_text(QUERY)
    assert said(lecturer.stage.locator(".cl-options b")) >= TITLES
    for phone in phones:
        expect(phone.screen.locator("q")).to_have_text(QUERY)
        expect(phone.options).to_have_count(7)
        assert said(phone.options.locator("span:not([class])")) >= TITLES
        assert said(phone.screen.locator(".cl-text")) >= TEXTS
    nothing_was_interpreted(room)
    for phone, title in zip(phones, sorted(TITLES), strict=False):
        phone.options.filter(has_text=title).click()
        expect(phone.sent).to_contain_text("Your answer is in")
    lecturer.has("answered", 2)
    lecturer.close()
    expect(phones[0].yours).to_contain_text(f"“{sorted(TITLES)[0]}”")
    lecturer.reveal()
    titles = lecturer.column("students").locator(".ss-title").all_text_contents()
    assert titles[:2] == sorted(TITLES)[:2]
    expect(phones[1].yours).to_contain_text(f"“{sorted(TITLES)[1]}”")
    expect(phones[1].screen.locator("tbody tr")).to_have_count(7)
    nothing_was_interpreted(room)


def test_hostile_documents_are_judged_by_their_hostile_ids(room: Class) -> None:
    lecturer, phones = room.lecturer, room.phones
    lecturer.judge(CORPUS, QUERY)
    for phone in phones:
        cards = phone.screen.locator(".cl-cards > li")
        for number in range(1, 4):
            expect(cards).to_have_count(number)
            expect(phone.card).to_have_count(1)
            expect(phone.card.get_by_role("group")).to_have_attribute(
                "aria-label", f"Grade of {phone.card.locator('h3').text_content()}"
            )
            phone.card.locator(f"[data-grade='{number}']").click()
            expect(cards.nth(number - 1)).to_have_class("cl-done")
        assert said(cards.locator("h3")) & TITLES
        assert said(cards.locator(".cl-text")) & TEXTS
    nothing_was_interpreted(room)
    lecturer.close()
    lecturer.reveal()
    lecturer.stage.get_by_text("All judged documents").click()
    expect(lecturer.stage.locator("details tbody th").first).to_be_visible()
    assert any(HOSTILE[:20] in name for name in said(lecturer.stage.locator("details tbody th")))
    nothing_was_interpreted(room)
