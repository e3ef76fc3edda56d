"""Answers that are the same for everybody are made once: the page, what it consists of, and Gradio's own files.

A page asks for eighty of them, and each takes Gradio milliseconds in the one event loop that all pages share.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 32 * 1024**2
# Gradio's script asks for these by names that change with what is in them.
NAMED_BY_CONTENT = "/assets/"
FOR_EVER = "public, max-age=31536000, immutable"
SAME_FOR_ALL = ("/", "/config", "/theme.css")
# With these an answer is another one: a part of it, nothing at all, or the state of a link of Gradio's own.
CHANGING_HEADERS = ("range", "if-none-match", "if-modified-since")
CHANGING_PARAMETER = "deep_link"
# Longer ones may be refused or shortened.
MOST_QUERY_BYTES = 2_000


class KeptAnswers:
    """ASGI middleware that keeps whole answers in memory, in each encoding that is asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[tuple[str, str], tuple[Message, bytes]] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        key = _key(scope)
        if key is None:
            await self._app(scope, receive, send)
        elif key in self._kept:
            start, body = self._kept[key]
            await send({**start, "headers": list(start["headers"])})
            await send({"type": "http.response.body", "body": body})
        else:
            await self._made(key, scope, receive, send)

    async def _made(self, key: tuple[str, str], scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = bytearray()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                if key[0].startswith(NAMED_BY_CONTENT) and message["status"] == HTTPStatus.OK:
                    MutableHeaders(scope=message)["cache-control"] = FOR_EVER
                start.update({**message, "headers": list(message["headers"])})
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    self._keep(key, start, bytes(body))
            await send(message)

        await self._app(scope, receive, noting)

    def _keep(self, key: tuple[str, str], start: Message, body: bytes) -> None:
        if start["status"] == HTTPStatus.OK and self._bytes + len(body) <= MOST_BYTES and key not in self._kept:
            MutableHeaders(scope=start)["content-length"] = str(len(body))
            self._kept[key] = start, body
            self._bytes += len(body)


def _key(scope: Scope) -> tuple[str, str] | None:
    """The path and the encoding of an answer that is the same for everybody."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path, headers = scope["path"], Headers(scope=scope)
    if not (path in SAME_FOR_ALL or path.startswith((NAMED_BY_CONTENT, "/static/"))):
        return None
    query = scope.get("query_string", b"")
    if len(query) > MOST_QUERY_BYTES or CHANGING_PARAMETER in parse_qs(query.decode("latin-1"), keep_blank_values=True):
        return None
    if any(name in headers for name in CHANGING_HEADERS):
        return None
    accepted = headers.get("accept-encoding", "")
    return path, next((each for each in ("br", "gzip") if each in accepted), "")
