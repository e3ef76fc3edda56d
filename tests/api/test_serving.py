"""What else the server gives away: nothing. And what it offers is documented."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from searchcore import Engine
from searchcore.ranking import BUILT_IN
from tests.fakes import FakeEncoder, FakeScorer, store_of
from tests.server import ROOT, Server
from ui import api
from ui.words import NAME

PRESENT = "root:"
SECRET_WORD = "xyzzy"
OUTSIDE = [
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=../../../../../../etc/passwd",
    "/gradio_api/file=%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/gradio_api/file=file:///etc/passwd",
    "/gradio_api/file=app.py",
    "/gradio_api/file=./ui/server.py",
    "/gradio_api/file=corpora/movies/corpus.jsonl",
    f"/gradio_api/file={ROOT}/requirements.txt",
    "/file=/etc/passwd",
    "/static/../../../../../../etc/passwd",
    "/static/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/assets/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/gradio_api/stream/..%2f..%2fetc%2fpasswd",
    "/svelte/..%2f..%2f..%2fetc%2fpasswd",
    "/static//etc/passwd",
    "/static/%2e%2e/%2e%2e/config.json",
    "/static/..%5c..%5cconfig.json",
    "/static/%252e%252e%252fetc%252fpasswd",
    "/static/%00",
    "/assets//etc/passwd",
    "/assets/%2e%2e/index.html",
    "/assets/..;/index.html",
    "/assets/%c0%ae%c0%ae/index.html",
    "/assets/",
    "/assets/" + "../" * 200 + "etc/passwd",
    "/theme.css/../../app.py",
    "/theme.css/..%2fapp.py",
    "/svelte/svelte.js",
    "/svelte/%2e%2e/index.html",
    "//etc/passwd",
    "/..%2f..%2fetc/passwd",
    "/%2e%2e/app.py",
    "/own/..%2fapp.py",
    "/take/..%2f..%2fetc%2fpasswd",
    "/take/search.csv%2f..%2f..%2fapp.py",
    "/evaluation/..%2f..%2fetc%2fpasswd",
    "/gradio_api/%66ile=/etc/passwd",
    "/gradio_api/file/etc/passwd",
    "/gradio_api/upload",
    "/gradio_api/upload_progress?upload_id=..%2fetc",
    "/gradio_api/custom_component/1/client/component/..%2f..%2findex.js",
    "/gradio_api/component_server",
    "/gradio_api/proxy=file:///etc/passwd",
    "/gradio_api/deep_link?deep_link=../../etc",
    "/gradio_api/theme.css/..%2fapp.py",
    "/monitoring",
    "/gradio_api/monitoring",
]
ENDPOINTS_OF_THE_DESIGN = {
    "corpora": [],
    "search": ["corpus", "query", "candidates", "methods", "encoder", "scorer"],
    "rerank": ["query", "texts"],
    "compare": ["text_a", "text_b"],
    "similarity": ["texts"],
    "evaluate": ["corpus", "candidates", "methods", "pool", "split"],
}


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_file_of_the_machine_is_served(server: Server, path: str) -> None:
    status, _, body = server.get(path)
    assert status in (403, 404), body[:200]
    assert PRESENT not in body
    assert "import" not in body


@pytest.mark.parametrize("path", ["/", "/gradio_api/info", "/config", "/gradio_api/file=/etc/passwd", "/nowhere"])
def test_every_answer_has_the_security_headers(server: Server, path: str) -> None:
    headers = server.get(path)[1]
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["object-src"] == "'none'"
    assert policy["script-src"].split()[:2] == ["'self'", "'unsafe-eval'"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert policy["connect-src"] == policy["form-action"] == policy["base-uri"] == "'self'"
    assert policy.pop("frame-ancestors") == "'self' https://huggingface.co https://*.hf.space"
    assert "http" not in str(policy) and "*" not in str(policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_each_page_has_a_word_of_its_own_that_lets_its_scripts_run(server: Server) -> None:
    answers = [server.get("/") for _ in range(2)]
    words = [re.search(r"'nonce-([\w-]{22})'", headers["content-security-policy"])[1] for _, headers, _ in answers]
    assert words[0] != words[1]
    for word, (_, _, page) in zip(words, answers, strict=True):
        scripts = re.findall(r"<script\b[^>]*>", page)
        assert scripts and all(f'nonce="{word}"' in script for script in scripts)
    assert "nonce-" not in server.get("/config")[1]["content-security-policy"]


@pytest.mark.parametrize("hostile", ["\n\r\x0b\u2028", "\x1b[31m\x1b]0;title\x07", "whale" * 2_000, "%0a%1b%5b31m"])
def test_little_of_what_is_sent_is_logged_and_nothing_that_a_terminal_obeys(server: Server, hostile: str) -> None:
    before = len(server.log.read_bytes())
    text = f"{hostile} {SECRET_WORD} {hostile}"
    server.events("search", ["toy", text, 5, None, None, None])
    server.events("search", [text, text, text, text, text, text])
    broken = json.dumps({"data": [text] * 20, "fn_index": 9, "session_hash": text}).encode()
    server.post("/gradio_api/queue/join", broken)
    server.get(f"/gradio_api/queue/data?session_hash={quote(text)}")
    server.get(f"/{quote(text)}?q={quote(text)}")
    server.get(f"/take/{quote(text)}?corpus={quote(text)}")
    logged = server.log.read_bytes()[before:].decode()
    assert all(each.isprintable() or each == "\n" for each in logged)
    assert "whale" * 41 not in logged
    # Of the longest query not even its middle is there.
    assert SECRET_WORD not in logged or len(hostile) < 200


def test_the_page_says_nothing_about_the_machine(server: Server) -> None:
    page, config = server.get("/")[2], server.get("/config")[2]
    for secret in (str(ROOT), str(server.log.parent)):
        assert secret not in page
        assert secret not in config


def test_handlers_of_the_page_are_not_listed_as_endpoints(server: Server, info: dict[str, Any]) -> None:
    listed = json.loads(server.get("/gradio_api/info")[2])
    assert listed["unnamed_endpoints"] == {}
    calls = api.Calls(Engine({}, store_of(FakeEncoder(), FakeScorer())))
    offered = (*api._search_endpoints(calls), *api._explain_endpoints(calls), *api._experiment_endpoints(calls))
    assert {name.strip("/") for name in info} == {endpoint.__name__ for endpoint in offered}


def test_the_endpoints_of_the_design_take_the_named_arguments(info: dict[str, Any]) -> None:
    taken = {name: [p["parameter_name"] for p in info[f"/{name}"]["parameters"]] for name in ENDPOINTS_OF_THE_DESIGN}
    assert taken == ENDPOINTS_OF_THE_DESIGN


def test_every_endpoint_is_described_and_says_what_it_returns(info: dict[str, Any]) -> None:
    for name, endpoint in info.items():
        assert endpoint["description"].endswith("."), name
        assert len(endpoint["returns"]) == 1, name


def test_defaults_are_those_of_the_design(info: dict[str, Any]) -> None:
    defaults = {
        name: {
            p["parameter_name"]: p["parameter_default"] for p in info[name]["parameters"] if p["parameter_has_default"]
        }
        for name in ("/search", "/evaluate")
    }
    assert defaults == {
        "/search": {"candidates": 20, "methods": None, "encoder": None, "scorer": None},
        "/evaluate": {"candidates": 20, "methods": None, "pool": "retrieved", "split": None},
    }


def test_every_endpoint_stands_in_the_readme(info: dict[str, Any]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in info if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", readme)]
    assert missing == []


@pytest.mark.parametrize("method", [method.key for method in BUILT_IN])
def test_every_method_stands_in_the_readme(method: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"`{method}`", readme)


def test_the_server_says_where_the_page_is(server: Server) -> None:
    assert f"The page is at {server.url}\n" in server.log.read_text(encoding="utf-8")


def test_the_page_shows_its_name_before_its_framework_is_there(server: Server) -> None:
    status, headers, page = server.get("/")
    assert status == 200 and int(headers["content-length"]) == len(page.encode())
    body = page[page.index("<body") :]
    assert body.index(NAME) < body.index("<gradio-app")
