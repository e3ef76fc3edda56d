"""From an empty process to an engine that has everything in memory: with a warm cache against a cold one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import in_turn
from searchcore.kept import FOLDER_VARIABLE

ROUNDS = 3
REPOSITORY = Path(__file__).resolve().parent.parent
START = """
from searchcore import Engine

engine = Engine()
engine.warm().join()
assert engine.status().ready, engine.status().problem
"""


def main() -> None:
    """Print the comparison."""
    with tempfile.TemporaryDirectory() as warm:
        start(warm)
        print("\nStart of an engine in a new process, until all built-in corpora can be searched")
        in_turn(lambda: start(warm), cold_start, ROUNDS).show("warm cache", "cold cache")


def cold_start() -> None:
    """Start with an empty cache folder."""
    with tempfile.TemporaryDirectory() as cold:
        start(cold)


def start(cache: str) -> None:
    """Start an engine in a new process and wait until it is ready."""
    environment = {**os.environ, FOLDER_VARIABLE: cache}
    subprocess.run([sys.executable, "-c", START], cwd=REPOSITORY, env=environment, check=True)


if __name__ == "__main__":
    main()
