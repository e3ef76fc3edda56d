"""What a lecturer alone can do with a class over plain HTTP, and the rest of HTTP at its addresses."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest

from tests.class_calls import QUESTION, Lecturer, Student, asked, counted
from ui.classroom.routes import FROM_HERE, NOT_YOURS, SECRET_HEADER


def test_two_windows_that_close_or_reveal_the_same_question_do_so_once(lecturer: Lecturer) -> None:
    lead, other = lecturer.follow(), lecturer.follow()
    keys = asked(lecturer, lead)
    student = Student(lecturer)
    screen = student.follow()
    student.answer(1, keys[0])
    assert lecturer.act("reveal", round=1).status == 409
    assert lecturer.act("again", round=1).status == 409
    for act, shown in (("close", "is closed"), ("reveal", "is revealed")):
        assert [lecturer.act(act, round=1).status for _ in range(2)] == [200, 409]
        for stream in (lead, other):
            stream.until_said(shown)
    before = screen.until(lambda said: "Your tally" in said["mine"]["tally"])
    for act in ("close", "reveal", "again"):
        for number in (1, 2, None, "x"):
            refused = lecturer.act(act, round=number)
            assert (refused.status, bool(refused.error)) == (409, True)
    assert student.follow().until(lambda said: "screen" in said) == before


@pytest.mark.parametrize("secret", [None, "", "wrong", "é", "x" * 5_000])
def test_nobody_leads_a_class_without_its_secret(lecturer: Lecturer, secret: str | None) -> None:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    stranger = Student(lecturer).browser
    for answer in (
        stranger.get(f"{lecturer.path}/lead", **headers),
        stranger.post(f"{lecturer.path}/act", {"act": "end"}, **headers),
        stranger.get(f"{lecturer.path}/judgements.zip", **headers),
    ):
        assert (answer.status, answer.error) == (403, NOT_YOURS)
    lecturer.follow().until(lambda shown: lecturer.code in shown["door"])


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"act": "nothing"}, 422),
        ({"act": ["ask"]}, 422),
        ({}, 422),
        ({"act": "ask", "corpus": "nowhere"}, 422),
        ({"act": "ask", "corpus": {"a": 1}}, 422),
        ({"act": "ask", "corpus": "own"}, 422),
        ({"act": "ask", "corpus": "broken"}, 422),
        ({"act": "ask", **QUESTION, "q": "x" * 5_000}, 422),
        ({"act": "ask", **QUESTION, "picks": 2}, 422),
        ({"act": "ask", **QUESTION, "picks": "9" * 4_000}, 422),
        ({"act": "ask", **QUESTION, "picks": True}, 422),
        ({"act": "ask", **QUESTION, "of": "<b>"}, 422),
        ({"act": "judge", **QUESTION, "depth": 10**4_000}, 422),
        ({"act": "step", "step": 0}, 422),
        ({"act": "step", "step": -1}, 422),
        ({"act": "close"}, 409),
        ({"act": "reveal", "round": {}}, 409),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_what_a_lecturer_can_not_do_gets_a_sentence_and_changes_nothing(
    lecturer: Lecturer, sent: dict[str, Any], status: int
) -> None:
    lead = lecturer.follow()
    before = lead.until(lambda shown: "stage" in shown)
    answer = lecturer.browser.post(f"{lecturer.path}/act", sent, **{SECRET_HEADER: lecturer.secret})
    assert (answer.status, bool(answer.error)) == (status, True)
    assert len(answer.error) < 400
    assert lecturer.follow().until(lambda shown: "stage" in shown) == before


def test_judgements_are_taken_home_by_the_lecturer_alone_and_only_what_was_revealed(lecturer: Lecturer) -> None:
    def download() -> Any:
        return lecturer.browser.get(f"{lecturer.path}/judgements.zip", **{SECRET_HEADER: lecturer.secret})

    student = Student(lecturer)
    screen = student.follow()
    lecturer.must("judge", **QUESTION, depth=3)
    shown = screen.until(lambda shown: shown["mine"].get("cards"))
    doc_id = shown["mine"]["cards"][0][0]
    for wrong, grade in ((doc_id, 4), (doc_id, True), (doc_id, "2"), (doc_id, None), ("sunk", 2), ([doc_id], 2)):
        assert student.grade(1, wrong, grade).status == 422
    assert student.grade(1, doc_id, 2).status == 200
    screen.until(lambda shown: shown["mine"]["grades"] == {doc_id: 2})
    assert (download().status, bool(download().error)) == (404, True)
    lecturer.must("close", round=1)
    lecturer.must("reveal", round=1)
    answer = download()
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        [qrels] = [name for name in archive.namelist() if name.endswith("test.tsv")]
        assert archive.read(qrels).decode().splitlines()[1:] == [f"class-1\t{doc_id}\t2"]


# The rest of HTTP


def test_files_and_pages_have_their_types_and_the_policy(lecturer: Lecturer) -> None:
    student = Student(lecturer)
    for path, status, kind in (
        ("/class", 200, "text/html"),
        (lecturer.path, 200, "text/html"),
        (f"{lecturer.path}/lecturer", 200, "text/html"),
        ("/class/nothing", 404, "text/html"),
        ("/class/files/class.css", 200, "text/css"),
        ("/class/files/stream.js", 200, "text/javascript"),
        ("/class/files/room.py", 404, "text/plain"),
        ("/class/files/..%2froom.py", 404, "text/plain"),
    ):
        answer = student.browser.get(path)
        assert (path, answer.status, answer.headers["content-type"]) == (path, status, f"{kind}; charset=utf-8")
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert (answer.headers["referrer-policy"], answer.headers["x-content-type-options"]) == (
            "no-referrer",
            "nosniff",
        )
        if kind == "text/html":
            # The policy lets no script run that stands in the page.
            assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|javascript:", answer.text)


def test_what_a_browser_keeps_is_for_this_class_alone_and_out_of_scripts_reach(lecturer: Lecturer) -> None:
    connection = lecturer.browser.connect()
    connection.request("GET", lecturer.path)
    answer = connection.getresponse()
    cookies = answer.headers.get_all("set-cookie") or []
    connection.close()
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"HttpOnly", f"Path={lecturer.path}", "SameSite=lax"} <= set(cookie.split("; "))
        assert lecturer.secret not in cookie
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/class", 200),
        ("HEAD", "/class/files/class.css", 200),
        ("HEAD", "/class/CODE", 200),
        ("HEAD", "/class/CODE/follow", 200),
        ("HEAD", "/class/CODE/lead", 200),
        ("OPTIONS", "/class", 405),
        ("OPTIONS", "/class/CODE", 405),
        ("OPTIONS", "/class/CODE/act", 404),
        ("PUT", "/class/CODE", 404),
        ("DELETE", "/class/CODE", 404),
        ("POST", "/class/CODE", 404),
        ("POST", "/class/CODE/lead", 404),
        ("POST", "/class/join", 404),
        ("GET", "/class/CODE/act", 404),
        ("GET", "/class/CODE/answer", 404),
        ("GET", "/class/CODE/nothing", 404),
        ("GET", "/class/CODE/", 404),
        ("GET", "/class/CODE/lead/more", 404),
    ],
)
def test_other_methods_and_places_are_not_there(lecturer: Lecturer, method: str, path: str, status: int) -> None:
    student = Student(lecturer)
    headers = {SECRET_HEADER: lecturer.secret}
    answer = student.browser.ask(method, path.replace("CODE", lecturer.code), headers=headers)
    assert (answer.status, "Traceback" in answer.text) == (status, False)
    assert "access-control-allow-origin" not in answer.headers
    # Nobody has come by it.
    assert counted(lecturer.follow().until(lambda shown: "counts" in shown), "joined") == 0


def test_another_sites_page_can_start_no_class_and_answer_in_nobodys_name(lecturer: Lecturer) -> None:
    student = Student(lecturer)
    for path in ("/class", f"{lecturer.path}/answer", f"{lecturer.path}/act"):
        headers = {"content-type": "text/plain", SECRET_HEADER: lecturer.secret}
        answer = student.browser.ask("POST", path, b"{}", headers)
        assert (answer.status, answer.error) == (403, FROM_HERE)
