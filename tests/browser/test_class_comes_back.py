"""Whoever leaves a class and comes back sees how it is now: by a reload, after sleep, elsewhere, at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.classroom import Class, Lecturer, Phone, class_of
from tests.browser.conftest import MakeVisit
from tests.browser.visit import Visit
from tests.planets import DOCS
from tests.server import Server
from ui.classroom import words
from ui.classroom.codes import EXAMPLE
from ui.classroom.rooms import ENDED_BY_LECTURER, NO_CODE

CORPUS, QUERY = "planets", "wind"
# The phone sleeps for a while: its page is not visible. It is too short to take the connection for dead.
SLEEP = """() => {
  const now = Date.now;
  Object.defineProperty(document, "visibilityState", { configurable: true, value: "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
  Date.now = () => now() + 10_000;
}"""
WAKE = """() => {
  delete document.visibilityState;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def room(browser: Browser, server: Server) -> Iterator[Class]:
    """One class for all tests here; the last of them start classes of their own."""
    with class_of(browser, server, 2) as made:
        yield made


@pytest.fixture
def lecturer(room: Class) -> Lecturer:
    return room.lecturer


@pytest.fixture
def phones(room: Class) -> list[Phone]:
    return room.phones


def expected(visit: Visit, *parts: str) -> None:
    """Chromium itself notes every request that fails; those that had to are no complaint."""
    visit.complaints[:] = [each for each in visit.complaints if not any(part in each for part in parts)]


def ask(lecturer: Lecturer, phones: list[Phone]) -> None:
    lecturer.ask(CORPUS, QUERY)
    for phone in phones:
        expect(phone.options).to_have_count(len(DOCS))


def test_a_lecturer_who_reloads_keeps_the_class(lecturer: Lecturer, phones: list[Phone]) -> None:
    ask(lecturer, phones)
    phones[0].answer("mars")
    code = lecturer.code
    lecturer.visit.page.reload()
    assert lecturer.is_there().code == code
    lecturer.has("joined", len(phones))
    lecturer.has("answered", 1)
    lecturer.close()
    expect(phones[0].yours).to_contain_text(DOCS["mars"][:10])


def test_a_second_lecturer_controls_the_same_class_and_no_secret_stands_in_an_address(
    room: Class, lecturer: Lecturer, phones: list[Phone]
) -> None:
    secret = lecturer.link("Your own link").partition("#")[2]
    assert len(secret) > 20
    second = room.second_lecturer()
    assert second.code == lecturer.code
    for one in (lecturer, second):
        assert secret not in one.visit.page.evaluate("location.href")
        assert secret not in one.visit.page.content()
        expect(one.visit.page).to_have_url(re.compile(r"[?&]tab=class"))
    second.visit.page.go_back()
    assert secret not in second.visit.page.url
    second.visit.page.go_forward()
    second.is_there()
    ask(second, phones)
    expect(lecturer.stage).to_contain_text(QUERY)
    expect(lecturer.act("close")).to_be_visible()
    lecturer.act("close").click()
    expect(second.act("reveal")).to_be_visible()
    second.reveal()
    expect(lecturer.stage.locator(".cl-outcome")).to_be_visible()
    expect(phones[0].yours).to_be_visible()
    second.visit.page.goto("about:blank")


def test_of_two_lecturers_who_close_a_question_at_once_the_later_is_told_how_it_is(
    room: Class, lecturer: Lecturer, phones: list[Phone]
) -> None:
    ask(lecturer, phones)
    number = lecturer.act("close").get_attribute("data-round")
    lecturer.close()
    lecturer.act("reveal").evaluate("(button) => (button.dataset.do = 'close')")  # as in a window that was slower
    lecturer.act("close").click()
    expect(lecturer.trouble).not_to_be_empty()
    assert number and number in str(lecturer.act("close").get_attribute("data-round"))
    expected(lecturer.visit, "status of 409")
    lecturer.visit.page.reload()
    lecturer.is_there().reveal()


def test_a_phone_that_reloads_keeps_its_answer_and_may_change_it(lecturer: Lecturer, phones: list[Phone]) -> None:
    ask(lecturer, phones)
    phones[0].answer("mars")
    phones[0].visit.page.reload()
    expect(phones[0].chosen).to_have_count(1)
    assert phones[0].answered == ["mars"]
    expect(phones[0].sent).to_contain_text("Your answer is in")
    phones[0].answer("sun")
    lecturer.has("answered", 1)
    lecturer.close()
    lecturer.reveal()
    assert list(lecturer.points) == ["sun"]


def test_a_phone_without_a_net_says_so_and_shows_how_it_is_once_it_has_one(
    lecturer: Lecturer, phones: list[Phone]
) -> None:
    asleep, awake = phones
    ask(lecturer, phones)
    asleep.visit.page.context.set_offline(True)
    asleep.option("mars").click()
    expect(asleep.sent).to_contain_text("tries again by itself")
    awake.answer("sun")
    lecturer.has("answered", 1)
    asleep.visit.page.context.set_offline(False)
    expect(asleep.sent).to_contain_text("Your answer is in")
    lecturer.has("answered", 2)
    lecturer.close()
    expect(asleep.yours).to_contain_text(DOCS["mars"][:10])
    expect(asleep.trouble).to_be_empty()
    expected(asleep.visit, "ERR_INTERNET_DISCONNECTED", "ERR_NETWORK")


def test_a_phone_that_wakes_up_asks_at_once_how_it_is(lecturer: Lecturer, phones: list[Phone]) -> None:
    ask(lecturer, phones)
    phone = phones[0]
    phone.visit.page.evaluate(SLEEP)
    with phone.visit.page.expect_request("**/follow"):
        phone.visit.page.evaluate(WAKE)
    lecturer.close()
    expect(phone.yours).to_have_count(1)
    lecturer.has("joined", len(phones))
    expect(phone.trouble).to_be_empty()


def test_phones_say_that_the_lecturer_is_gone_and_that_answers_count_all_the_same(
    lecturer: Lecturer, phones: list[Phone]
) -> None:
    ask(lecturer, phones)
    address = lecturer.visit.page.url
    lecturer.visit.page.goto("about:blank")
    for phone in phones:
        expect(phone.away).to_have_text(words.AWAY)
    phones[1].answer("mars")
    lecturer.visit.page.goto(address)
    lecturer.is_there().has("answered", 1)
    for phone in phones:
        expect(phone.away).to_be_empty()


@pytest.mark.parametrize(
    ("typed", "sentence"), [("b2345", NO_CODE), ("B22222", "There is no class with the code B22222")]
)
def test_a_wrong_code_is_said_in_a_sentence_and_what_was_typed_is_kept(
    make_visit: MakeVisit, server: Server, typed: str, sentence: str
) -> None:
    page = (visit := make_visit(server.url, 390)).page
    page.goto(f"{server.url}/class")
    field = page.get_by_label("Code of the class")
    expect(field).to_be_focused()
    assert field.get_attribute("placeholder") == EXAMPLE
    field.fill(typed)
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(field).to_have_value(typed)
    expect(field).to_have_attribute("aria-invalid", "true")
    assert visit.sideways() == 0
    expected(visit, "status of 404")


def test_a_class_that_has_ended_says_so_on_every_screen_and_another_can_be_started(
    browser: Browser, server: Server
) -> None:
    with class_of(browser, server, 1) as room:
        lecturer, (phone,) = room.lecturer, room.phones
        ask(lecturer, [phone])
        second = room.second_lecturer()
        lecturer.room.locator(".cl-links summary").click()
        lecturer.act("end").click()
        for one in (lecturer, second):
            expect(one.starts).to_be_visible()
            expect(one.trouble).to_have_text(ENDED_BY_LECTURER)
            expect(one.room).to_be_hidden()
        expect(phone.screen).to_contain_text(ENDED_BY_LECTURER)
        expect(phone.options).to_have_count(0)
        phone.visit.page.reload()
        expect(phone.trouble).to_have_text(ENDED_BY_LECTURER)
        expected(phone.visit, "status of 410")
        before = lecturer.code
        assert lecturer.start().code != before
        expect(lecturer.trouble).to_be_empty()
        phone.join(lecturer.code)
        lecturer.has("joined", 1)


def test_a_class_can_be_started_only_once_its_script_is_there(make_visit: MakeVisit, server: Server) -> None:
    lecturer = Lecturer(make_visit(server.url))
    before = []

    def fetched(route: Route) -> None:
        before.append(lecturer.starts.is_enabled())
        route.continue_()

    lecturer.visit.page.route("**/class/files/lecturer.js", fetched)
    lecturer.open()
    assert before == [False]
