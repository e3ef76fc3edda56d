"""What is too long is refused on every route, before it is read to its end, kept or logged."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.gated import serve_gated
from tests.server import Server
from ui import bodies
from ui.open_routes import OPEN

PATHS = [
    "/gradio_api/queue/join",
    "/gradio_api/call/search",
    "/gradio_api/call/v2/search",
    "/gradio_api/cancel",
    "/gradio_api/run/predict",
]
MOST = 1_000


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """The endpoints over small corpora and fake models."""
    gated = serve_gated()
    gated.open_gates()
    yield Server(gated.url, Path())
    gated.close()


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little is read of a body."""
    monkeypatch.setattr(bodies, "MAX_BYTES", MOST)
    monkeypatch.setattr(bodies, "MAX_CALL_BYTES", MOST)


def sent(server: Server, path: str, size: int, *, told: bool) -> tuple[int, str]:
    """Status and sentence for a body of `size` bytes, whose length is told before it or not."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.putrequest("POST", path)
    connection.putheader("content-type", "application/json")
    if told:
        connection.putheader("content-length", str(size))
        connection.endheaders()  # and not a byte of it: the answer does not wait for one
    else:
        connection.putheader("transfer-encoding", "chunked")
        connection.endheaders(iter([b"a" * size]), encode_chunked=True)
    answer = connection.getresponse()
    said = json.loads(answer.read())["error"]
    connection.close()
    return answer.status, said


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_is_too_long_is_refused_with_a_sentence(small: Server, path: str, told: bool) -> None:
    assert sent(small, path, MOST + 1, told=told) == (413, "A request may bring at most 1,000 bytes here.")


@pytest.mark.parametrize("path", PATHS)
def test_who_sends_it_to_its_end_reads_the_sentence_too(small: Server, path: str) -> None:
    said = json.dumps({"error": "A request may bring at most 1,000 bytes here."}, separators=(",", ":"))
    assert small.post(path, b"a" * 9_000_000) == (413, said)


def test_every_route_that_takes_a_body_is_bounded() -> None:
    own = {"/own", "/take/[^/]+", "/class", "/class/[^/]+/(?:answer|act)"}
    assert len(OPEN["POST"]) == len(PATHS) - 1 + len(own)  # both kinds of call are one pattern


def test_what_is_as_long_as_may_be_is_answered(small: Server) -> None:
    body = json.dumps({"data": ["films", "whale"]}).encode()
    assert small.post("/gradio_api/call/search", body + b" " * (MOST - len(body)))[0] == 200
