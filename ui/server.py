"""How the page is served: sockets, headers, limits."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from gradio import http_server
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui import words
from ui.address import Address, bind, refuse, say_where, url_of
from ui.bodies import MAX_ADDRESS_BYTES, Bodies, Unread
from ui.callers import Callers, Visits
from ui.draw.template import fill
from ui.first_paint import FirstPaint
from ui.frames import SPACES
from ui.headers import Believed, SecurityHeaders, WorkerCookie
from ui.kept_answers import KeptAnswers
from ui.mcp import answer_in_json
from ui.open_routes import OpenRoutes
from ui.packed import packed_script, page_style
from ui.plain_calls import PlainCalls
from ui.refusals import EXCEPTION_HANDLERS, Sentences, say_errors
from ui.sessions import Sessions
from ui.shapes import schemas_route
from ui.site import Site
from ui.state import shortened
from ui.theme import build_theme
from ui.workers import PROXY_VARIABLE

FOLDER = Path(__file__).parent
# So many calls may be open at once. While they wait they hold no thread, so this costs none.
MAX_OPEN_CALLS = 1_000
# Gradio keeps something of each page, also of one that is closed, and nothing that we need: it is made again.
MAX_SESSIONS = 250
# What is passed on of an address.
MAX_QUERY_BYTES = 20_000
SCRIPTS = (
    "order",
    "lines",
    "motion",
    "rows",
    "cut",
    "address",
    "early",
    "keys",
    "cells",
    "gains",
    "takehome",
    "own",
    "predict",
    "lesson",
    "focus",
    "connection",
    "gradio",
    "start",
)
# What all scripts share.
SHARED = """
const page = {};
const seek = (selector) => document.querySelector(selector);
const emit = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));
const listen = (name, then, capture) => document.addEventListener(name, then, capture);
"""


class LongAddresses:
    """ASGI middleware for addresses longer than any of ours: the page opens without what had to go, and says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        query = scope.get("query_string", b"")
        if scope["type"] != "http" or len(query) <= MAX_QUERY_BYTES:
            await self._app(scope, receive, send)
        elif scope["method"] == "GET" and "gradio_api" not in scope["path"]:
            await RedirectResponse(f"?{shortened(query.decode('latin-1'))}", 303)(scope, receive, send)
        else:
            sentence = f"The address has {len(query):,} characters, and at most {MAX_QUERY_BYTES:,} are read."
            await PlainTextResponse(sentence, 414)(scope, receive, send)


def head() -> str:
    """What goes into the page's head: what it is, for search engines and readers, and our style.

    As a sheet of its own, since Gradio rewrites the selectors of what it takes as `css`.
    """
    described = fill('<meta name="description" content="{}">', words.INTRODUCTION)
    return f"{described}<style>{page_style()}</style>"


