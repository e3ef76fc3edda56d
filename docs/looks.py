"""Pictures of every state at every size and scheme, to be looked at: make looks, while make demo serves the page.

`python -m docs.looks FOLDER lesson price` takes only those whose names hold one of the words.
What a page shows while it waits, works, stops and fails is taken from a server over fake models, made here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from docs.pictures import PATIENCE, done
from tests.browser.chromium import ARGUMENTS, find
from tests.gated import Gated, serve_gated

SERVED = f"http://127.0.0.1:{os.environ.get('PORT', '7860')}"
SIZES = {"wide": (1280, 800), "phone": (390, 844), "hall": (1920, 1080)}
SCHEMES = ("light", "dark", "forced")
Act = Callable[[Page], None]


def seen(selector: str) -> Act:
    """Wait until something is there."""

    def act(page: Page) -> None:
        page.wait_for_selector(selector, timeout=PATIENCE)
        page.wait_for_timeout(1_000)

    return act


def at(selector: str) -> Act:
    """Wait until something is there, and go to it."""

    def act(page: Page) -> None:
        seen(selector)(page)
        page.locator(selector).scroll_into_view_if_needed()

    return act


def answered(page: Page) -> None:
    """The questions, the first two of them answered: one rightly, one not."""
    page.wait_for_selector(".ss-quiz", timeout=PATIENCE)
    first, second = page.locator(".ss-quiz fieldset").all()[:2]
    first.locator("[data-right]").check()
    second.locator("input:not([data-right])").first.check()


def lobby(page: Page) -> None:
    """A class that nobody has joined yet."""
    page.click("[data-start]", timeout=PATIENCE)
    page.wait_for_selector(".cl-code", timeout=PATIENCE)
    page.wait_for_timeout(500)


SHOWN: dict[str, tuple[str, Act]] = {
    "done": ("corpus=movies&q=vietnam+war", done),
    "neighbours": ("tab=neighbours&look=recall&corpus=movies&q=vietnam+war", seen("#near-picture svg")),
    "neighbours-bits": ("tab=neighbours&look=bits&corpus=movies&q=vietnam+war&precision=binary", at("#near-bits svg")),
    "unjudged": ("corpus=science&q=why+is+the+sea+salty+or+blue", done),
    "four-columns": (
        "corpus=movies&q=chess&columns=bm25,bi_encoder,cross_encoder,late_interaction",
        done,
    ),
    "failing": ("corpus=movies&q=a+film+with+snakes+but+no+plane", done),
    "sentences": ("corpus=toy", done),
    "long-texts": ("corpus=museum", done),
    "hood": ("tab=hood&look=pair", seen("#hood-report .ss-strip")),
    "hood-why": ("tab=hood&look=why", seen("#hood-why-report .ss-marked")),
    "hood-tokens": ("tab=hood&look=tokens", seen("#hood-tokens-report .ss-alignment")),
    "hood-price": ("tab=hood&look=price", seen("#hood-price-report .prose > *")),
    "by-hand": ("corpus=movies&q=vietnam+war&k=5&look=hand", at(".ss-hand")),
    "lesson-covered": ("tab=lesson&step=1", seen(".ss-lesson-cover")),
    "lesson-answered": ("tab=lesson&step=1&guess=2&revealed=1", seen(".ss-notice li")),
    "lesson-price": ("tab=lesson&step=7&guess=3&revealed=1", seen(".ss-notice li")),
    "lesson-predicted-covered": ("tab=lesson&step=9", seen("#lesson-view .ss-answer")),
    "lesson-predicted-revealed": ("tab=lesson&step=9&guess=cross_encoder&revealed=1", seen(".ss-notice li")),
    "lesson-questions": ("tab=lesson&step=13", answered),
    "class-idle": ("tab=class", seen("[data-start]")),
    "class-lobby": ("tab=class&corpus=movies&q=vietnam+war", lobby),
    "evaluate": ("tab=evaluate&look=measures&measured=museum", seen("#evaluate-picture h2")),
    "frontier": ("tab=evaluate&look=frontier&measured=museum", at("#evaluate-frontier-picture svg")),
}


def gated_states(gated: Gated, page: Page) -> Iterator[str]:
    """The states of a page whose models wait, one after the other."""
    for gate in (gated.encoder.gate, gated.scorer.gate):
        assert gate is not None
        gate.clear()
    page.goto(f"{gated.url}/?corpus=films&q={os.urandom(3).hex()}+whale")
    page.wait_for_selector(".ss-skeleton")
    yield "empty"
    gated.encoder.gate.set()  # type: ignore[union-attr]
    page.wait_for_selector(".ss-waits", state="attached")
    yield "running"
    page.click("#stop")
    page.wait_for_selector("text=Stopped.")
    yield "stopped"
    gated.scorer.error = RuntimeError("looked at")
    gated.open_gates()
    page.fill("#query input", f"{os.urandom(3).hex()} sea")
    page.press("#query input", "Enter")
    page.wait_for_selector("#status [role=alert]")
    yield "failed"
    gated.scorer.error = None
    # It has none of the corpora of the lesson.
    page.goto(f"{gated.url}/?tab=lesson")
    page.wait_for_selector("#lesson-note p")
    yield "lesson-broken"


def pages(browser: Browser) -> Iterator[tuple[str, Page]]:
    """A page of every size in every scheme."""
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                forced_colors="active" if scheme == "forced" else "none",
            )
            yield f"{size}-{scheme}", context.new_page()
            context.close()


def main(folder: Path, words: Sequence[str]) -> None:
    """Take them all, or those whose names hold one of `words`; the lecture hall has its own view of a search."""

    def wanted(state: str) -> bool:
        return not words or any(word in state for word in words)

    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1) as thread:
        gated = thread.submit(serve_gated).result()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
            for name, page in pages(browser):
                view = "&view=projector" if name.startswith("hall") else ""
                for state, (address, act) in SHOWN.items():
                    if not wanted(state):
                        continue
                    page.goto(f"{SERVED}/?{address}{view}")
                    act(page)
                    page.screenshot(path=folder / f"{name}-{state}.png")
                for state in filter(wanted, gated_states(gated, page)):
                    page.wait_for_timeout(500)
                    page.screenshot(path=folder / f"{name}-{state}.png")
            browser.close()
        thread.submit(gated.close).result()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "looks"), sys.argv[2:])
