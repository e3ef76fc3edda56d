"""The ways into a class over plain HTTP: who may do what, and the status and sentence of everything else."""

from __future__ import annotations

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.class_calls import ASKED, Browser, Following, Lecturer, Student, asked, counted, points
from tests.server import Server
from ui.classroom.codes import LENGTH, SYMBOLS
from ui.classroom.room import ANSWERS_AT_ONCE, NO_SEAT, NOTHING_OPEN, TOO_LATE
from ui.classroom.rooms import ENDED_BY_LECTURER, NO_CODE, STARTS_AT_ONCE, WRONG_AT_ONCE
from ui.classroom.routes import FROM_HERE, MOST_BODY_BYTES, SECRET_HEADER


def other_code(code: str, nth: int = 1) -> str:
    """A code that looks like one, and is not that one."""
    at = SYMBOLS.index(code[-1])
    return code[:-1] + SYMBOLS[(at + nth) % len(SYMBOLS)]


# Codes


@pytest.mark.parametrize("path", ["/class/join?code={}", "/class/{}"])
def test_what_is_no_code_is_404_on_a_page_that_keeps_what_was_typed(server: Server, path: str) -> None:
    answer = Browser(server.url).get(path.format("B7%22%3E%3Cb%3E"))
    assert answer.status == 404
    assert 'value="B7&#34;&gt;&lt;b&gt;"' in answer.text and "<b>" not in answer.text
    assert f'role="alert">{NO_CODE}<' in answer.text


def test_a_code_that_nobody_has_is_404_on_a_page_that_keeps_it_and_to_a_program_with_a_sentence(
    lecturer: Lecturer,
) -> None:
    code = other_code(lecturer.code)
    browser = Browser(lecturer.browser.url)
    page = browser.get(f"/class/{code}")
    assert (page.status, f'value="{code}"' in page.text, f"no class with the code {code}" in page.text) == (
        404,
        True,
        True,
    )
    assert "set-cookie" not in page.headers
    for answer in (browser.get(f"/class/{code}/follow"), browser.post(f"/class/{code}/answer", {"round": 1})):
        assert (answer.status, code in answer.error) == (404, True)


def test_a_code_may_be_typed_in_small_letters_and_with_gaps(lecturer: Lecturer) -> None:
    browser, code = Browser(lecturer.browser.url), lecturer.code
    typed = f"{code[:3].lower()}%20{code[3:].lower()}"
    joined = browser.get(f"/class/join?code={typed}")
    assert (joined.status, joined.headers["location"]) == (303, code)
    for path in (code.lower(), typed, f"{code[:3]}-{code[3:]}"):
        answer = browser.get(f"/class/{path}?key=a")
        assert (answer.status, answer.headers["location"]) == (303, f"{code}?key=a")
    assert browser.get(f"/class/{code}").status == 200


def test_a_class_that_is_over_says_so_on_its_page_and_to_programs(lecturer: Lecturer) -> None:
    student = Student(lecturer)
    lecturer.must("end")
    page = student.browser.get(lecturer.path)
    assert (page.status, ENDED_BY_LECTURER in page.text) == (410, True)
    for answer in (
        student.browser.get(f"{lecturer.path}/follow"),
        student.answer(1, "a"),
        lecturer.act("end"),
        lecturer.browser.get(f"{lecturer.path}/lead", **{SECRET_HEADER: lecturer.secret}),
    ):
        assert (answer.status, answer.error) == (410, ENDED_BY_LECTURER)


