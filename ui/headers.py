"""What a browser is told to refuse, and what is believed of the headers of a request."""

from __future__ import annotations

import gzip
import re
import secrets
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.kept_answers import NAMED_BY_CONTENT
from ui.whole import changed_whole, is_page

NONCE_BYTES = 16
# The page works with these alone; where a library asks for anything else, the browser refuses. Gradio makes functions
# of texts of ours ('unsafe-eval') and styles its parts one by one.
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'{nonce}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'{frames}"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
# The page is a third of a megabyte, and a sixth of that packed.
PACKING = 4
# By these Gradio would find out at which address it is open, and which other site asks: anybody can write them.
UNTRUSTED = (b"origin", b"forwarded", b"x-forwarded-host", b"x-forwarded-proto", b"x-gradio-server")
# Gradio's own header for that address. "." is wherever the browser has found the page.
HERE = (b"x-gradio-server", b".")
# By an underscore, since nginx has it as $cookie_searchcore_worker.
WORKER_COOKIE = "searchcore_worker"
CLASSES = "/class/"
_SCRIPT = re.compile(rb"<script\b([^>]*>.*?</script>)", re.DOTALL)


class SecurityHeaders:
    """ASGI middleware that adds the policy and HEADERS to every answer, and lets the page's own scripts run."""

    def __init__(self, app: ASGIApp, frames: Sequence[str]) -> None:
        self._app = app
        self._frames = "".join(f" {site}" for site in frames)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif is_page(scope):
            # Each script of the page carries a word that the policy names.
            nonce = secrets.token_urlsafe(NONCE_BYTES)
            headers = self._headers(f" 'nonce-{nonce}'") | {"vary": "Accept-Encoding"}
            mark = rb'<script nonce="%b"\1' % nonce.encode()
            packed = "gzip" in Headers(scope=scope).get("accept-encoding", "")

            def changed(page: bytes) -> bytes:
                marked = _SCRIPT.sub(mark, page)
                return gzip.compress(marked, PACKING, mtime=0) if packed else marked

            headers |= {"content-encoding": "gzip"} if packed else {}
            await changed_whole(self._app, scope, receive, _with_headers(send, headers), changed)
        else:
            await self._app(scope, receive, _with_headers(send, self._headers("")))

    def _headers(self, nonce: str) -> dict[str, str]:
        return HEADERS | {"content-security-policy": POLICY.format(nonce=nonce, frames=self._frames)}


def _with_headers(send: Send, added: dict[str, str]) -> Send:
    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(added)
        await send(message)

    return adding


class WorkerCookie:
    """ASGI middleware by which a browser comes back to this process: a cookie with its letter, which nginx reads.

    Inside another site's page a browser sends a cookie only so, and takes it so over https alone.
    """

    def __init__(self, app: ASGIApp, worker: str) -> None:
        self._app = app
        self._worker = worker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        # Files that never change are kept on the way, for others too.
        if scope["type"] != "http" or scope["path"].startswith(NAMED_BY_CONTENT):
            await self._app(scope, receive, send)
            return
        named = Request(scope).cookies.get(WORKER_COOKIE, "")
        # The code of a class leads to its process without a cookie, and whoever has a page open at another stays there.
        known = named == self._worker or (named and scope["path"].startswith(CLASSES))
        where = "SameSite=None; Secure; Partitioned" if scope["scheme"] == "https" else "SameSite=Lax"
        cookie = f"{WORKER_COOKIE}={self._worker}; Path=/; HttpOnly; {where}"

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Beside the cookies that the answer sets itself.
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send if known else adding)


class Believed:
    """ASGI middleware that passes on no header by which a request could change the page's links or open it to others.

    Addresses in the page's configuration are relative then, and no answer is for another site's scripts.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kept = [(name, value) for name, value in scope["headers"] if name.lower() not in UNTRUSTED]
        await self._app({**scope, "headers": [*kept, HERE]}, receive, send)
