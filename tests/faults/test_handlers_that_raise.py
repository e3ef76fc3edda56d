"""Whatever raises behind an endpoint, a route or the page: one sentence with an id, and its trace in the log."""

from __future__ import annotations

import json
import logging
import re
from typing import Any, NoReturn

import pytest

from tests.gated import Gated
from tests.server import Server
from ui.errors import UNEXPECTED

SENTENCE = re.compile(re.escape(UNEXPECTED).replace(r"\{\}", "([0-9a-f]{8})"))
SECRET = "/srv/secret/place.py"
PAIR = ["whale", ["a whale", "a war"]]
TWO = ["a whale", "a war"]
ENDPOINTS: dict[str, list[Any]] = {
    "search": ["films", "whale", 5, None, None, None],
    "rerank": PAIR,
    "evaluate": ["films", 5, None, "retrieved"],
    "compare": TWO,
    "similarity": [TWO],
    "occlusion": TWO,
    "token_similarity": TWO,
    "alignment": TWO,
    "word_in_context": ["whale", ["a whale", "the whale"]],
    "padded_batch": PAIR,
}
# What is made to raise, by the way that leads to it.
ROUTES = {
    "/take/search.csv?corpus=films&q=whale": "ui.takehome.routes._state",
    "/evaluation/measures.csv?corpus=films": "ui.evaluate.downloads.check_measurable",
    "/handout.html": "ui.lesson.routes.handout",
    "/own/corpus.zip": "ui.own.corpora.OwnCorpora.of",
}


def fail(*_: object, **__: object) -> NoReturn:
    raise RuntimeError(f"no such thing at {SECRET}")


@pytest.fixture
def broken_models(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that raise whatever they are asked."""
    for model in (gated.encoder, gated.scorer):
        for method in ("encode_queries", "encode_documents", "token_vectors", "scores", "read", "padded"):
            monkeypatch.setattr(model, method, fail, raising=False)


def is_told_and_logged(said: str, caplog: pytest.LogCaptureFixture) -> None:
    """The text names one id, under which the log has the trace, and nothing of the error itself."""
    [name] = set(SENTENCE.findall(said))
    assert "secret" not in said and "Traceback" not in said
    [record] = [record for record in caplog.records if name in record.getMessage()]
    assert record.exc_info is not None and SECRET in str(record.exc_info[1])
    assert record.exc_info[2] is not None and "fail" in logging.Formatter().formatException(record.exc_info)


@pytest.mark.usefixtures("broken_models")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_behind_an_endpoint(page: Server, endpoint: str, caplog: pytest.LogCaptureFixture) -> None:
    last = page.events(endpoint, ENDPOINTS[endpoint])[-1]
    assert last.name == "error"
    is_told_and_logged(last.data["error"], caplog)


@pytest.mark.parametrize("path", ROUTES)
def test_behind_a_route(
    page: Server, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ROUTES[path], fail)
    status, headers, body = page.get(path)
    assert status == 500 and headers["x-content-type-options"] == "nosniff"
    is_told_and_logged(body, caplog)


def test_behind_an_upload(page: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("ui.own.routes.drafted", fail)
    headers = {"x-own-secret": "", "x-file-name": "a.txt"}
    status, said = page.sent("/own", b"a line of text", headers)
    assert status == 500
    is_told_and_logged(said, caplog)


@pytest.mark.parametrize(
    "breaks",
    [
        "ui.search.section.SearchSection.begin",
        "ui.search.section.SearchSection.draw",
        "ui.wiring.Wiring._following",
        "ui.own.corpora.OwnCorpora.visitor",
    ],
)
def test_behind_the_page(
    page: Server, breaks: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(breaks, fail)
    is_told_and_logged(opened(page, "corpus=films&q=whale"), caplog)


def opened(page: Server, address: str, session: str = "a-page") -> str:
    """All that the page is sent when it is opened at an address, as it opens one that is gone back to."""
    config = json.loads(page.get("/config")[2])
    [part] = [each["id"] for each in config["components"] if each["props"].get("elem_id") == "address"]
    [event] = [each["id"] for each in config["dependencies"] if [part, "select"] in each["targets"]]
    call = {"fn_index": event, "data": ["", ""], "event_data": {"address": address}, "session_hash": session}
    assert page.post("/gradio_api/queue/join", json.dumps(call).encode())[0] == 200
    return page.get(f"/gradio_api/queue/data?session_hash={session}")[2]
