"""An app served by a process of its own, ours or the peer, on a free port of this machine."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from searchcore.kept import FOLDER_VARIABLE

REPOSITORY = Path(__file__).resolve().parent.parent
OURS = ("app.py",)
START_SECONDS = 300.0
END_SECONDS = 15.0
LOOK_SECONDS = 0.02
LOG_CHARACTERS = 2_000
# All that a warm start finds but pair scores: the vectors of every corpus, and the cross-encoder's graph.
FILL = """
from searchcore import Engine
from searchcore.running import finish

engine = Engine()
engine.scorer()
for corpus in engine.corpora.values():
    finish(engine.index(corpus))
engine.close()
"""


class Served:
    """A process that was started just now; `began` is the moment, on the clock of time.perf_counter."""

    def __init__(self, program: Sequence[str], cache: Path, log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = log
        environment = _environment(cache) | {"PORT": str(self.port), "GRADIO_SERVER_PORT": str(self.port)}
        with log.open("wb") as output:
            self.began = time.perf_counter()
            self._process = subprocess.Popen(
                [sys.executable, *program], cwd=REPOSITORY, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    def wait_for_page(self) -> float:
        """Seconds from the start of the process to the first page that it answered. Raises RuntimeError."""
        while time.perf_counter() - self.began < START_SECONDS and self._process.poll() is None:
            try:
                with urllib.request.urlopen(self.url, timeout=START_SECONDS) as answer:
                    answer.read()
                    return time.perf_counter() - self.began
            except (urllib.error.URLError, ConnectionError):
                time.sleep(LOOK_SECONDS)
        raise RuntimeError(f"it did not start:\n{self._log.read_text('utf-8', 'replace')[-LOG_CHARACTERS:]}")

    def memory(self) -> tuple[float, int]:
        """Resident memory in MB, and the number of threads; zeros where the system does not tell (beyond Linux)."""
        status = Path(f"/proc/{self._process.pid}/status")
        if not status.exists():
            return 0.0, 0
        told = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines() if ":" in line)
        return int(told["VmRSS"].split()[0]) / 1024, int(told["Threads"])

    def stop(self) -> None:
        """End the process, and wait for it."""
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def served(program: Sequence[str], cache: Path | None = None) -> Iterator[Served]:
    """The app by a Python program with its arguments, with a copy of a cache folder (None: an empty one)."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        own = Path(name) / "cache"
        if cache is not None:
            shutil.copytree(cache, own)
        running = Served(program, own, Path(name) / "log")
        try:
            yield running
        finally:
            running.stop()


@functools.cache
def filled_cache() -> Path:
    """A cache folder with the vectors of every built-in corpus and no scores, for copying; gone with this process."""
    folder = TemporaryDirectory(ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    print("(embedding the built-in corpora once)", flush=True)
    subprocess.run([sys.executable, "-c", FILL], cwd=REPOSITORY, env=_environment(Path(folder.name)), check=True)
    return Path(folder.name)


def _environment(cache: Path) -> dict[str, str]:
    """No network, and no setting of whoever measures."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GRADIO_", "SEARCHCORE_"))}
    return kept | {
        FOLDER_VARIABLE: str(cache),
        "HOST": "127.0.0.1",
        "HF_HUB_OFFLINE": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",
    }


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
