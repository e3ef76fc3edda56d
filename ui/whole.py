"""The page as it is served, changed as a whole on its way out."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def is_page(scope: Scope) -> bool:
    """Whether a request asks for the page itself."""
    return scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", "/")


async def changed_whole(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, change: Callable[[bytes], bytes]
) -> None:
    """Answer as `app` does, with what `change` makes of the whole body. `send` gets it in one piece."""
    start: Message = {}
    body = bytearray()

    async def held(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
            return
        body.extend(message.get("body", b""))
        if not message.get("more_body"):
            whole = change(bytes(body))
            MutableHeaders(scope=start)["content-length"] = str(len(whole))
            await send(start)
            await send({"type": "http.response.body", "body": whole})

    await app(scope, receive, held)
