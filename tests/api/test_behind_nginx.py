"""The page of one process behind a real nginx: nothing is held back, believed, bounded otherwise or written down."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.class_calls import Browser, Lecturer, Student, counted, options
from tests.gated import PATIENCE, Gated, scoring_line, serve_gated, until_withdrawn
from tests.nginx import nginx_with
from tests.server import Server, free_ports
from ui import callers
from ui.address import Address
from ui.callers import Visit
from ui.classroom.rooms import ENDED_BY_LECTURER
from ui.nginx import AWAY, configuration
from ui.workers import HERE, Worker


@dataclass(frozen=True, slots=True)
class Behind:
    """nginx, its folder, and process b behind it; process a is not there."""

    server: Server
    port: int
    folder: Path
    gated: Gated


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """The encoder runs, the scorer waits."""
    port, folder = free_ports(3), tmp_path_factory.mktemp("nginx")
    workers = (Worker("a", port + 1), Worker("b", port + 2))
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("SEARCHCORE_PROXY", HERE)
        gated = serve_gated(port=workers[1].port, worker="b")
    assert gated.encoder.gate is not None
    gated.encoder.gate.set()
    try:
        with nginx_with(configuration(Address(HERE, port), workers), port, folder):
            yield Behind(Server(f"http://{HERE}:{port}", Path()), port, folder, gated)
    finally:
        gated.close()


@pytest.fixture
def scoring(behind: Behind) -> Gated:
    """Its scorer waits, and has nothing to do yet."""
    behind.gated.open_gates()
    line = scoring_line(behind.gated)
    with line._changed:
        assert line._changed.wait_for(lambda: not line._places, PATIENCE)
    behind.gated.hold_scorer()
    return behind.gated


def asked(behind: Behind, query: str, session: str = "") -> str:
    """A search is asked that nobody has asked yet; the event's id."""
    body: dict[str, Any] = {"data": ["films", query]} | ({"session_hash": session} if session else {})
    event: str = json.loads(behind.server.post("/gradio_api/call/search", json.dumps(body).encode())[1])["event_id"]
    return event


