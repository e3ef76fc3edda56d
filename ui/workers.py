"""Several whole processes of the app, each on a port of its own: nginx brings them together (ui/nginx.py).

The process that is started by hand serves nothing then: it starts the others, starts again the one that has ended, and
ends with all of them. Found out and done with the standard library alone.
"""

from __future__ import annotations

import os
import string
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from ui.address import MAX_PORT, Address, bind, public_address, say_where
from ui.address import PUBLIC_VARIABLE as PUBLIC
from ui.stop import GRACE_SECONDS, Stop

VARIABLE = "WORKERS"
# Each process is told its own by the one that starts it.
NAME_VARIABLE = "SEARCHCORE_WORKER"
PROXY_VARIABLE = "SEARCHCORE_PROXY"
# The processes listen here, where nginx alone asks them.
HERE = "127.0.0.1"
MOST = 16
NAMES = string.ascii_lowercase[:MOST]
# A process that ends so often within so many seconds is not started again.
MOST_STARTS = 5
WITHIN_SECONDS = 60.0
# It said itself why it can't start.
REFUSED = 1


@dataclass(frozen=True, slots=True)
class Worker:
    """One of the processes: its letter, by which nginx finds it again, and its port."""

    name: str
    port: int


def workers_from_environment(address: Address) -> tuple[Worker, ...]:
    """As many as WORKERS says, on the ports after PORT. Raises SystemExit for what can't be."""
    value = os.environ.get(VARIABLE) or "1"
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= MOST):
        raise SystemExit(f"{VARIABLE} must be a whole number from 1 to {MOST}, got {value[:60]!r}.")
    if int(value) > 1 and address.port + int(value) > MAX_PORT:
        raise SystemExit(f"PORT {address.port} leaves no room for {value} processes on the ports after it.")
    return tuple(Worker(name, address.port + i) for i, name in enumerate(NAMES[: int(value)], 1))


def worker_name(address: Address, stop: Stop) -> str:
    """The letter of this process, empty where it is the only one. Where it is to start several, it never returns."""
    if name := os.environ.get(NAME_VARIABLE, ""):
        threading.Thread(target=_end_with_parent, args=(stop,), daemon=True).start()
    elif len(workers := workers_from_environment(address)) > 1:
        serve_by(workers, address, stop)
    return name


def serve_by(workers: tuple[Worker, ...], address: Address, stop: Stop) -> NoReturn:
    """Keep these processes of this very program running until a signal comes. Raises SystemExit on a taken port."""
    for worker in workers:
        for each in bind(Address(HERE, worker.port)):
            each.close()
    parent = Parent(workers, address, stop)
    # They have their own grace; this process sees to it that they are gone.
    stop.grace = 2 * GRACE_SECONDS
    stop.before_end(parent.end)
    ports = f"{workers[0].port} to {workers[-1].port}"
    print(f"{len(workers)} processes listen on {HERE}, ports {ports}; nginx brings them together.", flush=True)
    say_where(address)
    parent.start()
    stop.wait()


class Parent:
    """The processes, each with a thread that waits for its end."""

    def __init__(self, workers: tuple[Worker, ...], address: Address, stop: Stop) -> None:
        self._workers = workers
        self._public = public_address(address)
        self._stop = stop
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._given_up: set[str] = set()
        self._ending = False
        self._changing = threading.Lock()

    def start(self) -> None:
        """Start all of them."""
        for worker in self._workers:
            threading.Thread(target=self._keep, args=(worker,), name=f"worker-{worker.name}", daemon=True).start()

    def end(self) -> None:
        """Let all of them end, and wait for it."""
        with self._changing:
            self._ending = True
        for process in self._running.values():
            assert process.stdin is not None
            # It reads this to its end, and then ends as by SIGTERM.
            with suppress(OSError):
                process.stdin.close()
        for process in self._running.values():
            process.wait()

    def _keep(self, worker: Worker) -> None:
        starts: deque[float] = deque(maxlen=MOST_STARTS)
        while (process := self._started(worker)) is not None:
            starts.append(time.monotonic())
            code = process.wait()
            if self._ending:
                return
            if code == REFUSED and len(starts) == 1:
                self._end_all()
                return
            if len(starts) == MOST_STARTS and time.monotonic() - starts[0] < WITHIN_SECONDS:
                self._give_up(worker)
                return
            _say(f"Process {worker.name} has ended ({_how(code)}) and is started again.")

    def _started(self, worker: Worker) -> subprocess.Popen[bytes] | None:
        """A new process, or None once they all have to end."""
        told = {
            "HOST": HERE,
            "PORT": str(worker.port),
            NAME_VARIABLE: worker.name,
            PROXY_VARIABLE: HERE,
            PUBLIC: self._public,
        }
        with self._changing:
            if self._ending:
                return None
            # A session of its own: Ctrl-C comes to this process alone, which ends the others once.
            self._running[worker.name] = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, *sys.orig_argv[1:]],
                env=os.environ | told,
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            return self._running[worker.name]

    def _give_up(self, worker: Worker) -> None:
        with self._changing:
            self._given_up.add(worker.name)
        _say(
            f"Process {worker.name} has ended {MOST_STARTS} times within {WITHIN_SECONDS:.0f} seconds "
            "and is not started again."
        )
        if len(self._given_up) == len(self._workers):
            self._end_all()

    def _end_all(self) -> None:
        with self._changing:
            # Asked a second time it would not wait for the others.
            if not self._ending:
                self._ending = True
                self._stop.end(REFUSED)


def _how(code: int) -> str:
    return f"by signal {-code}" if code < 0 else f"exit code {code}"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _end_with_parent(stop: Stop) -> None:
    """The parent holds the other end of this process's standard input, and lets go of it however it ends."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    stop.end(0)
