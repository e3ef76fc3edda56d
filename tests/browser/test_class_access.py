"""A class for everyone: axe-core finds nothing in any phase, nothing scrolls sideways, targets are large."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.classroom import Class, Lecturer, Phone, class_of
from tests.browser.conftest import MakeVisit
from tests.browser.test_access import LEAST_TARGET, SMALL_TARGETS, violations
from tests.browser.visit import Visit
from tests.server import Server

CORPUS, QUERY = "movies", "vietnam war"
NARROW = (320, 390)
WIDE, HIGH = 1280, 800


@pytest.fixture(scope="module")
def room(browser: Browser, server: Server) -> Iterator[Class]:
    """A class with a light phone and a dark one."""
    with class_of(browser, server, 1) as made:
        made.lecturer.visit.page.set_viewport_size({"width": WIDE, "height": HIGH})
        made.join(width=NARROW[0], dark=True)
        yield made


@pytest.fixture(scope="module")
def dark_lecturer(room: Class) -> Lecturer:
    """The same class on a second lecturer’s screen, which is dark and narrow."""
    return room.second_lecturer(width=NARROW[1], dark=True)


def phases(room: Class) -> Iterator[str]:
    """Take a class through whatever its screens can show, and say where it is."""
    lecturer, phones = room.lecturer, room.phones
    yield "lobby"
    lecturer.ask(CORPUS, QUERY, picks=3)
    for phone in phones:
        expect(phone.options).to_have_count(10)
    yield "open"
    for number, phone in enumerate(phones):
        for option in range(number, 3):
            phone.options.nth(option).click()
    lecturer.has("answered", 2)
    yield "answered"
    lecturer.close()
    yield "closed"
    lecturer.vote_again()
    for phone in phones:
        expect(phone.keeps).to_be_visible()
    yield "again"
    phones[0].keeps.click()
    lecturer.has("answered", 1)
    lecturer.close()
    lecturer.reveal()
    yield "revealed"
    yield from _phases_of_step(lecturer, phones)
    yield from _phases_of_judging(lecturer, phones)


def _phases_of_step(lecturer: Lecturer, phones: list[Phone]) -> Iterator[str]:
    lecturer.ask_step(2)
    phones[0].answer("1")
    yield "step"
    lecturer.close()
    lecturer.reveal()
    expect(phones[0].screen.locator(".cl-right")).to_have_count(1)
    yield "step revealed"


def _phases_of_judging(lecturer: Lecturer, phones: list[Phone]) -> Iterator[str]:
    lecturer.judge(CORPUS, QUERY)
    for phone in phones:
        expect(phone.card).to_have_count(1)
    yield "judging"
    for grade, phone in enumerate(phones, start=2):
        phone.judge_all(lambda _, grade=grade: grade)
    yield "judged"
    lecturer.close()
    lecturer.reveal()
    lecturer.stage.get_by_text("All judged documents").click()
    expect(phones[0].screen.locator("table")).to_be_visible()
    yield "graded"


def faults(visit: Visit) -> list[str]:
    """What is wrong with a page as it stands."""
    found = [f"axe: {each}" for each in violations(visit)]
    found += [f"small: {each}" for each in visit.page.evaluate(SMALL_TARGETS, LEAST_TARGET)]
    whole = visit.page.viewport_size
    assert whole is not None
    for width in (*NARROW, whole["width"]):
        visit.page.set_viewport_size({"width": width, "height": whole["height"]})
        found += [f"sideways: {wider} at {width}"] if (wider := visit.sideways()) > 0 else []
    return found


def test_axe_finds_nothing_and_nothing_scrolls_sideways_on_any_screen_of_a_class(
    room: Class, dark_lecturer: Lecturer
) -> None:
    screens = {"lecturer": room.lecturer.visit, "dark lecturer": dark_lecturer.visit}
    screens |= {"phone": room.phones[0].visit, "dark phone": room.phones[1].visit}
    found = [(phase, who, fault) for phase in phases(room) for who, visit in screens.items() for fault in faults(visit)]
    assert found == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_before_a_class_is_there(make_visit: MakeVisit, server: Server, dark: bool) -> None:
    visit = Lecturer(make_visit(server.url, dark=dark)).open().visit
    assert faults(visit) == []
    visit.page.goto(f"{server.url}/class")
    assert faults(visit) == []


def bottom(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_a_question_with_ten_documents_fits_on_the_lecturers_screen(room: Class) -> None:
    lecturer = room.lecturer
    lecturer.ask(CORPUS, QUERY)
    options = lecturer.stage.locator(".cl-options > li")
    expect(options).to_have_count(10)
    lecturer.visit.page.evaluate("scrollTo(0, 0)")
    lowest = max(bottom(option) for option in options.all())
    assert lowest <= HIGH and bottom(lecturer.act("close")) <= HIGH


def outline(part: Locator) -> str:
    return str(part.evaluate("part => getComputedStyle(part).outlineStyle"))


def test_forced_colours_keep_what_is_pressed_visible(room: Class) -> None:
    (phone,) = room.join()
    phone.visit.page.emulate_media(forced_colors="active")
    room.lecturer.ask(CORPUS, QUERY)
    expect(phone.options).to_have_count(10)
    phone.options.nth(3).click()
    expect(phone.chosen).to_have_count(1)
    phone.visit.page.evaluate("document.activeElement.blur()")
    assert [outline(option) for option in phone.options.all()[2:5]] == ["none", "solid", "none"]
    room.lecturer.judge(CORPUS, QUERY)
    phone.card.locator("[data-grade='2']").click()
    grades = phone.screen.locator(".cl-cards > li").first.locator("[data-grade]")
    expect(grades.nth(2)).to_have_attribute("aria-pressed", "true")
    phone.visit.page.evaluate("document.activeElement.blur()")
    assert [outline(grade) for grade in grades.all()] == ["none", "none", "solid", "none"]
