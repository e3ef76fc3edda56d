"""What is answered where Gradio would say nothing, or repeat what was sent: one plain sentence."""

from __future__ import annotations

import traceback
from typing import Any

from fastapi.exceptions import RequestValidationError
from gradio import queueing, utils
from gradio.exceptions import Error
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.errors import sentence_for
from ui.open_routes import NOTHING_HERE

NOT_OURS = "What was sent is nothing that this page could have sent; please reload the page."
FULL = "Too much is asked of the server at the moment; please try again in a minute."
# Where Gradio looks at a call before any handler of ours has it: what it asks for, and what its page is said to hold.
LOOKS = {"get_fn", "preprocess_data", "validate_inputs", "special_args"}


async def _no_call(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": NOT_OURS}, 422)


async def _refused(request: Request, error: HTTPException) -> JSONResponse:
    said = {404: NOTHING_HERE, 405: NOTHING_HERE, 503: FULL}.get(error.status_code, NOT_OURS)
    return JSONResponse({"error": said}, error.status_code, error.headers)


# What Gradio refuses to read, and what it refuses.
EXCEPTION_HANDLERS: dict[Any, Any] = {RequestValidationError: _no_call, HTTPException: _refused}


class Sentences:
    """ASGI middleware that answers 500 with a sentence where nobody foresaw an error."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except ClientDisconnect:  # whoever asked has gone, and nobody else has to hear of it
            return
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            status = 422 if _is_forged(error) else 500
            await JSONResponse({"error": _said(error)}, status)(scope, receive, send)


def say_errors() -> None:
    """Let Gradio's handlers end with a sentence: by itself it passes on its own messages, and of all else none."""
    for module in (utils, queueing):
        module.error_payload = _payload


def _payload(error: BaseException | None, show_error: bool) -> dict[str, Any]:
    """What a page or client is told of an error."""
    if not isinstance(error, Exception):
        return {"error": None}
    return {"error": _said(error), "visible": True, "duration": 10, "title": "Error"}


def _said(error: Exception) -> str:
    if isinstance(error, Error) and not error.print_exception:  # a sentence of ours
        return str(error.message)
    return NOT_OURS if _is_forged(error) else sentence_for(error)


def _is_forged(error: Exception) -> bool:
    return any(frame.f_code.co_name in LOOKS for frame, _ in traceback.walk_tb(error.__traceback__))