def script() -> str:
    """What runs in the browser: the files of ui/script in one function, which share what SHARED makes."""
    parts = [(FOLDER / "script" / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return packed_script("() => {\n" + SHARED + "\n".join(parts) + "page.start();\n}")


def launch(
    site: Site,
    address: Address,
    sockets: Sequence[socket.socket] | None = None,
    *,
    mcp: bool = False,
    frames: Sequence[str] = SPACES,
    worker: str = "",
) -> Visits:
    """Serve the page, on sockets that are bound to `address`; returns while it is being served. Raises SystemExit.

    With `mcp` the endpoints are tools for clients that speak MCP, too. `frames` are the sites that may frame the page.
    `worker` is the letter of this process where there are several.
    """
    page = site.page
    # uvicorn takes a caller's address from X-Forwarded-For where the peer is one of these: none, unless named.
    os.environ["FORWARDED_ALLOW_IPS"] = os.environ.get(PROXY_VARIABLE, "")
    # Gradio sums up its last 10,000 events with pandas after each of them, for a monitor that is closed here.
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"], os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1", str(10**12)
    say_errors()
    visits = Visits()
    page.queue(default_concurrency_limit=None, max_size=MAX_OPEN_CALLS, api_open=False)
    sockets = bind(address) if sockets is None else sockets
    with _served_on(sockets, address, frames, worker), _without_proxies():
        page.launch(
            server_name=address.host,
            server_port=address.port,
            prevent_thread_lock=True,
            share=False,
            quiet=True,
            show_error=False,
            ssr_mode=False,
            enable_monitoring=False,
            run_history=False,
            mcp_server=mcp,
            footer_links=["api"],
            max_threads=MAX_OPEN_CALLS,
            state_session_capacity=MAX_SESSIONS,
            theme=build_theme(),
            head=head(),
            js=script(),
            app_kwargs={
                "routes": [*site.routes, schemas_route(page)],
                "exception_handlers": EXCEPTION_HANDLERS,
                "middleware": [
                    Middleware(Unread),
                    Middleware(Sentences),
                    Middleware(LongAddresses),
                    Middleware(OpenRoutes),
                    Middleware(Bodies),
                    Middleware(PlainCalls, page),
                    Middleware(Callers, visits),
                    Middleware(FirstPaint),
                ],
            },
        )
    # What Gradio keeps of a page's parts would outlive its corpus by an hour.
    sessions, queue = Sessions(page), page._queue
    page.app.state_holder = sessions
    site.own.forget_session = lambda session: _forget(session, sessions.session_data, sessions.time_last_used)
    # A call without a page is a session of its own to it.
    visits.forget_call = lambda event: _forget(
        event,
        sessions.session_data,
        sessions.time_last_used,
        queue.pending_messages_per_session,
        queue.pending_event_ids_session,
    )
    if mcp:
        answer_in_json(page.mcp_server_obj)
        # A tool calls its endpoint over HTTP, and does so later on.
        kept = os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")
        os.environ["no_proxy"] = ",".join(filter(None, [kept, "127.0.0.1", "::1", sockets[0].getsockname()[0]]))
    if worker:
        print(f"Process {worker} serves at {address.url}", flush=True)
    else:
        say_where(address)
    return visits


def _forget(session: str, *kept: MutableMapping[str, Any]) -> None:
    for each in kept:
        each.pop(session, None)


@contextmanager
def _served_on(
    sockets: Sequence[socket.socket], address: Address, frames: Sequence[str], worker: str
) -> Iterator[None]:
    """Let Gradio serve on these sockets. By itself it would look at 127.0.0.1 alone, and serve "::" by IPv6 alone.

    What concerns headers stands outside of all that Gradio has, which adds some of its own.
    """

    def start(app: Any, **settings: Any) -> tuple[str, int, str, http_server.Server]:
        try:
            for each in sockets:
                each.listen()
        except OSError as error:  # another program was quicker
            refuse(address, error)
        outside: ASGIApp = SecurityHeaders(KeptAnswers(Believed(app)), frames)
        if worker:
            outside = WorkerCookie(outside, worker)
        # Beyond 64 kB uvicorn answers with a bare 400 otherwise.
        config = uvicorn.Config(
            outside, log_level="warning", log_config=None, h11_max_incomplete_event_size=MAX_ADDRESS_BYTES
        )
        server = http_server.Server(config)
        server.run = partial(server.run, list(sockets))
        server.run_in_thread()
        return address.host, address.port, f"{_reached(sockets[0])}/", server

    usual: Callable[..., Any] = http_server.start_server
    http_server.start_server = start
    try:
        yield
    finally:
        http_server.start_server = usual


def _reached(listening: socket.socket) -> str:
    """Where this process reaches its own server."""
    host, port = listening.getsockname()[:2]
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    return url_of(loopback.get(host, host), port)


@contextmanager
def _without_proxies() -> Iterator[None]:
    """Gradio asks its own server whether it is there: by no proxy that the environment names for other addresses."""
    before = os.environ.get("no_proxy")
    os.environ["no_proxy"] = "*"
    try:
        yield
    finally:
        del os.environ["no_proxy"]
        if before is not None:
            os.environ["no_proxy"] = before
