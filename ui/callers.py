"""Who asks, and whether they are still there: a thin layer below Gradio, which tells its handlers neither.

A caller is a page's session, or, for HTTP without one, the peer's address. A client has left when the stream of its
answer is cut, or when nobody has come to read it half a minute after it was asked for.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import gradio as gr
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searchcore.errors import SearchError
from searchcore.running import Caller
from ui.errors import STOPPING, Stopping

UNREAD_SECONDS = 30.0
# A page closes its stream and opens the next one when a run ends and another begins; a busy phone takes its time.
REOPEN_SECONDS = 5.0
# How long a server that stops waits for its last answers to be read.
TELL_SECONDS = 0.7
LOOK_SECONDS = 0.02
MAX_CALL_BYTES = 2_000_000
MAX_ANSWER_BYTES = 10_000
_POSTED = re.compile(r"/gradio_api/(?:call(?:/v2)?/[^/]+|queue/join)/?$")
_READ = re.compile(r"/gradio_api/call(?:/v2)?/[^/]+/(?P<event>[0-9a-f]+)/?$")
_STREAM = re.compile(r"/gradio_api/queue/data/?$")
_KEY = "searchcore.visit"


class Visit:
    """One call from outside, from being posted to its last answer. It belongs to the server's event loop."""

    _numbers = itertools.count(1)

    def __init__(self, address: str = "") -> None:
        # In the order in which calls come; Gradio begins those that wait together in any order.
        self.number = next(self._numbers)
        self.address = address
        self.session = ""
        self.event = ""
        self.left = False
        self.over = False
        self.why: SearchError | None = None
        self._callbacks: list[Callable[[], None]] = []
        self.forget: Callable[[Visit], None] = lambda visit: None

    @property
    def caller(self) -> Caller:
        """Whose turn it takes in the lines in front of the models."""
        return Caller(f"session {self.session}" if self.session else f"address {self.address}", self.address)

    @property
    def taken(self) -> bool:
        """Whether a handler has begun that has to be told when the client leaves."""
        return bool(self._callbacks)

    @property
    def page(self) -> str:
        """What has at most one run: the page's session, or else this call alone."""
        return self.session or f"call {id(self)}"

    def on_leave(self, end: Callable[[], None]) -> None:
        """Call `end` when the client has left; at once if it has already."""
        self._callbacks.append(end)
        if self.left:
            end()

    def leave(self, why: SearchError | None = None) -> None:
        """The client is gone, or has to go and is told why: end what is done for it."""
        if not self.left and not self.over:
            self.left, self.why = True, why
            for end in self._callbacks:
                end()

    def done(self) -> None:
        """There is nothing more to answer, and nothing of what was is kept."""
        self.over = True
        self._callbacks.clear()
        self.forget(self)


class Visits:
    """The visits to one server that are not over, and the answers being read: all of them hear when it stops.

    `forget_call` is called with the event of a call whose answer was read: it can't be read again.
    """

    def __init__(self) -> None:
        self._open: set[Visit] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._why: SearchError | None = None
        self.readers: dict[str, int] = {}
        self.forget_call: Callable[[str], None] = lambda event: None

    def add(self, visit: Visit) -> None:
        """A call has come."""
        self._loop = asyncio.get_running_loop()
        self._open.add(visit)
        if self._why is not None:
            visit.leave(self._why)

    def remove(self, visit: Visit) -> None:
        """It is over."""
        self._open.discard(visit)

    def tell_all(self) -> None:
        """The server is about to stop: say so to whoever waits for an answer, and wait a moment until it is read.

        Call it in another thread than the server's.
        """
        if self._loop is not None:
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(self._tell_all(), self._loop).result(TELL_SECONDS)

    async def _tell_all(self) -> None:
        self._why = Stopping(STOPPING)
        for visit in list(self._open):
            visit.leave(self._why)
        while self.readers or any(visit.taken for visit in self._open):
            await asyncio.sleep(LOOK_SECONDS)


