"""Memory, threads and open files of the app once it is ready and quiet, and after a bounded load.

`python -m benchmarks.memory 10` loads it for ten minutes; one is the default. Linux alone tells of a process what is
asked here.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from searchcore.kept import FOLDER_VARIABLE

REPOSITORY = Path(__file__).resolve().parent.parent
MINUTES, PARTS, STUDENTS, PAUSE = 1.0, 4, 5, (1.0, 3.0)
START_SECONDS, ANSWER_SECONDS, END_SECONDS, QUIET_SECONDS = 300.0, 300.0, 20.0, 3.0
QUIET_SHARE = 0.05  # of a core
CORPUS = "movies"
SEED = 12


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds: megabytes now and at most so far, threads, open files."""

    megabytes: float
    most_megabytes: float
    threads: int
    files: int

    @classmethod
    def of(cls, status: str, files: int) -> Held:
        """From the text of /proc/PID/status, which counts in units of 1,024 bytes."""
        told = {
            name: rest.split()[0]
            for name, _, rest in (line.partition(":") for line in status.splitlines())
            if rest.strip()
        }
        return cls(int(told["VmRSS"]) / 1024, int(told["VmHWM"]) / 1024, int(told["Threads"]), files)

    @classmethod
    def by(cls, process: int) -> Held:
        """By a process that runs."""
        folder = Path(f"/proc/{process}")
        return cls.of((folder / "status").read_text("utf-8"), len(list((folder / "fd").iterdir())))

    def __str__(self) -> str:
        return (
            f"{self.megabytes:6.0f} MB, {self.most_megabytes:.0f} at most; {self.threads} threads, {self.files} files"
        )


def main(minutes: float = MINUTES) -> None:
    """Print what the app holds when it is quiet, at each quarter of the load, and when it is quiet again."""
    if not Path("/proc/self/status").exists():
        print("\nMemory of the app: only Linux tells")
        return
    print(f"\n{machine()}\nMemory of the app, an empty cache folder at its start")
    with _served() as (url, process):
        waited(process)
        print(f"  {Held.by(process)}  ready and quiet")
        asked = 0
        for part in range(1, PARTS + 1):
            asked += load(url, minutes * 60 / PARTS, SEED + part)
            print(f"  {Held.by(process)}  after {part * minutes / PARTS:g} minutes, {asked} searches", flush=True)
        waited(process)
        print(f"  {Held.by(process)}  quiet again", flush=True)


@contextmanager
def _served() -> Iterator[tuple[str, int]]:
    """The app's address and process, once it has answered for every corpus."""
    with socket.socket() as probe, tempfile.TemporaryDirectory() as cache:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        settings = {**os.environ, FOLDER_VARIABLE: cache, "HOST": "127.0.0.1", "PORT": str(port)}
        app = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=REPOSITORY,
            env=settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for_page(url, app)
            for corpus in asked(url, "corpora")[0]:
                asked(url, "search", corpus["name"], "an example")
            yield url, app.pid
        finally:
            app.terminate()
            try:
                app.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                app.kill()
                app.wait()


def _wait_for_page(url: str, app: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and app.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=START_SECONDS).close()
            return
        time.sleep(0.2)
    raise SystemExit(f"The app did not start within {START_SECONDS:.0f} seconds.")


def asked(url: str, endpoint: str, *arguments: Any) -> Any:
    """The last data of an endpoint's answer. Raises RuntimeError where it is an error."""
    call = f"{url}/gradio_api/call/{endpoint}"
    body = json.dumps({"data": list(arguments)}).encode()
    request = urllib.request.Request(call, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{call}/{event}", timeout=ANSWER_SECONDS) as answer:
        return last_data(answer.read().decode("utf-8"))


def last_data(stream: str) -> Any:
    """The data of the last event of a stream. Raises RuntimeError where that is not "complete"."""
    name, _, data = stream.strip().split("\n\n")[-1].partition("\n")
    if name != "event: complete":
        raise RuntimeError(f"The answer ended with {name}: {data[:200]}")
    return json.loads(data.removeprefix("data: "))


def load(url: str, seconds: float, seed: int) -> int:
    """Searches of five students, half of them for what nobody else asks; how many were answered."""
    until = time.monotonic() + seconds
    corpus = (REPOSITORY / "corpora" / CORPUS / "queries.jsonl").read_text("utf-8")
    known = [json.loads(line)["text"] for line in corpus.splitlines() if line.strip()]
    with ThreadPoolExecutor(STUDENTS) as students:
        each = [random.Random(seed * STUDENTS + number) for number in range(STUDENTS)]
        return sum(students.map(lambda chance: _student(url, until, chance, known), each))


def _student(url: str, until: float, chance: random.Random, known: Sequence[str]) -> int:
    answered = 0
    while time.monotonic() < until:
        query = chance.choice(known)
        own = f" {chance.randrange(10**9)}" if chance.random() < 0.5 else ""
        asked(url, "search", CORPUS, query + own)
        answered += 1
        time.sleep(chance.uniform(*PAUSE))
    return answered


def waited(process: int) -> None:
    """Wait until the process uses next to nothing of the processor, for as long as an answer may take at most."""
    until = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until:
        before = _used(process)
        time.sleep(QUIET_SECONDS)
        if _used(process) - before < QUIET_SHARE * QUIET_SECONDS:
            return
    print("  it never came to rest; what follows was measured at work")


def _used(process: int) -> float:
    """Seconds of the processor that it has used."""
    # What follows the name in brackets: the 12th and 13th are the ticks in its own code and in the system's.
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES)
