"""A browser that looks at an app: when a text field takes keys, and when an answer is drawn. By the page's clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

PATIENCE_MS = 180_000
KEY = "q"
# What the page asks for after it can be used comes within so long.
SETTLED_MS = 1_500
# Notes when there is a field that one can type in, and when one that was typed in has taken a key.
WATCH_FIELD = """() => {
  const usable = () => [...document.querySelectorAll("textarea, input")].find((box) =>
    ["text", "search", "textarea"].includes(box.type) && !box.disabled && !box.readOnly && box.offsetParent);
  const look = () => {
    const box = usable();
    // Before the first paint nobody sees it.
    const painted = performance.getEntriesByName("first-contentful-paint").length;
    if (!box || !painted) return setTimeout(look, 10);
    window.fieldAfter = performance.now();
  };
  window.usableField = usable;
  look();
}"""
# Our columns, of the query that was typed; the peer's tables, once there is anything in them.
WATCH_ANSWER = """(query) => {
  const box = window.usableField();
  box.focus();
  box.select();
  let began = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter") began = performance.now();
  }, true);
  window.answered = new Promise((resolve) => {
    let first = 0;
    const look = () => {
      const columns = document.querySelector("#results .ss-columns:not(.ss-skeleton)");
      const ours = columns && columns.dataset.query === query;
      const cells = [...document.querySelectorAll("table td")].some((cell) => cell.textContent.trim());
      const peers = !document.querySelector("#results") && cells;
      if (began && (ours || peers)) {
        first = first || performance.now() - began;
        if (peers || columns.dataset.state === "done") return resolve([first, performance.now() - began]);
      }
      setTimeout(look, 4);
    };
    look();
  });
}"""
FIRST_PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0"""


@dataclass(frozen=True, slots=True)
class Opened:
    """Seconds from the start of navigation to the first contentful paint and to a field for keys; and all requests.

    `kept` says whether a key that was pressed at once is still there once the page rests.
    """

    paint: float
    field: float
    requests: int
    kept: bool


class Visitor:
    """A page of a browser that has nothing in its cache."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        self._url = url

    def open(self, *, settle: bool = True) -> Opened:
        """Go there, and press a key as soon as there is a field; `settle` waits until nothing more is asked for."""
        requests: list[str] = []
        self._page.on("request", lambda request: requests.append(request.url))
        self._page.add_init_script(f"({WATCH_FIELD})()")
        self._page.goto(self._url, wait_until="commit")
        self._page.wait_for_function("() => window.fieldAfter")
        self._page.evaluate("() => window.usableField().focus()")
        self._page.keyboard.press(KEY)
        field = self._page.evaluate("() => window.fieldAfter") / 1000
        if settle:
            self._page.wait_for_timeout(SETTLED_MS)
        kept = KEY in self._page.evaluate("() => window.usableField().value")
        return Opened(self._page.evaluate(FIRST_PAINT) / 1000, field, len(requests), kept)

    def open_at(self, address: str) -> None:
        """Go to an address of our page, and wait for the whole of the search that it opens with."""
        self._page.add_init_script(f"({WATCH_FIELD})()")
        self._page.goto(self._url + address)
        self._page.wait_for_function("() => document.querySelector('#results .ss-columns[data-state=done]')")

    def ask(self, query: str) -> tuple[float, float]:
        """Type a query and press Enter: seconds to the first column, and to the whole of the answer."""
        self._page.evaluate(WATCH_ANSWER, query)
        self._page.keyboard.insert_text(query)
        self._page.keyboard.press("Enter")
        first, whole = self._page.evaluate("() => window.answered")
        return first / 1000, whole / 1000


@contextmanager
def visiting(browser: Browser, url: str) -> Iterator[Visitor]:
    """A visitor who has never been there."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield Visitor(context.new_page(), url)
    finally:
        context.close()
