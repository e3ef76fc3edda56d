"""The lesson: taken whole by keyboard alone and by touch alone, each step with a link, for everyone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.test_access import FOCUSED, LEAST_TARGET, SMALL_TARGETS, violations
from tests.browser.visit import Visit
from tests.server import Server

STEPS, PHONE, MOST_TABS = 12, 390, 60
ANSWER = "#lesson-step .ss-option, #lesson-view .ss-answer"


def heading(visit: Visit, step: int) -> Locator:
    return visit.page.locator(f'#lesson [data-at="{step}"] h2')


def status(visit: Visit) -> Locator:
    return visit.page.locator("#lesson-status")


def wait_for_notice(visit: Visit) -> None:
    expect(visit.page.locator(".ss-notice li").first).to_be_visible()
    expect(visit.page.locator("#lesson-status .ss-working")).to_have_count(0)
    expect(visit.page.locator(".ss-notice")).not_to_contain_text(re.compile("Not so this time|Not to be said"))


def tab_to(visit: Visit, selector: str) -> None:
    """Press Tab until what is focused is of a kind, and the focus is always seen."""
    for _ in range(MOST_TABS):
        visit.page.keyboard.press("Tab")
        at_body, ring, html = visit.page.evaluate(FOCUSED)
        assert ring or at_body, html
        if visit.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} was not reached by Tab from {visit.page.url}")


def take(visit: Visit, press: Callable[[str], None], step: int) -> None:
    """Answer a step's question by its first answer, and go on."""
    expect(heading(visit, step)).to_be_visible()
    expect(visit.page.locator(".ss-notice")).to_have_count(0)
    expect(visit.page.locator(ANSWER).first).to_be_visible()
    press(ANSWER)
    wait_for_notice(visit)
    assert visit.sideways() <= 0, step
    press(f'#lesson-below [data-step="{step + 1}"]')


def test_the_whole_lesson_is_taken_by_keyboard_alone(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?tab=lesson")

    def press(selector: str) -> None:
        tab_to(visit, selector)
        visit.page.keyboard.press("Enter")

    for step in range(1, STEPS + 1):
        take(visit, press, step)
        expect(heading(visit, step + 1)).to_be_focused()
    expect(heading(visit, STEPS + 1)).to_have_text("Questions")
    for number in range(1, 11):
        tab_to(visit, f".ss-quiz li:nth-of-type({number}) input")
        visit.page.keyboard.press("Space")
        expect(visit.page.locator(".ss-quiz-said")).to_contain_text(f"of {number} answered, of 10.")
    expect(visit.page.locator(".ss-why:visible")).to_have_count(10)


def test_the_whole_lesson_is_taken_by_touch_alone(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url, PHONE, touch=True).open("?tab=lesson")

    def press(selector: str) -> None:
        visit.page.locator(selector).first.tap()

    for step in range(1, STEPS + 1):
        take(visit, press, step)
    expect(heading(visit, STEPS + 1)).to_have_text("Questions")
    for right in visit.page.locator("[data-right]").all():
        right.tap()
    expect(visit.page.locator(".ss-quiz-said")).to_contain_text("10 right of 10 answered, of 10.")


def test_every_answer_has_a_link_and_back_covers_it_again(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?tab=lesson&step=4")
    visit.page.get_by_role("button", name="The cosine alone").click()
    expect(visit.page).to_have_url(re.compile("guess=1"))
    expect(status(visit)).to_contain_text("You predicted “The cosine alone”; right is “The logit alone”.")
    wait_for_notice(visit)
    link = visit.page.url.removeprefix(f"{server.url}/")
    visit.page.go_back()
    expect(visit.page.get_by_role("button", name="The cosine alone")).to_be_visible()
    expect(visit.page.locator("#lesson-view")).to_contain_text("The view opens with your answer.")
    other = make_visit(server.url).open(link)
    expect(status(other)).to_contain_text("You predicted “The cosine alone”; right is “The logit alone”.")
    wait_for_notice(other)


def test_a_link_to_step_99_opens_the_first_step_and_says_so(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?tab=lesson&step=99")
    expect(visit.page.locator("#note")).to_contain_text('Not used from the address: step="99".')
    expect(heading(visit, 1)).to_have_text("Words against meaning")


def test_an_answer_that_is_none_gets_a_sentence(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?tab=lesson&step=2&guess=7&revealed=1")
    expect(status(visit).get_by_role("alert")).to_have_text(
        'answer must be the number of one of the 3 options of this step, got "7".'
    )
    expect(visit.page.locator("#lesson-step button.ss-option")).to_have_count(3)


def test_a_view_goes_on_by_itself(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?tab=lesson&step=6&revealed=1")
    wait_for_notice(visit)
    visit.page.get_by_role("link", name="Open this view by itself").click()
    expect(visit.page.get_by_role("tab", name="Search")).to_have_attribute("aria-selected", "true")
    visit.wait_for_result("two young lovers from different social backgrounds meet on a doomed ocean ship", "movies")


@pytest.mark.parametrize("width", [1280, PHONE])
@pytest.mark.parametrize("dark", [False, True])
def test_the_lesson_is_for_everyone(make_visit: MakeVisit, server: Server, width: int, dark: bool) -> None:
    visit = make_visit(server.url, width, dark=dark)
    for address in ("", "&step=5&guess=2&revealed=1", "&step=9", "&step=6&revealed=1", "&step=13"):
        visit.open(f"?tab=lesson{address}")
        if "revealed" in address:
            wait_for_notice(visit)
        elif "9" in address:
            expect(visit.page.locator("#lesson-view .ss-answer")).to_have_count(3)
        else:
            expect(visit.page.locator("#lesson h2").first).to_be_visible()
        assert violations(visit) == [], address
        assert visit.page.evaluate(SMALL_TARGETS, LEAST_TARGET) == [], address
        assert visit.sideways() <= 0, address


def test_without_its_corpora_the_page_says_why_there_is_no_lesson(
    make_visit: MakeVisit, make_gated: MakeGated, caplog: pytest.LogCaptureFixture
) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open("?tab=lesson")
    expect(visit.page.locator("#lesson-note")).to_contain_text(
        'The built-in lesson can’t be shown here: line 4: the view can\'t be shown, because of corpus="movies"'
    )
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
