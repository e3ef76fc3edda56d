"""Where a route fails in a way that nobody foresaw: its answer is a sentence with an id, its trace is in the log."""

from __future__ import annotations

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.errors import sentence_for


class Unforeseen:
    """ASGI middleware that answers 500 with the sentence of an error which nothing below has caught."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        begun = False

        async def noting_send(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except ClientDisconnect:  # whoever asked has gone, and nobody else has to hear of it
            return
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await JSONResponse({"error": sentence_for(error)}, 500)(scope, receive, send)
