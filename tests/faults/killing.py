"""A server that is killed at random moments under load, and started again: shared by the tests and the long runs."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.kept import damaged_in
from tests.faults.load import asking, hits, kill_at
from tests.server import free_port, run_app


@dataclass(slots=True)
class Killed:
    """What came of the rounds: answers to calls in all, damaged files, answers that were not the first ones."""

    rounds: int = 0
    answered: int = 0
    damaged: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def killed_and_started(
    folder: Path,
    program: Sequence[str],
    searches: Sequence[Sequence[Any]],
    rounds: int,
    longest: float,
    **settings: str,
) -> Killed:
    """Start the program, put load on it, kill it after at most `longest` seconds, so many rounds; then once more.

    Between two rounds one of the kept files is lost, so that something is being made and written in each.
    """
    chance, told, cache = random.Random(12), Killed(), folder / "cache"
    truth: dict[str, object] = {}
    (folder / "corpora").mkdir(exist_ok=True)
    for number in range(rounds + 1):
        last = number == rounds
        with run_app(folder, cache, program, free_port(), **settings) as server:
            for search in searches[:2] if not last else searches:
                found = hits(server, search)
                if truth.setdefault(str(search), found) != found:
                    told.wrong.append(f"round {number}: {search}")
            if last:
                break
            killer = threading.Thread(target=kill_at, args=(server.pid, chance.uniform(0, longest)))
            killer.start()
            with asking(server, searches) as answered:
                killer.join()
        told.rounds += 1
        told.answered += sum(answered)
        told.damaged += damaged_in(cache)
        kept = sorted(cache.glob("*.safetensors"))
        if kept:
            chance.choice(kept).unlink()
    lines = (folder / "server.log").read_text("utf-8").splitlines()
    told.said = [line for line in lines if line and not line.startswith("The page is at ")]
    return told
