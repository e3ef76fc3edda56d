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
SIZE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
COLOURS = 128
PATIENCE = 300_000
# The moving one: every so many milliseconds a picture of the upper part, drawn smaller.
FRAME_MS, FRAMES, REST_MS = 70, 14, 2_500
MOVING = {"x": 0, "y": 120, "width": 1280, "height": 560}
MOVING_WIDTH = 680
AT = """moment => document.getAnimations().forEach((each) => {
  if (each.effect.target.matches('.ss-hit')) { each.pause(); each.currentTime = moment; }
})"""


def done(page: Page) -> None:
    """Wait until the result is whole and at rest."""
    page.wait_for_selector("#results .ss-columns[data-state=done]:not(.ss-moving)", timeout=PATIENCE)
    page.wait_for_timeout(1_500)


def search(page: Page) -> None:
    """ "vietnam war" over the films, with one document lit."""
    done(page)
    page.locator(".ss-cross_encoder .ss-hit").nth(4).hover()


def evaluate(page: Page) -> None:
    """Each query's gain, over the films."""
    page.wait_for_selector("#evaluate-picture h2", timeout=PATIENCE)


def hood(page: Page) -> None:
    """A pair of texts, with what each model reads."""
    page.wait_for_selector(".ss-strip", timeout=PATIENCE)


def lesson(page: Page) -> None:
    """A step that is answered, and what is to be noticed."""
    page.wait_for_selector(".ss-notice li", timeout=PATIENCE)
    page.wait_for_selector("#lesson-view .ss-columns[data-state=done]:not(.ss-moving)", timeout=PATIENCE)
    page.wait_for_timeout(1_500)


def neighbours(page: Page) -> None:
    """Recall against time, with where the lines cross, and the walk of a query."""
    page.get_by_text("It pays from about").wait_for(timeout=PATIENCE)


def together(page: Page) -> None:
    """A class of three after a discussion, revealed."""
    page.click("[data-start]", timeout=PATIENCE)
    code = page.locator(".cl-code").inner_text(timeout=PATIENCE).replace(" ", "")
    context = page.context.browser
    assert context is not None
    phones = [context.new_page() for _ in range(3)]
    for phone in phones:
        phone.goto(f"{ADDRESS.partition('?')[0]}class/{code}")
    page.click("button[value=ask]")
    for votes in ((0, 1, 2), (1, 1, 2)):
        for phone, at in zip(phones, votes, strict=True):
            phone.locator(".cl-option").nth(at).click(timeout=PATIENCE)
            phone.get_by_text("Your answer is in").wait_for(timeout=PATIENCE)
        page.click("[data-do=close]")
        page.locator("[data-do=reveal]").wait_for(timeout=PATIENCE)
        if votes[0] == 0:
            page.click("[data-do=again]")
            phones[0].locator("[data-keep]").wait_for(timeout=PATIENCE)
    page.click("[data-do=reveal]")
    page.wait_for_selector(".ss-students .ss-hit", timeout=PATIENCE)
    page.wait_for_timeout(2_000)


def take(page: Page, address: str, size: dict[str, int], act: Callable[[Page], None]) -> Image.Image:
    """One picture of what an address shows."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{ADDRESS}&{address}")
    act(page)
    page.wait_for_timeout(800)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def moving(page: Page) -> list[Image.Image]:
    """The reranking from the first order to the last, picture by picture."""
    take(page, "corpus=movies&q=vietnam+war", SIZE, done)
    page.locator("h1").click()
    page.get_by_role("button", name="Play again").click()
    pictures = []
    for frame in range(FRAMES + 1):
        page.evaluate(AT, min(frame * 700 / FRAMES, 699))
        page.wait_for_timeout(60)
        picture = Image.open(io.BytesIO(page.screenshot(clip=MOVING))).convert("RGB")  # type: ignore[arg-type]
        pictures.append(picture.resize((MOVING_WIDTH, MOVING["height"] * MOVING_WIDTH // MOVING["width"])))
    return pictures


def main() -> None:
    """All of them, with few colours so that they stay small."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        page = browser.new_page()
        for name, address, size, act in (
            ("search", "corpus=movies&q=vietnam+war", SIZE, search),
            ("phone", "corpus=movies&q=vietnam+war", PHONE, done),
            ("evaluate", "tab=evaluate&look=measures&measured=movies", SIZE, evaluate),
            ("lesson", "tab=lesson&step=6&guess=1&revealed=1", SIZE, lesson),
            ("hood", "tab=hood&look=pair", SIZE, hood),
            ("class", "tab=class&corpus=movies&q=vietnam+war", SIZE, together),
            ("neighbours", "tab=neighbours&look=recall&corpus=movies&q=vietnam+war", SIZE, neighbours),
        ):
            picture = take(page, address, size, act)
            picture.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)
        pictures = moving(page)
        lengths = [REST_MS // 2, *[FRAME_MS] * (len(pictures) - 2), REST_MS]
        pictures[0].save(
            FOLDER / "reranking.webp", save_all=True, append_images=pictures[1:], duration=lengths, loop=0, quality=40
        )
        browser.close()


if __name__ == "__main__":
    main()
