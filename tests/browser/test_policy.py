"""The page lives within its own content security policy, and nothing that slips in runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeVisit
from tests.browser.visit import Visit
from tests.server import Server

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
def noted(make_visit: MakeVisit, server: Server) -> Visit:
    """The page, which notes what its policy refuses."""
    visit = make_visit(server.url)
    visit.page.add_init_script(NOTE)
    return visit.open()


def test_no_tab_of_the_page_asks_for_what_the_policy_refuses(noted: Visit) -> None:
    noted.choose("toy")
    noted.search("a man eats")
    noted.turn_to_tab("Under the hood")
    expect(noted.page.locator("#hood-report")).to_be_visible()
    noted.evaluate("Planets")
    expect(noted.bars.first).to_be_visible()
    noted.turn_to_tab("Lesson")
    expect(noted.page.locator("#lesson h2").first).to_be_visible()
    noted.turn_to_tab("Class")
    noted.page.get_by_role("button", name="Start a class").click()
    expect(noted.page.locator(".cl-code")).to_be_visible()
    noted.page.get_by_role("button", name="Use via API").click()
    # Its address is where the browser found the page, though the server names none.
    expect(noted.page.locator(".api-docs").get_by_text(noted.url).first).to_be_visible()
    assert noted.page.evaluate(REFUSED) == []
    # Gradio's description of the endpoints looks for a monitor and for MCP, which are closed.
    noted.complaints[:] = [each for each in noted.complaints if "status of 404" not in each]


def test_markup_that_slips_in_runs_nothing(noted: Visit) -> None:
    noted.page.evaluate(SLIPPED_IN)
    noted.page.wait_for_function("refused.length >= 3")
    assert noted.page.evaluate("window.ran") == []
    noted.complaints.clear()  # what the browser says of these three