def test_wrong_codes_are_limited_by_address_and_links_and_whoever_is_in_the_class_are_not(lecturer: Lecturer) -> None:
    lead = lecturer.follow()
    key = lecturer.key(lead)
    guesser = Browser(lecturer.browser.url)
    seated = Student(lecturer, guesser.address)
    statuses = [guesser.get(f"/class/{other_code(lecturer.code, n % 20 + 1)}/follow").status for n in range(25)]
    assert statuses[:WRONG_AT_ONCE] == [404] * WRONG_AT_ONCE
    assert 429 in statuses[WRONG_AT_ONCE:]
    # The right code is not even looked up now.
    newcomer = Browser(lecturer.browser.url, guesser.address)
    for refused in (newcomer.get(lecturer.path), newcomer.get(f"{lecturer.path}?key=guessed")):
        assert (refused.status, 'role="alert"' in refused.text, "set-cookie" in refused.headers) == (429, True, False)
    assert newcomer.get(f"{lecturer.path}/follow").status == 429
    # Who comes by the link is no guesser, nor is who has a seat, or leads; nor anybody at another address.
    assert newcomer.get(f"{lecturer.path}?key={key}").status == 200
    Following(newcomer, f"{lecturer.path}/follow").cut()
    assert seated.browser.get(lecturer.path).status == 200
    seated.follow().cut()
    leading = Browser(lecturer.browser.url, guesser.address)
    acted = leading.post(f"{lecturer.path}/act", {"act": "close", "round": 7}, **{SECRET_HEADER: lecturer.secret})
    assert acted.status == 409
    assert Browser(lecturer.browser.url).get(lecturer.path).status == 200


def test_codes_are_of_the_symbols_that_can_be_read_out_and_none_comes_twice(server: Server) -> None:
    browser = Browser(server.url)
    made = []
    # While they are started, time gives some more back.
    while (answer := browser.post("/class", {})).status == 200:
        made.append(json.loads(answer.body))
        assert len(made) < 2 * STARTS_AT_ONCE
    assert len(made) >= STARTS_AT_ONCE
    assert len({each["code"] for each in made}) == len({each["secret"] for each in made}) == len(made)
    assert all(re.fullmatch(rf"[A-P][{SYMBOLS}]{{{LENGTH - 1}}}", each["code"]) for each in made)
    assert (answer.status, "seconds" in answer.error) == (429, True)
    for each in made:
        browser.post(f"/class/{each['code']}/act", {"act": "end"}, **{SECRET_HEADER: each["secret"]})


# Answers


def test_a_second_answer_takes_the_place_of_the_first_and_a_late_one_is_409(lecturer: Lecturer) -> None:
    lead = lecturer.follow()
    keys = asked(lecturer, lead)
    students = [Student(lecturer) for _ in range(2)]
    streams = [student.follow() for student in students]
    for student in students:
        assert student.answer(1, keys[0]).status == 200
    assert students[0].answer(1, keys[1]).status == 200
    assert streams[0].until(lambda shown: shown["mine"].get("answer") == [keys[1]])
    lead.until(lambda shown: counted(shown, "answered") == 2)
    lecturer.must("close", round=1)
    late = students[0].answer(1, keys[2])
    assert (late.status, late.error) == (409, TOO_LATE)
    lecturer.must("reveal", round=1)
    # Each counts once, and what was said first or late does not.
    shown = lead.until(lambda shown: "cl-outcome" in shown["stage"])
    assert points(shown) == {keys[0]: 1, keys[1]: 1}
    for number in (1, 2, 0, None, "1", [1]):
        assert students[1].answer(number, keys[0]).status == 409


def test_nothing_is_asked_yet_so_an_answer_is_409(lecturer: Lecturer) -> None:
    student = Student(lecturer)
    assert (student.answer(1, "a").status, student.answer(1, "a").error) == (403, NO_SEAT)
    student.follow().until(lambda shown: "screen" in shown)
    answer = student.answer(1, "a")
    assert (answer.status, answer.error) == (409, NOTHING_OPEN)


def test_a_browser_that_never_joined_has_no_voice(lecturer: Lecturer) -> None:
    lead = lecturer.follow()
    keys = asked(lecturer, lead)
    stranger = Browser(lecturer.browser.url)
    for cookies in ({}, {"searchcore_seat": "x"}, {"searchcore_seat": "made-up-by-somebody"}):
        stranger.cookies = {"/": cookies} if cookies else {}
        answer = stranger.post(f"{lecturer.path}/answer", {"round": 1, "answer": keys[:1]})
        assert (answer.status, answer.error) == (403, NO_SEAT)
    stranger.cookies = {}
    followed = stranger.get(f"{lecturer.path}/follow")
    assert (followed.status, followed.error) == (403, NO_SEAT)
    assert counted(lead.until(lambda shown: "counts" in shown), "answered") == 0


