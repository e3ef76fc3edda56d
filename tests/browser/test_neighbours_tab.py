"""The tab "Nearest neighbours" in a browser: measured, a point clicked, smaller vectors, and an address of it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import MakeVisit
from tests.server import Server


def test_measuring_names_what_is_missed_and_a_point_searches_with_its_setting(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = make_visit(server.url).open("?corpus=planets&q=wind")
    visit.wait_for_result("wind")
    visit.turn_to_tab("Nearest neighbours")
    expect(visit.page.locator("#near-about")).to_contain_text("In Planets, for wind, as in Search.")
    visit.page.locator("#near-run").click()
    expect(visit.page.locator("#near-status")).to_contain_text("For “wind” HNSW, ef 10 finds 10 of the 10 nearest")
    expect(visit.page.locator("#near-picture .ss-lead")).to_contain_text(
        "Comparing a query with all 10 documents takes"
    )
    expect(visit.page).to_have_url(re.compile("tab=neighbours.*look=recall|look=recall.*tab=neighbours"))
    visit.page.locator('#near-picture circle[data-index="ivf"]').first.click()
    expect(visit.page.locator("#near-status")).to_contain_text("For “wind” IVF, probes 1 finds 10 of the 10 nearest")
    expect(visit.page).to_have_url(re.compile("index=ivf"))
    # By keyboard: the table's buttons do the same.
    visit.page.get_by_text("The same as a table, and how it was measured").click()
    exact = visit.page.locator("#near-picture").get_by_role("button", name="exact")
    exact.focus()
    exact.press("Enter")
    expect(visit.page.locator("#near-status")).to_contain_text("For “wind” exact finds 10 of the 10 nearest")


def test_an_address_measures_and_the_slider_draws_what_fewer_dimensions_find(
    make_visit: MakeVisit, server: Server
) -> None:
    visit = make_visit(server.url, width=390).open(
        "?tab=neighbours&corpus=planets&q=wind&look=bits&precision=binary&dimensions=64"
    )
    status = visit.page.locator("#near-status")
    expect(status).to_contain_text("64 dimensions in one bit: 8 bytes a vector instead of 1,536.")
    expect(visit.page.locator("#near-bits svg").first).to_be_visible()
    visit.page.locator("#near-precision").get_by_text("int8").click()
    expect(status).to_contain_text("64 dimensions in int8: 64 bytes a vector instead of 1,536.")
    expect(visit.page).to_have_url(re.compile("precision=int8"))
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
