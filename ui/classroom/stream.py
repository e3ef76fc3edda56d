"""The event stream of a screen: what is new is sent when it is new, and now and then a sign of life."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ui.classroom.room import Room, Screen

# A phone that hears nothing for longer than this takes its connection for dead.
SECONDS_BETWEEN_SIGNS = 10.0
ELSEWHERE = "This class is open in other windows of this browser; this one does not follow it any more."
SIGN = b": \n\n"
MEDIA_TYPE = "text/event-stream"
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


async def news(
    screen: Screen, room: Room, drawn: Callable[[], Mapping[str, Any]], pause: float
) -> AsyncIterator[bytes]:
    """What `drawn` says, whole at first and then what of it has changed, at most once each `pause` seconds."""
    sent: dict[str, Any] = {}
    while not screen.elsewhere:
        screen.news.clear()
        now = drawn()
        new = {name: value for name, value in now.items() if name not in sent or sent[name] != value}
        if new:
            sent.update(new)
            yield _event(new)
        if room.over:
            return
        await asyncio.sleep(pause)
        while not screen.news.is_set():
            try:
                async with asyncio.timeout(SECONDS_BETWEEN_SIGNS):
                    await screen.news.wait()
            except TimeoutError:
                yield SIGN
    yield _event({"elsewhere": ELSEWHERE})


def _event(new: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(new, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"


def unopened() -> Response:
    """What a stream's headers would be, and nothing of it."""
    return Response(media_type=MEDIA_TYPE, headers=HEADERS)


class Streamed(StreamingResponse):
    """The response of a stream; `closed` is called once it has ended, however it does."""

    def __init__(self, events: AsyncIterator[bytes], closed: Callable[[], None]) -> None:
        super().__init__(events, media_type=MEDIA_TYPE, headers=HEADERS)
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._closed()
