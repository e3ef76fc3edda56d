"""For everyone: axe-core finds nothing, focus is seen and never lost, targets are large, no colour stands alone."""

from __future__ import annotations

import importlib.resources
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.visit import Visit
from tests.server import Server

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [1280, 390]
LEAST_TARGET = 24
TAB_STOPS = 3


@dataclass(frozen=True, slots=True)
class OfGradio:
    """A rule that an element breaks which Gradio itself draws, and where in its source."""

    rule: str
    selector: str
    source: str


# Each must still occur; at most three.
GRADIO_RULES: tuple[OfGradio, ...] = ()
met: set[OfGradio] = set()

AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RUN = """async (tags) => (await axe.run(document, { runOnly: { type: "tag", values: tags } })).violations.flatMap(
  (found) => found.nodes.map((node) => [found.id, node.target.flat().join(" "), node.html.slice(0, 160)]))"""


# A colour on its way to another one has any contrast; what moves without end is left alone.
AT_REST = """() => document.getAnimations().every(
  (each) => each.playState !== "running" || each.effect.getComputedTiming().iterations === Infinity)"""


def violations(visit: Visit) -> list[list[str]]:
    """What axe-core finds in all that is on the page now it is at rest, less what Gradio itself draws."""
    visit.page.wait_for_function(AT_REST)
    if not visit.page.evaluate("typeof axe !== 'undefined'"):
        visit.page.evaluate(AXE)
    found: list[list[str]] = visit.page.evaluate(RUN, TAGS)
    left = []
    for rule, target, html in found:
        known = [each for each in GRADIO_RULES if each.rule == rule and visit.page.locator(each.selector).count()]
        met.update(known)
        left += [] if known else [[rule, target, html]]
    return left


