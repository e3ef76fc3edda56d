"""A class over models that wait for the test: what is overtaken, and a corpus of the lecturer's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.class_calls import Answer, Browser, Lecturer, Student, counted, options
from tests.gated import PATIENCE, Gated
from ui.classroom import lecturer as screens
from ui.classroom.room import GONE_ON, Room
from ui.classroom.rooms import ENDED_BY_LECTURER
from ui.classroom.routes import SECRET_HEADER

LINES = b"a secret line about whales\nanother one about whales\nwhales in a third one"


@pytest.fixture
def lecturer(gated: Gated) -> Iterator[Lecturer]:
    leading = Lecturer(gated.url)
    yield leading
    gated.open_gates()
    leading.act("end")


@pytest.mark.parametrize("overtaken_by", ["ask", "again", "end"])
def test_a_reveal_that_is_overtaken_says_so_and_leaves_no_trace(
    gated: Gated, lecturer: Lecturer, caplog: pytest.LogCaptureFixture, overtaken_by: str
) -> None:
    student = Student(lecturer)
    screen = student.follow()
    gated.hold_scorer()
    # A query that no test before has asked.
    lecturer.must("ask", corpus="films", q=f"whale {overtaken_by}", k="5")
    assert screen.until(options) and gated.scorer.started.wait(PATIENCE)
    lecturer.must("close", round=1)
    with ThreadPoolExecutor(1) as pool:
        revealing = pool.submit(lecturer.act, "reveal", round=1)
        # It waits for the scorer: others go by.
        assert lecturer.act("nothing").status == 422
        if overtaken_by == "ask":
            lecturer.must("ask", corpus="letters", q="alpha", k="5")
        elif overtaken_by == "again":
            # What is revealed then would be the votes before the discussion.
            lecturer.must("again", round=1)
            lecturer.must("close", round=1)
            gated.open_gates()
        else:
            lecturer.must("end")
        answer: Answer = revealing.result(PATIENCE)
    expected = {"ask": (409, GONE_ON), "again": (409, GONE_ON), "end": (410, ENDED_BY_LECTURER)}
    assert (answer.status, answer.error) == expected[overtaken_by]
    assert caplog.records == []
    if overtaken_by == "ask":
        shown = screen.until(lambda shown: "alpha" in shown["screen"])
        assert options(shown) and "whale" not in shown["screen"]


def test_a_question_that_is_ready_after_the_end_is_asked_nobody(gated: Gated, lecturer: Lecturer) -> None:
    gated.hold_scorer()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(lecturer.act, "judge", corpus="films", q="whale late", k="5", depth=3)
        assert gated.scorer.started.wait(PATIENCE)
        again = lecturer.act("ask", corpus="letters", q="alpha", k="5")
        assert (again.status, bool(again.error)) == (503, True)
        lecturer.must("end")
        gated.open_gates()
        answer: Answer = asking.result(PATIENCE)
    assert (answer.status, answer.error) == (410, ENDED_BY_LECTURER)


def test_a_class_can_be_asked_about_the_lecturers_own_corpus_and_nobody_else_can(
    gated: Gated, lecturer: Lecturer
) -> None:
    gated.open_gates()
    given = Browser(gated.url).ask("POST", "/own", LINES, {"x-own-secret": "", "x-file-name": "lines.txt"})
    secret = json.loads(given.body)["secret"]
    own = gated.site.own.of(secret)
    assert own is not None
    own.use()
    sent = {"act": "ask", "corpus": "own", "q": "whales", "k": "5"}
    for wrong in ({}, {"x-own-secret": secret[:-1]}, {"x-own-secret": "é"}):
        answer = lecturer.browser.post(f"{lecturer.path}/act", sent, **{SECRET_HEADER: lecturer.secret}, **wrong)
        assert (answer.status, answer.error.startswith("There is no corpus of your own")) == (422, True)
    student = Student(lecturer)
    screen = student.follow()
    knowing = {SECRET_HEADER: lecturer.secret, "x-own-secret": secret}
    assert lecturer.browser.post(f"{lecturer.path}/act", sent, **knowing).status == 200
    shown = screen.until(options)
    assert "a secret line about whales" in shown["screen"]
    student.answer(1, options(shown)[0])
    for act in ("close", "reveal"):
        lecturer.must(act, round=1)
    screen.until(lambda shown: "cl-places" in shown["screen"])
    # Its secret is the lecturer's alone.
    assert secret not in screen.raw.decode()


def test_an_answer_draws_nothing_of_the_lecturers_screen_anew_but_what_it_changes(
    gated: Gated, lecturer: Lecturer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated.open_gates()
    drawn: list[int] = []
    draw = screens.screen

    def noting(room: Room, desk: screens.Desk) -> dict[str, str]:
        drawn.append(room.version)
        return draw(room, desk)

    monkeypatch.setattr(screens, "screen", noting)
    lead = [lecturer.follow(), lecturer.follow()]
    students = [Student(lecturer) for _ in range(3)]
    phones = [student.follow() for student in students]
    lecturer.must("ask", corpus="films", q="whale", k="5")
    keys = [options(phone.until(options)) for phone in phones]
    for student in students:
        assert student.answer(1, keys[0][0]).status == 200
    for each in lead:
        each.until(lambda shown: (counted(shown, "joined"), counted(shown, "answered")) == (3, 3))
    for act in ("close", "reveal"):
        lecturer.must(act, round=1)
    lecturer.must("judge", corpus="films", q="whale", k="5", depth=3)
    doc_id = phones[0].until(lambda shown: shown["mine"].get("cards"))["mine"]["cards"][0][0]
    assert students[0].grade(2, doc_id, 3).status == 200
    for each in lead:
        each.until(lambda shown: "1 judgement so far" in shown["stage"] and counted(shown, "answered") == 1)
    # However many windows there are, each version is drawn once.
    assert len(drawn) == len(set(drawn))
