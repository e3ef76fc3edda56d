"""Calls by plain HTTP, as curl makes them: arguments that were left out get their defaults, and what is no call gets a
sentence. Gradio itself does so for its own client alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from searchcore.errors import InvalidInput, quoted
from ui.bodies import replayed, whole_body

EXAMPLE = '{"data": ["toy", "a man eats"]}'
_READ = re.compile(r"/gradio_api/call/(?:v2/)?[^/]+/(?P<event>[^/]+)/?$")
_CALL = re.compile(r"(?P<before>/gradio_api/call/)(?P<named>v2/)?(?P<endpoint>[^/]+)/?$")


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an endpoint; `default` counts where it is not required."""

    name: str
    required: bool
    default: Any


class PlainCalls:
    """ASGI middleware that completes and checks the bodies of POST /gradio_api/call/NAME and /call/v2/NAME."""

    def __init__(self, app: ASGIApp, page: gr.Blocks) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        call = _CALL.search(scope.get("path", "")) if scope["type"] == "http" and scope["method"] == "POST" else None
        if call is None:
            read = _READ.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
            if read is not None and not self._to_be_read(read["event"]):
                sentence = f"There is no answer {quoted(read['event'])} to read; each can be read once."
                await JSONResponse({"error": sentence}, 404)(scope, receive, send)
                return
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        try:
            whole = self._completed(call["endpoint"], body, bool(call["named"]))
        except Refused as refused:
            await JSONResponse({"error": str(refused)}, refused.status)(scope, receive, send)
            return
        path = scope["path"][: call.start()] + call["before"] + call["endpoint"]
        passed = {**scope, "path": path, "raw_path": path.encode(), "headers": list(scope["headers"])}
        headers = MutableHeaders(scope=passed)
        headers["content-type"], headers["content-length"] = "application/json", str(len(whole))
        await self._app(passed, replayed(whole, receive), send)

    @cached_property
    def _endpoints(self) -> dict[str, list[Argument]]:
        """What each endpoint takes, in order."""
        told: dict[str, Any] = self._page.get_api_info()["named_endpoints"]
        return {
            name.removeprefix("/"): [
                Argument(p["parameter_name"], not p["parameter_has_default"], p["parameter_default"])
                for p in endpoint["parameters"]
            ]
            for name, endpoint in told.items()
        }

    def _to_be_read(self, event: str) -> bool:
        """Whether Gradio has an answer to that event, or will have one. Else it would break off, or never end."""
        return any(event in events for events in self._page._queue.pending_event_ids_session.values())

    def _completed(self, endpoint: str, raw: bytes, named: bool) -> bytes:
        """The body with every argument in order. Raises Refused."""
        arguments = self._endpoints.get(endpoint)
        if arguments is None:
            raise Refused(404, f"{quoted(endpoint)} is no endpoint; there are: {', '.join(sorted(self._endpoints))}.")
        body = _parsed(raw)
        whole: dict[str, Any] = {}
        if named:
            given = body
        else:
            given = _by_name(endpoint, arguments, body.get("data", []))
            if isinstance(session := body.get("session_hash"), str):
                whole["session_hash"] = session
        whole["data"] = _in_order(endpoint, arguments, given)
        return json.dumps(whole).encode()


class Refused(InvalidInput):
    """A body that is no call, with the status of its answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def _parsed(raw: bytes) -> dict[str, Any]:
    """The JSON object in a body; an empty body is an empty object."""
    try:
        body = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise Refused(400, f"The body is not JSON; it must be an object such as {EXAMPLE}.") from None
    if not isinstance(body, dict):
        raise Refused(422, f"The body must be an object such as {EXAMPLE}, got {quoted(body)}.")
    return body


def _by_name(endpoint: str, arguments: Sequence[Argument], data: Any) -> dict[str, Any]:
    if not isinstance(data, list):
        raise Refused(
            422,
            f"data must be a list of the arguments in order, got {quoted(data)}; "
            f"by name they are taken at /gradio_api/call/v2/{endpoint}.",
        )
    if len(data) > len(arguments):
        raise Refused(422, f"data has too many arguments ({len(data)}); {_takes(endpoint, arguments)}.")
    return {argument.name: value for argument, value in zip(arguments, data, strict=False)}


def _in_order(endpoint: str, arguments: Sequence[Argument], given: dict[str, Any]) -> list[Any]:
    known = [argument.name for argument in arguments]
    for name in given:
        if name not in known:
            raise Refused(422, f"{quoted(name)} is not known; {_takes(endpoint, arguments)}.")
    for argument in arguments:
        if argument.required and argument.name not in given:
            raise Refused(422, f"{argument.name} is missing; {_takes(endpoint, arguments)}.")
    return [given.get(argument.name, argument.default) for argument in arguments]


def _takes(endpoint: str, arguments: Sequence[Argument]) -> str:
    return f"{endpoint} takes {', '.join(argument.name for argument in arguments) or 'none'}"
