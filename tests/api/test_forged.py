"""What no page of ours would send: headers that lie about the address, values that no control can hold, bodies of any
kind. Nothing of it changes a link, opens an answer to another site, or shows anything of the server."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.gated import Gated
from tests.server import ROOT, Server
from ui.open_routes import NOTHING_HERE
from ui.refusals import NOT_OURS

EVIL = "evil.example"
LIES = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Gradio-Server": f"https://{EVIL}",
    "X-Original-Url": f"//{EVIL}/",
    "Forwarded": f"host={EVIL};proto=https",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
}
PAGES = [
    "/",
    "/?corpus=films&q=whale",
    "/config",
    "/config/",
    "/gradio_api/info",
    "/gradio_api/openapi.json",
    "/schemas",
]
PAGES += ["/manifest.json", "/theme.css", "/handout.html", "/take/search.html?corpus=films&q=whale", "/nowhere"]
# These are made anew for each who asks, as the first of all pages is.
PAGES += ["/?deep_link=none", "/config?deep_link=none", "/theme.css?deep_link=none"]
# One of each kind of JSON, paths and addresses that a server could open, and what Gradio reads as a change of a part.
VALUES: list[Any] = [
    None,
    True,
    -1.5,
    10**400,
    "../../etc/passwd",
    "x" * 10_000,
    [],
    [None, [["deep"]]],
    {"a": 1},
    {"path": "/etc/passwd", "url": "http://127.0.0.1:9/x", "meta": {"_type": "gradio.FileData"}},
    {"__type__": "update", "value": 3},
]
BODIES = [b"", b"{", b"null", b"7", b"\xff", b"[" * 100_000, b'{"data": 3}', b'{"data": []}']
BODIES += [
    b'{"data": [], "session_hash": "a", "fn_index": ' + each + b"}"
    for each in (b"10000", b"-1", b'"x"', b"1e400", b"null", b"[]", b"39.5")
]
BODIES += [b'{"data": [], "session_hash": 7, "fn_index": 2}', b'{"data": [], "fn_index": 2, "event_data": {}}']
GIVEN_AWAY = ("Traceback", 'File "', "site-packages", "<class", str(ROOT))


@pytest.fixture(scope="module")
def small(gated: Gated) -> Server:
    """The same, to be asked by HTTP."""
    return Server(gated.url, Path())


def asked(gated: Gated, path: str, headers: dict[str, str], method: str = "GET") -> tuple[int, dict[str, str], str]:
    """Status, headers and body, without what differs from one answer to the next."""
    connection = http.client.HTTPConnection(urlsplit(gated.url).netloc, timeout=30)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    told = {
        name.lower(): value for name, value in answer.getheaders() if name.lower() not in ("date", "content-length")
    }
    connection.close()
    # A word that is new in each answer, and how long something took.
    differs = re.compile(r"(?<=nonce[-=])\"?[\w-]{22}\"?|\b\d+ ms\b")
    return answer.status, {name: differs.sub("", value) for name, value in told.items()}, differs.sub("", body)


def shows_nothing(answer: str) -> None:
    assert [each for each in GIVEN_AWAY if each in answer] == [], answer[:500]


@pytest.mark.parametrize("path", PAGES)
def test_headers_that_lie_change_nothing(gated: Gated, path: str) -> None:
    asked(gated, path, {})  # from then on it is remembered
    plain, lied = asked(gated, path, {}), asked(gated, path, LIES)
    assert lied == plain
    assert EVIL not in str(lied)
    assert not [name for name in lied[1] if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/call/search", "/gradio_api/queue/join", "/own"])
def test_another_site_is_told_that_it_may_not_ask(gated: Gated, path: str) -> None:
    wish = {"Origin": f"https://{EVIL}", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "a"}
    status, headers, _ = asked(gated, path, wish, "OPTIONS")
    assert status in (404, 405)
    assert not [name for name in headers if name.startswith("access-control")]


def test_the_page_is_wherever_the_browser_found_it(small: Server) -> None:
    assert json.loads(small.get("/config")[2])["root"] == "."
    assert urlsplit(small.url).netloc not in small.get("/")[2]


def test_no_value_that_a_part_cannot_hold_is_taken_and_no_trace_is_told(gated: Gated, small: Server) -> None:
    """Each part once, in a call of which all else is as the page has it; the values take turns."""
    parts = {part["id"]: part["props"].get("value") for part in gated.site.page.config["components"]}
    untried = {place for function in gated.site.page.config["dependencies"] for place in function["inputs"]}
    assert len(untried) > 30
    calls: list[tuple[dict[str, Any], list[Any], Any]] = []
    for function in gated.site.page.config["dependencies"]:
        for place in sorted(untried.intersection(function["inputs"])):
            value = VALUES[place % len(VALUES)]
            calls.append((function, [value if each == place else parts[each] for each in function["inputs"]], value))
        untried.difference_update(function["inputs"])
    all_answered(small, calls)


def test_every_function_answers_wrong_values_with_a_sentence(gated: Gated, small: Server) -> None:
    functions = gated.site.page.config["dependencies"]
    values = [(function, VALUES[function["id"] % len(VALUES)]) for function in functions]
    all_answered(small, [(function, [value] * len(function["inputs"]), value) for function, value in values])


def all_answered(small: Server, calls: list[tuple[dict[str, Any], list[Any], Any]]) -> None:
    with ThreadPoolExecutor(8) as threads:
        for answer in threads.map(lambda call: answered(small, *call), calls):
            shows_nothing(answer)


def answered(small: Server, function: dict[str, Any], data: list[Any], event: Any) -> str:
    """All that a function answers in a session of its own; where that is an error, it is a sentence."""
    session = secrets.token_hex(8)
    call = {"data": data, "fn_index": function["id"], "session_hash": session, "event_data": event}
    if not function["queue"]:
        status, answer = small.post("/gradio_api/run/predict", json.dumps(call).encode())
        assert status == 200 or is_sentence(json.loads(answer)["error"])
        return answer
    status, answer = small.post("/gradio_api/queue/join", json.dumps(call).encode())
    if status != 200:
        assert status == 422 and is_sentence(json.loads(answer)["error"])
        return answer
    told = small.get(f"/gradio_api/queue/data?session_hash={session}")[2]
    [last] = [json.loads(line[6:]) for line in told.split("\n\n") if '"msg":"process_completed"' in line]
    assert last["success"] or is_sentence(last["output"]["error"])
    return told


def is_sentence(said: object) -> bool:
    return isinstance(said, str) and said.endswith((".", "…")) and "\n" not in said and len(said) < 400


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/cancel"])
@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_call_of_a_page_gets_a_sentence(small: Server, path: str, body: bytes) -> None:
    status, answer = small.post(path, body)
    assert status in (400, 404, 422), answer
    assert json.loads(answer) == {"error": NOTHING_HERE if status == 404 else NOT_OURS}


def test_nobody_goes_past_the_queue(gated: Gated, small: Server) -> None:
    for function in gated.site.page.config["dependencies"]:
        if function["queue"]:
            call = {"data": [], "fn_index": function["id"], "session_hash": "past"}
            assert small.post("/gradio_api/run/predict", json.dumps(call).encode())[0] == 404


def test_no_function_of_the_page_has_a_name_to_be_called_by(gated: Gated, small: Server) -> None:
    for function in gated.site.page.config["dependencies"]:
        if function["api_visibility"] == "private":
            for path in ("call", "call/v2", "run", "api"):
                assert small.post(f"/gradio_api/{path}/{function['api_name']}", b"{}")[0] == 404


@pytest.mark.parametrize("path", ["proxy=", "file=", "proxy=%2F%2F", "file/", "stream/"])
@pytest.mark.parametrize("scheme", ["http://", "http:/", "https://", "//", "ftp://"])
def test_nothing_is_fetched_for_anybody(small: Server, path: str, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        port = listening.getsockname()[1]
        assert small.get(f"/gradio_api/{path}{scheme}127.0.0.1:{port}/x")[0] == 404
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_an_error_that_nobody_foresaw_is_a_sentence_with_the_headers_of_every_answer(
    gated: Gated, small: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any, **named: Any) -> None:
        raise RuntimeError(f"{ROOT} is where it broke")

    monkeypatch.setattr(gated.site.page.app, "get_blocks", fail)
    status, headers, body = small.get("/config?deep_link=none")  # an answer that is not kept
    assert status == 500
    assert re.fullmatch(r"Something went wrong .* noted in its log as [0-9a-f]{8}; .*\.", json.loads(body)["error"])
    assert "frame-ancestors" in headers["content-security-policy"]