def stream(behind: Behind, path: str) -> socket.socket:
    """A connection on which the answer begins to come."""
    connection = socket.create_connection((HERE, behind.port), timeout=PATIENCE)
    connection.sendall(f"GET /gradio_api/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def test_the_first_column_comes_while_the_second_is_worked_out(behind: Behind, scoring: Gated) -> None:
    event = asked(behind, "whale")
    connection = HTTPConnection(HERE, behind.port, timeout=PATIENCE)
    connection.request("GET", f"/gradio_api/call/search/{event}")
    answer = connection.getresponse()
    assert answer.readline() == b"event: generating\n"
    assert list(json.loads(answer.readline().removeprefix(b"data: "))[0]["rankings"]) == ["bi_encoder"]
    scoring.open_gates()
    assert b"event: complete" in answer.read()
    connection.close()


@pytest.mark.parametrize("reads", ["call/search/{event}", "queue/data?session_hash=page"])
def test_a_client_that_leaves_is_noticed(
    behind: Behind, scoring: Gated, reads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "REOPEN_SECONDS", 0.5)
    event = asked(behind, reads, "page" if "page" in reads else "")
    connection = stream(behind, reads.format(event=event))
    assert scoring.scorer.started.wait(PATIENCE)
    connection.close()
    until_withdrawn(scoring)


def test_the_caller_is_whoever_asks_nginx_whatever_they_claim(behind: Behind, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, noted = [], threading.Semaphore(0)
    caller = Visit.caller

    def note(visit: Visit) -> Any:
        seen.append(visit.address)
        noted.release()
        return caller.fget(visit)

    monkeypatch.setattr(Visit, "caller", property(note))
    behind.gated.open_gates()
    for i in (2, 3):
        connection = HTTPConnection(HERE, behind.port, timeout=PATIENCE, source_address=(f"127.0.0.{i}", 0))
        headers = {"content-type": "application/json", "x-forwarded-for": "203.0.113.9"}
        connection.request("POST", "/gradio_api/call/rerank", json.dumps({"data": ["whale", ["one"]]}), headers)
        assert connection.getresponse().status == 200
        connection.close()
        assert noted.acquire(timeout=PATIENCE)
        assert set(seen[i - 2 :]) == {f"127.0.0.{i}"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/gradio_api/queue/join", (413, '{"error":"A request may bring at most 8,000,000 bytes here."}')),
        ("/gradio_api/call/search", (413, '{"error":"A request may bring at most 25,000,000 bytes here."}')),
        ("/own", (413, '{"error":"A file may have at most 5,000,000 bytes; please give a smaller one."}')),
        ("/gradio_api/upload", (404, "There is nothing at this address.")),
    ],
)
def test_what_is_too_long_gets_the_sentence_that_it_gets_without_nginx(
    behind: Behind, path: str, said: tuple[int, str]
) -> None:
    body, headers = b"a" * 26_000_000, {"content-type": "application/json", "x-own-secret": ""}
    assert behind.server.sent(path, body, headers) == said
    assert not list((behind.folder / "body").iterdir())  # a file of one's own never lies on a disk


@pytest.mark.parametrize("characters", [19_000, 3_000_000])
def test_a_long_address_opens_the_page(behind: Behind, characters: int) -> None:
    connection = HTTPConnection(HERE, behind.port, timeout=PATIENCE)
    connection.request("GET", f"/?corpus=films&q={'a' * characters}")
    answer = connection.getresponse()
    expected = (200, None) if characters < 20_000 else (303, "?corpus=films&without=q")
    assert (answer.status, answer.getheader("location")) == expected
    connection.close()


@pytest.mark.parametrize(
    ("proto", "where"),
    [("", "SameSite=Lax"), ("https", "SameSite=None; Secure; Partitioned"), ("gopher", "SameSite=Lax")],
)
def test_the_cookie_works_inside_another_sites_page_where_that_can_be(behind: Behind, proto: str, where: str) -> None:
    connection = HTTPConnection(HERE, behind.port, timeout=PATIENCE)
    connection.request("GET", "/", headers={"x-forwarded-proto": proto, "cookie": "searchcore_worker=a; other=b"})
    answer = connection.getresponse()
    # It names the process that answers, where the one that was asked for is not there.
    assert answer.getheader("set-cookie") == f"searchcore_worker=b; Path=/; HttpOnly; {where}"
    answer.read()
    connection.request("GET", "/", headers={"cookie": "other=b; searchcore_worker=b"})
    assert connection.getresponse().getheader("set-cookie") is None
    connection.close()


def test_files_that_all_may_keep_set_no_cookie(behind: Behind) -> None:
    page = behind.server.get("/")[2]
    path = re.findall(r"/assets/[\w./-]+\.js", page)[0]
    status, headers, _ = behind.server.get(path)
    assert (status, headers["cache-control"], headers.get("set-cookie")) == (
        200,
        "public, max-age=31536000, immutable",
        None,
    )


def test_screens_of_a_class_hear_at_once_what_is_new_and_a_phone_that_leaves_is_noticed(behind: Behind) -> None:
    behind.gated.open_gates()
    lecturer = Lecturer(behind.server.url)
    lead, student = lecturer.follow(), Student(lecturer)
    screen = student.follow()
    lead.until(lambda shown: counted(shown, "joined") == 1)
    lecturer.must("ask", corpus="films", q="whale", k="5")
    assert student.answer(1, options(screen.until(options))[0]).status == 200
    lead.until(lambda shown: counted(shown, "answered") == 1)
    screen.cut()
    lead.until(lambda shown: counted(shown, "joined") == 0)
    lecturer.must("end")
    assert lead.until_ended()["said"] == ENDED_BY_LECTURER


@pytest.mark.parametrize(
    ("path", "cookie", "told"),
    [
        ("/class/A23456", "", "b"),
        ("/class/A23456", "searchcore_worker=a", None),
        ("/class/files/stream.js", "searchcore_worker=a", None),
        ("/class", "searchcore_worker=a", "b"),
        ("/classes", "searchcore_worker=a", "b"),
    ],
)
def test_an_answer_of_a_class_names_its_process_only_to_a_browser_that_has_none(
    behind: Behind, path: str, cookie: str, told: str | None
) -> None:
    answer = Browser(behind.server.url).get(path, cookie=cookie)
    named = re.match(r"searchcore_worker=(\w);", answer.headers.get("set-cookie", ""))
    assert (named[1] if named else None) == told


def test_nothing_that_is_asked_stands_in_a_log_of_nginx(behind: Behind) -> None:
    assert behind.server.get("/?corpus=films&q=my+own+words")[0] == 200
    logs = [(behind.folder / name).read_text("utf-8") for name in ("access.log", "error.log", "said")]
    assert logs == ["", "", ""]


def test_where_no_process_is_there_it_is_said(tmp_path: Path) -> None:
    port = free_ports(3)
    workers = (Worker("a", port + 1), Worker("b", port + 2))
    with nginx_with(configuration(Address(HERE, port), workers), port, tmp_path):
        assert Server(f"http://{HERE}:{port}", Path()).get("/?q=words")[::2] == (503, AWAY)
    assert (tmp_path / "error.log").read_text("utf-8") == ""
