"""How the page is served: address, headers, limits."""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import words
from ui.callers import Callers
from ui.first_paint import FirstPaint
from ui.packed import packed_script, packed_style
from ui.site import Site
from ui.state import shortened
from ui.theme import build_theme

FOLDER = Path(__file__).parent
DEFAULT_PORT = 7860
# So many calls may be open at once. While they wait they hold no thread, so this costs none.
MAX_OPEN_CALLS = 1_000
# What is passed on of an address, and what is read of one at all: more than any browser sends.
MAX_QUERY_BYTES = 20_000
MAX_ADDRESS_BYTES = 4_000_000
STYLES = ("base", "search", "hood", "evaluate", "own", "screens")
SCRIPTS = (
    "lines",
    "motion",
    "rows",
    "cut",
    "address",
    "keys",
    "cells",
    "gains",
    "own",
    "focus",
    "connection",
    "gradio",
    "start",
)
PUBLIC_VARIABLE = "SEARCHCORE_PUBLIC"
SPACE_HOST_VARIABLE = "SPACE_HOST"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
PROXY_VARIABLE = "SEARCHCORE_PROXY"
# Everything comes from this server: should a library ask for anything else, the browser refuses.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the page is served."""

    host: str
    port: int


def address_from_environment() -> Address:
    """HOST and PORT; else what a Space sets for Gradio; else 127.0.0.1:7860. Raises SystemExit on a bad port."""
    on_space = "SPACE_ID" in os.environ
    default_host = os.environ.get("GRADIO_SERVER_NAME") or ("0.0.0.0" if on_space else "127.0.0.1")  # noqa: S104
    port = os.environ.get("PORT") or os.environ.get("GRADIO_SERVER_PORT") or str(DEFAULT_PORT)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 2**16):
        raise SystemExit(f"PORT must be a whole number from 1 to 65535, got {port!r}.")
    return Address(os.environ.get("HOST") or default_host, int(port))


def classroom_address(address: Address) -> str | None:
    """The address that phones in the room can open, where the server listens on every interface."""
    if address.host not in EVERYWHERE:
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # A datagram socket sends nothing here; connecting only asks which of our addresses would be used.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return f"http://{probe.getsockname()[0]}:{address.port}"


def public_address(address: Address) -> str:
    """Where others can open the page: as the setting says, on a Space, or in the room; empty where nobody else can."""
    if named := os.environ.get(PUBLIC_VARIABLE):
        return named.rstrip("/")
    if space := os.environ.get(SPACE_HOST_VARIABLE):
        return f"https://{space}"
    if address.host in EVERYWHERE:
        return classroom_address(address) or ""
    if _is_loopback(address.host):
        return ""
    return f"http://[{address.host}]:{address.port}" if ":" in address.host else f"http://{address.host}:{address.port}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"


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


class SecurityHeaders:
    """ASGI middleware that adds HEADERS to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)


def head() -> str:
    """What goes into the page's head: what it is, for search engines and readers, and our style.

    As a sheet of its own, since Gradio rewrites the selectors of what it takes as `css`.
    """
    sheets = "\n".join((FOLDER / "style" / f"{name}.css").read_text("utf-8") for name in STYLES)
    colours = (FOLDER / "style" / "colours.css").read_text("utf-8")
    style = packed_style(f"{colours}\n.gradio-container.gradio-container {{\n{sheets}\n}}")
    return str(Markup('<meta name="description" content="{}">').format(words.INTRODUCTION)) + f"<style>{style}</style>"


def script() -> str:
    """What runs in the browser: the files of ui/script in one function, which share one object, `page`."""
    parts = [(FOLDER / "script" / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return packed_script("() => {\nconst page = {};\n" + "\n".join(parts) + "page.start();\n}")


def launch(site: Site, address: Address) -> None:
    """Serve the page and return while it is being served."""
    page = site.page
    # uvicorn takes a caller's address from X-Forwarded-For where the peer is one of these: none, unless named.
    os.environ["FORWARDED_ALLOW_IPS"] = os.environ.get(PROXY_VARIABLE, "")
    page.queue(default_concurrency_limit=None, max_size=MAX_OPEN_CALLS)
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
        footer_links=["api"],
        max_threads=MAX_OPEN_CALLS,
        max_file_size="1mb",
        theme=build_theme(),
        head=head(),
        js=script(),
        app_kwargs={
            "routes": site.routes,
            "middleware": [
                Middleware(SecurityHeaders),
                Middleware(LongAddresses),
                Middleware(Callers),
                Middleware(FirstPaint),
            ],
        },
    )
    # What Gradio keeps of a page's parts would outlive its corpus by an hour.
    site.own.forget_session = lambda session: page.app.state_holder.session_data.pop(session, None)
    # Beyond 64 kB uvicorn answers with a bare 400 otherwise; it asks its settings anew for each connection.
    page.server.config.h11_max_incomplete_event_size = MAX_ADDRESS_BYTES
    shown = "127.0.0.1" if classroom_address(address) else address.host
    # Flushed, because the log of a Space is a pipe.
    print(f"The page is at http://{shown}:{address.port}", flush=True)
    if room := classroom_address(address):
        print(f"Phones in the room open {room}", flush=True)
