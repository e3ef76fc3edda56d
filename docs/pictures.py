"""Take the README's pictures from a running page: make demo, then in another shell make pictures."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find

FOLDER = Path(__file__).parent
ADDRESS = f"http://127.0.0.1:{os.environ.get('PORT', '7860')}/?__theme=light"
SIZE = {"width": 1280, "height": 1000}
COLOURS = 128
PATIENCE = 300_000


def search(page: Page) -> None:
    """ "vietnam war" over the films, with one document lit."""
    page.click("#go")
    page.wait_for_selector(".ss-cost", timeout=PATIENCE)
    page.evaluate("window.scrollTo(0, 240)")
    page.locator(".ss-cross_encoder .ss-hit").nth(3).hover()


def evaluate(page: Page) -> None:
    """The table of the films, and where the reranker loses."""
    page.get_by_role("tab", name="Evaluate").click()
    page.click("#evaluate-run")
    page.wait_for_selector(".ss-losses", timeout=PATIENCE)
    page.evaluate("window.scrollTo(0, 330)")


def hood(page: Page) -> None:
    """A pair of texts compared, with what each model reads."""
    page.get_by_role("tab", name="Under the hood").click()
    page.locator("#hood-query textarea, #hood-query input").first.press("Enter")
    page.wait_for_selector(".ss-strip", timeout=PATIENCE)
    page.evaluate("window.scrollTo(0, 600)")


def take(name: str, act: Callable[[Page], None]) -> None:
    """One picture in a fresh browser, with few colours so that it stays small."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page(viewport=SIZE)
        page.goto(ADDRESS)
        page.wait_for_selector("#query textarea, #query input")
        act(page)
        page.wait_for_timeout(1500)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        browser.close()
    picture.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    for each in (search, evaluate, hood):
        take(each.__name__, each)
