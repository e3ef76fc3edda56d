"""The page lives within its own content security policy, and nothing that slips in runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.visit import Visit

# Noted from the first byte on, in every page of the visit.
NOTE = """window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));"""
REFUSED = "window.refused"
SLIPPED_IN = """() => {
  window.ran = [];
  const put = document.createElement("div");
  put.innerHTML = `<img src="data:," onerror="ran.push('handler')"><a href="javascript:ran.push('link')">a</a>`;
  document.body.append(put);
  put.querySelector("a").click();
  const script = document.createElement("script");
  script.textContent = "ran.push('script')";
  document.body.append(script);
}"""


@pytest.fixture
def noted(make_visit: MakeVisit, make_gated: MakeGated) -> Visit:
    """The page, which notes what its policy refuses."""
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url)
    visit.page.add_init_script(NOTE)
    return visit.open()


def test_no_tab_of_the_page_asks_for_what_the_policy_refuses(noted: Visit) -> None:
    noted.choose("films")
    noted.search("whale at sea")
    noted.turn_to_tab("Under the hood")
    expect(noted.page.locator("#hood-report")).to_be_visible()
    noted.evaluate("Films")
    expect(noted.bars.first).to_be_visible()
    noted.turn_to_tab("Lesson")
    expect(noted.page.locator("#lesson [data-at] h2")).to_be_visible()
    assert noted.page.evaluate(REFUSED) == []


def test_markup_that_slips_in_runs_nothing(noted: Visit) -> None:
    noted.page.evaluate(SLIPPED_IN)
    noted.page.wait_for_function("refused.length >= 3")
    assert noted.page.evaluate("window.ran") == []
    noted.complaints.clear()  # what the browser says of these three