class Callers:
    """ASGI middleware that gives each call a Visit and ends it when its reader is gone."""

    def __init__(self, app: ASGIApp, visits: Visits) -> None:
        self._app = app
        self._visits = visits
        self._by_event: dict[str, Visit] = {}
        self._by_session: dict[str, set[Visit]] = {}
        self._readers = visits.readers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        path = scope.get("path", "")
        if scope["type"] == "http" and scope["method"] == "POST" and _POSTED.search(path):
            await self._posted(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "GET" and (read := _READ.search(path)):
            await self._watched(f"event {read['event']}", scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "GET" and _STREAM.search(path):
            query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
            await self._watched(f"session {query.get('session_hash', [''])[0]}", scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _posted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the session that the body names and the event that the answer names, and wait for a reader."""
        visit = Visit((scope.get("client") or ("",))[0])
        visit.forget = self._forget
        self._visits.add(visit)
        scope[_KEY] = visit
        body, answer = bytearray(), bytearray()

        async def noting_receive() -> Message:
            message = await receive()
            if message["type"] == "http.request" and len(body) <= MAX_CALL_BYTES:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    visit.session = _text(body, "session_hash")
                    if visit.session:
                        self._by_session.setdefault(visit.session, set()).add(visit)
            return message

        async def noting_send(message: Message) -> None:
            if message["type"] == "http.response.body" and len(answer) <= MAX_ANSWER_BYTES:
                answer.extend(message.get("body", b""))
                if not message.get("more_body"):
                    visit.event = _text(answer, "event_id")
                    if visit.event and not visit.over:
                        self._by_event[visit.event] = visit
            await send(message)

        await self._app(scope, noting_receive, noting_send)
        if visit.event and not visit.over:
            asyncio.get_running_loop().call_later(UNREAD_SECONDS, self._unless_read, visit)
        else:
            visit.done()

    async def _watched(self, reader: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an answer's stream on, and notice when it is cut."""
        self._readers[reader] = self._readers.get(reader, 0) + 1
        cut = False

        async def noting_receive() -> Message:
            nonlocal cut
            message = await receive()
            cut = cut or message["type"] == "http.disconnect"
            return message

        try:
            await self._app(scope, noting_receive, send)
        except asyncio.CancelledError:
            cut = True
            raise
        finally:
            self._readers[reader] -= 1
            if not self._readers[reader]:
                del self._readers[reader]
            if cut:
                self._cut(reader)
            kind, _, name = reader.partition(" ")
            if kind == "event" and reader not in self._readers:
                # What is being done for a reader that has gone comes to its end first.
                seconds = REOPEN_SECONDS if cut else 0
                asyncio.get_running_loop().call_later(seconds, self._visits.forget_call, name)

    def _cut(self, reader: str) -> None:
        kind, _, name = reader.partition(" ")
        if kind == "event":
            if reader not in self._readers and (visit := self._by_event.get(name)):
                visit.leave()
        else:
            posted = list(self._by_session.get(name, ()))
            asyncio.get_running_loop().call_later(REOPEN_SECONDS, self._unless_reopened, posted)

    def _unless_reopened(self, posted: list[Visit]) -> None:
        for visit in posted:
            if not self._read(visit):
                visit.leave()

    def _unless_read(self, visit: Visit) -> None:
        if not visit.taken:
            self._forget(visit)
        elif not self._read(visit):
            visit.leave()

    def _read(self, visit: Visit) -> bool:
        """Whether somebody reads what it is answered, by the call's own stream or by the session's."""
        return f"event {visit.event}" in self._readers or f"session {visit.session}" in self._readers

    def _forget(self, visit: Visit) -> None:
        self._visits.remove(visit)
        self._by_event.pop(visit.event, None)
        of_session = self._by_session.get(visit.session, set())
        of_session.discard(visit)
        if not of_session:
            self._by_session.pop(visit.session, None)


def visit_of(request: gr.Request) -> Visit:
    """The visit of a call that Gradio hands to a handler."""
    found = request.request.scope.get(_KEY) if request.request is not None else None
    if isinstance(found, Visit):
        return found
    client = getattr(request, "client", None)
    return Visit(getattr(client, "host", "") or "")


def _text(raw: bytearray, name: str) -> str:
    """The text under `name` in a JSON object; empty where there is none."""
    try:
        found: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""
