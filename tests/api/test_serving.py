"""What else the server gives away: nothing. And what it offers is documented."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from searchcore import Engine
from searchcore.ranking import BUILT_IN
from tests.fakes import FakeEncoder, FakeScorer, store_of
from tests.server import ROOT, Server
from ui import api
from ui.words import NAME

PRESENT = "root:"
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
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


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
