"""A view taken home from the page: each file arrives, opens without a network, and prints on one sheet."""

from __future__ import annotations

import csv
from pathlib import Path

import nbformat
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeVisit
from tests.browser.test_access import violations
from tests.browser.visit import Visit
from tests.server import Server

NAMES = {
    "CSV": "search.csv",
    "Page, to print": "search.html",
    "Picture (SVG)": "search.svg",
    "Picture (PNG)": "search.png",
    "Notebook": "search.ipynb",
}


def taken(page: Page, where: str, said: str, folder: Path) -> Path:
    """The file that a link gives."""
    with page.expect_download() as download:
        page.locator(f"{where} a[data-save]").get_by_text(said, exact=True).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def test_a_search_is_taken_home_in_every_form(make_visit: MakeVisit, server: Server, tmp_path: Path) -> None:
    visit = make_visit(server.url).open("?corpus=movies&q=vietnam+war&k=50&columns=bm25,bi_encoder,cross_encoder")
    visit.wait_for_result("vietnam war")
    visit.unfold("Take it home")
    files = {said: taken(visit.page, "#take", said, tmp_path) for said in NAMES}
    assert {said: file.name for said, file in files.items()} == NAMES
    assert files["Picture (PNG)"].read_bytes().startswith(b"\x89PNG\r\n")
    visit.page.locator("#take summary").click()
    start, _, *others = [
        cell.source for cell in nbformat.read(files["Notebook"], as_version=4).cells if cell.cell_type == "code"
    ]
    shown = visit.page.locator("#take pre").inner_text()
    assert all(cell in shown for cell in (start, *others))
    assert violations(visit) == []

    opened = visit.page.context.new_page()
    offline = Visit(opened, "file:")
    opened.goto(files["Page, to print"].as_uri())
    expect(opened.locator("h1")).to_have_text("“vietnam war” in “Movies”")
    expect(opened.locator(".columns > section")).to_have_count(3)
    assert opened.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    assert violations(offline) == []
    opened.set_viewport_size({"width": 390, "height": 844})
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
    assert offline.elsewhere == []
    opened.close()


def test_two_wordings_are_taken_home(make_visit: MakeVisit, server: Server, tmp_path: Path) -> None:
    visit = make_visit(server.url).open("?corpus=planets&q=wind&against=strong+wind")
    visit.wait_for_result("wind")
    visit.unfold("Take it home")
    names = [name.replace("search", "wordings") for name in NAMES.values()]
    links = visit.page.locator("#take a[data-save]")
    # They come with the second ranking.
    expect(links).to_have_count(len(names))
    assert [link.get_attribute("data-save") for link in links.all()] == names
    table = taken(visit.page, "#take", "CSV", tmp_path)
    assert table.name == "wordings.csv"
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    for query, column in (("wind", "wording_a"), ("strong wind", "wording_b")):
        shown = [hit.get_attribute("data-doc") for hit in visit.hits(column).all()]
        assert [row["doc_id"] for row in rows if row["query"] == query] == shown
    assert taken(visit.page, "#take", "Picture (PNG)", tmp_path).read_bytes().startswith(b"\x89PNG\r\n")
    visit.page.locator("#take summary").click()
    expect(visit.page.locator("#take pre")).to_contain_text("QUERY_B = 'strong wind'")
    assert violations(visit) == []


def test_a_matrix_and_an_evaluation_are_taken_home(make_visit: MakeVisit, server: Server, tmp_path: Path) -> None:
    visit = make_visit(server.url).open("?tab=evaluate&look=measures&measured=planets")
    expect(visit.bars).to_have_count(10)
    visit.unfold("Downloads")
    page, picture = (taken(visit.page, "#evaluate-files", f, tmp_path) for f in ("Page, to print", "Picture (PNG)"))
    assert "Over 10 judged queries" in page.read_text("utf-8")
    assert (page.name, picture.name) == ("evaluation.html", "evaluation.png")
    assert picture.read_bytes().startswith(b"\x89PNG\r\n")
    visit.open("?tab=hood&look=matrix")
    table = taken(visit.page, "#hood-matrix-take", "CSV", tmp_path)
    expect(visit.page.locator("#hood-matrix-csv textarea")).to_have_value(table.read_text("utf-8"))
