"""What the page shows before its framework is there: its name and what it is. No script is needed for it."""

from __future__ import annotations

from markupsafe import Markup
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import words

BODY = b"<body"
# It goes as soon as the page itself is there, which has both in its own place.
MARKUP = Markup(
    "<style>.ss-first{{font:700 18px/26px system-ui,sans-serif;padding:8px 20px}}.ss-first p{{font-weight:400}}"
    "@media(prefers-color-scheme:dark){{.ss-first{{color:#e7ecf5}}}}"
    "body:has(.gradio-container) .ss-first{{display:none}}</style>"
    '<div class="ss-first">{}<p>{}</p></div>'
).format(words.NAME, words.INTRODUCTION)


class FirstPaint:
    """ASGI middleware that puts MARKUP at the top of the page's body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def held(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                whole = _with_first_paint(bytes(body))
                MutableHeaders(scope=start)["content-length"] = str(len(whole))
                await send(start)
                await send({"type": "http.response.body", "body": whole})

        await self._app(scope, receive, held)


def _with_first_paint(page: bytes) -> bytes:
    """The page with MARKUP behind the opening tag of its body; as it is, where it has none."""
    at = page.find(BODY)
    end = page.find(b">", at)
    if at < 0 or end < 0:
        return page
    return page[: end + 1] + str(MARKUP).encode() + page[end + 1 :]
