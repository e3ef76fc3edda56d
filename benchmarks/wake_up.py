"""From a cold process to the first page, to a text field that takes keys, and to the first answer; beside the peer.

With a full cache (all vectors, no scores) and with an empty one. Then a browser that has never been there, at a server
that is warm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from playwright.sync_api import Browser

from benchmarks.browsing import Opened, visiting
from benchmarks.machine import machine
from benchmarks.page_client import PageClient
from benchmarks.peer import CORPUS, PEER, peer_program
from benchmarks.percentiles import show_ratio
from benchmarks.served import OURS, filled_cache, served
from tests.browser.chromium import browsing

QUERY = "a quiet lighthouse keeper"


@dataclass(frozen=True, slots=True)
class Woken:
    """Seconds from the start of the process to the first page, to a field for keys, and to the first whole answer."""

    page: float
    field: float
    answer: float


def main(rounds: int = 5, empty_rounds: int = 2) -> None:
    """Print medians, ours and the peer in turn."""
    print(f"\n{machine()}\nFrom the start of a process: first page, a field for keys, first answer (in {CORPUS})")
    cache = filled_cache()
    with peer_program() as peer, browsing() as browser:
        full, others, empty = [], [], []
        for each in range(rounds):
            full.append(show("full cache", wake(browser, OURS, cache)))
            others.append(show("peer", wake(browser, peer)))
            if each < empty_rounds:
                empty.append(show("empty cache", wake(browser, OURS)))
        print(f"medians beside {PEER}")
        for name, ours in (("full cache", full), ("empty cache", empty)):
            for part in ("page", "field", "answer") if ours else ():
                show_ratio(f"{name}, {part}", middle(ours, part), middle(others, part))
        warm(browser, cache, peer, rounds)


def wake(browser: Browser, program: Sequence[str], cache: Path | None = None) -> Woken:
    """Start an app, open it in a browser as soon as it answers, and ask."""
    with served(program, cache) as app:
        page = app.wait_for_page()
        with visiting(browser, app.url) as visitor:
            came = perf_counter() - app.began
            field = came + visitor.open(settle=False).field
            visitor.ask(QUERY)
            return Woken(page, field, perf_counter() - app.began)


def show(title: str, woken: Woken) -> Woken:
    """Print one start."""
    print(
        f"  {title:12} page {woken.page:6.2f} s, field {woken.field:6.2f} s, answer {woken.answer:6.2f} s", flush=True
    )
    return woken


def warm(browser: Browser, cache: Path, peer: Sequence[str], rounds: int) -> None:
    """A browser that has nothing in its cache, at servers that have all in memory."""
    print("A browser with an empty cache at a warm server, from the start of navigation")
    with served(OURS, cache) as app, served(peer) as other:
        app.wait_for_page(), other.wait_for_page()
        PageClient(app.port).wait_until_ready()
        opened: list[tuple[Opened, Opened]] = []
        for _ in range(rounds + 1):
            opened.append((first_visit(browser, app.url), first_visit(browser, other.url)))
    ours, theirs = zip(*opened[1:], strict=True)
    for part in ("paint", "field"):
        show_ratio(part, middle(ours, part), middle(theirs, part))
    print(f"  requests: {ours[-1].requests}, the peer {theirs[-1].requests}")
    lost = sum(not each.kept for each in ours)
    print(f"  a key pressed as soon as there is a field was lost in {lost} of {len(ours)} visits", flush=True)


def middle(measured: Sequence[Woken] | Sequence[Opened], part: str) -> float:
    """The median of one of the times."""
    found: float = median(getattr(each, part) for each in measured)
    return found


def first_visit(browser: Browser, url: str) -> Opened:
    """Open the page with a profile of its own."""
    with visiting(browser, url) as visitor:
        return visitor.open()


if __name__ == "__main__":
    main()
