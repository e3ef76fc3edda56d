"""The Evaluate tab on a small judged corpus: one run, looked at from all sides."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from searchcore.ranking import BUILT_IN, by_key
from tests.browser.visit import Visit
from tests.planets import QUERIES, TITLE

METHODS = by_key(BUILT_IN)

MEASURES = ["nDCG@10", "RR@10", "P@5", "R@10", "R@5"]
QUERY_COUNT = len(QUERIES)


@pytest.fixture(scope="module")
def evaluated(long_visit: Visit) -> Visit:
    """The tab after one evaluation with 5 candidates; the tests here only look, filter and click."""
    long_visit.turn_to_tab("Evaluate")
    long_visit.page.locator("#evaluate-corpus input").click()
    long_visit.page.get_by_role("option", name=TITLE).click()
    candidates = long_visit.page.locator("#evaluate-candidates").get_by_label("number input for Candidates")
    candidates.fill("5")
    candidates.blur()
    long_visit.page.locator("#evaluate-run").click()
    expect(long_visit.page.locator("#evaluate-status")).to_contain_text("Mean nDCG@10")
    return long_visit


@pytest.fixture
def report(evaluated: Visit) -> Iterator[Page]:
    """The page with the report of all kinds of queries."""
    evaluated.turn_to_tab("Evaluate")
    evaluated.page.locator("#evaluate-kind").get_by_label("all", exact=True).check()
    expect(evaluated.page.locator("#evaluate-report caption")).to_contain_text(f"{QUERY_COUNT} queries")
    yield evaluated.page


def downloaded(page: Page, button: str) -> Path:
    with page.expect_download() as download:
        page.locator(button).click()
    return download.value.path()


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
        assert all(re.match(r"[+−]\d\.\d{3}", text) for text in row.locator(".ss-delta").all_inner_texts())


def test_where_the_reranker_loses_stands_out(report: Page) -> None:
    losses = report.locator(".ss-losses")
    expect(losses.get_by_role("heading")).to_have_text("Where the reranker loses")
    counted = re.search(r"wins on (\d+), loses on (\d+), and changes nothing on (\d+)", losses.inner_text())
    assert counted is not None
    won, lost, same = map(int, counted.groups())
    assert won + lost + same == QUERY_COUNT
    expect(losses.get_by_role("listitem")).to_have_count(min(lost, 10))
    assert all("(−" in item for item in losses.get_by_role("listitem").all_inner_texts())


def test_the_dumbbells_have_a_text_equivalent(report: Page) -> None:
    drawing = report.get_by_role("img", name="nDCG@10 of each query")
    expect(drawing.locator("circle")).to_have_count(2 * QUERY_COUNT)
    report.locator("#evaluate-report").get_by_text("The same as a table").click()
    rows = report.locator("#evaluate-report details table tbody tr")
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
    rows = list(csv.DictReader(io.StringIO(downloaded(report, "#evaluate-csv").read_text("utf-8"), newline="")))
    assert len(rows) == QUERY_COUNT * len(METHODS)
    assert list(rows[0]) == ["query_id", "query", "kind", "method", *MEASURES]
    assert {row["method"] for row in rows} == set(METHODS)


def test_the_zip_has_a_trec_run_for_each_method(report: Page) -> None:
    with zipfile.ZipFile(downloaded(report, "#evaluate-runs")) as archive:
        assert sorted(archive.namelist()) == sorted(f"{method}.run" for method in METHODS)
        lines = archive.read("cross_encoder.run").decode("utf-8").splitlines()
    assert len(lines) == QUERY_COUNT * 5
    assert re.fullmatch(r"q1 Q0 \S+ 1 -?\d+\.\d+(e-?\d+)? \S+", lines[0])


def test_a_click_on_a_query_opens_it_in_search(report: Page, evaluated: Visit) -> None:
    lost = report.locator(".ss-losses").get_by_role("button").first
    query = lost.inner_text()
    lost.click()
    evaluated.wait_for_result(query)
    expect(evaluated.query).to_have_value(query)
    expect(report.locator('#corpus input[value="planets"]')).to_be_checked()
    expect(report.locator(".ss-ndcg").first).to_be_visible()
    expect(report.locator("#examples button").first).to_have_text(QUERIES[0][1])
