"""Words of the field explain themselves on hover, focus and touch."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visit import Visit


@pytest.fixture(scope="module")
def judged(long_visit: Visit) -> Visit:
    """A judged query, on which the terms stand."""
    long_visit.open("?corpus=movies&q=vietnam+war")
    long_visit.wait_for_result("vietnam war")
    return long_visit


def explained(visit: Visit) -> Locator:
    return visit.page.locator(".ss-tip")


def test_a_term_is_explained_on_hover_and_the_pointer_may_rest_on_the_explanation(judged: Visit) -> None:
    judged.page.locator("h1").hover()
    expect(explained(judged)).to_have_count(0)
    judged.column("cross_encoder").locator(".ss-term", has_text="logit").hover()
    expect(explained(judged)).to_contain_text("puts the passages of one query in order")
    explained(judged).hover()
    expect(explained(judged)).to_be_visible()
    judged.page.locator("h1").hover()
    expect(explained(judged)).to_have_count(0)


def test_a_term_is_explained_on_focus_and_escape_puts_the_explanation_away(judged: Visit) -> None:
    term = judged.column("bi_encoder").locator(".ss-term", has_text="cosine")
    term.focus()
    expect(explained(judged)).to_contain_text("directions of two vectors")
    judged.page.keyboard.press("Escape")
    expect(explained(judged)).to_have_count(0)
    expect(term).to_be_focused()


def test_a_term_is_explained_on_touch(judged: Visit) -> None:
    judged.column("bi_encoder").locator(".ss-term", has_text="nDCG@10").click()
    expect(explained(judged)).to_contain_text("Normalised Discounted Cumulative Gain")
    judged.page.locator("h1").click()
    expect(explained(judged)).to_have_count(0)


def test_every_term_on_the_page_has_its_explanation_for_a_screen_reader(judged: Visit) -> None:
    missing = judged.page.evaluate("""() => [...document.querySelectorAll('.ss-term')].filter((term) =>
      !document.getElementById(term.getAttribute('aria-describedby'))?.textContent.trim()).map((t) => t.outerHTML)""")
    assert missing == []
    assert judged.page.locator(".ss-definitions dd").count() >= 12


def test_the_explanation_lies_within_the_window(judged: Visit) -> None:
    for term in judged.page.locator("#results .ss-term").all():
        if not term.is_visible():
            continue
        term.focus()
        box = explained(judged).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 1280
