"""The projector view: large type, only what a lecture hall needs, and keys."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import MakeVisit
from tests.browser.visit import Visit
from tests.server import Server

LEAST_PIXELS = 22
AAA = 7.0
SMALL = """least => [...document.querySelectorAll('.gradio-container *')].filter((part) => {
  const box = part.getBoundingClientRect();
  const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const whole = { opacityProperty: true, visibilityProperty: true };
  const seen = own && box.width > 1 && box.height > 1 && part.checkVisibility(whole);
  const small = parseFloat(getComputedStyle(part).fontSize) < least;
  return seen && small && !part.closest('svg, .ss-hidden, .ss-skip');
}).map((part) => part.outerHTML.slice(0, 120))"""
# The contrast of each text with what lies behind it (WCAG 2.2, 1.4.6), for opaque colours.
CONTRASTS = """() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const parse = (text) => {
    const numbers = text.match(/[\\d.]+/g).map(Number);
    return text.startsWith('color(') ? numbers.map((value, i) => (i < 3 ? value * 255 : value)) : numbers;
  };
  const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const behind = (part) => {
    for (; part; part = part.parentElement) {
      const colour = parse(getComputedStyle(part).backgroundColor);
      if ((colour[3] ?? 1) >= 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const kinds = ['h2', 'h3', '.ss-rank', '.ss-text', '.ss-number', '.ss-move', '.ss-how'];
  const parts = document.querySelectorAll(`#results .ss-column :is(${kinds}), #status .ss-status`);
  return [...parts].slice(0, 120).map((part) => {
    const [a, b] = [light(parse(getComputedStyle(part).color)), light(behind(part))].sort((x, y) => y - x);
    return [part.className, (a + 0.05) / (b + 0.05)];
  });
}"""


def projected(make_visit: MakeVisit, server: Server, *, dark: bool = False) -> Visit:
    visit = make_visit(server.url, 1920, dark=dark)
    visit.page.set_viewport_size({"width": 1920, "height": 1080})
    visit.open("?corpus=movies&q=vietnam+war&view=projector")
    visit.wait_for_result("vietnam war")
    return visit


def test_no_letter_is_smaller_than_22_pixels_and_only_query_verdict_and_columns_are_left(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = projected(make_visit, server)
    assert visit.page.evaluate(SMALL, LEAST_PIXELS) == []
    for gone in ("#folds", "#corpus", ".tab-wrapper", "footer", "#go"):
        expect(visit.page.locator(gone).first).to_be_hidden()
    for there in (visit.query, visit.status, visit.column("bi_encoder"), visit.column("cross_encoder")):
        expect(there).to_be_visible()
    width = visit.page.locator(".ss-lines path").first.evaluate(
        "line => parseFloat(getComputedStyle(line).strokeWidth)"
    )
    assert width >= 3
    assert visit.sideways() == 0


def test_its_contrast_is_seven_to_one_in_light_and_dark(make_visit: MakeVisit, server: Server) -> None:
    for dark in (False, True):
        visit = projected(make_visit, server, dark=dark)
        weak = [(name, ratio) for name, ratio in visit.page.evaluate(CONTRASTS) if ratio < AAA]
        assert weak == [], dark


def test_keys_turn_it_on_and_off_walk_the_rows_and_play_the_reranking(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?corpus=movies&q=vietnam+war")
    visit.wait_for_result("vietnam war")
    visit.query.press("p")  # in the box it is a letter
    expect(visit.page.locator(".ss-projector")).to_have_count(0)
    visit.page.evaluate("document.activeElement.blur()")
    visit.page.keyboard.press("p")
    expect(visit.page.locator(".ss-projector")).to_have_count(1)
    visit.page.keyboard.press("ArrowDown")
    expect(visit.page.locator(".ss-hit").first).to_be_focused()
    visit.page.keyboard.press("ArrowDown")
    expect(visit.page.locator(".ss-hit").nth(1)).to_be_focused()
    visit.page.keyboard.press("r")
    visit.page.wait_for_function("document.getAnimations().some((each) => each.effect.target.matches('.ss-hit'))")
    visit.page.keyboard.press("P")
    expect(visit.page.locator(".ss-projector")).to_have_count(0)
    visit.page.keyboard.press("/")
    expect(visit.query).to_be_focused()


def test_the_keys_are_listed_under_a_question_mark_and_can_be_switched_off(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = make_visit(server.url).open("?corpus=toy&q=drums")
    visit.wait_for_result("drums")
    visit.page.evaluate("document.activeElement.blur()")
    visit.page.keyboard.press("?")
    dialog = visit.page.get_by_role("dialog", name="Keys and help")
    expect(dialog).to_be_visible()
    for said in ("projector view", "play the reranking again", "walk the rows"):
        expect(dialog).to_contain_text(said)
    dialog.get_by_role("checkbox").uncheck()
    visit.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    visit.page.keyboard.press("p")
    expect(visit.page.locator(".ss-projector")).to_have_count(0)
