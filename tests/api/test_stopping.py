"""The whole program is stopped at any moment: the right exit code, no trace, and a sentence for whoever waits."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.class_calls import Lecturer, Student
from tests.gated import PATIENCE, serve_gated, until_withdrawn
from tests.server import ROOT, Event, Server, events_of, free_port
from ui.classroom.rooms import SERVER_STOPS
from ui.classroom.words import WAITING
from ui.errors import STOPPING

START_SECONDS = 180.0
END_SECONDS = 20.0  # far more than it takes, for a machine with much else to do
SEARCH = ["movies", "a film about the sea", 200, None, None, None]


class Started:
    """`python app.py`, which tells in its log what it imports and where the page is. Its cache is empty."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.log = folder / "log"
        self.cache = folder / "cache"
        self.server = Server(f"http://127.0.0.1:{port}", self.log)
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("GRADIO_", "SPACE_"))}
        settings = {"PORT": str(port), "HF_HUB_OFFLINE": "1", "SEARCHCORE_CACHE": str(self.cache)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-X", "importtime", "app.py"],
                cwd=ROOT,
                env=mine | settings,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.readers = ThreadPoolExecutor(4)

    def until(self, moment: Callable[[], bool]) -> None:
        """Until that is so."""
        deadline = time.monotonic() + START_SECONDS
        while not moment():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text("utf-8")[-2_000:]
            time.sleep(0.01)

    def imports(self, module: str) -> bool:
        """Whether that module was imported."""
        return re.search(rf"\| +{re.escape(module)}$", self.log.read_text("utf-8"), re.MULTILINE) is not None

    def serves(self) -> bool:
        """Whether the page is there."""
        return "The page is at " in self.log.read_text("utf-8")

    def ask(self, endpoint: str, arguments: list[Any]) -> Future[list[Event]]:
        """The answer to a call, read in a thread until it ends."""
        event = json.loads(self.server.post(f"/gradio_api/call/{endpoint}", _body(arguments))[1])["event_id"]
        return self.readers.submit(self.read, endpoint, event)

    def read(self, endpoint: str, event: str) -> list[Event]:
        return events_of(self.server.get(f"/gradio_api/call/{endpoint}/{event}")[2])

    def ended_by(self, number: signal.Signals) -> tuple[int, list[str]]:
        """The exit code, and what is in the log beside imports and the page's address."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(END_SECONDS)
        print(f"{number.name}: ended after {time.monotonic() - began:.2f} s")
        lines = self.log.read_text("utf-8").splitlines()
        return code, [line for line in lines if not line.startswith(("import time:", "The page is at "))]


def _body(arguments: list[Any]) -> bytes:
    return json.dumps({"data": arguments}).encode()


def said(events: list[Event]) -> str:
    """The sentence with which an answer ended."""
    assert events[-1].name == "error"
    sentence: str = events[-1].data["error"]
    return sentence


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    program = Started(tmp_path)
    yield program
    program.process.kill()
    program.process.wait()
    program.readers.shutdown()


@pytest.mark.parametrize("module", ["numpy", "fastapi"])
def test_ctrl_c_while_it_imports_ends_it_without_a_trace(started: Started, module: str) -> None:
    started.until(lambda: started.imports(module))
    assert not started.serves()
    assert started.ended_by(signal.SIGINT) == (130, [])


def test_ctrl_c_while_models_load_ends_it_without_a_trace_and_a_client_hears_why(started: Started) -> None:
    started.until(started.serves)
    answer = started.ask("search", SEARCH)
    started.until(lambda: started.imports("onnxruntime"))
    assert started.ended_by(signal.SIGINT) == (130, [])
    assert said(answer.result(PATIENCE)) == STOPPING


def test_a_request_to_end_while_documents_are_embedded_ends_it_and_a_client_hears_why(started: Started) -> None:
    started.until(started.serves)
    answer = started.ask("search", SEARCH)
    started.until(lambda: any(started.cache.rglob("*.safetensors")))  # the first small corpus is done, movies is last
    assert started.ended_by(signal.SIGTERM) == (0, [])
    assert said(answer.result(PATIENCE)) == STOPPING


def test_ctrl_c_while_it_searches_and_evaluates_ends_it_and_both_clients_hear_why(started: Started) -> None:
    started.until(started.serves)
    started.server.call("search", "science", "warm", 1, ["bi_encoder"], None, None)
    evaluation = started.ask("evaluate", ["science", 200, None, "retrieved"])
    event = json.loads(started.server.post("/gradio_api/call/search", _body(["science", *SEARCH[1:]]))[1])["event_id"]
    url = f"{started.server.url}/gradio_api/call/search/{event}"
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        assert answer.readline() == b"event: generating\n"  # the cross-encoder is at work
        assert started.ended_by(signal.SIGINT) == (130, [])
        assert said(events_of(answer.read().decode().partition("\n\n")[2])) == STOPPING
    assert said(evaluation.result(PATIENCE)) == STOPPING


def test_a_request_to_end_ends_every_class_and_that_is_the_last_its_screens_hear(started: Started) -> None:
    started.until(started.serves)
    lecturer = Lecturer(started.server.url)
    screens = [lecturer.follow(), *(Student(lecturer).follow() for _ in range(3))]
    for screen in screens:
        screen.until_said("No question yet" if screen is screens[0] else WAITING)
    assert started.ended_by(signal.SIGTERM) == (0, [])
    assert [screen.until_ended()["said"] for screen in screens] == [SERVER_STOPS] * 4


def test_ctrl_c_while_a_command_loads_a_model_ends_it_without_a_trace(tmp_path: Path) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "searchcore", "embed", "toy"],
        cwd=ROOT,
        env=os.environ | {"SEARCHCORE_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert command.stderr is not None
        assert command.stderr.readline() == "Loading sentence-transformers/all-MiniLM-L6-v2 ...\n"
        command.send_signal(signal.SIGINT)
        rest = command.communicate(timeout=END_SECONDS)[1]
    finally:
        command.kill()
    assert (command.returncode, rest) == (
        130,
        "Stopped. What is done is kept; the same command goes on from there.\n",
    )


def test_a_page_that_waits_and_whoever_asks_now_hear_that_the_server_is_stopped() -> None:
    gated = serve_gated()
    try:
        server = Server(gated.url, Path())
        assert gated.encoder.gate is not None
        gated.encoder.gate.set()
        body = {"data": ["films", "whale", 5, None, None, None], "session_hash": "page"}
        server.post("/gradio_api/call/search", json.dumps(body).encode())
        assert gated.scorer.started.wait(PATIENCE)
        gated.visits.tell_all()
        until_withdrawn(gated)
        assert said(server.events("rerank", ["whale", ["a", "b"]])) == STOPPING
    finally:
        gated.close()
