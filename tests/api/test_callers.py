"""Who asks over HTTP, whose turn it is, and what ends when they are gone. Over models that wait for the test."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import pytest

from tests.gated import PATIENCE, Gated, scoring_line, serve_gated, until_withdrawn
from ui import callers

ANSWER_SECONDS = 60.0


@pytest.fixture
def gated() -> Iterator[Gated]:
    """A server whose encoder runs and whose scorer waits."""
    running = serve_gated()
    assert running.encoder.gate is not None
    running.encoder.gate.set()
    yield running
    running.close()


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Released each time the server notices that a client has left."""
    noticed, leave = threading.Semaphore(0), callers.Visit.leave

    def leave_and_tell(visit: callers.Visit) -> None:
        leave(visit)
        noticed.release()

    monkeypatch.setattr(callers.Visit, "leave", leave_and_tell)
    return noticed


def post(gated: Gated, endpoint: str, arguments: list[Any], **more: Any) -> str:
    """Ask for something without reading it; the event's id."""
    body = json.dumps({"data": arguments, **more}).encode()
    request = urllib.request.Request(
        f"{gated.url}/gradio_api/call/{endpoint}", body, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
        event: str = json.loads(answer.read())["event_id"]
        return event


def read(gated: Gated, endpoint: str, event: str) -> str:
    """The whole answer."""
    url = f"{gated.url}/gradio_api/call/{endpoint}/{event}"
    with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:
        text: str = answer.read().decode()
        return text


def stream(gated: Gated, path: str) -> socket.socket:
    """A connection on which the answer begins to come."""
    connection = socket.create_connection(("127.0.0.1", gated.port), timeout=ANSWER_SECONDS)
    connection.sendall(f"GET /gradio_api/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def until_waiting(gated: Gated, count: int) -> None:
    """Until so many jobs are in the scorer's line."""
    line = scoring_line(gated)
    with line._changed:
        assert line._changed.wait_for(lambda: len(line._places) == count, PATIENCE)


CALLS = {
    "search": ["films", "whale", 20, None, None, None],
    "rerank": ["whale", ["one", "two", "three", "four"]],
    "evaluate": ["films", 5, None, "retrieved"],
}


@pytest.mark.parametrize("endpoint", CALLS)
def test_a_client_that_disconnects_has_left_and_its_unread_pairs_are_withdrawn(
    gated: Gated, left: threading.Semaphore, endpoint: str
) -> None:
    connection = stream(gated, f"call/{endpoint}/{post(gated, endpoint, CALLS[endpoint])}")
    assert gated.scorer.started.wait(PATIENCE)
    connection.close()
    assert left.acquire(timeout=PATIENCE)
    until_withdrawn(gated)
    gated.open_gates()
    gated.engine.rerank("after", ["that"])  # waits in the same line
    assert [query for query, _ in gated.scorer.pairs] == [gated.scorer.pairs[0][0], "after"]


def test_a_page_that_is_closed_has_left_and_its_unread_pairs_are_withdrawn(
    gated: Gated, left: threading.Semaphore
) -> None:
    post(gated, "search", CALLS["search"], session_hash="page")
    connection = stream(gated, "queue/data?session_hash=page")
    assert gated.scorer.started.wait(PATIENCE)
    connection.close()
    assert left.acquire(timeout=PATIENCE)
    until_withdrawn(gated)


def test_a_stream_that_a_page_opens_again_at_once_is_no_leaving(
    gated: Gated, left: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, unless_reopened = threading.Semaphore(0), callers.Callers._unless_reopened

    def noted(self: callers.Callers, posted: list[callers.Visit]) -> None:
        unless_reopened(self, posted)
        looked.release()

    monkeypatch.setattr(callers.Callers, "_unless_reopened", noted)
    post(gated, "search", CALLS["search"], session_hash="page")
    connections = [stream(gated, "queue/data?session_hash=page") for _ in range(2)]
    assert gated.scorer.started.wait(PATIENCE)
    connections[0].close()
    assert looked.acquire(timeout=PATIENCE)
    assert not left.acquire(blocking=False)
    connections[1].close()
    assert left.acquire(timeout=PATIENCE)


def test_a_posted_call_that_nobody_reads_ends(
    gated: Gated, left: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callers.UNREAD_SECONDS == 30.0
    monkeypatch.setattr(callers, "UNREAD_SECONDS", 3.0)
    post(gated, "search", CALLS["search"])
    assert gated.scorer.started.wait(PATIENCE)
    assert left.acquire(timeout=PATIENCE)
    until_withdrawn(gated)
    gated.open_gates()
    gated.engine.rerank("after", ["that"])
    assert [query for query, _ in gated.scorer.pairs] == ["whale", "after"]


def test_a_call_that_is_read_in_time_goes_on(
    gated: Gated, left: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "UNREAD_SECONDS", 0.5)
    event = post(gated, "search", CALLS["search"])
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(read, gated, "search", event)
        assert gated.scorer.started.wait(PATIENCE)
        assert not left.acquire(timeout=1.0)  # twice as long as an unread one may last
        gated.open_gates()
        assert "event: complete" in answer.result(PATIENCE)


def test_fifty_calls_without_a_session_are_one_caller(gated: Gated) -> None:
    first = post(gated, "search", ["films", "first", 20, None, None, None])
    assert gated.scorer.started.wait(PATIENCE)
    events = [first, *(post(gated, "search", ["films", f"q {i}", 20, None, None, None]) for i in range(49))]
    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(read, gated, "search", event) for event in events]
        # Calls that wait together are begun in any order: how many are refused is certain, not which.
        refused = set(itertools.islice(as_completed(answers, PATIENCE), len(events) - 16))
        assert all("You have 16 searches waiting already" in answer.result() for answer in refused)
        gated.open_gates()
        assert all("event: complete" in answer.result(PATIENCE) for answer in answers if answer not in refused)


def test_a_hundred_sessions_of_one_address_are_all_served(gated: Gated) -> None:
    sessions = [f"session{i}" for i in range(100)]
    events = [
        post(gated, "search", ["films", f"q {i}", 2, None, None, None], session_hash=session)
        for i, session in enumerate(sessions)
    ]
    assert gated.scorer.started.wait(PATIENCE)
    gated.open_gates()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda event: read(gated, "search", event), events))
    assert all("event: complete" in text for text in answers)


def test_a_forwarded_header_of_a_stranger_changes_no_address(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    caller = callers.Visit.caller

    def noted(visit: callers.Visit) -> Any:
        seen.append(visit.address)
        return caller.fget(visit)

    monkeypatch.setattr(callers.Visit, "caller", property(noted))
    gated.open_gates()
    request = urllib.request.Request(
        f"{gated.url}/gradio_api/call/rerank",
        json.dumps({"data": CALLS["rerank"]}).encode(),
        {"content-type": "application/json", "x-forwarded-for": "203.0.113.9"},
    )
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
        read(gated, "rerank", json.loads(answer.read())["event_id"])
    assert set(seen) == {"127.0.0.1"}


def test_many_calls_that_wait_for_a_corpus_hold_no_thread_of_the_server() -> None:
    gated = serve_gated()  # the encoder waits as well
    try:
        sessions = [f"session{i}" for i in range(130)]
        for i, session in enumerate(sessions):
            post(gated, "search", ["films", f"q {i}", 2, ["bi_encoder"], None, None], session_hash=session)
        assert gated.encoder.started.wait(PATIENCE)
        answer = read(gated, "corpora", post(gated, "corpora", []))
        assert "event: complete" in answer
        assert gated.encoder.documents_encoded <= 8
    finally:
        gated.close()


def test_another_caller_goes_before_the_backlog_of_one(gated: Gated) -> None:
    events = [post(gated, "search", ["films", f"heavy {i}", 6, None, None, None]) for i in range(10)]
    assert gated.scorer.started.wait(PATIENCE)
    newcomer = post(gated, "search", ["films", "newcomer", 6, None, None, None], session_hash="another")
    with ThreadPoolExecutor(11) as pool:
        first = pool.submit(read, gated, "search", newcomer)
        others = [pool.submit(read, gated, "search", event) for event in events]
        until_waiting(gated, 11)
        gated.open_gates()
        assert "event: complete" in first.result(PATIENCE)
        assert all("event: complete" in other.result(PATIENCE) for other in others)
    order = [query for query, _ in gated.scorer.pairs]
    before = order[: order.index("newcomer")]
    assert len(before) <= 26  # a turn of twenty at most, and what was begun; without turns it would be sixty
