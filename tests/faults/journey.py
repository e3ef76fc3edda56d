"""A visit to every part of the page, in a real browser, with the app in a process of its own.

`python -m tests.faults.journey FOLDER CACHE note|refuse`: what the app's process tries goes to FOLDER/tries.txt, and
with "refuse" fails. It ends with an error where the page asks for anything from elsewhere, or complains.

Only what a visitor asks of the Hub by name, another model, is not asked for here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from searchcore.corpora import OWN
from tests.browser.chromium import ARGUMENTS, find
from tests.browser.visit import Visit, visiting
from tests.faults.watched import TRIES
from tests.planets import NAME, TITLE, write_planets
from tests.server import serving
from ui.hood.questions import QUESTIONS
from ui.state import CONTEXT, LENGTH, MATRIX, PAIR, PRICE, SWAP, TOKENS, WHY

# Where the browser is in no network of its own: it then finds no other machine by name or number.
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
# Where each question under the hood is answered, and whose button asks it.
SECTIONS = {
    PAIR: ("hood", "hood"),
    WHY: ("hood-why", "hood"),
    TOKENS: ("hood-tokens", "hood"),
    CONTEXT: ("hood-context", "hood-context"),
    MATRIX: ("hood-matrix", "hood-matrix"),
    SWAP: ("hood-swap-roles", "hood-swap-roles"),
    LENGTH: ("hood-length", "hood-length"),
    PRICE: ("hood-price", "hood-price"),
}
# Much is loaded and encoded here for the first time, with nothing beside it on the way to hurry it.
PATIENCE_MS = 180_000
OPENED = "movies"
QUIZ = 10
LINES = "A whale swims.\nA ship sinks in a storm.\nA dog barks at the moon.\n"


def search(visit: Visit) -> None:
    """Every corpus, every fold, every column, a grade, what is worked out of it, and the link."""
    for corpus in visit.page.locator("#corpus input").all():
        if (name := corpus.input_value()) != OWN:
            visit.choose(name)
    visit.choose(NAME)
    for fold in ("Try", "Where it fails", "Options", "What it cost"):
        visit.unfold(fold)
    for column in visit.page.locator("#columns input").all():
        column.check()
    visit.page.locator("#score").get_by_label("its sigmoid").check()
    visit.search("a planet with a storm")
    visit.page.get_by_role("button", name="Judge it yourself").click()
    visit.hits("cross_encoder").first.locator('[data-grade="3"]').click()
    expect(visit.status).to_contain_text("By your 1 grade")
    visit.page.get_by_role("button", name="nDCG by hand").click()
    expect(visit.page.locator(".ss-hand table").first).to_be_visible()
    visit.page.get_by_role("button", name="Copy link").click()
    expect(visit.page.locator(".ss-share")).to_be_visible()


def hood(visit: Visit) -> None:
    """The answer to every question; that to one reads so much that its beginning must do."""
    stop = visit.page.locator("#hood-stop")
    for look in QUESTIONS:
        visit.page.locator(f'#hood-question input[value="{look}"]').check()
        section, button = SECTIONS[look]
        visit.page.locator(f"#{button}-run").click()
        if look == LENGTH:
            expect(visit.page.locator(f"#{section}-status")).to_contain_text("has read")
            stop.click()
        expect(stop).to_be_hidden()
        if look != LENGTH:
            expect(visit.page.locator(f"#{section}-report .prose > *").first).to_be_visible()


def evaluate(visit: Visit) -> None:
    """One evaluation, its curve, and a download."""
    visit.evaluate(TITLE)
    expect(visit.page.locator("#evaluate-status")).to_contain_text("Means over")
    for fold in visit.page.locator("#evaluate-folds button.label-wrap").all():
        fold.click()
    with visit.page.expect_download():
        visit.page.get_by_role("link", name="CSV").click()


def neighbours(visit: Visit) -> None:
    """A measurement, one of its points, and smaller vectors."""
    visit.page.locator("#near-run").click()
    status, stop = visit.page.locator("#near-status"), visit.page.locator("#near-stop")
    expect(visit.page.locator("#near-picture .ss-lead")).to_be_visible()
    visit.page.locator('#near-picture circle[data-index="ivf"]').first.click()
    expect(status).to_contain_text("IVF, probes 1 finds")
    expect(stop).to_be_hidden()
    visit.unfold("Fewer bits, fewer dimensions")
    visit.page.locator("#near-draw").click()
    expect(status).to_contain_text("384 dimensions in float32")


def lesson(visit: Visit) -> None:
    """Every step answered, every question, and the handout that the last place links to."""
    page, places = visit.page, visit.page.locator(".ss-rail li")
    for step in range(1, places.count()):
        expect(page.locator(f'#lesson [data-at="{step}"] h2')).to_be_visible()
        page.locator("#lesson-step button.ss-option, #lesson-view .ss-answer").first.click()
        expect(page.locator(".ss-notice li").first).to_be_visible()
        expect(page.locator(".ss-notice")).not_to_contain_text(re.compile("Not so this time|Not to be said"))
        page.locator(f'#lesson-below [data-step="{step + 1}"]').click()
    expect(page.locator(".ss-quiz [data-right]")).to_have_count(QUIZ)
    for right in page.locator(".ss-quiz [data-right]").all():
        right.check()
    expect(page.locator(".ss-quiz-said")).to_contain_text(f"{QUIZ} right of {QUIZ} answered, of {QUIZ}.")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="the handout").click()
    handout = opened.value
    expect(handout.locator("article")).to_have_count(places.count())
    expect(handout.locator(".ss-handout")).to_contain_text("All numbers were computed on this machine")
    handout.close()


def together(visit: Visit) -> None:
    """A class of one: joined in the same browser, asked, answered, revealed, judged and ended."""
    page = visit.page
    page.get_by_role("button", name="Start a class").click()
    code = page.locator(".cl-code").inner_text().replace(" ", "")
    phone = page.context.new_page()
    phone.goto(f"{visit.url}/class")
    phone.get_by_label("Code of the class").fill(code)
    phone.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Ask which comes first").click()
    phone.locator(".cl-option").first.click()
    expect(phone.locator(".cl-sent")).to_contain_text("Your answer is in")
    page.get_by_role("button", name="Close the question").click()
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator(".ss-students .ss-hit").first).to_be_visible()
    page.get_by_role("button", name="Let the class judge").click()
    phone.locator('[data-grade="2"]').first.click()
    expect(phone.locator(".cl-done")).to_have_count(1)
    page.get_by_role("button", name="Close the judging").click()
    page.get_by_role("button", name="Show what it comes to").click()
    expect(page.locator(".cl-table").first).to_be_visible()
    page.get_by_text("Links, and end the class").click()
    page.get_by_role("button", name="End the class").click()
    expect(phone.locator(".cl-screen")).to_contain_text("ended this class")
    phone.close()


def own(visit: Visit) -> None:
    """Texts of one's own, given, searched and taken home. It is part of Search."""
    visit.turn_to_tab("Search")
    visit.radio(OWN).check()
    visit.page.locator("#own-lines").fill(LINES)
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.page.locator('[data-own="use"]').click()
    # Until the page has the corpus, a query would be asked of the one before.
    expect(visit.page.locator(".ss-own-used")).to_be_visible()
    expect(visit.status).to_contain_text("Type a query, then press Enter.")
    visit.search("an animal")
    with visit.page.expect_download():
        visit.page.get_by_role("button", name="Download as a BEIR zip").click()


