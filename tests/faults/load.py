"""Load on a server from outside, and what its process holds meanwhile: shared by the tests and the long runs."""

from __future__ import annotations

import json
import os
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.server import Server

SETTLE_SECONDS = 20.0
CLIENTS = 4
LINGER_NONE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds: megabytes of memory, threads, open files."""

    megabytes: float
    threads: int
    files: int

    @classmethod
    def by(cls, pid: int) -> Held:
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return cls(int(status["VmRSS"].split()[0]) / 1_024, int(status["Threads"]), files)

    def beyond(self, before: Held) -> Held:
        return Held(self.megabytes - before.megabytes, self.threads - before.threads, self.files - before.files)

    def within(self, bound: Held) -> bool:
        return self.megabytes <= bound.megabytes and self.threads <= bound.threads and self.files <= bound.files


def growth(server: Server, bound: Held, act: Callable[[], object]) -> Held:
    """What the server holds more than before once it has done with `act`: at once, or as soon as it is within bound."""
    before = Held.by(server.pid)
    act()
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        more = Held.by(server.pid).beyond(before)
        if more.within(bound) or time.monotonic() > deadline:
            return more
        time.sleep(0.1)


def hits(server: Server, search: Sequence[Any]) -> dict[str, list[tuple[str, float]]]:
    """Documents and scores by method."""
    found = server.call("search", *search)["rankings"]
    return {method: [(hit["doc_id"], hit["score"]) for hit in ranking["hits"]] for method, ranking in found.items()}


def ask_all(server: Server, searches: Sequence[Sequence[Any]], clients: int = CLIENTS) -> list[float]:
    """Ask each search, so many at a time; the seconds that each took."""

    def timed(search: Sequence[Any]) -> float:
        began = time.perf_counter()
        server.call("search", *search)
        return time.perf_counter() - began

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(timed, searches))


@contextmanager
def asking(server: Server, searches: Sequence[Sequence[Any]], clients: int = CLIENTS) -> Iterator[list[int]]:
    """Clients that ask one search after the other until this ends, whatever becomes of the server."""
    over, answered = threading.Event(), [0] * clients

    def keep_asking(client: int) -> None:
        chance = random.Random(client)
        while not over.is_set():
            with suppress(Exception):  # whatever a server that is gone makes of it
                server.call("search", *chance.choice(searches))
                answered[client] += 1

    threads = [threading.Thread(target=keep_asking, args=(client,), daemon=True) for client in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield answered
    finally:
        over.set()
        for thread in threads:
            thread.join()


def abort(server: Server, search: Sequence[Any], way: int) -> None:
    """Ask, and be gone: in the midst of asking, of the answer, by closing or by cutting the connection."""
    where = urlsplit(server.url)
    assert where.hostname and where.port
    body = json.dumps({"data": list(search)}).encode()
    with socket.create_connection((where.hostname, where.port), 30) as connection:
        if way % 4 == 0:
            to = "/own" if way % 8 else "/gradio_api/call/search"  # a file of one's own, too
            head = f"POST {to} HTTP/1.1\r\nHost: a\r\nX-Own-Secret:\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body[: len(body) // 2])
        else:
            event = json.loads(server.post("/gradio_api/call/search", body)[1])["event_id"]
            connection.sendall(f"GET /gradio_api/call/search/{event} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            if way % 4 > 1:
                connection.recv(200)
        if way % 2:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)


def abort_many(server: Server, search: Callable[[int], Sequence[Any]], count: int) -> None:
    """So many clients that abort, a few at a time."""
    with ThreadPoolExecutor(2 * CLIENTS) as pool:
        for done in [pool.submit(abort, server, search(i), i) for i in range(count)]:
            done.result()


@contextmanager
def idle_pages(server: Server, count: int) -> Iterator[None]:
    """So many pages that are open and do nothing: each has read the page and keeps its connection alive."""
    where = urlsplit(server.url)
    assert where.hostname and where.port
    page, config = server.get("/"), server.get("/config")
    assert (page[0], config[0]) == (200, 200)
    open_ = []
    try:
        for i in range(count):
            open_.append(socket.create_connection((where.hostname, where.port), 30))
            open_[-1].sendall(f"GET /gradio_api/heartbeat/idle{i} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert open_[-1].recv(12) == b"HTTP/1.1 200"
        yield
    finally:
        for connection in open_:
            connection.close()


def kill_at(pid: int, seconds: float) -> None:
    """Wait, then kill the process as if the power had gone."""
    time.sleep(seconds)
    os.kill(pid, 9)
