"""One lecturer and three students in real browsers: whole rounds of prediction, and of a step of the lesson."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.classroom import Class, Lecturer, Phone, class_of
from tests.planets import DOCS
from tests.server import Server
from ui.classroom import words
from ui.predict.scored import AT_TEN

CORPUS, QUERY = "planets", "planet that is not near the Sun"
# Both models have the same document first.
AGREED, FIRST, LAST = "Which planet has rings?", "saturn", "sun"
STEP = 2
# All of the lecturer's screen but what counts and what can be done.
SHOWN = """part => [...part.querySelectorAll("[data-part]:not([data-part=counts], [data-part=acts])")]
  .map(each => each.innerHTML)"""
MODELS = ("bi_encoder", "cross_encoder")


@pytest.fixture(scope="module")
def room(browser: Browser, server: Server) -> Iterator[Class]:
    """One class for all tests here, each of which asks a question of its own."""
    with class_of(browser, server) as made:
        yield made


@pytest.fixture
def lecturer(room: Class) -> Lecturer:
    return room.lecturer


@pytest.fixture
def phones(room: Class) -> list[Phone]:
    return room.phones


@pytest.fixture(scope="module")
def rankings(server: Server) -> dict[str, list[str]]:
    """What the models say of the query, by a search that the class knows nothing of."""
    found = server.call("search", CORPUS, QUERY, 10, None, None, None)["rankings"]
    return {key: [hit["doc_id"] for hit in found[key]["hits"]] for key in MODELS}


def wait_for_question(phones: list[Phone], query: str = QUERY) -> None:
    for phone in phones:
        expect(phone.screen.locator(".cl-asked")).to_contain_text(query)
        expect(phone.options).to_have_count(len(DOCS))
        expect(phone.chosen).to_have_count(0)


def answer(phones: list[Phone], *answers: str) -> None:
    for phone, said in zip(phones, answers, strict=True):
        phone.answer(said)


def test_students_join_by_code_in_any_writing_and_by_link_without_a_name(room: Class) -> None:
    lecturer, before = room.lecturer, len(room.phones)
    code, link = lecturer.code, lecturer.link("students")
    assert code in link
    room.phones += [
        room.make_phone().join(f" {code[:3]} {code[3:]} ".lower()),
        room.make_phone().follow(link),
    ]
    lecturer.has("joined", before + 2)
    for phone in room.phones[before:]:
        expect(phone.screen).to_contain_text(words.WAITING)
        expect(phone.visit.page.locator("input")).to_have_count(0)
        phone.visit.page.goto("about:blank")
    lecturer.has("joined", before)
    del room.phones[before:]


def test_a_question_comes_to_every_phone_by_itself_and_answers_are_counted(
    lecturer: Lecturer, phones: list[Phone], rankings: dict[str, list[str]]
) -> None:
    lecturer.ask(CORPUS, QUERY)
    wait_for_question(phones)
    lecturer.has("answered", 0)
    for number, phone in enumerate(phones, start=1):
        keys = [item.get_attribute("data-key") for item in phone.screen.locator("[data-key]").all()]
        assert keys == rankings["bi_encoder"]
        phone.answer("mars")
        lecturer.has("answered", number)
    lecturer.has("joined", len(phones))


def test_what_was_answered_is_nowhere_on_the_lecturers_screen_before_the_reveal(
    lecturer: Lecturer, phones: list[Phone]
) -> None:
    lecturer.ask(CORPUS, QUERY)
    lecturer.has("answered", 0)
    before = lecturer.room.evaluate(SHOWN)
    answer(phones, "neptune", "sun", "sun")
    lecturer.has("answered", 3)
    assert lecturer.room.evaluate(SHOWN) == before
    lecturer.close()
    assert lecturer.room.evaluate(SHOWN) == before
    lecturer.reveal()
    assert lecturer.room.evaluate(SHOWN) != before
    assert list(lecturer.points) == ["sun", "neptune"]


def test_an_answer_can_be_changed_until_the_question_is_closed(lecturer: Lecturer, phones: list[Phone]) -> None:
    lecturer.ask(CORPUS, QUERY)
    wait_for_question(phones)
    one, *others = phones
    for key in ("sun", "mars", "pluto"):
        one.answer(key)
        assert one.answered == [key]
    answer(others, "pluto", "pluto")
    lecturer.has("answered", 3)  # each counts once
    lecturer.close()
    for phone in phones:
        expect(phone.options).to_have_count(0)
        expect(phone.yours).to_contain_text(DOCS["pluto"][:10])
    lecturer.reveal()
    assert list(lecturer.points) == ["pluto"]


def test_after_a_discussion_the_first_answer_is_offered_and_what_moved_is_said(
    lecturer: Lecturer, phones: list[Phone], rankings: dict[str, list[str]]
) -> None:
    right, wrong = rankings["cross_encoder"][0], rankings["cross_encoder"][-1]
    lecturer.ask(CORPUS, QUERY)
    wait_for_question(phones)
    answer(phones, right, wrong, wrong)
    lecturer.close()
    lecturer.vote_again()
    lecturer.has("answered", 0)
    for phone, kept in zip(phones, (right, wrong, wrong), strict=True):
        expect(phone.chosen).to_have_count(1)
        assert phone.answered == [kept]
    for phone in (phones[0], phones[1]):
        phone.keeps.click()
        expect(phone.keeps).to_be_hidden()
    lecturer.has("answered", 2)
    phones[2].answer(right)
    expect(phones[2].keeps).to_be_hidden()
    lecturer.has("answered", 3)
    lecturer.close()
    lecturer.reveal()
    expect(lecturer.stage.locator(".cl-outcome")).to_contain_text("1 of 3 who answered twice")
    assert list(lecturer.points) == [right, wrong]
    rows = lecturer.chart.locator("table tr").filter(has=lecturer.visit.page.locator("th:text-matches('^[0-9]+[ab]$')"))
    assert [row.locator("td").first.text_content() for row in rows.all()[-2:]] == [
        words.out_of(1, 3),
        words.out_of(2, 3),
    ]


def test_the_reveal_has_the_class_beside_both_rankings_by_the_same_measure(
    lecturer: Lecturer, phones: list[Phone], rankings: dict[str, list[str]]
) -> None:
    lecturer.ask(CORPUS, QUERY, picks=3)
    wait_for_question(phones)
    phones[0].answer("neptune", "uranus", "pluto")
    phones[1].answer("neptune", "uranus")
    phones[2].answer("sun")
    lecturer.close()
    lecturer.reveal()
    assert list(lecturer.points.items()) == [("neptune", 6), ("uranus", 4), ("sun", 3), ("pluto", 1)]
    assert sorted(lecturer.documents("students")) == sorted(DOCS)
    assert {key: lecturer.documents(key) for key in MODELS} == rankings
    said = lecturer.stage.locator(".cl-outcome").inner_text()
    values = dict(re.findall(r"(the class|bi-encoder|cross-encoder) (\d?\.\d\d)", said))
    assert AT_TEN in said and set(values) == {"the class", "bi-encoder", "cross-encoder"}
    assert float(values["the class"]) > float(values["bi-encoder"])  # which has the Sun first
    expect(lecturer.stage).to_contain_text(words.BORDA.format(picks=3, points="points"))
    expect(lecturer.said).to_contain_text(said)


def test_each_phone_shows_what_came_of_its_own_answer_and_keeps_a_tally(
    lecturer: Lecturer, phones: list[Phone]
) -> None:
    tallies = []
    for said in ((FIRST, LAST), (LAST, FIRST)):
        lecturer.ask(CORPUS, AGREED)
        wait_for_question(phones, AGREED)
        answer(phones[:2], *said)
        lecturer.close()
        lecturer.reveal()
        for phone, key in zip(phones, said, strict=False):
            expect(phone.yours).to_contain_text(DOCS[key][:10])
            expect(phone.yours.locator("b")).to_have_count(int(key == FIRST))  # "right"
        expect(phones[2].yours).to_contain_text("You gave no answer")
        tallies.append([_tally(phone) for phone in phones[:2]])
        places = phones[0].screen.locator("tbody tr")
        assert [row.locator("td").first.inner_text() for row in places.all()] == [str(n) for n in range(1, 11)]
    more = [(now[0] - was[0], now[1] - was[1]) for was, now in zip(*tallies, strict=True)]
    assert more == [(1, 0), (1, 1)]


def _tally(phone: Phone) -> tuple[int, int]:
    """So many questions answered, so many right."""
    expect(phone.tally).to_be_visible()
    answered, right = re.findall(r"\d+", phone.tally.inner_text())[:2]
    return int(answered), int(right)


def test_a_step_of_the_lesson_is_asked_and_the_reveal_marks_what_is_right(
    lecturer: Lecturer, phones: list[Phone]
) -> None:
    lecturer.ask_step(STEP)
    for key, phone in enumerate(phones, start=1):
        expect(phone.options).to_have_count(len(phones))
        phone.answer(str(key))
    expect(lecturer.stage.locator(".cl-right")).to_have_count(0)
    lecturer.close()
    lecturer.reveal()
    bars = lecturer.stage.locator(".cl-bar")
    expect(bars.locator(".cl-number")).to_have_text(["1 answer"] * len(phones))
    right = [at for at, bar in enumerate(bars.all()) if "cl-right" in str(bar.get_attribute("class"))]
    assert len(right) == 1
    expect(bars.nth(right[0])).to_contain_text("right")
    for at, phone in enumerate(phones):
        expect(phone.screen.locator(".cl-right")).to_have_count(1)
        expect(phone.yours.locator("b")).to_have_count(int(at in right))
    expect(lecturer.stage.locator(".cl-view svg, .cl-view table, .cl-view .ss-strip").first).to_be_visible()
