"""What stands on the first screen, in pixels: the verdict and the comparison, not the form."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import MakeVisit
from tests.browser.visit import Visit
from tests.server import Server

FORM_PIXELS = 140
WIDE, TALL = 1280, 800
PHONE = {"width": 390, "height": 844}
ASKED = "?corpus=movies&q=vietnam+war&k=20"


def box(part: Locator) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    found = part.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def opened(make_visit: MakeVisit, server: Server, address: str = "", width: int = WIDE, height: int = TALL) -> Visit:
    visit = make_visit(server.url, width)
    visit.page.set_viewport_size({"width": width, "height": height})
    visit.open(address)
    visit.wait_for_result("vietnam war")
    return visit


def whole_rows(visit: Visit, selector: str, height: float) -> int:
    rows = [box(row) for row in visit.page.locator(selector).all() if row.is_visible()]
    return sum(bottom <= height for _, _, _, bottom in rows)


@pytest.mark.parametrize("address", ["", ASKED])
def test_the_verdict_begins_within_140_pixels_and_six_rows_of_each_column_fit(
    make_visit: MakeVisit, server: Server, address: str
) -> None:
    visit = opened(make_visit, server, address)
    assert box(visit.page.locator("#status .ss-status"))[1] <= FORM_PIXELS
    for method in ("bi_encoder", "cross_encoder"):
        assert box(visit.column(method).locator("h2"))[3] < TALL
        # What the handle covers at the lower edge is not whole.
        edge = min(TALL, box(visit.page.locator(".ss-handle"))[1])
        assert whole_rows(visit, f'.ss-column[data-method="{method}"] .ss-hit', edge) >= 6, method
    assert visit.page.evaluate("scrollY") == 0
    row = visit.hits("cross_encoder").first
    for part in (".ss-rank", ".ss-title", ".ss-number", ".ss-bar", ".ss-move", ".ss-grade"):
        assert box(row.locator(part))[3] <= box(row)[3] + 1, part


def test_above_the_verdict_stand_two_rows_and_one_line(make_visit: MakeVisit, server: Server) -> None:
    visit = opened(make_visit, server)
    for part in ("#heading h1", ".tab-wrapper", "#query", "#corpus", "#go", "#folds"):
        left, top, right, bottom = box(visit.page.locator(part))
        assert 0 <= top < bottom <= FORM_PIXELS and 0 <= left < right <= WIDE, part
    for name in ("Try", "Where it fails", "Options"):
        fold = visit.page.get_by_role("button", name=name, exact=False).first
        expect(fold).to_have_attribute("aria-expanded", "false")
        fold.click()
        expect(fold).to_have_attribute("aria-expanded", "true")
        fold.click()


def test_on_a_phone_five_documents_with_both_places_are_on_the_first_screen(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = opened(make_visit, server, ASKED, **PHONE)
    expect(visit.page.locator(".ss-column").first).to_be_hidden()
    assert whole_rows(visit, ".ss-both", PHONE["height"]) >= 5
    first = visit.page.locator(".ss-both").first
    expect(first.locator(".ss-slope")).to_contain_text("2 → 1")
    expect(first.locator(".ss-number")).to_have_count(2)
    expect(first.locator(".ss-bar")).to_have_count(2)
    assert visit.sideways() == 0


def test_on_a_phone_one_touch_sorts_by_either_ranking(make_visit: MakeVisit, server: Server) -> None:
    visit = opened(make_visit, server, ASKED, **PHONE)
    shown = visit.page.locator(".ss-both")

    def order() -> list[str]:
        return [str(row.get_attribute("data-doc")) for row in shown.all()]

    assert order() == visit.documents("cross_encoder")
    visit.page.locator("[data-sort=bi_encoder]").click()
    assert order() == visit.documents("bi_encoder")
    expect(visit.page.locator("[data-sort=bi_encoder]")).to_have_attribute("aria-pressed", "true")
    expect(visit.page.locator("[data-sort=cross_encoder]")).to_have_attribute("aria-pressed", "false")
    visit.search("chess")
    assert order() == visit.documents("bi_encoder")  # the choice outlives a new search
    visit.page.locator("[data-sort=cross_encoder]").click()
    assert order() == visit.documents("cross_encoder")


def test_after_a_search_from_far_below_the_results_are_in_view_and_the_focus_stays(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = opened(make_visit, server, ASKED, **PHONE)
    visit.page.locator("#try button.label-wrap").click()
    chip = visit.page.locator("#examples button").nth(1)
    expect(chip).to_have_text(re.compile(r"\S"))  # the chips of a fold that was opened just now have no words yet
    said = chip.inner_text().strip()
    chip.click()
    visit.wait_for_result(said)
    visit.page.wait_for_function("document.querySelector('#verdict-row').getBoundingClientRect().top < innerHeight / 2")
    assert visit.page.evaluate("document.activeElement !== document.body")


def test_a_judged_corpus_opens_with_a_comparison_and_a_skeleton_until_it_is_there(
    make_visit: MakeVisit, make_gated: object
) -> None:
    gated = make_gated()  # type: ignore[operator]
    visit = make_visit(gated.url).open()
    expect(visit.page.locator(".ss-skeleton .ss-ghost").first).to_be_visible()
    shimmer = visit.page.locator(".ss-ghost").first.evaluate("part => getComputedStyle(part).backgroundImage")
    assert "gradient" in shimmer
    gated.encoder.gate.set()
    expect(visit.status).to_contain_text("The cross-encoder has read 0 of 6 pairs")
    gated.open_gates()
    visit.wait_for_result("whale")
    expect(visit.status).to_contain_text("nDCG@10")
    expect(visit.page.locator(".ss-ghost")).to_have_count(0)
