"""A class by keyboard alone: the focus is always seen and never lost, and what happens is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.classroom import Class, Lecturer, Phone, class_of
from tests.browser.conftest import MakeVisit
from tests.browser.test_access import FOCUSED
from tests.browser.test_lesson import tab_to
from tests.browser.visit import Visit
from tests.planets import DOCS
from tests.server import Server

CORPUS, QUERY = "planets", "wind"


@pytest.fixture(scope="module")
def room(browser: Browser, server: Server) -> Iterator[Class]:
    """One class for all tests here."""
    with class_of(browser, server, 1) as made:
        yield made


@pytest.fixture
def lecturer(room: Class) -> Lecturer:
    return room.lecturer


@pytest.fixture
def phone(room: Class) -> Phone:
    return room.phones[0]


def press(visit: Visit, selector: str, key: str = "Enter") -> None:
    tab_to(visit, selector)
    visit.page.keyboard.press(key)


def keeps_focus(visit: Visit) -> bool:
    at_body, _, _ = visit.page.evaluate(FOCUSED)
    return not at_body


def test_a_lecturer_takes_a_class_through_a_whole_round(make_visit: MakeVisit, server: Server) -> None:
    lecturer = Lecturer(make_visit(server.url)).open()
    visit, keys = lecturer.visit, lecturer.visit.page.keyboard
    press(visit, "[data-start]")
    lecturer.is_there()
    expect(lecturer.room).to_be_focused()
    tab_to(visit, "form [name=q]")
    keys.type("of vietnam")
    keys.press("Enter")
    expect(lecturer.act("close")).to_be_visible()
    expect(lecturer.asks).to_be_hidden()
    assert keeps_focus(visit)
    expect(lecturer.said).to_have_text("The question is open.")
    press(visit, "[data-do=close]", "Space")
    expect(lecturer.act("reveal")).to_be_focused()
    expect(lecturer.said).to_have_text("The question is closed.")
    keys.press("Tab")
    keys.press("Enter")  # discuss and vote again
    expect(lecturer.act("close")).to_be_focused()
    keys.press("Enter")
    expect(lecturer.act("reveal")).to_be_focused()
    keys.press("Enter")
    expect(lecturer.said).to_contain_text("Nobody answered")
    expect(lecturer.room).to_be_focused()
    press(visit, ".cl-links summary")
    press(visit, "[data-do=end]")
    expect(lecturer.starts).to_be_focused()


def test_a_student_puts_three_in_order_and_takes_one_back(lecturer: Lecturer, phone: Phone) -> None:
    visit = phone.visit
    lecturer.ask(CORPUS, QUERY, picks=3)
    expect(phone.screen.locator("h2")).to_be_focused()
    expect(phone.said).to_contain_text("The question is open.")
    expect(phone.options).to_have_count(len(DOCS))
    for key in ("mars", "sun", "moon"):
        press(visit, f'[data-key="{key}"] > button', "Space")
        expect(phone.option(key)).to_be_focused()
    assert sorted(phone.answered) == ["mars", "moon", "sun"]
    names = [phone.option(key).get_attribute("aria-pressed") for key in ("mars", "sun", "venus")]
    assert names == ["true", "true", "false"]
    expect(phone.screen.get_by_role("button", name="2nd")).to_contain_text(DOCS["sun"][:10])
    press(visit, '[data-key="mars"] > button')
    expect(phone.screen.get_by_role("button", name="1st")).to_contain_text(DOCS["sun"][:10])
    expect(phone.screen.get_by_role("status")).to_contain_text("Your answer is in")
    lecturer.has("answered", 1)
    lecturer.close()
    lecturer.reveal()
    assert list(lecturer.points) == ["sun", "moon"]


def test_a_student_judges(lecturer: Lecturer, phone: Phone) -> None:
    lecturer.judge(CORPUS, QUERY)
    expect(phone.screen.locator("h2")).to_be_focused()
    cards = phone.screen.locator(".cl-cards > li")
    for number in range(1, 4):
        expect(cards).to_have_count(number)
        expect(phone.card).to_have_count(1)
        if number > 1:
            expect(phone.card.locator("h3")).to_be_focused()
        press(phone.visit, ".cl-cards > li:not(.cl-done) [data-grade='2']", "Space")
        lecturer_says = lecturer.stage.locator(".cl-progress")
        expect(lecturer_says).to_contain_text(f"{number} judgement")
        assert keeps_focus(phone.visit)
    expect(phone.screen.get_by_role("status")).not_to_be_empty()


def typed(field: Locator) -> str:
    """What stands in a field that has the focus, and where in it one writes."""
    expect(field).to_be_focused()
    return str(
        field.evaluate("part => `${part.value.slice(0, part.selectionStart)}|${part.value.slice(part.selectionEnd)}`")
    )


def test_what_a_lecturer_types_is_left_alone_while_answers_come(room: Class, lecturer: Lecturer, phone: Phone) -> None:
    lecturer.ask(CORPUS, QUERY)
    expect(phone.options).to_have_count(len(DOCS))
    lecturer.unfold_form()
    lecturer.field("q").click()
    lecturer.field("q").fill("something next")
    for _ in range(5):
        lecturer.visit.page.keyboard.press("ArrowLeft")
    phone.answer("mars")
    lecturer.has("answered", 1)
    assert typed(lecturer.field("q")) == "something| next"
    (late,) = room.join()
    lecturer.has("joined", len(room.phones))
    late.answer("sun")
    lecturer.has("answered", 2)
    assert typed(lecturer.field("q")) == "something| next"
    late.visit.page.goto("about:blank")
    lecturer.has("joined", len(room.phones) - 1)
    room.phones.remove(late)


def test_what_comes_next_can_be_prepared_while_a_question_is_on(lecturer: Lecturer, phone: Phone) -> None:
    lecturer.ask(CORPUS, QUERY)
    expect(phone.options).to_have_count(len(DOCS))
    lecturer.unfold_form()
    lecturer.field("corpus").select_option("toy")
    lecturer.field("q").fill("drums")
    lecturer.field("picks").select_option("3")
    lecturer.close()
    lecturer.reveal()
    expect(lecturer.asks).to_be_visible()
    assert [lecturer.field(name).input_value() for name in ("corpus", "q", "picks")] == ["toy", "drums", "3"]
    lecturer.asks.click()
    expect(lecturer.stage.locator(".cl-asked")).to_contain_text("drums")
    expect(phone.screen.locator("[data-picks='3']")).to_be_visible()


def test_what_cannot_be_asked_is_said_and_stays_said_while_answers_come(lecturer: Lecturer, phone: Phone) -> None:
    lecturer.ask(CORPUS, QUERY)
    expect(phone.options).to_have_count(len(DOCS))
    lecturer.unfold_form(more=True)
    lecturer.field("from").select_option("bm25")
    lecturer.field("q").fill("zzzz")  # no document has this word
    lecturer.asks.click()
    expect(lecturer.trouble).not_to_be_empty()
    said = lecturer.trouble.inner_text()
    phone.answer("mars")
    lecturer.has("answered", 1)
    expect(lecturer.trouble).to_have_text(said)
    expect(lecturer.field("q")).to_have_value("zzzz")
    lecturer.field("from").select_option("")
    lecturer.visit.complaints[:] = [each for each in lecturer.visit.complaints if "status of 422" not in each]
