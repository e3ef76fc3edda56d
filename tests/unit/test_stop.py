"""SIGINT and SIGTERM end a process with the right code and no trace, whatever it is doing then."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0
BEGIN = "import threading, time\nfrom ui.stop import Stop\nstop = Stop()\n"
FOR_EVER = "threading.Event().wait()"


class Child:
    """A process of this code; it is ready when it has said so."""

    def __init__(self, code: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", BEGIN + code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def says(self, line: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == line + "\n"

    def after(self, *signals: int) -> tuple[int, str, str]:
        """The exit code and what else was written."""
        for number in signals:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


@pytest.fixture
def children() -> Iterator[list[Child]]:
    started: list[Child] = []
    yield started
    for child in started:
        child.process.kill()
        child.process.wait()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
@pytest.mark.parametrize(
    "doing",
    [
        "stop.wait()",
        "while True: pass",
        "while True:\n    try: time.sleep(9)\n    except BaseException: pass",
        f"threading.Thread(target={FOR_EVER.removesuffix('()')}).start()",
    ],
    ids=["waiting", "busy", "catching all", "left to its threads"],
)
def test_a_signal_ends_the_process_whatever_it_does(
    children: list[Child], number: signal.Signals, code: int, doing: str
) -> None:
    children.append(Child("print('ready', flush=True)\n" + doing))
    children[0].says("ready")
    assert children[0].after(number) == (code, "", "")


def test_what_is_to_be_done_before_the_end_is_done_last_named_first(children: list[Child]) -> None:
    children.append(
        Child(
            "stop.before_end(lambda: print('first named', flush=True))\n"
            "stop.before_end(lambda: 1 / 0)\n"
            "stop.before_end(lambda: print('last named', flush=True))\n"
            "print('ready', flush=True)\nstop.wait()"
        )
    )
    children[0].says("ready")
    assert children[0].after(signal.SIGTERM) == (0, "last named\nfirst named\n", "")


def test_what_never_ends_does_not_keep_the_process(children: list[Child]) -> None:
    children.append(Child(f"stop.before_end(lambda: {FOR_EVER})\nprint('ready', flush=True)\nstop.wait()"))
    children[0].says("ready")
    assert children[0].after(signal.SIGINT) == (130, "", "")


def test_a_second_signal_ends_at_once(children: list[Child]) -> None:
    children.append(
        Child(
            "stop.grace = 1e6\n"
            f"stop.before_end(lambda: (print('ending', flush=True), {FOR_EVER}))\n"
            "print('ready', flush=True)\nstop.wait()"
        )
    )
    children[0].says("ready")
    children[0].process.send_signal(signal.SIGTERM)
    children[0].says("ending")
    assert children[0].after(signal.SIGINT) == (0, "", "")
