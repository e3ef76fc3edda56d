"""Every route that the framework brings, and what it answers: a new one fails here until somebody has looked at it."""

from __future__ import annotations

import gzip
import http.client
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.gated import Gated
from ui.open_routes import NOTHING_HERE

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OPEN = {
    # Our own.
    "/own": "POST",
    "/own/corpus.zip": "GET",
    "/evaluation/{name}": "GET",
    "/take/{name}": "GET POST",
    "/handout.html": "GET",
    "/class": "GET POST",
    "/class/join": "GET",
    "/class/files/{file}": "GET",
    "/class/{code}": "GET",
    "/class/{code}/follow": "GET",
    "/class/{code}/answer": "POST",
    "/class/{code}/lecturer": "GET",
    "/class/{code}/lead": "GET",
    "/class/{code}/act": "POST",
    "/class/{code}/judgements.zip": "GET",
    "/schemas": "GET",
    # The page and its framework.
    "/": "GET",
    "/config": "GET",
    "/config/": "GET",
    "/static/{path:path}": "GET",
    "/assets/{path:path}": "GET",
    "/favicon.ico": "GET",
    "/theme.css": "GET",
    "/robots.txt": "GET",
    "/manifest.json": "GET",
    "/gradio_api/theme.css": "GET",
    "/gradio_api/info": "GET",
    "/gradio_api/info/": "GET",
    "/gradio_api/openapi.json": "GET",
    "/gradio_api/app_id": "GET",
    "/gradio_api/app_id/": "GET",
    "/gradio_api/startup-events": "GET",
    "/gradio_api/heartbeat/{session_hash}": "GET",
    # Calls.
    "/gradio_api/queue/join": "POST",
    "/gradio_api/queue/data": "GET",
    "/gradio_api/cancel": "POST",
    "/gradio_api/run/{api_name}": "POST",
    "/gradio_api/run/{api_name}/": "POST",
    "/gradio_api/call/{api_name}": "POST",
    "/gradio_api/call/{api_name}/": "POST",
    "/gradio_api/call/v2/{api_name}": "GET POST",
    "/gradio_api/call/v2/{api_name}/": "POST",
    "/gradio_api/call/{api_name}/{event_id}": "GET",
    "/gradio_api/call/v2/{api_name}/{event_id}": "GET",
}
CLOSED = [
    "/login",
    "/login/",
    "/logout",
    "/monitoring",
    "/monitoring/summary",
    "/monitoring/{key}",
    "/openapi.json",
    "/pwa_icon",
    "/pwa_icon/{size}",
    "/svelte/{path:path}",
    "/gradio_api/api/{api_name}",
    "/gradio_api/api/{api_name}/",
    "/gradio_api/component_server",
    "/gradio_api/component_server/",
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}",
    "/gradio_api/deep_link",
    "/gradio_api/dev/reload",
    "/gradio_api/file/{path:path}",
    "/gradio_api/file={path_or_url:path}",
    "/gradio_api/login_check",
    "/gradio_api/login_check/",
    "/gradio_api/process_recording",
    "/gradio_api/proxy={url_path:path}",
    "/gradio_api/queue/status",
    "/gradio_api/reset",
    "/gradio_api/reset/",
    "/gradio_api/runs",
    "/gradio_api/runs/",
    "/gradio_api/stream/{event_id}",
    "/gradio_api/stream/{event_id}/close",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
    "/gradio_api/token",
    "/gradio_api/token/",
    "/gradio_api/undo-vibe-edit",
    "/gradio_api/undo-vibe-edit/",
    "/gradio_api/upload",
    "/gradio_api/upload_progress",
    "/gradio_api/user",
    "/gradio_api/user/",
    "/gradio_api/vibe-code",
    "/gradio_api/vibe-code/",
    "/gradio_api/vibe-edit",
    "/gradio_api/vibe-edit/",
    "/gradio_api/vibe-starter-queries",
    "/gradio_api/vibe-starter-queries/",
]


def templates(routes: Sequence[Any], before: str = "") -> set[str]:
    """The paths of routes, of what is mounted below them, and of routers that they include."""
    found: set[str] = set()
    for route in routes:
        path = before + getattr(route, "path", "")
        router = getattr(route, "original_router", None)
        within = router.routes if router is not None else getattr(route, "routes", None)
        prefix = getattr(getattr(route, "include_context", None), "prefix", "") if router is not None else ""
        found |= templates(within, path + prefix) if within else {path}
    return found


def answer(gated: Gated, method: str, path: str) -> tuple[int, str]:
    """Status of a request without a body, and where it is closed what is said."""
    connection = http.client.HTTPConnection(urlsplit(gated.url).netloc, timeout=30)
    connection.request(method, path)
    got = connection.getresponse()
    said = got.read().decode() if got.status in (404, 405) else ""  # a stream would have no end
    connection.close()
    return got.status, said


def open_methods(gated: Gated, template: str) -> str:
    """By which methods a route is reached, as in OPEN."""
    path = re.sub(r"\{[^}]*\}", lambda name: "predict" if "api_name" in name[0] else "x", template)
    closed = (404, NOTHING_HERE)
    return " ".join(method for method in METHODS if answer(gated, method, path) not in (closed, (405, closed[1])))


def test_every_route_is_known_and_answers_by_its_methods_alone(gated: Gated) -> None:
    found = {template: open_methods(gated, template) for template in templates(gated.site.page.app.routes)}
    assert found == OPEN | dict.fromkeys(CLOSED, "")


def test_a_route_that_is_not_open_answers_as_one_that_is_not_there(gated: Gated) -> None:
    for method in (*METHODS, "HEAD", "OPTIONS", "TRACE", "CONNECT", "get"):
        assert answer(gated, method, "/gradio_api/upload") == answer(gated, method, "/nowhere")


def test_nothing_is_asked_by_other_methods_than_those_of_the_page(gated: Gated) -> None:
    for template, methods in OPEN.items():
        asked = template if "{" not in template else re.sub(r"\{[^}]*\}", "x", template)
        for method in ("OPTIONS", "TRACE"):
            assert answer(gated, method, asked)[0] in (404, 405), (method, asked, methods)


def test_no_socket_is_opened(gated: Gated) -> None:
    headers = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    connection = http.client.HTTPConnection(urlsplit(gated.url).netloc, timeout=30)
    connection.request("GET", "/gradio_api/queue/join", headers=headers)
    assert connection.getresponse().status in (403, 404)
    connection.close()


def test_the_page_is_sent_packed_to_whoever_can_unpack_it_and_is_the_same(gated: Gated) -> None:
    def page(**headers: str) -> tuple[dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(gated.url).netloc, timeout=30)
        connection.request("GET", "/", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return {name.lower(): value for name, value in answer.getheaders()}, body

    told, plain = page()
    packed_told, packed = page(**{"Accept-Encoding": "gzip, br"})
    assert (told.get("content-encoding"), packed_told["content-encoding"]) == (None, "gzip")
    assert told["vary"] == packed_told["vary"] == "Accept-Encoding"
    assert len(packed) == int(packed_told["content-length"]) < len(plain) / 4
    nonces = [re.findall(r"'nonce-([^']+)'", each["content-security-policy"]) for each in (told, packed_told)]
    unpacked = gzip.decompress(packed)
    [first], [second] = nonces
    assert first != second
    assert unpacked.replace(second.encode(), b"") == plain.replace(first.encode(), b"")
    assert unpacked.count(f'nonce="{second}"'.encode()) == unpacked.count(b"<script")
