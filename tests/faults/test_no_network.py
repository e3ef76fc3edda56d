"""Nothing leaves the machine: neither the page, nor the app's process, nor native code in it, tries to."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.alone import destination, prefix
from tests.faults.watched import TRIES
from tests.server import ROOT

PYTHON = sys.executable
UNWATCHED = "No network namespace could be made here, so what native code sends was not watched."
# Nobody has these addresses and names (RFC 5737 and 2606).
TRIES_OF_PYTHON = """
import socket
for reach in (lambda: socket.create_connection(("192.0.2.1", 443)), lambda: socket.getaddrinfo("api.example", 443)):
    try:
        reach()
    except OSError as error:
        print(error)
"""
TRY_OF_NATIVE_CODE = """
import ctypes, struct
libc = ctypes.CDLL(None)
address = struct.pack("=H", socket.AF_INET) + struct.pack(">H4B8x", 444, 192, 0, 2, 2)
libc.connect(libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0), address, len(address))
"""
TRIES_OF_A_PAGE = """
from playwright.sync_api import sync_playwright
from tests.browser.chromium import ARGUMENTS, find
from tests.browser.visit import visiting
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
    with visiting(browser, "http://127.0.0.1") as visit:
        visit.page.set_content("<img src='http://192.0.2.3:81/'><img src='http://pictures.example/'>")
        visit.page.wait_for_load_state("networkidle")
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it sent elsewhere."""

    code: int
    said: str
    left: list[str]


def run(command: Sequence[str], notes: Path, *, alone: bool = True) -> Outcome:
    """Run a command, in a network namespace of its own if `alone`."""
    notes.write_text("[]", "utf-8")
    shut_in = [*(prefix() or ()), PYTHON, "-m", "tests.faults.alone", str(notes)] if alone else []
    done = subprocess.run([*shut_in, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return Outcome(done.returncode, done.stdout + done.stderr, json.loads(notes.read_text("utf-8")))


def test_nothing_is_asked_of_any_other_machine_by_the_page_or_the_process(tmp_path: Path, embeddings: Path) -> None:
    alone = prefix() is not None
    if not alone:
        warnings.warn(UNWATCHED, stacklevel=1)
    journey = [PYTHON, "-m", "tests.faults.journey", str(tmp_path), str(embeddings), "note" if alone else "refuse"]
    outcome = run(journey, tmp_path / "left.json", alone=alone)
    assert outcome.left == []
    assert outcome.code == 0, outcome.said
    assert (tmp_path / TRIES).read_text("utf-8") == ""


def test_a_process_that_tries_to_leave_is_noticed_and_refused(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(TRIES_OF_PYTHON, "utf-8")
    watched = [PYTHON, "-m", "tests.faults.watched", str(tmp_path / TRIES), "refuse", str(program)]
    outcome = run(watched, tmp_path / "left.json", alone=False)
    assert (outcome.code, outcome.said) == (0, "there is no network in this test\n" * 2)
    tries = (tmp_path / TRIES).read_text("utf-8").splitlines()
    assert tries == ["socket.getaddrinfo 192.0.2.1", "socket.getaddrinfo api.example"]


def test_native_code_and_a_page_that_try_to_leave_are_noticed(tmp_path: Path) -> None:
    alone = prefix() is not None
    program = [PYTHON, "-c", TRIES_OF_PYTHON + TRY_OF_NATIVE_CODE + TRIES_OF_A_PAGE]
    outcome = run(program, tmp_path / "left.json", alone=alone)
    assert outcome.code == 1
    assert "AssertionError: ['http://192.0.2.3:81/', 'http://pictures.example/']" in outcome.said
    sent = [f"TCP 192.0.2.{last} port {port}" for last, port in ((1, 443), (2, 444), (3, 81))]
    assert [each for each in outcome.left if each.startswith("TCP")] == (sent if alone else [])
    asked = {each.rpartition(" ")[2] for each in outcome.left if each.startswith("UDP")}
    assert asked == ({"api.example", "pictures.example"} if alone else set())


# A question for an address by UDP, and a step of a connection by TCP, with noughts for what is not looked at.
QUESTION = "45000000000000000011000000000000 {to} 0000003500000000 000000000000000000000000 03617069076578616d706c6500"
STEP = "45000000000000000006000000000000 {to} 000001bb0000000000000000 00{flags}"


@pytest.mark.parametrize(
    ("packet", "noticed"),
    [
        (QUESTION.format(to="c0000201"), "UDP 192.0.2.1 port 53, for the name api.example"),
        (QUESTION.format(to="7f000035"), "UDP 127.0.0.53 port 53, for the name api.example"),
        (STEP.format(to="c0000201", flags="02"), "TCP 192.0.2.1 port 443"),
        (STEP.format(to="c0000201", flags="14"), None),  # the answer of an address where nobody listens
        (STEP.format(to="7f000001", flags="02"), None),
    ],
)
def test_what_leaves_and_every_question_for_a_name_is_noticed(packet: str, noticed: str | None) -> None:
    assert destination(0x0800, bytes.fromhex(packet)) == noticed
