"""The state lives in the address: reload, Back, Forward, links, a frame on another site, a server that went away."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.visit import Visit
from tests.gated import Gated

NO_CLIPBOARD = "delete Navigator.prototype.clipboard"
PARENT = """<!doctype html><title>Another site</title><script>
window.heard = [];
window.addEventListener("message", (event) => {{
  if (event.data?.queryString !== undefined) window.heard.push(event.data.queryString);
}});
</script><iframe src="{url}" style="width:1200px;height:760px"></iframe>"""


def opened(make_visit: MakeVisit, gated: Gated, address: str = "?corpus=films&q=whale") -> Visit:
    gated.open_gates()
    visit = make_visit(gated.url).open(address)
    visit.wait_for_result("whale")
    return visit


def location(visit: Visit) -> str:
    return str(visit.page.evaluate("location.search"))


def test_the_location_bar_follows_and_back_and_forward_reopen_what_was_shown(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    visit = opened(make_visit, make_gated(), "")
    assert location(visit) == ""
    visit.search("sea of love")
    assert location(visit) == "?corpus=films&q=sea+of+love&k=20"
    visit.search("chess & war")
    visit.page.go_back()
    visit.wait_for_result("sea of love")
    expect(visit.query).to_have_value("sea of love")
    visit.page.go_back()
    visit.wait_for_result("whale")
    assert location(visit) == ""
    visit.page.go_forward()
    visit.page.go_forward()
    visit.wait_for_result("chess & war")
    assert location(visit) == "?corpus=films&q=chess+%26+war&k=20"


def test_a_reload_and_a_copied_address_show_the_same(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    visit.open_options()
    visit.page.locator("#columns").get_by_label("Keyword search").check()
    expect(visit.column("bm25")).to_be_visible()
    visit.wait_for_result("whale")
    shown = {key: visit.documents(key) for key in ("bm25", "bi_encoder", "cross_encoder")}
    visit.reload()
    visit.wait_for_result("whale")
    assert {key: visit.documents(key) for key in shown} == shown
    other = make_visit(gated.url).open(location(visit))
    other.wait_for_result("whale")
    assert {key: other.documents(key) for key in shown} == shown


def test_a_tab_and_the_projector_are_part_of_the_address(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    visit = opened(make_visit, make_gated())
    visit.turn_to_tab("Evaluate")
    visit.page.wait_for_function("location.search.includes('tab=evaluate')")
    visit.reload()
    expect(visit.page.get_by_role("tab", name="Evaluate")).to_have_attribute("aria-selected", "true")
    visit.turn_to_tab("Search")
    visit.wait_for_result("whale")
    visit.page.wait_for_function("!location.search.includes('tab=')")
    visit.page.get_by_role("button", name="Projector").click()
    visit.page.wait_for_function("location.search.includes('view=projector')")
    visit.search("sea of love")
    assert "view=projector" in location(visit)
    visit.reload()
    visit.wait_for_result("sea of love")
    expect(visit.page.locator(".gradio-container.ss-projector")).to_have_count(1)


def test_grades_of_ones_own_are_part_of_the_address_and_decide_the_verdict(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open("?corpus=films&q=love")
    visit.wait_for_result("love")
    expect(visit.status).to_contain_text("Nobody has judged this query")
    visit.page.get_by_role("button", name="Judge it yourself").click()
    first = visit.hits("cross_encoder").first
    first.get_by_role("group", name="Your grade").get_by_role("button", name="3").click()
    expect(visit.status).to_contain_text("By your 1 grade, reranking")
    visit.page.wait_for_function("location.search.includes('grade=3')")
    visit.reload()
    visit.wait_for_result("love")
    expect(visit.status).to_contain_text("By your 1 grade, reranking")
    pressed = visit.hits("cross_encoder").first.locator("[data-grade='3'][aria-pressed=true]")
    expect(pressed).to_have_count(1)
    pressed.click()  # taken back
    expect(visit.status).to_contain_text("Nobody has judged this query")
    visit.search("chess")
    assert "grade" not in location(visit) and "judge" not in location(visit)


def test_copy_link_copies_where_the_browser_lets_it(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    visit = opened(make_visit, make_gated())
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.get_by_role("button", name="Copy link").click()
    expect(visit.page.locator(".ss-copied")).to_have_text("Copied.")
    assert visit.page.evaluate("navigator.clipboard.readText()") == f"{visit.url}/?corpus=films&q=whale&k=20"
    panel = visit.page.get_by_role("region", name="Copy link")
    expect(panel).to_contain_text("no QR code")
    expect(panel.locator("svg")).to_have_count(0)
    panel.get_by_role("button", name="close").click()
    expect(panel).to_have_count(0)
    expect(visit.page.get_by_role("button", name="Copy link")).to_be_focused()
    visit.page.get_by_role("button", name="Copy link").click()
    expect(panel).to_be_visible()


def test_without_a_clipboard_the_link_is_there_selected(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated(public="http://10.1.2.3:7860")
    gated.open_gates()
    visit = make_visit(gated.url)
    visit.page.add_init_script(NO_CLIPBOARD)
    visit.open("?corpus=films&q=whale")
    visit.wait_for_result("whale")
    visit.page.get_by_role("button", name="Copy link").click()
    field = visit.page.get_by_role("textbox", name="Link")
    expect(field).to_be_focused()
    link = "http://10.1.2.3:7860/?corpus=films&q=whale&k=20"
    expect(field).to_have_value(link)
    assert (
        visit.page.evaluate(
            "getSelection().toString() || document.activeElement.value.slice("
            "document.activeElement.selectionStart, document.activeElement.selectionEnd)"
        )
        == link
    )
    expect(visit.page.locator(".ss-copied")).to_contain_text("Ctrl+C")
    expect(visit.page.locator(".ss-share svg.ss-qr")).to_be_visible()


@contextmanager
def parent_page(url: str) -> Iterator[str]:
    """A page on another origin that frames `url` and notes what it is told."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(PARENT.format(url=url).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_in_a_frame_of_another_site_the_parent_is_told_the_address_and_back_works(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated(frames=("http://127.0.0.1:*",))
    gated.open_gates()
    visit = make_visit(gated.url)
    with parent_page(f"{gated.url}/?corpus=films&q=whale") as parent:
        visit.page.goto(parent)
        frame = visit.page.frame_locator("iframe")
        columns = frame.locator("#results .ss-columns[data-state=done]")
        expect(columns).to_have_attribute("data-query", "whale")
        box = frame.get_by_role("textbox", name="Query", exact=True)
        box.fill("sea of love")
        box.press("Enter")
        expect(columns).to_have_attribute("data-query", "sea of love")
        visit.page.wait_for_function("window.heard.at(-1) === 'corpus=films&q=sea+of+love&k=20'")
        visit.page.evaluate("history.back()")
        expect(columns).to_have_attribute("data-query", "whale")
        visit.page.wait_for_function("window.heard.at(-1).includes('q=whale')")
        visit.elsewhere[:] = [url for url in visit.elsewhere if not url.startswith(parent)]


def test_when_the_server_goes_the_page_says_so_and_comes_back_with_the_view_when_it_is_there_again(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = opened(make_visit, gated)
    visit.search("sea of love")
    gated.close()
    lost = visit.page.locator(".ss-lost:not(:empty), .toast-body")
    expect(lost.first).to_be_visible()
    expect(lost.first).to_contain_text("server")
    visit.query.fill("typed meanwhile")
    again = make_gated(port=gated.port)
    again.open_gates()
    expect(lost).to_have_count(0)
    visit.wait_for_result("sea of love")
    expect(visit.query).to_have_value("typed meanwhile")
    visit.complaints.clear()  # that the server did not answer
