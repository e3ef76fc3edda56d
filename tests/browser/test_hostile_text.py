"""Nothing that is typed, and nothing that a corpus holds, is ever interpreted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeVisit
from tests.browser.visit import Visit
from tests.server import BROKEN_SENTENCE, HOSTILE, HOSTILE_KIND, HOSTILE_NOTE, HOSTILE_TITLE, Server

TYPED = "<img src=x onerror=alert(1)> ${6*7} {{value}} \\ ` ``` <script>alert(2)</script> &lt;b&gt; %3Cb%3E"
PARTS = ("results", "status", "examples", "about", "corpus", "case", "curve", "cost-report", "share-panel", "tools")
MADE_OF_TEXT = ", ".join(f"#{part} {tag}" for part in PARTS for tag in ("img", "b i", "script"))


@pytest.fixture
def visit(long_visit: Visit) -> Visit:
    """One page for all tests here."""
    return long_visit


def nothing_was_interpreted(visit: Visit) -> None:
    expect(visit.page.locator(MADE_OF_TEXT)).to_have_count(0)
    expect(visit.page.locator("img[src=x]")).to_have_count(0)
    assert visit.dialogs == []


def test_a_hostile_query_stays_as_typed(visit: Visit) -> None:
    visit.turn_to_tab("Search")
    visit.choose("toy")
    visit.search(TYPED)
    expect(visit.columns).to_have_attribute("data-query", TYPED)
    expect(visit.columns).to_have_attribute("aria-label", f"“{TYPED}” in “Toy sentences”")
    expect(visit.query).to_have_value(TYPED)
    expect(visit.hits("cross_encoder")).to_have_count(9)
    nothing_was_interpreted(visit)


def test_hostile_documents_appear_as_they_are(visit: Visit) -> None:
    visit.choose("hostile")
    visit.unfold("Try")
    about = visit.page.locator("#about")
    expect(about.locator("p")).to_have_text(f"{HOSTILE_TITLE}: 7 documents. {HOSTILE}")
    expect(about.locator("li")).to_be_hidden()
    about.get_by_text("1 note on how it was read").click()
    expect(about.locator("li")).to_have_text(HOSTILE_NOTE)
    expect(about.locator("li")).to_be_visible()
    visit.search("a plain query")
    titles = visit.hits("bi_encoder").locator(".ss-title").all_inner_texts()
    assert sorted(titles) == [f"Title {i} {HOSTILE}" for i in range(6)]
    texts = visit.hits("cross_encoder").locator(".ss-text").all_text_contents()
    assert {f"{HOSTILE} number {i}" for i in range(6)} <= set(texts)
    expect(visit.columns).to_have_attribute("aria-label", f"“a plain query” in “{HOSTILE_TITLE}”")
    nothing_was_interpreted(visit)
    visit.hits("cross_encoder").first.hover()  # ids are hostile as well
    expect(visit.page.locator(".ss-hit.ss-lit")).to_have_count(2)


def test_a_hostile_chip_and_a_hostile_corpus_name_appear_as_they_are(visit: Visit) -> None:
    visit.choose("hostile")
    visit.unfold("Try")
    chip = visit.page.locator("#examples button").first
    expect(chip).to_have_text(re.compile(f"^{re.escape(HOSTILE[:50])}.*\\.\\.\\.$"))  # Gradio shortens long chips
    chip.click()
    visit.wait_for_result(f"{HOSTILE} query 0")
    chosen = visit.page.locator("#corpus label").filter(has=visit.page.locator(":checked"))
    expect(chosen).to_have_text(HOSTILE_TITLE)
    expect(visit.hits("cross_encoder").locator(".ss-grade").first).to_be_visible()
    nothing_was_interpreted(visit)


def test_hostile_queries_and_kinds_are_evaluated_as_text(visit: Visit) -> None:
    visit.evaluate(HOSTILE_TITLE)
    report = visit.page.locator("#evaluate-report")
    expect(visit.bars).to_have_count(2)
    assert {bar.get_attribute("data-text") for bar in visit.bars.all()} == {f"{HOSTILE} query {i}" for i in range(2)}
    expect(report.locator(".ss-reading b")).to_have_text(str(visit.bars.first.get_attribute("data-text")))
    for name in ("All measures", "Where the reranker loses", "Query by query"):
        visit.unfold(name)
    expect(report.locator("table.ss-table").first).to_contain_text(HOSTILE_TITLE)
    expect(report.locator("#evaluate-queries")).to_contain_text(f"{HOSTILE} query 1")
    visit.unfold("Options")
    visit.page.locator("#evaluate-kind").get_by_label(HOSTILE_KIND).check()
    expect(report.locator("caption").first).to_contain_text("1 query")
    expect(report.locator(".ss-lead")).to_contain_text(f"of the kind “{HOSTILE_KIND}”")
    expect(visit.page.locator("#evaluate-report img, #evaluate-kind img, #evaluate-report script")).to_have_count(0)
    report.get_by_text("The same as a table").click()
    report.locator("#evaluate-queries").get_by_role("button", name=f"{HOSTILE} query 0").first.click()
    expect(visit.page.get_by_role("tab", name="Search", exact=True)).to_have_attribute("aria-selected", "true")
    visit.wait_for_result(f"{HOSTILE} query 0")
    nothing_was_interpreted(visit)


def test_the_judgements_of_another_split_are_chosen_and_stand_in_the_address(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = make_visit(server.url).open("?tab=evaluate&look=measures&measured=hostile&split=dev")
    status, split = visit.page.locator("#evaluate-status"), visit.page.locator("#evaluate-split")
    expect(status).to_contain_text("Means over 1 query")
    expect(status).to_contain_text("judgements: dev")
    visit.unfold("Options")
    expect(split.get_by_label("dev", exact=True)).to_be_checked()
    split.get_by_label("test", exact=True).check()
    visit.page.locator("#evaluate-run").click()
    expect(status).to_contain_text("Means over 2 queries")
    expect(status).to_contain_text("judgements: test")
    assert "split" not in visit.page.url


def test_ids_that_no_trec_run_can_hold_do_not_cost_the_csv(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?corpus=toy")
    visit.wait_for_corpus("toy")
    visit.evaluate(HOSTILE_TITLE)
    expect(visit.bars).to_have_count(2)
    visit.unfold("Downloads")
    with visit.page.expect_download(timeout=5_000) as download:
        visit.page.get_by_role("link", name="CSV").click()
    assert HOSTILE in download.value.path().read_text(encoding="utf-8")
    visit.page.get_by_role("link", name="TREC runs").click()
    expect(visit.page.locator(".ss-downloads .ss-own-said")).to_contain_text("white space")
    # Chromium itself notes every answer that is a refusal.
    visit.complaints[:] = [each for each in visit.complaints if "status of 422" not in each]


def test_a_passage_longer_than_the_window_says_how_much_was_not_read(visit: Visit) -> None:
    visit.turn_to_tab("Search")
    visit.choose("hostile")
    visit.search("whale")
    for method, unread in (("bi_encoder", 600 + 2 - 256), ("cross_encoder", 601 + 3 - 512)):
        notes = visit.column(method).locator(".ss-unread")
        expect(notes).to_have_count(1)
        expect(notes).to_have_text(f"The last {unread} tokens did not fit the model’s window and were not read.")
        row = visit.hits(method).and_(visit.page.locator("[data-doc=long]"))
        expect(row.locator(".ss-unread")).to_be_hidden()
        row.locator(".ss-rank").click()
        expect(row.locator(".ss-unread")).to_be_visible()


def test_a_broken_corpus_is_named_with_its_line_and_the_rest_works(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open()
    expect(visit.page.get_by_text(f"A corpus is left out. {BROKEN_SENTENCE}")).to_be_visible()
    expect(visit.page.locator('#corpus input[value="broken"]')).to_have_count(0)
    visit.choose("toy")
    visit.search("drums")
    expect(visit.hits("bi_encoder").first).to_contain_text("playing drums")
