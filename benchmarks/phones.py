"""Students' phones by the hundred in one event loop: each holds its event stream and answers, as a browser does."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 60.0
LINE_BYTES = 2**20


class Connection:
    """One HTTP connection of a browser; `headers` are sent with each request."""

    def __init__(self, port: int, headers: str = "") -> None:
        self.port = port
        self.headers = headers
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def open(self) -> None:
        """Connect."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LINE_BYTES)

    async def ask(self, method: str, path: str, cookie: str, sent: Any = None) -> tuple[int, dict[str, list[str]]]:
        """Ask; status and headers of the answer, whose body is still to be read."""
        body = b"" if sent is None else json.dumps(sent).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nX-Class: 1\r\n{self.headers}"
        self.writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        status, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers.setdefault(name.lower(), []).append(value)
        return int(status.split()[1]), headers

    async def whole(self, method: str, path: str, cookie: str, sent: Any = None) -> tuple[int, bytes]:
        """Ask; status and body."""
        status, headers = await self.ask(method, path, cookie, sent)
        return status, await self.reader.readexactly(int(headers["content-length"][0]))

    def close(self) -> None:
        """Leave, without waiting for anything."""
        self.writer.close()


@dataclass(eq=False, slots=True)
class Phone:
    """A student's phone: joins, follows, and answers on a connection of its own.

    `shown` is what its screen has, `last` when the last of it came, on the clock of time.perf_counter.
    """

    port: int
    path: str
    cookie: str = ""
    shown: dict[str, Any] = field(default_factory=dict)
    last: float = 0.0
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    connection: Connection = field(init=False)
    reading: asyncio.Task[None] | None = None

    async def join(self, key: str) -> None:
        """Open the link, and keep the seat."""
        self.connection = Connection(self.port)
        await self.connection.open()
        status, headers = await self.connection.ask("GET", f"{self.path}?key={key}", "")
        await self.connection.reader.readexactly(int(headers["content-length"][0]))
        assert status == 200
        self.cookie = "; ".join(each.partition(";")[0] for each in headers["set-cookie"])

    async def follow(self, stream: str = "follow") -> tuple[int, str]:
        """Open the stream: its status, and the sentence of a refusal."""
        status, headers = await self.connection.ask("GET", f"{self.path}/{stream}", self.cookie)
        if status != 200:
            return status, json.loads(await self.connection.reader.readexactly(int(headers["content-length"][0])))[
                "error"
            ]
        self.reading = asyncio.create_task(self._read())
        return status, ""

    async def _read(self) -> None:
        while size := int(await self.connection.reader.readline() or b"0", 16):
            for event in (await self.connection.reader.readexactly(size)).split(b"\n\n"):
                if event.startswith(b"data: "):
                    self.last = time.perf_counter()
                    async with self.heard:
                        self.shown.update(json.loads(event[6:]))
                        self.heard.notify_all()
            await self.connection.reader.readexactly(2)

    async def until(self, seen: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """What it shows, once that is so."""
        async with asyncio.timeout(PATIENCE), self.heard:
            await self.heard.wait_for(lambda: bool(self.shown) and seen(self.shown))
            return self.shown

    async def answer(self, *answers: Sequence[str], number: int = 1) -> list[int]:
        """Send these one after the other; the statuses."""
        posting = Connection(self.port)
        await posting.open()
        try:
            return [
                (await posting.whole("POST", f"{self.path}/answer", self.cookie, {"round": number, "answer": [*each]}))[
                    0
                ]
                for each in answers
            ]
        finally:
            posting.close()

    def leave(self) -> None:
        """Close its page."""
        if self.reading is not None:
            self.reading.cancel()
        self.connection.close()


def keys_of(shown: dict[str, Any]) -> list[str]:
    """The keys of the options that a phone shows."""
    return re.findall(r'data-key="([^"]+)"', shown.get("screen", ""))
