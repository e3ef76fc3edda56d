"""Reranking is seen: cards travel from the first ranking's order to their places, and are never in the way."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.visit import Visit
from tests.gated import FILMS, Gated

LONGEST_MS = 1_200
MOVES = "document.getAnimations().filter((each) => each.effect.target.matches('.ss-hit'))"
# The cards of the reranked column from top to bottom, at a moment of their way.
AT = f"""moment => {{
  for (const each of {MOVES}) {{ each.pause(); each.currentTime = moment; }}
  const cards = [...document.querySelectorAll('[data-method=cross_encoder] .ss-hit')];
  cards.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
  return cards.map((card) => card.dataset.doc);
}}"""
LENGTHS = f"{MOVES}.map((each) => each.effect.getComputedTiming().endTime)"
LINES = """() => {
  const columns = document.querySelector('#results .ss-columns').getBoundingClientRect();
  return [...document.querySelectorAll('.ss-lines path')].map((line) => {
    const card = document.querySelector(`[data-method=cross_encoder] [data-doc="${line.dataset.doc}"]`);
    const box = card.getBoundingClientRect();
    const end = line.getPointAtLength(line.getTotalLength());
    return Math.abs(end.y - (box.top + box.height / 2 - columns.top));
  });
}"""


def searched(make_visit: MakeVisit, gated: Gated) -> Visit:
    gated.scorer.score = lambda query, passage: float(FILMS.index(passage))
    gated.open_gates()
    visit = make_visit(gated.url).open("?corpus=films&q=sea+war+island")
    visit.wait_for_result("sea war island")
    visit.page.wait_for_function(f"{MOVES}.length === 0")
    return visit


def test_played_again_the_cards_go_from_the_first_order_to_the_last_within_1200_ms(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    visit = searched(make_visit, make_gated())
    first, last = visit.documents("bi_encoder"), visit.documents("cross_encoder")
    assert first != last
    visit.page.get_by_role("button", name="Play again").click()
    assert visit.page.evaluate(AT, 0) == first
    lengths = visit.page.evaluate(LENGTHS)
    assert lengths and max(lengths) <= LONGEST_MS
    assert visit.page.evaluate(AT, max(lengths) - 1) == last
    assert visit.documents("cross_encoder") == last  # in the document, the order is always the final one
    visit.page.evaluate(f"{MOVES}.forEach((each) => each.finish())")
    visit.page.wait_for_function(f"{MOVES}.length === 0")
    assert visit.page.evaluate(AT, 0) == last


def test_the_lines_follow_the_cards(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    visit = searched(make_visit, make_gated())
    visit.page.keyboard.press("Tab")
    visit.page.locator("h1").click()
    visit.page.get_by_role("button", name="Play again").click()
    for moment in (0, 350):
        visit.page.evaluate(AT, moment)
        visit.page.wait_for_function(f"Math.max(...({LINES})()) < 2")


def test_a_result_that_was_remembered_moves_too_and_one_that_is_scored_moves_as_scores_come(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = searched(make_visit, gated)
    visit.page.evaluate(
        "window.moved = 0;"
        f"new MutationObserver(() => {{ window.moved = Math.max(window.moved, {MOVES}.length); }})"
        ".observe(document.querySelector('#results'), { childList: true, subtree: true, attributes: true });"
    )
    visit.search("chess island")
    visit.page.wait_for_function("window.moved > 0")
    visit.page.evaluate("window.moved = 0")
    visit.search("sea war island")  # remembered
    visit.page.wait_for_function("window.moved > 0")


def test_a_card_on_its_way_can_be_clicked(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    visit = searched(make_visit, make_gated())
    visit.page.get_by_role("button", name="Play again").click()
    visit.page.evaluate("""() => document.addEventListener('pointerdown', (event) => {
      window.pressed = event.target.closest('.ss-hit')?.dataset.doc;
    }, true)""")
    visit.page.evaluate(AT, 100)
    box = visit.hits("cross_encoder").first.bounding_box()
    assert box is not None
    visit.page.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2)
    visit.page.evaluate(f"{MOVES}.forEach((each) => each.play())")
    visit.page.mouse.down()
    visit.page.wait_for_timeout(300)  # a slow press
    visit.page.mouse.up()
    doc = visit.page.evaluate("window.pressed")
    expect(visit.page.locator(f'[data-method=cross_encoder] [data-doc="{doc}"]')).to_have_class(re.compile("ss-open"))


def test_with_reduced_motion_everything_is_in_its_place_at_once(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.scorer.score = lambda query, passage: float(FILMS.index(passage))
    gated.open_gates()
    visit = make_visit(gated.url)
    visit.page.emulate_media(reduced_motion="reduce")
    visit.open("?corpus=films&q=sea+war+island")
    visit.wait_for_result("sea war island")
    assert visit.documents("bi_encoder") != visit.documents("cross_encoder")
    assert visit.page.evaluate(f"{MOVES}.length") == 0
    expect(visit.page.get_by_role("button", name="Play again")).to_be_hidden()
    visit.page.locator("h1").click()
    visit.page.keyboard.press("r")
    assert visit.page.evaluate(f"{MOVES}.length") == 0


def test_a_screen_reader_hears_one_sentence_for_a_search(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    visit = searched(make_visit, gated)
    visit.page.evaluate("""() => {
      window.heard = [];
      const line = document.querySelector('#status [aria-live]');
      new MutationObserver(() => {
        const quiet = line.querySelector('[aria-live=off]');
        const said = quiet ? '' : line.innerText.trim();
        if (said && said !== window.heard.at(-1)) window.heard.push(said);
      }).observe(line, { childList: true, subtree: true, characterData: true });
    }""")
    visit.search("chess island")
    heard = visit.page.evaluate("window.heard")
    assert len(heard) == 1 and "Nobody has judged this query" in heard[0], heard
    live = "[aria-live]:not([aria-live=off])"
    others = visit.page.locator(f"#results {live}, .ss-merged {live}, #case {live}")
    expect(others).to_have_count(0)
