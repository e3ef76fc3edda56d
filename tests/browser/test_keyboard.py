"""Two places of one document: lit together by pointer and keyboard; arrow keys; unfolding."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visit import Visit


@pytest.fixture(scope="module")
def movies(long_visit: Visit) -> Visit:
    """One result; the tests here only look at it and walk about in it."""
    long_visit.choose("movies")
    long_visit.search("vietnam war")
    return long_visit


def lit(visit: Visit) -> list[list[str]]:
    """What is seen to be lit: its kind of element and its document."""
    found: list[list[str]] = visit.page.locator(".ss-columns .ss-lit").evaluate_all(
        "parts => parts.filter((part) => part.checkVisibility()).map((part) => [part.localName, part.dataset.doc])"
    )
    return found


def test_hovering_a_hit_lights_its_line_and_its_other_place(movies: Visit) -> None:
    doc = movies.documents("cross_encoder")[0]
    assert doc in movies.documents("bi_encoder")
    movies.hits("cross_encoder").first.hover()
    assert lit(movies) == [["li", doc], ["li", doc], ["path", doc]]
    movies.page.locator("h1").hover()
    assert lit(movies) == []


def test_focusing_a_hit_does_the_same(movies: Visit) -> None:
    movies.page.locator("h1").hover()
    doc = movies.documents("bi_encoder")[0]
    movies.hits("bi_encoder").first.focus()
    assert lit(movies) == [["li", doc], ["li", doc], ["path", doc]]
    movies.page.locator("h1").hover()
    assert lit(movies) == [["li", doc], ["li", doc], ["path", doc]]


def test_every_document_of_the_reranked_column_has_a_line(movies: Visit) -> None:
    lines = movies.page.locator(".ss-lines path")
    assert [line.get_attribute("data-doc") for line in lines.all()] == movies.documents("cross_encoder")
    expect(movies.page.locator(".ss-lines")).to_have_attribute("aria-hidden", "true")


def test_arrow_keys_walk_the_ranking_and_cross_to_the_same_document(movies: Visit) -> None:
    left, right = movies.documents("bi_encoder"), movies.documents("cross_encoder")
    movies.hits("bi_encoder").first.focus()
    keys = movies.page.keyboard
    keys.press("ArrowDown")
    expect(movies.hits("bi_encoder").nth(1)).to_be_focused()
    keys.press("ArrowRight")
    assert left[1] in right
    expect(movies.hits("cross_encoder").nth(right.index(left[1]))).to_be_focused()
    keys.press("ArrowLeft")
    expect(movies.hits("bi_encoder").nth(1)).to_be_focused()
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    expect(movies.hits("bi_encoder").first).to_be_focused()


def test_tab_stops_once_at_each_column(movies: Visit) -> None:
    stops = movies.page.locator('.ss-hit[tabindex="0"]')
    expect(stops).to_have_count(2)
    expect(stops.nth(0)).to_have_attribute("data-doc", movies.documents("bi_encoder")[0])
    expect(stops.nth(1)).to_have_attribute("data-doc", movies.documents("cross_encoder")[0])


def test_what_a_row_offers_shows_while_it_is_pointed_at_has_the_focus_or_is_open(movies: Visit) -> None:
    hit = movies.hits("bi_encoder").nth(2)
    offers = hit.locator(".ss-foot")
    movies.query.focus()
    movies.page.locator("h1").hover()
    expect(offers).to_have_css("opacity", "0")
    hit.hover()
    expect(offers).to_have_css("opacity", "1")
    movies.page.locator("h1").hover()
    hit.focus()
    expect(offers).to_have_css("opacity", "1")
    movies.page.keyboard.press("Enter")
    movies.query.focus()
    expect(hit.locator(".ss-more")).to_have_attribute("aria-expanded", "true")
    expect(offers).to_have_css("opacity", "1")
    hit.locator(".ss-rank").click()  # a click on the row does the same as "more"
    movies.page.locator("h1").hover()
    movies.query.focus()
    expect(hit.locator(".ss-more")).to_have_attribute("aria-expanded", "false")
    expect(offers).to_have_css("opacity", "0")


def height(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["height"]


def test_a_long_text_unfolds_and_folds_by_keyboard(movies: Visit) -> None:
    hit = movies.hits("bi_encoder").first
    more, text = hit.locator(".ss-more"), hit.locator(".ss-text")
    folded = height(text)
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    movies.page.keyboard.press("Enter")
    expect(more).to_have_text("less")
    expect(more).to_have_attribute("aria-expanded", "true")
    assert height(text) > folded * 1.5
    movies.page.keyboard.press("Space")
    expect(more).to_have_text("more")
    assert height(text) == folded


def test_a_page_is_searched_without_a_pointer(visit: Visit) -> None:
    visit.radio("science").focus()
    visit.page.keyboard.press("Space")
    expect(visit.radio("science")).to_be_checked()
    visit.wait_for_corpus("science")
    visit.query.focus()
    visit.page.keyboard.press("Control+a")
    visit.page.keyboard.type("pyramids")
    visit.page.keyboard.press("Enter")
    visit.wait_for_result("pyramids")
