"""Several processes of one program: started, started again, given up, and ended with the one that started them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.server import ROOT, free_ports
from ui.address import Address
from ui.workers import MOST_STARTS, Worker, workers_from_environment

PATIENCE = 20.0
# What app.py does of it, and a line for each process.
PROGRAM = """
import os, sys
from ui.address import address_from_environment
from ui.stop import Stop
from ui.workers import worker_name

def say(*words):
    os.write(1, (" ".join(words) + "\\n").encode())  # at once, so that two of them are two lines

stop = Stop()
name = worker_name(address_from_environment(), stop)
stop.before_end(lambda: say("end", name))
say(name, os.environ["HOST"], os.environ["PORT"], os.environ["SEARCHCORE_PROXY"], str(os.getpid()))
"""
WAITS = "stop.wait()"
AGAIN = "Process b has ended (exit code 3) and is started again.\n"
GIVEN_UP = "Process b has ended 5 times within 60 seconds and is not started again.\n"

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    """The first of three that are free."""
    return free_ports(3)


@pytest.fixture
def start(port: int) -> Iterator[Start]:
    """start(code): the program, which goes on with this code in each of two processes. They end with the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(code: str = WAITS, **settings: str) -> subprocess.Popen[str]:
        settings = {"HOST": "127.0.0.1", "PORT": str(port), "WORKERS": "2"} | settings
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, "-c", PROGRAM + code]
        started.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, text=True, **pipes))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate(timeout=PATIENCE)


def head(process: subprocess.Popen[str], port: int) -> None:
    """Read what the first process says."""
    assert process.stdout is not None
    listening = f"2 processes listen on 127.0.0.1, ports {port + 1} to {port + 2}; nginx brings them together.\n"
    assert [process.stdout.readline() for _ in range(2)] == [listening, f"The page is at http://127.0.0.1:{port}\n"]


def pids(process: subprocess.Popen[str], port: int) -> dict[str, int]:
    """The ids of both processes, which know where they are."""
    assert process.stdout is not None
    lines = sorted(process.stdout.readline().split() for _ in range(2))
    assert [line[:4] for line in lines] == [
        ["a", "127.0.0.1", str(port + 1), "127.0.0.1"],
        ["b", "127.0.0.1", str(port + 2), "127.0.0.1"],
    ]
    return {line[0]: int(line[4]) for line in lines}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_all_of_them_politely(start: Start, port: int, number: signal.Signals, code: int) -> None:
    process = start()
    head(process, port)
    ids = pids(process, port)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert (sorted(out.splitlines()), err, process.returncode) == (["end a", "end b"], "", code)
    for pid in ids.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_one_that_is_killed_is_started_again(start: Start, port: int) -> None:
    process = start()
    head(process, port)
    before = pids(process, port)
    assert process.stderr is not None and process.stdout is not None
    os.kill(before["b"], signal.SIGKILL)
    assert process.stderr.readline() == "Process b has ended (by signal 9) and is started again.\n"
    name, _, its_port, _, pid = process.stdout.readline().split()
    assert (name, its_port) == ("b", str(port + 2)) and int(pid) != before["b"]
    os.kill(before["a"], 0)  # it is still there


def test_they_end_with_the_one_that_started_them_even_where_that_is_killed(start: Start, port: int) -> None:
    process = start()
    head(process, port)
    pids(process, port)
    process.kill()
    out, err = process.communicate(timeout=PATIENCE)  # until nobody is left to write
    assert (sorted(out.splitlines()), err) == (["end a", "end b"], "")


def test_one_that_says_why_it_can_not_start_ends_them_all(start: Start) -> None:
    process = start("sys.exit('It can not be.') if name == 'b' else stop.wait()")
    _, err = process.communicate(timeout=PATIENCE)
    assert (err, process.returncode) == ("It can not be.\n", 1)


def test_one_that_ends_again_and_again_is_given_up_and_the_others_go_on(start: Start, port: int) -> None:
    process = start("os._exit(3) if name == 'b' else stop.wait()")
    assert process.stderr is not None
    said = [process.stderr.readline() for _ in range(MOST_STARTS)]
    assert said == [AGAIN] * (MOST_STARTS - 1) + [GIVEN_UP]
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=PATIENCE)
    assert ("end a" in out.splitlines(), process.returncode) == (True, 0)


def test_where_all_are_given_up_the_program_ends(start: Start) -> None:
    process = start("os._exit(3)")
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert err.count("is not started again.") == 2


def test_a_port_that_is_taken_is_told_before_anything_starts(start: Start, port: int) -> None:
    with socket.create_server(("127.0.0.1", port + 2)):
        out, err = (process := start()).communicate(timeout=PATIENCE)
    sentence = f"PORT {port + 2} is taken by another program; choose another, as in PORT={port + 3}.\n"
    assert (out, err, process.returncode) == ("", sentence, 1)


@pytest.mark.parametrize("value", ["0", "17", "two", "1.5", "-1", "٢", "9" * 400])
def test_a_number_of_processes_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("WORKERS", value)
    with pytest.raises(SystemExit) as stopped:
        workers_from_environment(Address("127.0.0.1", 7860))
    assert stopped.value.code == f"WORKERS must be a whole number from 1 to 16, got {value[:60]!r}."


def test_ports_beyond_the_last_one_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKERS", "2")
    with pytest.raises(SystemExit) as stopped:
        workers_from_environment(Address("127.0.0.1", 65_534))
    assert stopped.value.code == "PORT 65534 leaves no room for 2 processes on the ports after it."


def test_without_a_setting_there_is_one_and_sixteen_have_a_letter_each(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", "1"):
        monkeypatch.setenv("WORKERS", value)
        assert workers_from_environment(Address("::1", 7860)) == (Worker("a", 7861),)
    monkeypatch.setenv("WORKERS", "16")
    found = workers_from_environment(Address("127.0.0.1", 7860))
    assert ("".join(each.name for each in found), found[-1].port) == ("abcdefghijklmnop", 7876)
