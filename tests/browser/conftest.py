"""One browser for the folder, one page for each test, and servers whose models wait for the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import browsing
from tests.browser.visit import PATIENCE_MS, Visit, visiting
from tests.gated import Gated, serve_gated
from tests.server import Server

expect.set_options(timeout=PATIENCE_MS)
MakeVisit = Callable[..., Visit]
MakeGated = Callable[..., Gated]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A real browser. A machine without one fails these tests: a page that nobody opened is not tested."""
    with browsing() as running:
        yield running


@pytest.fixture
def make_visit(browser: Browser, make_gated: MakeGated) -> Iterator[MakeVisit]:
    """make_visit(url, width, dark=..., touch=...): a page with a profile of its own, whose visit must have been clean.

    It asks for make_gated so that pages are closed before their servers.
    """
    with ExitStack() as visits:
        yield lambda url, width=1280, **how: visits.enter_context(visiting(browser, url, width, **how))


@pytest.fixture
def visit(make_visit: MakeVisit, server: Server) -> Visit:
    """The page of the real server on a wide screen, open."""
    return make_visit(server.url).open()


@pytest.fixture(scope="module")
def long_visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """The same for all tests of a module; each of them picks its corpus and asks a query of its own."""
    with visiting(browser, server.url) as visit:
        yield visit.open()


@pytest.fixture
def make_gated() -> Iterator[MakeGated]:
    """make_gated(port=..., public=..., frames=...): the page over fake models.

    They wait at `encoder.gate` and `scorer.gate` until these are set.
    """
    running: list[Gated] = []
    # Playwright keeps an event loop in this thread, and whatever Gradio starts must not find it.
    with ThreadPoolExecutor(1) as thread:

        def make(**settings: Any) -> Gated:
            running.append(thread.submit(serve_gated, **settings).result())
            return running[-1]

        yield make
        for gated in running:
            thread.submit(gated.close).result()
