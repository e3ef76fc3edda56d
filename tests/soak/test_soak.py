"""The long runs, on the real program with the real models: `make soak`. Each prints what it measured."""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from benchmarks.machine import machine
from docs.soak import Sample, drawn
from tests.faults.killing import killed_and_started
from tests.faults.load import Held, abort_many, ask_all, growth, hits, idle_pages
from tests.planets import write_planets
from tests.server import ROOT, Server, serving

pytestmark = pytest.mark.soak

SECONDS = float(os.environ.get("SOAK_MINUTES", "10")) * 60
# All other parts are as much shorter.
SHARE = min(SECONDS / 600, 1.0)
KILLS, ABORTING, IDLE, QUERIES, WARM = (max(int(count * SHARE), 3) for count in (50, 500, 200, 2_000, 200))
PER_SECOND, UNSEEN = 5, 0.1
# For what a process may hold more after each part than before it.
BOUND = Held(megabytes=150, threads=40, files=20)
METHODS = ["bi_encoder", "cross_encoder"]
WORDS = [
    "war",
    "love",
    "robot",
    "sea",
    "island",
    "king",
    "money",
    "dream",
    "night",
    "friend",
    "train",
    "letter",
    "child",
    "music",
    "space",
    "dog",
    "crime",
    "city",
]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, embeddings: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("soak")
    write_planets(folder / "corpora")
    with serving(folder, embeddings, ["app.py"], HF_HUB_OFFLINE="1") as running:
        ask_all(running, [unseen(i, 5) for i in range(WARM)])
        yield running


def unseen(number: int, candidates: int = 20, corpus: str = "movies") -> list[Any]:
    """A search that nobody else asks for."""
    words = random.Random(number).choices(WORDS, k=3)
    return [corpus, f"{' '.join(words)} {number}", candidates, METHODS, None, None]


def seen(server: Server) -> list[list[Any]]:
    """Searches that are asked for again and again."""
    names = [corpus["name"] for corpus in server.call("corpora")]
    return [[name, f"{word} and {other}", 20, METHODS, None, None] for name in names for word, other in pairs()]


def pairs() -> list[tuple[str, str]]:
    return list(zip(WORDS[::2], WORDS[1::2], strict=False))


def tell(what: str, **figures: object) -> None:
    shown = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    print(f"\n{what}: {shown} ({machine()})", file=sys.stderr, flush=True)


def test_kill(tmp_path: Path) -> None:
    write_planets(tmp_path / "corpora")
    searches = [["planets", query, 10, METHODS, None, None] for query in ("red", "ice", "wind")]
    searches += [["toy", f"a {word}", 10, METHODS, None, None] for word in WORDS]
    told = killed_and_started(tmp_path, ["app.py"], searches, KILLS, 6.0, HF_HUB_OFFLINE="1")
    tell("kill -9", rounds=told.rounds, answered=told.answered, damaged=len(told.damaged), wrong=len(told.wrong))
    assert (told.damaged, told.wrong, told.said) == ([], [], [])


def test_clients_that_abort(real: Server) -> None:
    abort_many(real, lambda i: unseen(10_000 + i, 200), 10)
    more = growth(real, BOUND, lambda: abort_many(real, lambda i: unseen(20_000 + i, 200), ABORTING))
    began = time.perf_counter()
    assert hits(real, unseen(30_000))
    tell("aborted", clients=ABORTING, more=more, next_search=f"{time.perf_counter() - began:.2f} s")
    assert more.within(BOUND)


def test_idle_pages(real: Server) -> None:
    def wait() -> None:
        with idle_pages(real, IDLE):
            before, ends, times = Held.by(real.pid), time.monotonic() + SECONDS, []
            while time.monotonic() < ends:
                times += ask_all(real, [seen(real)[0]])
                time.sleep(2)
            tell("idle pages", pages=IDLE, seconds=SECONDS, more=Held.by(real.pid).beyond(before), slowest=max(times))

    more = growth(real, BOUND, wait)
    tell("after idle pages", more=more)
    assert more.within(BOUND)


def test_different_queries(real: Server) -> None:
    times: list[float] = []
    more = growth(real, BOUND, lambda: times.extend(ask_all(real, [unseen(40_000 + i) for i in range(QUERIES)])))
    tell("different queries", queries=QUERIES, more=more, median=f"{statistics.median(times):.2f} s")
    assert more.within(BOUND)


def test_ten_minutes_at_five_queries_a_second(real: Server) -> None:
    again, chance, samples = seen(real), random.Random(5), []
    ask_all(real, again)  # so that only what nobody has asked for has to be scored
    before, began, late = Held.by(real.pid), time.perf_counter(), 0
    pending: list[tuple[float, Future[list[float]]]] = []
    with ThreadPoolExecutor(64) as pool:
        for number in range(int(SECONDS * PER_SECOND)):
            at = number / PER_SECOND
            time.sleep(max(0.0, began + at - time.perf_counter()))
            late += time.perf_counter() - began - at > 1
            search = unseen(60_000 + number) if chance.random() < UNSEEN else chance.choice(again)
            pending.append((at, pool.submit(ask_all, real, [search], 1)))
            if number % PER_SECOND == 0:
                samples.append((at, Held.by(real.pid).megabytes))
    answered = [(at, done.result()[0]) for at, done in pending]
    found = [Sample(at, [s for t, s in answered if at <= t < at + 1], held) for at, held in samples]
    (ROOT / "docs" / "soak.svg").write_bytes(drawn(found, machine()))
    times = sorted(seconds for _, seconds in answered)
    more = Held.by(real.pid).beyond(before)
    places = {f"p{share}": f"{times[len(times) * share // 100]:.3f} s" for share in (50, 95, 99)}
    tell("load", queries=len(times), seconds=SECONDS, **places, slowest=f"{times[-1]:.2f} s", more=more, late=late)
    assert more.within(BOUND)
