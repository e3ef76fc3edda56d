"""A visit to the page: what a student does, and what must not happen meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Dialog, Locator, Page, expect

PATIENCE_MS = 60_000
HARMLESS = ("Autofocus processing was blocked",)
LEAVING = ("AbortError: signal is aborted", "Unexpected error Connection errored out")
SCHEMES = ("http:", "https:", "ws:", "wss:", "ftp:")
# Whole, joined by lines and at rest: of this search, of this corpus, or of any where they are null.
DONE = """([query, corpus]) => {
  const columns = document.querySelector("#results .ss-columns");
  if (columns?.dataset.state !== "done" || columns.querySelector(".ss-pending")) return false;
  const rests = !!columns.querySelector(":scope > .ss-lines") && !columns.classList.contains("ss-moving");
  const { query: asked, corpus: searched } = columns.dataset;
  return rests && asked === (query ?? asked) && searched === (corpus ?? searched);
}"""
# The two cards, and the sentence about the corpus above them.
OPENED = """(title) => {
  const said = document.querySelector("#status").textContent.trim();
  return !!document.querySelector("#results .ss-intro") && said.startsWith(`${title}: `);
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
        # What it opens beside itself is its own, too.
        self.page.on("popup", lambda opened: opened.on("request", lambda request: self._requested(request.url)))
        self.page.on("websocket", lambda socket: self._requested(socket.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("dialog", self._asked)

    def open(self, address: str = "") -> Visit:
        """Go to the page, or to what an address of it ("?corpus=toy") says, and wait until one can type."""
        self.page.goto(f"{self.url}/{address}")
        expect(self.page.locator("[role=tab][aria-selected=true]")).to_have_count(1)
        if "tab=" not in address:
            expect(self.query).to_be_visible()
        self._forget_what_was_left()
        return self

    def reload(self) -> None:
        """Load the page again, as its address is now."""
        self.page.reload()
        expect(self.query).to_be_visible()
        self._forget_what_was_left()

    @property
    def query(self) -> Locator:
        """The query box."""
        return self.page.get_by_role("textbox", name="Query", exact=True)

    @property
    def status(self) -> Locator:
        """The line that says what is going on."""
        return self.page.locator("#status")

    @property
    def columns(self) -> Locator:
        """The rankings of a search; not the place holder that is there before anything is known."""
        return self.page.locator("#results .ss-columns:not(.ss-skeleton)")

    def radio(self, corpus: str) -> Locator:
        """The choice of a corpus, by its name."""
        return self.page.locator(f'#corpus input[value="{corpus}"]')

    def choose(self, corpus: str) -> None:
        """Pick a corpus by its name, and wait until the page shows what it opens with: a result, or the two cards."""
        self.radio(corpus).check()
        self.wait_for_corpus(corpus)

    def wait_for_corpus(self, corpus: str) -> None:
        """Until the whole of a result in this corpus is there, or the two cards of one that has no query."""
        title = self.radio(corpus).locator("xpath=ancestor::label").inner_text().strip()
        either = f"([corpus, title]) => ({DONE})([null, corpus]) || ({OPENED})(title)"
        self.page.wait_for_function(either, arg=[corpus, title])
        expect(self.page.locator("#stop")).to_be_hidden()

    def type_query(self, words: str) -> None:
        """Type a query and press Enter."""
        self.query.fill(words)
        self.query.press("Enter")

    def search(self, words: str) -> None:
        """Type a query, press Enter, and wait until the whole result is there."""
        self.type_query(words)
        self.wait_for_result(words)

    def wait_for_result(self, words: str, corpus: str | None = None) -> None:
        """Until every column of the search for `words` is there, nothing waits or moves, and the lines are drawn."""
        self.page.wait_for_function(DONE, arg=[words.strip(), corpus])
        expect(self.page.locator("#stop")).to_be_hidden()

    def unfold(self, name: str) -> None:
        """Open one of the folds that can be seen, unless it is open."""
        fold = self.page.locator("button.label-wrap:visible").filter(has=self.page.get_by_text(name, exact=True))
        expect(fold).to_have_attribute("aria-expanded", re.compile("true|false"))
        if fold.get_attribute("aria-expanded") == "false":
            fold.click()
        expect(fold).to_have_attribute("aria-expanded", "true")

    def open_options(self) -> None:
        """Unfold "Options"."""
        self.unfold("Options")
        expect(self.page.get_by_label("number input for Candidates")).to_be_visible()

    def evaluate(self, title: str) -> None:
        """Turn to Evaluate, choose a corpus by its title, and begin."""
        self.turn_to_tab("Evaluate")
        self.page.locator("#evaluate-corpus input").click()
        self.page.get_by_role("option", name=title).click()
        self.page.locator("#evaluate-run").click()

    @property
    def bars(self) -> Locator:
        """The bars of an evaluation's chart, one for each query."""
        return self.page.locator(".ss-gains").get_by_role("option")

    def column(self, method: str) -> Locator:
        """The column of one method."""
        return self.page.locator(f'.ss-column[data-method="{method}"]')

    def hits(self, method: str) -> Locator:
        """The candidates in one method's ranking; what is shown below the cut is none."""
        return self.column(method).locator(".ss-hit:not(.ss-beyond)")

    def beyond(self) -> Locator:
        """What the first ranking shows below the cut."""
        return self.columns.locator(".ss-beyond")

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

    def _forget_what_was_left(self) -> None:
        """A page that is left complains of the streams that are cut; nobody sees it."""
        self.complaints[:] = [each for each in self.complaints if not any(said in each for said in LEAVING)]

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
def visiting(
    browser: Browser, url: str, width: int = 1280, *, dark: bool = False, touch: bool = False
) -> Iterator[Visit]:
    """A visit with a profile of its own, closed and checked at the end; with `touch` on a screen that feels fingers."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        accept_downloads=True,
        has_touch=touch,
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