def calls(visit: Visit) -> None:
    """The page about the API, and the projector's. The first asks this server for two things that are switched off."""
    page = visit.page
    with page.expect_response("**/monitoring/summary"), page.expect_response("**/gradio_api/mcp/schema"):
        page.locator("footer").get_by_role("button", name="Use via API").click()
    expect(page.locator(".api-docs")).to_contain_text("/search")
    visit.open(f"?view=projector&corpus={NAME}&q=wind")
    visit.wait_for_result("wind")
    visit.complaints[:] = [each for each in visit.complaints if "404" not in each]


TABS: dict[str, Callable[[Visit], None]] = {
    "Search": search,
    "Under the hood": hood,
    "Evaluate": evaluate,
    "Nearest neighbours": neighbours,
    "Lesson": lesson,
    "Class": together,
}


def go_through(visit: Visit) -> None:
    """All of the page."""
    visit.open().wait_for_corpus(OPENED)
    names = visit.page.get_by_role("tab").all_inner_texts()
    assert sorted(names) == sorted(TABS), f"go through every tab in {__file__}: {names}"
    for name, through in TABS.items():
        visit.turn_to_tab(name)
        through(visit)
    own(visit)
    calls(visit)


def main(folder: Path, cache: Path, mode: str) -> None:
    """Start the app in an empty home, and go. Raises AssertionError, or an error of Playwright's."""
    write_planets(folder / "corpora")
    (folder / "home").mkdir()
    program = ["-m", "tests.faults.watched", str(folder / TRIES), mode, "app.py"]
    expect.set_options(timeout=PATIENCE_MS)
    arguments = ARGUMENTS if mode == "note" else [*ARGUMENTS, NOWHERE]
    with serving(folder, cache, program, HOME=str(folder / "home")) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=arguments)
        with visiting(browser, server.url) as visit:
            visit.page.set_default_timeout(PATIENCE_MS)
            go_through(visit)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
