"""The real server, one for the whole session: `python app.py` in a process of its own.

Beside the built-in corpora it reads a small judged one, one whose every text is hostile, and a broken one.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import write_beir
from tests.planets import write_planets

ROOT = Path(__file__).parent.parent
START_SECONDS = 180.0
ANSWER_SECONDS = 120.0
LOG_CHARACTERS = 4_000
SETTINGS = ("GRADIO_", "HF_", "SPACE_", "TRANSFORMERS_")
# Everything that a browser, a template engine or a script could take for its own.
HOSTILE = "<img src=x onerror=alert(1)> ${6*7} {{value}} \\ ` </script><b>&amp;"
HOSTILE_TITLE = "A corpus of " + HOSTILE
HOSTILE_KIND = "kind " + HOSTILE
LONG_TEXT = "whale " * 600
BROKEN_SENTENCE = (
    "broken/corpus.jsonl: there is no document in it to use; 2 rows were left out: line 1 has no text and no title; "
    "line 2 is not valid JSON."
)
# What was left out of the hostile corpus, where a query that is not there has a hostile name.
HOSTILE_NOTE = (
    f'hostile/qrels/test.tsv: 1 row was left out: line 3 names a query that is not there ("{HOSTILE[:29]}…").'
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of an answer that streams: "generating", "complete" or "error", and its data."""

    name: str
    data: Any


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, the file that its output goes to, and the id of its process."""

    url: str
    log: Path
    pid: int = 0
    opener: urllib.request.OpenerDirector = field(default_factory=urllib.request.build_opener)

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        """Status, headers (names in lower case) and body of a GET."""
        return self._open(urllib.request.Request(self.url + path))

    def post(self, path: str, body: bytes) -> tuple[int, str]:
        """Status and body of a POST of JSON, or of what is no JSON."""
        return self.sent(path, body, {"content-type": "application/json"})

    def sent(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Status and body of any other POST."""
        status, _, answer = self._open(urllib.request.Request(self.url + path, body, headers))
        return status, answer

    def events(self, endpoint: str, arguments: Sequence[Any]) -> list[Event]:
        """What an endpoint answers over plain HTTP: each update, then "complete", or "error"."""
        _, answer = self.post(f"/gradio_api/call/{endpoint}", json.dumps({"data": list(arguments)}).encode())
        event_id = json.loads(answer)["event_id"]
        return events_of(self.get(f"/gradio_api/call/{endpoint}/{event_id}")[2])

    def call(self, endpoint: str, *arguments: Any) -> Any:
        """The last answer of an endpoint. Raises AssertionError where it is an error."""
        last = self.events(endpoint, arguments)[-1]
        assert last.name == "complete", last
        return last.data[0]

    def _open(self, request: urllib.request.Request) -> tuple[int, dict[str, str], str]:
        try:
            with self.opener.open(request, timeout=ANSWER_SECONDS) as answer:
                return answer.status, _lowered(answer.headers), answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _lowered(error.headers), error.read().decode("utf-8", "replace")


def _lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def events_of(stream: str) -> list[Event]:
    """The events of a whole answer."""
    return [_event(block) for block in stream.split("\n\n") if block.strip()]


def _event(block: str) -> Event:
    name, data = (line.split(": ", 1)[1] for line in block.strip().split("\n"))
    return Event(name, json.loads(data))


def write_hostile_corpora(root: Path) -> None:
    """Two corpora: "hostile", judged in two splits with one row left out, and "broken", which can't be used."""
    texts = [f"{HOSTILE} number {i}" for i in range(6)]
    documents = [
        {"_id": f'{i}"><i>{HOSTILE}', "title": f"Title {i} {HOSTILE}", "text": text, "metadata": {"year": HOSTILE}}
        for i, text in enumerate(texts)
    ]
    queries = [
        {"_id": f'q{i}"><i>', "text": f"{HOSTILE} query {i}", "metadata": {"kind": kind, "example": True}}
        for i, kind in enumerate([HOSTILE_KIND, "other"])
    ]
    hostile = write_beir(
        root / "hostile",
        [*documents, {"_id": "long", "text": LONG_TEXT}],
        queries,
        "".join(f"{query['_id']}\t{documents[i]['_id']}\t2\n" for i, query in enumerate(queries))
        + f"{HOSTILE}\tlong\t1\n",
        f"---\npretty_name: {json.dumps(HOSTILE_TITLE)}\ndescription: {json.dumps(HOSTILE)}\n---\n",
    )
    (hostile / "qrels" / "dev.tsv").write_text(f"{queries[0]['_id']}\tlong\t1\n", encoding="utf-8")
    write_beir(root / "broken", b'{"_id": "1", "text": " "}\n{"_id": \n')


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens on now."""
    while True:
        with ExitStack() as bound:
            first = free_port()
            try:
                for port in range(first, first + count):
                    bound.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return first


def _environment(folder: Path, port: int) -> dict[str, str]:
    """Temporary files of its own, and no setting of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    (folder / "tmp").mkdir(exist_ok=True)
    return kept | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "SEARCHCORE_CORPORA": str(folder / "corpora"),
        "TMPDIR": str(folder / "tmp"),
    }


def _wait_until_it_serves(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the server did not start:\n{server.log.read_text('utf-8', 'replace')[-LOG_CHARACTERS:]}")
        try:
            server.call("corpora")
            return
        except (OSError, LookupError, ValueError):  # it does not listen yet, or whoever stands before it says so
            time.sleep(0.1)


@contextmanager
def run_app(folder: Path, cache: Path, program: Sequence[str], port: int, **settings: str) -> Iterator[Server]:
    """The page and its endpoints by a Python program with its arguments; `folder` has its corpora and its log."""
    running = Server(f"http://127.0.0.1:{port}", folder / "server.log")
    environment = _environment(folder, port) | {"SEARCHCORE_CACHE": str(cache)} | settings
    with running.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *program], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_it_serves(running, process)
        yield replace(running, pid=process.pid)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def serving(folder: Path, cache: Path, program: Sequence[str], **settings: str) -> Iterator[Server]:
    """As `run_app`, ready to answer: the largest corpus answers a search, so models are loaded and all is embedded."""
    with run_app(folder, cache, program, free_port(), **settings) as running:
        running.call("search", "movies", "a warm engine", 1, None, None, None)
        yield running


@pytest.fixture(scope="session")
def embeddings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedding cache of all servers in this run of the tests, so that the films are embedded once."""
    folder = tmp_path_factory.getbasetemp()
    return (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "embeddings"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, embeddings: Path) -> Iterator[Server]:
    """The page and its endpoints, ready to answer, without the Hub."""
    folder = tmp_path_factory.mktemp("server")
    write_hostile_corpora(folder / "corpora")
    write_planets(folder / "corpora")
    with serving(folder, embeddings, ["app.py"], HF_HUB_OFFLINE="1") as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Under a failed test stands the end of the server's log."""
    report = yield
    running = getattr(item, "funcargs", {}).get("server")
    if report.failed and isinstance(running, Server):
        report.sections.append(("Server log", running.log.read_text("utf-8", "replace")[-LOG_CHARACTERS:]))
    return report
