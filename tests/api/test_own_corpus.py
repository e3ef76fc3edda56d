"""A corpus of one's own over plain HTTP: bounded, under its secret, and out of every endpoint's reach."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.server import ROOT, Server

LINES = "\n".join(f"a secret line about whales, number {i}" for i in range(3)).encode()
LIMIT = 5_000_000
# Routes of Gradio's that nothing here uses.
CLOSED = [
    ("POST", "/gradio_api/upload"),
    ("GET", "/gradio_api/upload_progress?upload_id=1"),
    ("POST", "/gradio_api/process_recording"),
    ("POST", "/gradio_api/stream/1"),
    ("POST", "/gradio_api/component_server"),
    ("POST", "/gradio_api/run/search"),
    ("POST", "/gradio_api/api/search"),
    ("POST", "/gradio_api/reset"),
    ("GET", "/gradio_api/file=app.py"),
    ("GET", "/gradio_api/file/app.py"),
    ("GET", "/gradio_api/proxy=http://127.0.0.1/"),
    ("GET", "/gradio_api/deep_link"),
    ("GET", "/gradio_api/runs"),
    ("GET", "/gradio_api/user"),
    ("GET", "/gradio_api/token"),
    ("GET", "/gradio_api/vibe-code"),
    ("GET", "/gradio_api/custom_component/a/b/c/d"),
    ("GET", "/monitoring"),
    ("GET", "/monitoring/summary"),
    ("POST", "/login"),
    ("GET", "/logout"),
    ("GET", "/svelte/index.js"),
    ("GET", "/pwa_icon"),
    ("GET", "/gradio_api/mcp"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("PUT", "/own"),
    ("DELETE", "/own"),
    ("GET", "/own"),
    ("GET", "/own/../app.py"),
    ("GET", "/evaluation/..%2f..%2fapp.py"),
]


def asked(server: Server, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """Status and body of a request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(server.url + path, body, named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def given(server: Server, name: str, body: bytes, secret: str = "") -> tuple[int, dict[str, Any]]:
    """Status and JSON of an upload."""
    status, answer = asked(server, "POST", "/own", body, x_own_secret=secret, x_file_name=name)
    return status, json.loads(answer)


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_what_nobody_uses_is_not_there(server: Server, method: str, path: str) -> None:
    status, answer = asked(server, method, path, b"" if method in ("POST", "PUT") else None)
    assert (status, b"Traceback" in answer) == (404, False)


def test_a_file_is_taken_and_answered_with_a_secret_that_cannot_be_guessed(server: Server) -> None:
    secrets = [given(server, "lines.txt", LINES)[1]["secret"] for _ in range(2)]
    assert secrets[0] != secrets[1]
    assert all(len(secret) >= 32 for secret in secrets)
    assert given(server, "other.txt", LINES, secrets[0])[1]["secret"] == secrets[0]
    # One that was made up is not taken on.
    assert given(server, "other.txt", LINES, "mine")[1]["secret"] not in ("mine", *secrets)


def test_another_sites_page_can_not_send_a_file(server: Server) -> None:
    status, answer = asked(server, "POST", "/own", LINES, content_type="text/plain", x_file_name="lines.txt")
    assert (status, json.loads(answer)) == (403, {"error": "A file is taken from this page alone."})
    request = urllib.request.Request(
        server.url + "/own",
        method="OPTIONS",
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-own-secret",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    with refused.value as answer:
        assert answer.code == 404
        assert answer.headers.get("access-control-allow-origin") is None


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 100_000 + 1):
        yield b"a whale " * 12_500


def test_a_file_beyond_the_limit_is_413_with_or_without_a_length(server: Server) -> None:
    sentence = {"error": "A file may have at most 5,000,000 bytes; please give a smaller one."}
    assert given(server, "large.txt", b"a" * (LIMIT + 1)) == (413, sentence)
    request = urllib.request.Request(
        server.url + "/own", chunks(LIMIT), {"x-own-secret": "", "x-file-name": "large.txt"}, method="POST"
    )
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(request, timeout=60):
        pass
    assert (refused.value.code, json.loads(refused.value.read())) == (413, sentence)


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("empty.csv", b"", "empty.csv is empty."),
        ("lines", LINES, "lines: a file must end in .txt, .csv, .tsv, .jsonl, .xlsx or .zip."),
        ("picture.csv", bytes(range(256)), "picture.csv is not a text file, whatever its name says."),
        ("broken.zip", b"PK", "broken.zip is not a zip archive, or it is damaged."),
        ("../../etc/numbers.csv", b"1\n2\n3\n", "There is no column of texts"),
    ],
)
def test_a_file_that_can_not_be_used_gets_a_sentence(server: Server, name: str, body: bytes, sentence: str) -> None:
    status, answer = given(server, name, body)
    assert status == 422
    assert answer["error"].startswith(sentence)
    assert str(ROOT) not in answer["error"]


def test_a_bomb_is_refused_before_it_is_unpacked(server: Server) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("corpus.jsonl", b"0" * 60_000_000)
    for name in ("bomb.zip", "bomb.xlsx"):
        status, answer = given(server, name, bomb.getvalue())
        assert status == 422
        assert answer["error"] == f"{name} unpacks to 60,000,000 bytes, and at most 50,000,000 are read."


def test_no_endpoint_and_no_route_reaches_anothers_corpus(server: Server) -> None:
    _, answer = given(server, "lines.txt", LINES)
    for endpoint, arguments in (
        ("search", ["own", "whales", 20, None, None, None]),
        ("evaluate", ["own", 20, None, "retrieved", None]),
        ("length_experiment", ["own"]),
    ):
        last = server.events(endpoint, arguments)[-1]
        assert last.name == "error", endpoint
        assert "secret line" not in json.dumps(last.data)
    assert "own" not in [corpus["name"] for corpus in server.call("corpora")]
    for secret in ("", "mine", answer["secret"][:-1]):
        for path in ("/own/corpus.zip", "/evaluation/measures.csv?measured=own"):
            status, body = asked(server, "GET", path, x_own_secret=secret)
            assert (status, b"secret line" in body) == (404, False)
    # Given, but not taken into use: nothing to take home yet.
    status, body = asked(server, "GET", "/own/corpus.zip", x_own_secret=answer["secret"])
    assert (status, body.decode().startswith("There is no corpus of your own")) == (404, True)


def test_nothing_of_it_stands_in_the_log(server: Server) -> None:
    given(server, "a-name-of-mine.txt", b"nothing but a line of mine")
    log = server.log.read_text("utf-8", "replace")
    assert "line of mine" not in log
    assert "a-name-of-mine" not in log


def test_a_file_of_an_evaluation_that_was_not_made_says_so(server: Server) -> None:
    status, answer = asked(server, "GET", "/evaluation/measures.csv?measured=planets&depth=7")
    assert (status, answer.decode()) == (
        404,
        "This evaluation is not kept any more; press Evaluate, then download it again.",
    )
    assert asked(server, "GET", "/evaluation/other.csv")[0] == 404
