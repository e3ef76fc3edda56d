"""Which addresses are answered at all: what the page, its clients and our own routes use. All others are not there.

Gradio brings many more: uploads that go to disk, files of the server, recordings, proxies, a monitor.
"""

from __future__ import annotations

import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

NOTHING_HERE = "There is nothing at this address."
_NAME = r"[^/]+"
OPEN: dict[str, tuple[str, ...]] = {
    "GET": (
        "/",
        # The page's framework, its look, and what browsers ask for by themselves.
        r"/assets/.+",
        r"/static/.+",
        r"(?:/gradio_api)?/theme\.css",
        r"/favicon\.ico",
        r"/manifest\.json",
        r"/robots\.txt",
        # What a client has to know, and how it hears answers.
        "/config/?",
        r"/gradio_api/(?:info|openapi\.json|startup-events|app_id)/?",
        rf"/gradio_api/heartbeat/{_NAME}",
        "/gradio_api/queue/data",
        rf"/gradio_api/call/(?:v2/)?{_NAME}/{_NAME}",
        # Our own.
        r"/schemas",
        r"/own/corpus\.zip",
        rf"/evaluation/{_NAME}",
        rf"/take/{_NAME}",
        r"/handout\.html",
        rf"/class(?:/{_NAME})?",
        rf"/class/(?:files/{_NAME}|{_NAME}/(?:follow|lecturer|lead|judgements\.zip))",
    ),
    "POST": (
        "/gradio_api/queue/join",
        rf"/gradio_api/call/(?:v2/)?{_NAME}/?",
        "/gradio_api/cancel",
        # What is pressed while the page's other events wait: Stop.
        "/gradio_api/run/predict/?",
        "/own",
        rf"/take/{_NAME}",
        "/class",
        rf"/class/{_NAME}/(?:answer|act)",
    ),
}
# By the Model Context Protocol, where it is switched on; else nothing answers there.
MCP = r"/gradio_api/mcp(?:/.*)?"
_PATTERNS = {method: re.compile("|".join(paths)) for method, paths in OPEN.items()}
_MCP = re.compile(MCP)


def is_open(method: str, path: str) -> bool:
    """Whether a request is passed on."""
    asked = "GET" if method in ("HEAD", "OPTIONS") else method
    pattern = _PATTERNS.get(asked)
    return bool((pattern and pattern.fullmatch(path)) or _MCP.fullmatch(path))


class OpenRoutes:
    """ASGI middleware that answers 404 to all that is not in OPEN."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] == "http" and not is_open(scope["method"], scope["path"]):
            await PlainTextResponse(NOTHING_HERE, 404)(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)
