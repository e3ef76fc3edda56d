"""How much a request may bring: nothing that is too long is read to its end, kept or logged."""

from __future__ import annotations

import re

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The longest call there is: 200 texts of 20,000 characters, each written as an escape of six bytes.
MAX_CALL_BYTES = 25_000_000
# What the page sends of itself: 50 lines of text at most, and its address.
MAX_BYTES = 8_000_000
# So much of a body that nobody reads is let by.
MAX_PASSED_BYTES = 100_000_000
# What is read of an address at all: more than any browser sends.
MAX_ADDRESS_BYTES = 4_000_000
BODY_HEADERS = (b"content-length", b"transfer-encoding")
_CALL = re.compile(r"/gradio_api/call/.+")
# These have bounds and sentences of their own: a file of one's own, a view to take home, what a class does.
_OWN = re.compile(r"/own|/take/[^/]+|/class(?:/.*)?")


class Unread:
    """ASGI middleware that lets what was not read of a body go by, up to a point, after the answer.

    Who is cut off while still sending does not read an answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http" or not any(name in BODY_HEADERS for name, _ in scope["headers"]):
            await self._app(scope, receive, send)
            return
        read = False

        async def noting_receive() -> Message:
            nonlocal read
            message = await receive()
            read = read or not message.get("more_body")
            return message

        async def late_send(message: Message) -> None:
            if read or message["type"] != "http.response.body" or message.get("more_body"):
                await send(message)
                return
            await send({**message, "more_body": True})
            await _let_by(noting_receive)
            await send({"type": "http.response.body"})

        await self._app(scope, noting_receive, late_send)


async def _let_by(receive: Receive) -> None:
    passed, more = 0, True
    while more and passed <= MAX_PASSED_BYTES:
        message = await receive()
        passed += len(message.get("body", b""))
        more = message.get("more_body", False)


class Bodies:
    """ASGI middleware that answers 413 with a sentence where a body is longer than its route takes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD") or _OWN.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        most = MAX_CALL_BYTES if _CALL.fullmatch(scope["path"]) else MAX_BYTES
        told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        try:
            if told.isdigit() and int(told) > most:
                raise TooLong
            body = await whole_body(receive, most)
        except TooLong:
            sentence = f"A request may bring at most {most:,} bytes here."
            await JSONResponse({"error": sentence}, 413, {"connection": "close"})(scope, receive, send)
            return
        await self._app(scope, replayed(body, receive), send)


def replayed(body: bytes, receive: Receive) -> Receive:
    """`receive` of a request with this body."""
    unread = [body]

    async def replay() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return replay


async def whole_body(receive: Receive, most: int = MAX_CALL_BYTES) -> bytes:
    """The body to its end. Raises TooLong beyond `most` bytes."""
    body = bytearray()
    while True:
        message = await receive()
        body.extend(message.get("body", b""))
        if len(body) > most:
            raise TooLong
        if not message.get("more_body"):
            return bytes(body)


class TooLong(Exception):
    """A body is longer than what is read of one."""
