"""The cut: a handle in the first ranking that says how many candidates are reranked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.visit import Visit
from tests.gated import Gated


def searched(make_visit: MakeVisit, gated: Gated, k: int = 4, words: str = "whale") -> Visit:
    gated.open_gates()
    visit = make_visit(gated.url).open(f"?corpus=films&q={words}&k={k}")
    visit.wait_for_result(words)
    return visit


def handle(visit: Visit) -> Locator:
    return visit.page.get_by_role("separator", name="Cut")


def settled(visit: Visit, cut: int) -> None:
    """The server has answered for this many candidates."""
    expect(visit.page.locator(f'#results .ss-columns[data-cut="{cut}"][data-state="done"]')).to_have_count(1)
    expect(visit.page.locator(".ss-pending")).to_have_count(0)


def shown(visit: Visit) -> list[str]:
    hits = visit.page.locator("[data-method=cross_encoder] .ss-hit").all()
    return [str(hit.get_attribute("data-doc")) for hit in hits if hit.is_visible()]


def test_arrow_keys_move_the_cut_and_only_what_is_new_is_scored(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    visit = searched(make_visit, gated)
    first = [hit.get_attribute("data-doc") for hit in visit.column("bi_encoder").locator(".ss-hit").all()]
    assert len(gated.scorer.pairs) == 4
    handle(visit).focus()
    visit.page.keyboard.press("ArrowDown")
    settled(visit, 5)
    assert len(gated.scorer.pairs) == 5
    assert sorted(shown(visit)) == sorted(first[:5])
    expect(handle(visit)).to_be_focused()
    visit.page.keyboard.press("ArrowUp")
    visit.page.keyboard.press("ArrowUp")
    visit.page.keyboard.press("ArrowUp")
    settled(visit, 2)
    assert sorted(shown(visit)) == sorted(first[:2])
    visit.page.keyboard.press("End")
    settled(visit, 6)
    visit.page.keyboard.press("Home")
    settled(visit, 1)
    assert len(gated.scorer.pairs) == 6  # each document once, however the handle went
    assert "k=1" in visit.page.evaluate("location.search")


def test_while_the_handle_moves_what_is_scored_is_shown_before_the_server_answers(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    visit = searched(make_visit, make_gated(), k=6)
    first = [hit.get_attribute("data-doc") for hit in visit.column("bi_encoder").locator(".ss-hit").all()]
    box, target = handle(visit).bounding_box(), visit.page.locator("[data-method=bi_encoder] .ss-hit").nth(2)
    to = target.bounding_box()
    assert box is not None and to is not None
    visit.page.mouse.move(box["x"] + 50, box["y"] + box["height"] / 2)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 50, to["y"] + to["height"] - 2, steps=5)
    expect(handle(visit)).to_have_attribute("aria-valuenow", "3")
    assert visit.page.locator("#results .ss-columns").get_attribute("data-cut") == "6"  # nobody was asked yet
    assert sorted(shown(visit)) == sorted(first[:3])
    assert visit.page.locator("[data-method=cross_encoder] .ss-hit:visible .ss-rank").all_inner_texts() == list("123")
    visit.page.mouse.up()
    settled(visit, 3)
    assert sorted(shown(visit)) == sorted(first[:3])


def test_a_finger_moves_the_cut(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    visit = searched(make_visit, make_gated(), k=6)
    box, to = handle(visit).bounding_box(), visit.page.locator("[data-method=bi_encoder] .ss-hit").nth(1).bounding_box()
    assert box is not None and to is not None
    client = visit.page.context.new_cdp_session(visit.page)

    def touch(kind: str, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": box["x"] + 40, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", box["y"] + 10)
    for y in (to["y"] + 200, to["y"] + 100, to["y"] + to["height"] - 2):
        touch("touchMove", y)
    touch("touchEnd", 0)
    settled(visit, 2)


def test_a_judged_query_has_a_curve_of_its_quality_by_candidates_with_the_cut_marked(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    visit = searched(make_visit, make_gated(), k=6)
    figure = visit.page.locator(".ss-depth")
    values = str(figure.get_attribute("data-values")).split()
    assert len(values) == 6
    ndcg = visit.column("cross_encoder").locator(".ss-ndcg b").inner_text()
    assert float(values[-1]) == pytest.approx(float(ndcg), abs=0.001)
    mark = figure.locator(".ss-cut-mark")
    before = float(str(mark.get_attribute("x1")))
    handle(visit).focus()
    visit.page.keyboard.press("ArrowUp")
    assert float(str(mark.get_attribute("x1"))) < before
    settled(visit, 5)
    ndcg = visit.column("cross_encoder").locator(".ss-ndcg b").inner_text()
    assert float(values[4]) == pytest.approx(float(ndcg), abs=0.001)
    # What was scored once stays on the curve.
    assert str(figure.get_attribute("data-values")).split() == values


def test_a_query_that_nobody_judged_has_no_curve(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    visit = searched(make_visit, make_gated(), words="love")
    expect(visit.page.locator(".ss-depth")).to_have_count(0)
    expect(handle(visit)).to_be_visible()


def test_a_forged_cut_gets_a_sentence(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    visit = searched(make_visit, make_gated())
    for value in ("0", "-3", "9999", "x", "٣", ""):
        visit.page.evaluate(
            """value => document.querySelector('#results .ss-columns').dispatchEvent(new CustomEvent('ss-act', {
              bubbles: true, detail: { act: 'cut', corpus: 'films', query: 'whale', doc: '', value } }))""",
            value,
        )
        alert = visit.page.locator("#note").get_by_role("alert")
        expect(alert).to_contain_text("candidates can't be shown by the page")
        visit.type_query("whale")  # what is said of one of them is not taken for what is said of the next
        expect(alert).to_have_count(0)
        visit.wait_for_result("whale")
