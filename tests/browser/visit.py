"""A visit to the page: what a student does, and what must not happen meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Dialog, Locator, Page, expect

PATIENCE_MS = 30_000
TURNED = re.compile(r": [\d,]+ documents\.")
HARMLESS = ("Autofocus processing was blocked",)
SCHEMES = ("http:", "https:", "ws:", "wss:", "ftp:")
DONE = """query => {
  const columns = document.querySelector(".ss-columns");
  const whole = !!document.querySelector(".ss-cost") && !!columns?.querySelector(".ss-lines");
  return whole && columns.dataset.query === query;
}"""


@dataclass
class Visit:
    """One page. It collects requests to anywhere but the server, errors in the console, and dialogs."""

    page: Page
    url: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self._requested(request.url))
        self.page.on("websocket", lambda socket: self._requested(socket.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("dialog", self._asked)

    def open(self) -> Visit:
        """Go to the page and wait until one can type."""
        self.page.goto(self.url)
        expect(self.query).to_be_visible()
        return self

    @property
    def query(self) -> Locator:
        """The query box."""
        return self.page.get_by_role("textbox", name="Query", exact=True)

    @property
    def status(self) -> Locator:
        """The line that says what is going on."""
        return self.page.locator("#status")

    def choose(self, corpus: str) -> None:
        """Pick a corpus by its name, and wait until the page has turned to it."""
        choice = self.page.locator(f'#corpus input[value="{corpus}"]')
        if choice.is_checked():
            return
        choice.check()
        expect(self.page.locator(".ss-columns")).to_have_count(0)
        expect(self.status).to_contain_text(TURNED)

    def type_query(self, words: str) -> None:
        """Type a query and press Enter."""
        self.query.fill(words)
        self.query.press("Enter")

    def search(self, words: str) -> None:
        """Type a query, press Enter, and wait until the whole result is there."""
        self.type_query(words)
        self.wait_for_result(words)

    def wait_for_result(self, words: str) -> None:
        """Until every column and the cost of the search for `words` are there, and the lines are drawn."""
        self.page.wait_for_function(DONE, arg=words.strip())
        expect(self.page.locator("#stop")).to_be_hidden()

    def open_options(self) -> None:
        """Unfold "Options"."""
        self.page.get_by_role("button", name="Options").click()
        expect(self.page.get_by_label("number input for Shown")).to_be_visible()

    def column(self, method: str) -> Locator:
        """The column of one method."""
        return self.page.locator(f'.ss-column[data-method="{method}"]')

    def hits(self, method: str) -> Locator:
        """The places of one method's ranking."""
        return self.column(method).locator(".ss-hit")

    def documents(self, method: str) -> list[str]:
        """The ids of one method's ranking, in order."""
        return [str(hit.get_attribute("data-doc")) for hit in self.hits(method).all()]

    def turn_to_tab(self, name: str) -> None:
        """Open a tab, from the menu where the screen is too narrow for all of them."""
        tab = self.page.get_by_role("tab", name=name, exact=True)
        if not tab.is_visible():
            self.page.locator(".overflow-menu > button").click()
            tab = self.page.locator(".overflow-dropdown").get_by_text(name, exact=True)
        tab.click()

    def sideways(self) -> int:
        """How many pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def _requested(self, url: str) -> None:
        if url.startswith(SCHEMES) and not url.startswith((self.url, self.url.replace("http", "ws", 1))):
            self.elsewhere.append(url)

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(HARMLESS):
            self.complaints.append(f"{kind}: {text}")

    def _asked(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@contextmanager
def visiting(browser: Browser, url: str, width: int = 1280, *, dark: bool = False) -> Iterator[Visit]:
    """A visit with a profile of its own, closed and checked at the end."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", accept_downloads=True
    )
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(context.new_page(), url)
    try:
        yield visit
    finally:
        context.close()
    assert visit.elsewhere == [], visit.elsewhere
    assert visit.complaints == [], visit.complaints
    assert visit.dialogs == [], visit.dialogs
