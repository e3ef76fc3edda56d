"""Clients that abort, pages that are idle and queries that nobody asks twice: nothing grows beyond a stated bound."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.load import Held, abort_many, ask_all, growth, idle_pages
from tests.faults.small_app import CORPUS
from tests.faults.test_handlers_that_raise import opened
from tests.gated import serve_gated
from tests.server import Server, free_port, run_app
from ui.server import MAX_SESSIONS

# `make soak` has 500 aborting clients, 200 idle pages for ten minutes and 2,000 queries, on the real models.
ABORTING, IDLE, IDLE_SECONDS, QUERIES = 60, 20, 3.0, 300
BEFORE = 100
# Threads of the pools that step through work and of those who ask at once; memory that the allocator keeps.
BOUND = Held(megabytes=25, threads=24, files=4)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over fakes that has answered some queries before."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "corpora").mkdir()
    with run_app(folder, folder / "cache", ["-m", "tests.faults.small_app"], free_port()) as running:
        ask_all(running, [search(f"before {i}") for i in range(BEFORE)])
        yield running


def search(query: str, candidates: int = 5) -> list[object]:
    return [CORPUS, query, candidates, None, None, None]


def log_of(server: Server) -> str:
    return server.log.read_text("utf-8").partition("The page is at ")[2].partition("\n")[2]


def test_clients_that_abort_in_the_midst(small: Server) -> None:
    abort_many(small, lambda i: search(f"warm topic{i}", 200), 8)
    more = growth(small, BOUND, lambda: abort_many(small, lambda i: search(f"film topic{i}", 200), ABORTING))
    assert more.within(BOUND), more
    assert len(small.call("search", *search("after"))["rankings"]["cross_encoder"]["hits"]) == 5
    assert log_of(small) == ""


def test_pages_that_are_open_and_idle(small: Server) -> None:
    def wait() -> None:
        with idle_pages(small, IDLE):
            before = Held.by(small.pid)
            ends = time.monotonic() + IDLE_SECONDS
            asked = 0
            while time.monotonic() < ends:
                small.call("search", *search(f"idle {asked}"))
                asked += 1
            assert Held.by(small.pid).beyond(before).within(BOUND)

    more = growth(small, BOUND, wait)
    assert more.within(BOUND), more


def test_queries_that_nobody_asks_twice(small: Server) -> None:
    more = growth(small, BOUND, lambda: ask_all(small, [search(f"query {i}") for i in range(QUERIES)]))
    assert more.within(BOUND), more
    assert log_of(small) == ""


def test_pages_beyond_those_that_gradio_keeps_in_memory_are_answered_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    gated = serve_gated()
    gated.open_gates()
    try:
        server, sessions = Server(gated.url, Path()), gated.site.page.app.state_holder
        assert sessions.capacity == MAX_SESSIONS
        monkeypatch.setattr(sessions, "capacity", 2)
        for number in [*range(5), *range(5)]:
            said = opened(server, "corpus=films&q=whale", f"page{number}")
            assert "whale at sea" in said and '"success":true' in said and '"success":false' not in said
            assert len(sessions.session_data) <= sessions.capacity + 1
    finally:
        gated.close()


def test_what_gradio_notes_of_events_is_bounded_and_never_summed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    gated = serve_gated()
    gated.open_gates()
    try:
        queue, server, summed = gated.site.page._queue, Server(gated.url, Path()), []
        monkeypatch.setattr(queue, "_get_df", summed.append)
        for i in range(5):
            server.call("search", "films", f"whale {i}", 2, None, None, None)
        assert len(queue.event_analytics) <= 1
        assert summed == []
    finally:
        gated.close()