# An address that asks for an answer gets it, and chips have their words.
READY = """look => {
  const report = document.querySelector(`#hood-${look}-report`);
  const chips = [...document.querySelectorAll("#hood .gallery button")].filter((chip) => chip.checkVisibility());
  return !!report?.querySelector(".prose > *") && chips.every((chip) => chip.textContent.trim());
}"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_on_any_tab(make_visit: MakeVisit, server: Server, dark: bool, width: int) -> None:
    visit = make_visit(server.url, width, dark=dark).open(
        "?corpus=planets&q=wind&columns=bm25,bi_encoder,cross_encoder"
    )
    visit.wait_for_result("wind")
    assert violations(visit) == []
    for name in ("Try", "Where it fails", "Options", "What it cost"):
        visit.unfold(name)
    visit.page.get_by_role("button", name="Copy link").click()
    expect(visit.page.locator(".ss-share")).to_be_visible()
    assert violations(visit) == []
    visit.turn_to_tab("Under the hood")
    expect(visit.page.locator("#hood-report .ss-strip").first).to_be_visible()
    assert violations(visit) == []
    visit.turn_to_tab("Evaluate")
    assert violations(visit) == []
    visit.turn_to_tab("Nearest neighbours")
    visit.page.locator("#near-run").click()
    expect(visit.page.locator("#near-picture svg").first).to_be_visible()
    expect(visit.page.locator("#near-status")).to_contain_text("For “wind” HNSW")
    assert violations(visit) == []


def test_axe_finds_nothing_in_an_evaluation_and_in_each_answer_under_the_hood(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = make_visit(server.url).open("?tab=evaluate&look=measures&measured=planets")
    expect(visit.page.locator("#evaluate-picture h2")).to_be_visible()
    for fold in visit.page.locator("#evaluate-folds button.label-wrap").all():
        fold.click()
    assert violations(visit) == []
    for look in ("why", "tokens", "context", "matrix"):
        texts = "&word=fire&text=a+fire&text=to+fire" if look in ("context", "matrix") else ""
        visit.open(f"?tab=hood&look={look}{texts}")
        visit.page.wait_for_function(READY, arg=look)
        assert violations(visit) == [], look


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_while_it_waits_works_stops_and_fails(
    make_visit: MakeVisit, make_gated: MakeGated, dark: bool, width: int
) -> None:
    gated = make_gated()
    visit = make_visit(gated.url, width, dark=dark).open()
    expect(visit.page.locator(".ss-skeleton")).to_have_count(1)
    expect(visit.page.locator("p.loading")).to_have_count(0)  # Gradio's own, from before it is there
    assert violations(visit) == [], "empty"
    gated.encoder.gate.set()
    expect(visit.status).to_contain_text("The cross-encoder has read 0 of 6 pairs")
    assert violations(visit) == [], "running"
    visit.page.locator("#stop").click()
    expect(visit.status).to_contain_text("Stopped.")
    assert violations(visit) == [], "stopped"
    gated.scorer.error = RuntimeError("a secret of the machine")
    gated.open_gates()
    visit.type_query("island war")
    expect(visit.status.get_by_role("alert")).to_be_visible()
    assert violations(visit) == [], "failed"


def test_what_gradio_breaks_is_still_broken_else_it_is_no_longer_excused() -> None:
    assert len({each.rule for each in GRADIO_RULES}) <= 3
    assert met == set(GRADIO_RULES)


def test_headings_are_in_order_and_the_page_is_described(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?corpus=toy&q=drums")
    visit.wait_for_result("drums")
    levels = [
        int(heading.evaluate("part => part.tagName[1]"))
        for heading in visit.page.get_by_role("heading").all()
        if heading.is_visible()
    ]
    assert levels[0] == 1 and levels.count(1) == 1 and 2 in levels
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert visit.page.locator("meta[name=description]").get_attribute("content")


def test_the_query_is_at_most_three_tab_stops_away_and_a_link_skips_to_it(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = make_visit(server.url).open("?corpus=toy&q=drums")
    visit.wait_for_result("drums")
    visit.page.mouse.click(2, 2)  # from the top of the page
    visit.page.keyboard.press("Tab")
    skip = visit.page.get_by_role("link", name="Skip to the query")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box is not None and box["height"] > 10 and box["y"] >= 0  # seen while it has the focus
    for _ in range(TAB_STOPS - 1):
        visit.page.keyboard.press("Tab")
        if visit.query.evaluate("part => part === document.activeElement"):
            break
    expect(visit.query).to_be_focused()
    visit.page.mouse.click(2, 2)
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    expect(visit.query).to_be_focused()


FOCUSED = """() => {
  const part = document.activeElement;
  const frame = part.closest('label, .ss-hit, .ss-handle') ?? part;
  const style = (of) => getComputedStyle(of);
  const ring = [part, frame].some((of) => (style(of).outlineStyle !== 'none' && parseFloat(style(of).outlineWidth) >= 1)
    || style(of).boxShadow !== 'none');
  return [part === document.body, ring, part.outerHTML.slice(0, 100)];
}"""


def test_focus_is_seen_at_every_stop_of_the_page(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?corpus=planets&q=wind&k=5")
    visit.wait_for_result("wind")
    for name in ("Try", "Options"):
        visit.unfold(name)
    visit.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    unseen = []
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        at_body, ring, html = visit.page.evaluate(FOCUSED)
        if at_body:
            break
        unseen += [] if ring else [html]
    assert unseen == []


def test_focus_never_falls_to_the_body(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?corpus=toy&q=drums&depth=50")  # an evaluation that is not known
    visit.wait_for_result("drums")
    visit.query.press("Enter")
    visit.wait_for_result("drums")
    expect(visit.query).to_be_focused()
    hit = visit.hits("cross_encoder").first
    hit.hover()
    hit.get_by_role("button", name="Look inside").click()
    expect(visit.page.locator("#hood-heading h2")).to_be_focused()
    visit.turn_to_tab("Evaluate")
    visit.page.locator("#evaluate-run").click()
    stop = visit.page.locator("#evaluate-stop")
    stop.click()
    expect(stop).to_be_hidden()
    assert visit.page.evaluate("document.activeElement !== document.body")


SMALL_TARGETS = """least => [...document.querySelectorAll('a, button, input, summary, [role=separator], [role=tab]')]
  .filter((part) => {
    const target = part.closest('label') ?? part;
    const box = target.getBoundingClientRect();
    const seen = target.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 1;
    const ours = !part.closest('footer, .ss-skip') && !part.matches('.ss-skip, [type=range]');
    // A word in a sentence may be as small as the sentence (WCAG 2.2, 2.5.8).
    const inline = part.matches('.ss-term') || getComputedStyle(part).display === 'inline';
    return seen && ours && !inline && (box.width < least || box.height < least);
  }).map((part) => part.outerHTML.slice(0, 120) + part.getBoundingClientRect().height)"""


@pytest.mark.parametrize("width", WIDTHS)
def test_targets_are_at_least_24_pixels(make_visit: MakeVisit, server: Server, width: int) -> None:
    visit = make_visit(server.url, width).open("?corpus=planets&q=wind")
    visit.wait_for_result("wind")
    for name in ("Try", "Options", "What it cost"):
        visit.unfold(name)
    assert visit.page.evaluate(SMALL_TARGETS, LEAST_TARGET) == []
    visit.turn_to_tab("Under the hood")
    expect(visit.page.locator("#hood-report .ss-strip").first).to_be_visible()
    assert visit.page.evaluate(SMALL_TARGETS, LEAST_TARGET) == []


def test_at_200_percent_nothing_scrolls_sideways_and_all_is_there(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url, 640).open("?corpus=planets&q=wind")  # 1280 pixels at 200 %
    visit.wait_for_result("wind")
    assert visit.sideways() == 0
    for part in (visit.query, visit.status, visit.column("bi_encoder"), visit.column("cross_encoder")):
        expect(part).to_be_visible()


def borders(visit: Visit, selector: str) -> Any:
    return visit.page.locator(selector).first.evaluate(
        "part => [getComputedStyle(part).outlineStyle, getComputedStyle(part).borderTopStyle]"
    )


def test_forced_colours_keep_the_selected_tab_radio_and_bars_visible(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url)
    visit.page.emulate_media(forced_colors="active")
    visit.open("?corpus=planets&q=wind")
    visit.wait_for_result("wind")
    assert "solid" in borders(visit, "[role=tab][aria-selected=true]")
    assert "solid" in borders(visit, "#corpus label:has(input:checked)")
    assert "solid" in borders(visit, ".ss-bar")
    filled = visit.page.locator(".ss-bar i").first.evaluate("part => getComputedStyle(part).backgroundColor")
    behind = visit.page.locator(".ss-bar").first.evaluate("part => getComputedStyle(part).backgroundColor")
    assert filled != behind


EDGES = """() => {
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (text) => {
    const c = text.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  };
  const page = light(getComputedStyle(document.body).backgroundColor);
  const fields = '#query input, #corpus label, #hood-query textarea, #evaluate-corpus input, #candidates input';
  return [...document.querySelectorAll(fields)].filter((part) => part.checkVisibility()).map((part) => {
    const box = [part, part.parentElement, part.parentElement.parentElement, part.closest('label')]
      .filter(Boolean).find((each) => parseFloat(getComputedStyle(each).borderTopWidth) > 0);
    const [a, b] = [light(getComputedStyle(box ?? part).borderTopColor), page].sort((x, y) => y - x);
    return [part.outerHTML.slice(0, 80), (a + 0.05) / (b + 0.05)];
  });
}"""


@pytest.mark.parametrize("dark", [False, True])
def test_fields_have_edges_of_three_to_one(make_visit: MakeVisit, server: Server, dark: bool) -> None:
    visit = make_visit(server.url, dark=dark).open("?corpus=toy&q=drums")
    visit.wait_for_result("drums")
    visit.unfold("Options")
    weak = [edge for edge in visit.page.evaluate(EDGES) if edge[1] < 3]
    for tab in ("Under the hood", "Evaluate"):
        visit.turn_to_tab(tab)
        weak += [edge for edge in visit.page.evaluate(EDGES) if edge[1] < 3]
    assert weak == []
