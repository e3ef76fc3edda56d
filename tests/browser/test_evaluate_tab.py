"""The Evaluate tab on a small judged corpus: one run, looked at from all sides."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from searchcore.ranking import BUILT_IN, by_key
from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.test_access import violations
from tests.browser.visit import Visit
from tests.planets import QUERIES, TITLE
from tests.server import Server

METHODS = by_key(BUILT_IN)

MEASURES = ["nDCG@10", "RR@10", "P@5", "R@10", "R@5"]
QUERY_COUNT = len(QUERIES)


FOCUSED = "document.activeElement.id || document.activeElement.tagName"


def fold(page: Page, label: str) -> None:
    """Unfold one of the parts below the chart."""
    button = page.locator(".label-wrap:visible", has_text=label)
    if button.get_attribute("aria-expanded") != "true":
        button.click()
    expect(button).to_have_attribute("aria-expanded", "true")


@pytest.fixture(scope="module")
def evaluated(long_visit: Visit) -> Visit:
    """The tab after one evaluation with 5 candidates; the tests here only look, filter and click."""
    page = long_visit.page
    expect(page.locator('#results [data-state="done"]')).to_be_visible()
    long_visit.turn_to_tab("Evaluate")
    for part, option in (("corpus", TITLE), ("candidates", "5 candidates")):
        page.locator(f"#evaluate-{part} input").click()
        page.get_by_role("option", name=re.compile(f"^{option}")).click()
    page.locator("#evaluate-run").click()
    expect(page.locator("#evaluate-status")).to_contain_text(f"Means over {QUERY_COUNT} queries")
    return long_visit


@pytest.fixture
def report(evaluated: Visit) -> Iterator[Page]:
    """The page with the report of all kinds of queries, and all of it unfolded."""
    evaluated.turn_to_tab("Evaluate")
    for label in ("Options", "All measures", "Where the reranker loses", "Query by query", "Downloads"):
        fold(evaluated.page, label)
    evaluated.page.locator("#evaluate-kind").get_by_label("all", exact=True).check()
    expect(evaluated.page.locator("#evaluate-report caption")).to_contain_text(f"{QUERY_COUNT} queries")
    yield evaluated.page


def downloaded(page: Page, name: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    return download.value.path()


def bars(page: Page) -> Locator:
    """The bars of the chart."""
    return page.locator(".ss-gains").get_by_role("option")


def test_before_an_evaluation_there_is_an_invitation_and_the_shape_of_the_chart(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = make_visit(server.url)
    visit.page.goto(f"{server.url}/?tab=evaluate&depth=50")
    row = visit.page.locator("#evaluate-row")
    expect(visit.page.locator(".ss-invitation")).to_contain_text("Judged queries have known answers")
    expect(visit.page.locator(".ss-unmeasured")).to_be_visible()
    for name in ("Judged corpus", "Candidates"):
        expect(row.get_by_role("combobox", name=name)).to_be_visible()
    expect(row.get_by_text("Where candidates come from")).to_be_hidden()
    assert row.bounding_box()["height"] <= 50


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_answer_is_on_the_first_screen(make_visit: MakeVisit, server: Server, width: int, height: int) -> None:
    visit = make_visit(server.url, width)
    visit.page.set_viewport_size({"width": width, "height": height})
    visit.page.goto(f"{server.url}/?tab=evaluate&look=measures&measured=planets&depth=5")
    lead = visit.page.locator(".ss-lead")
    expect(lead).to_contain_text(f"Over {QUERY_COUNT} judged queries reranking")
    expect(lead).to_contain_text(re.compile(r"mean nDCG@10 \.\d{3} → \.\d{3}"))
    for part in (lead, visit.page.locator(".ss-plot"), visit.page.locator(".ss-reading")):
        box = part.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= height
    if width > height:
        assert visit.page.locator(".ss-plot").bounding_box()["height"] >= 250
    assert visit.page.evaluate("scrollY") == 0
    assert visit.sideways() == 0


def test_the_sentence_counts_what_the_chart_shows(report: Page) -> None:
    counted = re.search(
        r"wins on (\d+), loses on (\d+) and changes nothing on (\d+)", report.locator(".ss-lead").inner_text()
    )
    assert counted is not None
    shown = [bars(report).and_(report.locator(f".ss-gain-{each}")).count() for each in ("up", "down", "none")]
    assert shown == list(map(int, counted.groups()))
    assert sum(shown) == QUERY_COUNT
    expect(report.locator(".ss-worst li")).to_have_count(min(shown[1], 10))
    assert all("(−." in item for item in report.locator(".ss-worst li").all_inner_texts())


def test_bars_go_up_and_down_from_the_zero_line_in_order(report: Page) -> None:
    zero = report.locator(".ss-zero").bounding_box()["y"]
    blocks = [bar.bounding_box() for bar in bars(report).locator("span").all()]
    tops = [box["y"] + (0 if box["y"] + 4 < zero else box["height"]) for box in blocks]
    assert all(before <= after + 5 for before, after in pairwise(tops))


def test_arrow_keys_walk_the_bars_from_one_tab_stop(report: Page) -> None:
    assert [bar.get_attribute("tabindex") for bar in bars(report).all()].count("0") == 1
    named = report.locator(".ss-reading b")
    bars(report).first.focus()
    for key, at in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", QUERY_COUNT - 1), ("Home", 0)):
        report.keyboard.press(key)
        bar = bars(report).nth(at)
        expect(bar).to_be_focused()
        expect(bar).to_have_attribute("aria-selected", "true")
        expect(named).to_have_text(str(bar.get_attribute("data-text")))
        assert str(bar.get_attribute("title")).endswith(report.locator(".ss-reading > span").inner_text())
    assert [bar.get_attribute("tabindex") for bar in bars(report).all()].count("0") == 1
    report.keyboard.press("ArrowLeft")
    expect(bars(report).first).to_be_focused()
    report.keyboard.press("Tab")
    expect(report.get_by_role("button", name="Open in Search")).to_be_focused()


def test_a_press_on_a_bar_names_it_and_its_query_opens_in_search(report: Page, evaluated: Visit) -> None:
    bar = bars(report).nth(3)
    query = str(bar.get_attribute("data-text"))
    bar.click()
    expect(report.locator(".ss-reading b")).to_have_text(query)
    report.get_by_role("button", name="Open in Search").click()
    evaluated.wait_for_result(query)
    expect(report.get_by_role("tab", name="Search", exact=True)).to_have_attribute("aria-selected", "true")
    expect(report.locator('#corpus input[value="planets"]')).to_be_checked()
    assert report.evaluate(FOCUSED) != "BODY"


def test_the_focus_stays_where_it_was_pressed(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.encoder.gate.set()
    visit = make_visit(gated.url)
    visit.page.goto(f"{gated.url}/?tab=evaluate")
    run, stop = visit.page.locator("#evaluate-run"), visit.page.locator("#evaluate-stop")
    run.focus()
    visit.page.keyboard.press("Enter")
    expect(stop).to_be_visible()
    expect(run).to_be_focused()
    stop.focus()
    visit.page.keyboard.press("Enter")
    expect(stop).to_be_hidden()
    expect(run).to_be_focused()
    visit.page.keyboard.press("Enter")
    expect(stop).to_be_visible()
    stop.focus()
    gated.open_gates()
    expect(bars(visit.page)).to_have_count(2)
    expect(stop).to_be_hidden()
    expect(run).to_be_focused()


def test_what_is_unfolded_stays_so_when_another_kind_is_looked_at(report: Page) -> None:
    kinds = report.locator("#evaluate-kind")
    kinds.get_by_label("trap", exact=True).focus()
    report.keyboard.press("Space")
    expect(report.locator(".ss-lead")).to_contain_text("Over 3 judged queries of the kind “trap” reranking")
    expect(bars(report)).to_have_count(3)
    expect(report.locator("#evaluate-report table").first).to_be_visible()
    assert report.evaluate("document.activeElement.closest('#evaluate-kind') !== null")


def test_the_table_has_every_method_and_measure(report: Page) -> None:
    table = report.locator("#evaluate-report table").first
    assert table.get_by_role("columnheader").all_inner_texts() == ["Method", *MEASURES]
    assert table.get_by_role("rowheader").all_inner_texts() == [method.title for method in METHODS.values()]
    values = table.locator(".ss-value").all_inner_texts()
    assert len(values) == len(METHODS) * len(MEASURES)
    assert all(0 <= float(value) <= 1 for value in values)


def test_differences_are_to_the_bi_encoder_and_carry_their_sign(report: Page) -> None:
    rows = report.locator("#evaluate-report table").first.locator("tbody tr")
    for row in rows.all():
        count = 0 if row.get_by_role("rowheader").inner_text() == "Bi-encoder" else len(MEASURES)
        expect(row.locator(".ss-delta")).to_have_count(count)
        assert all(re.match(r"[+−]?1?\.\d{3}", text) for text in row.locator(".ss-delta").all_inner_texts())


def test_the_dumbbells_have_a_text_equivalent(report: Page) -> None:
    drawing = report.get_by_role("img", name="nDCG@10 of each query")
    expect(drawing.locator("circle")).to_have_count(2 * QUERY_COUNT)
    report.locator("#evaluate-queries").get_by_text("The same as a table").click()
    rows = report.locator("#evaluate-queries details table tbody tr")
    expect(rows).to_have_count(QUERY_COUNT)
    gains = [float(row.locator("td").last.inner_text().replace("−", "-")) for row in rows.all()]
    assert gains == sorted(gains, reverse=True)


def test_a_kind_of_query_can_be_looked_at_alone(report: Page) -> None:
    kinds = report.locator("#evaluate-kind")
    assert set(kinds.locator("label").all_inner_texts()) == {"all", "question", "paraphrase", "keywords", "trap"}
    kinds.get_by_label("trap", exact=True).check()
    expect(report.locator("#evaluate-report caption")).to_contain_text("3 queries")
    expect(report.get_by_role("img", name="nDCG@10 of each query").locator("circle")).to_have_count(6)


def test_the_csv_has_a_row_for_each_query_and_method(report: Page) -> None:
    rows = list(csv.DictReader(io.StringIO(downloaded(report, "CSV").read_text("utf-8"), newline="")))
    assert len(rows) == QUERY_COUNT * len(METHODS)
    assert list(rows[0]) == ["query_id", "query", "kind", "method", *MEASURES]
    assert {row["method"] for row in rows} == set(METHODS)


def test_the_zip_has_a_trec_run_for_each_method(report: Page) -> None:
    with zipfile.ZipFile(downloaded(report, "TREC runs")) as archive:
        assert sorted(archive.namelist()) == sorted(f"{method}.run" for method in METHODS)
        lines = archive.read("cross_encoder.run").decode("utf-8").splitlines()
    assert len(lines) == QUERY_COUNT * 5
    assert re.fullmatch(r"q1 Q0 \S+ 1 -?\d+\.\d+(e-?\d+)? \S+", lines[0])


def test_a_click_on_a_query_opens_it_in_search(report: Page, evaluated: Visit) -> None:
    lost = report.locator(".ss-worst").get_by_role("button").and_(report.locator(".ss-link")).first
    query = lost.inner_text()
    lost.click()
    evaluated.wait_for_result(query)
    expect(evaluated.query).to_have_value(query)
    expect(report.locator('#corpus input[value="planets"]')).to_be_checked()
    expect(report.locator(".ss-ndcg").first).to_be_visible()
    expect(evaluated.status).to_contain_text(re.compile("Reranking hurt"))


def test_an_evaluation_that_was_made_is_there_when_the_tab_is_chosen_and_ends_no_search(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.open_gates()
    made = make_visit(gated.url).open("?tab=evaluate&look=measures&measured=films")
    expect(made.page.locator("#evaluate-picture h2")).to_be_visible()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale")
    gated.hold_scorer()
    visit.type_query("chess")
    expect(visit.status).to_contain_text("The cross-encoder has read 0 of 6 pairs")
    visit.turn_to_tab("Evaluate")
    expect(visit.page.locator("#evaluate-picture h2")).to_be_visible()
    gated.open_gates()
    visit.turn_to_tab("Search")
    visit.wait_for_result("chess")


def test_a_point_of_the_frontier_says_what_it_is_and_opens_its_search_by_keyboard(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open("?tab=evaluate&measured=films")
    fold(visit.page, "Quality against time")
    visit.page.get_by_role("button", name="Draw the frontier").click()
    expect(visit.page.locator("#evaluate-status")).to_contain_text("The frontier is drawn")
    drawing = visit.page.get_by_role("group", name="nDCG@10 over milliseconds a query")
    point = drawing.get_by_role("link", name="Cross-encoder, 5 of Fusion:")
    figures = drawing.locator("text").filter(has_text="Cross-encoder, 5 of Fusion: ")
    expect(figures).to_be_hidden()
    point.focus()
    expect(figures).to_be_visible()
    assert violations(visit) == []
    visit.page.keyboard.press("Enter")
    visit.wait_for_result("whale", "films")
    expect(visit.page).to_have_url(re.compile(r"\?corpus=films&q=whale&k=5&columns=fusion,cross_encoder&rerank=fusion"))
    expect(visit.column("cross_encoder")).to_have_attribute("data-reranks", "fusion")
    visit.turn_to_tab("Evaluate")
    expect(drawing.get_by_role("link")).to_have_count(11)