@pytest.mark.parametrize(
    "answer",
    [
        ["nobody's"],
        ["<img src=x onerror=alert(1)>"],
        ["\ud800"],
        ["KEY", "KEY"],
        ["KEY", "OTHER"],
        [],
        "KEY",
        None,
        7,
        [7],
        [None],
        [["KEY"]],
        {"KEY": 1},
        ["x" * 5_000],
    ],
)
def test_an_answer_that_is_none_gets_a_sentence_and_does_not_count(lecturer: Lecturer, answer: Any) -> None:
    lead = lecturer.follow()
    keys = asked(lecturer, lead)
    student = Student(lecturer)
    student.follow()
    known = json.dumps(answer).replace("KEY", keys[0]).replace("OTHER", keys[1])
    refused = student.browser.post(f"{lecturer.path}/answer", {"round": 1, "answer": json.loads(known)})
    assert (refused.status, refused.error.startswith("answer ")) == (422, True)
    assert len(refused.error) < 200
    assert student.answer(1, keys[0]).status == 200
    assert counted(lead.until(lambda shown: counted(shown, "answered")), "answered") == 1


HOSTILE = [
    (b"", 409),
    (b"{}", 409),
    (b"[]", 422),
    (b"null", 422),
    (b"7", 422),
    (b"{", 422),
    (b"\xff\xfe{}", 422),
    (b"a=b&c=d", 422),
    (b"[" * 15_000, 422),
    (b'{"round": ' + b"1" * 9_000 + b"}", 422),
    (b'{"round": NaN, "grade": Infinity, "doc": {}}', 409),
    (b'{"round": 1, "grade": 3, "doc": []}', 422),
    (b'{"round": 1, "more": {}}', 200),
    (b'{"round": true, "answer": {"__proto__": 1}}', 422),
    (b"{" + b" " * MOST_BODY_BYTES + b"}", 422),
]


@pytest.mark.parametrize(("body", "status"), HOSTILE, ids=lambda value: repr(value)[:30])
def test_a_body_that_the_page_could_not_have_sent_gets_a_sentence(lecturer: Lecturer, body: bytes, status: int) -> None:
    lead = lecturer.follow()
    asked(lecturer, lead)
    student = Student(lecturer)
    student.follow()
    answer = student.browser.ask("POST", f"{lecturer.path}/answer", body, ASKED)
    assert answer.status == status
    assert status == 200 or (answer.error and len(answer.error) < 200)
    assert student.browser.ask("POST", f"{lecturer.path}/answer", body).error == FROM_HERE


def test_whoever_breaks_off_while_sending_leaves_no_trace_in_the_log(server: Server, lecturer: Lecturer) -> None:
    student = Student(lecturer)
    logged = server.log.stat().st_size
    connection = student.browser.connect()
    connection.connect()
    head = f"POST {lecturer.path}/answer HTTP/1.1\r\nHost: a\r\nX-Class: 1\r\nContent-Length: 100\r\n\r\n{{"
    connection.sock.sendall(head.encode())
    connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()
    # What comes after it is answered after it.
    assert [student.answer(1, "a").status for _ in range(3)] == [403] * 3
    assert b"Traceback" not in server.log.read_bytes()[logged:]


def test_a_flood_from_one_browser_is_429_while_anothers_answer_counts(lecturer: Lecturer) -> None:
    lead = lecturer.follow()
    keys = asked(lecturer, lead)
    flooding, other = Student(lecturer), Student(lecturer)
    streams = [flooding.follow(), other.follow()]
    with ThreadPoolExecutor(ANSWERS_AT_ONCE) as hands:
        answers = list(hands.map(lambda n: flooding.answer(1, keys[n % 2]).status, range(ANSWERS_AT_ONCE * 8)))
    assert set(answers) == {200, 429}
    assert answers.count(200) >= ANSWERS_AT_ONCE
    assert other.answer(1, keys[2]).status == 200
    assert streams[1].until(lambda shown: shown["mine"]["answer"] == [keys[2]])
    lead.until(lambda shown: counted(shown, "answered") == 2)
