"""A corpus of one's own in a real browser: given, searched, judged, measured, taken home, and gone with its tab."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from searchcore.corpora import read_archive
from tests.browser.conftest import MakeGated, MakeVisit
from tests.browser.test_access import violations
from tests.browser.visit import Visit
from tests.gated import Gated
from tests.server import HOSTILE, Server

FILMS_CSV = """Name;Plot;Year
Jaws of the bay;A great fish frightens the bathers of a small island until three men go out to hunt it.;1975
Quiet winter;A widow rents her house to a painter, and neither speaks for the whole of December.;1999
Paper moon base;Children build a rocket of cardboard and one morning it really flies.;2010
Paper moon base;Children build a rocket of cardboard and one morning it really flies.;2010
The long bridge;Soldiers on both sides of a river wait for an order that never comes.;1962
"""
PATIENCE_TURNS = 300


def give(visit: Visit, name: str, content: str | bytes) -> Locator:
    """Choose "Your own" and a file: the preview of what was read."""
    visit.radio("own").check()
    body = content.encode() if isinstance(content, str) else content
    visit.page.locator(".ss-own-file").set_input_files({"name": name, "mimeType": "", "buffer": body})
    preview = visit.page.locator(".ss-own-preview")
    expect(preview).to_be_visible()
    return preview


def use(visit: Visit) -> Locator:
    """Search what was given."""
    visit.page.locator('[data-own="use"]').click()
    used = visit.page.locator(".ss-own-used")
    expect(used).to_be_visible()
    expect(visit.status).to_contain_text("Type a query, then press Enter.")
    return used


def until(page: Page, true: Callable[[], bool]) -> None:
    """Let the page run until something is so in this process."""
    for _ in range(PATIENCE_TURNS):
        if true():
            return
        page.wait_for_timeout(100)
    pytest.fail("it never was so")


def test_a_table_is_given_searched_judged_measured_and_taken_home(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open()
    visit.wait_for_result("vietnam war")
    preview = give(visit, "films.csv", FILMS_CSV)
    expect(visit.query).to_have_value("")
    expect(preview.locator("h2")).to_have_text("4 documents from films.csv")
    expect(preview.locator("td")).to_have_count(12)
    preview.get_by_text("1 note").click()
    expect(preview.locator("li")).to_have_text("Row 5: left out, since the same texts are there already.")
    preview.get_by_label("Titles").select_option("none")
    expect(preview.locator("td")).to_have_count(8)
    preview.get_by_label("Titles").select_option("Name")
    expect(preview.locator("td")).to_have_count(12)
    used = use(visit)
    expect(used).to_contain_text("4 documents from films.csv. Only this browser tab can see them.")

    visit.search("a shark")
    assert visit.hits("bi_encoder").first.locator(".ss-title").inner_text() == "Jaws of the bay"
    visit.reload()
    visit.wait_for_result("a shark", "own")
    expect(used).to_contain_text("4 documents from films.csv")

    visit.page.get_by_role("button", name="Judge it yourself").click()
    visit.hits("cross_encoder").first.locator('[data-grade="3"]').click()
    expect(visit.status).to_contain_text("nDCG@10")
    expect(visit.status).to_contain_text("Your grades belong to your own corpus")
    assert "grade" not in visit.page.url

    visit.turn_to_tab("Evaluate")
    expect(visit.page.locator("#evaluate-corpus input")).to_have_value("Your own (1 query)")
    visit.page.locator("#evaluate-run").click()
    expect(visit.bars).to_have_count(1)
    visit.unfold("Downloads")
    with visit.page.expect_download() as csv:
        visit.page.get_by_role("link", name="CSV").click()
    assert "q1,a shark,,bi_encoder,1.000000" in Path(csv.value.path()).read_text("utf-8")
    visit.turn_to_tab("Search")
    visit.unfold("Take it home")
    with visit.page.expect_download() as table:
        visit.page.locator("#take").get_by_role("link", name="CSV").click()
    assert "bi_encoder,1,,1,Jaws of the bay," in Path(table.value.path()).read_text("utf-8")
    with visit.page.expect_download() as archive:
        visit.page.get_by_role("button", name="Download as a BEIR zip").click()
    taken = read_archive("own-corpus.zip", Path(archive.value.path()).read_bytes())
    assert taken.documents[0].title == "Jaws of the bay"
    assert (taken.queries[0].text, taken.qrels) == ("a shark", {"q1": {"1": 3}})

    # What was taken home is taken back.
    visit.page.get_by_role("button", name="Give other texts").click()
    preview = give(visit, "own-corpus.zip", Path(archive.value.path()).read_bytes())
    expect(preview.locator("h2")).to_have_text("4 documents from own-corpus.zip, 1 judged query")


def test_lines_are_pasted_and_read_by_keyboard_alone(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale")
    visit.radio("own").check()
    visit.page.locator("#own-lines").fill("a whale\n\na ship in a storm\n")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".ss-own-preview h2")).to_have_text("2 documents from pasted lines.txt")
    visit.page.locator('[data-own="use"]').focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".ss-own-used")).to_contain_text("2 documents from pasted lines.txt")
    visit.search("storm")
    assert sorted(visit.documents("bi_encoder")) == ["1", "2"]
    visit.page.get_by_role("button", name="Delete").click()
    expect(visit.status).to_contain_text("There is no corpus of your own in this browser tab")
    assert len(gated.site.own) == 0


def test_embedding_shows_progress_and_can_be_stopped(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale")
    assert gated.encoder.gate is not None
    gated.encoder.gate.clear()
    give(visit, "lines.txt", "\n".join(f"line {i}" for i in range(200)))
    visit.page.locator('[data-own="use"]').click()
    expect(visit.status).to_contain_text("Encoding “Your own”, once: 0 of 200 documents")
    visit.page.locator("#stop").click()
    expect(visit.status).to_contain_text("Stopped")
    gated.encoder.gate.set()
    visit.search("line 7")
    expect(visit.hits("cross_encoder")).to_have_count(20)


def given(make_visit: MakeVisit, gated: Gated) -> Visit:
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale")
    give(visit, "lines.txt", "a whale\na ship")
    use(visit)
    visit.search("storm")
    return visit


def test_a_minute_after_its_tab_is_closed_it_is_gone_and_a_reload_finds_it(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    own, now = gated.site.own, 0.0
    own.clock = lambda: now
    visit = given(make_visit, gated)
    [kept] = own._by_secret.values()
    before = set(kept.sessions)
    visit.reload()
    visit.wait_for_result("storm", "own")
    until(visit.page, lambda: bool(kept.sessions) and not kept.sessions & before)
    now = 3_000.0
    own.sweep()
    assert len(own) == 1
    watching = make_visit(gated.url).open()
    visit.page.close()
    until(watching.page, lambda: not kept.sessions)
    now += 59.0
    own.sweep()
    assert len(own) == 1
    now += 1.0
    own.sweep()
    assert len(own) == 0
    # What Gradio kept of its page is gone with it.
    assert not before & set(gated.site.page.app.state_holder.session_data)


def test_a_connection_that_is_cut_counts_as_left(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    visit = given(make_visit, gated)
    [kept] = gated.site.own._by_secret.values()
    gated.site.own.visitor(gated.engine, kept.secret, "another")
    with socket.create_connection(("127.0.0.1", gated.port)) as cut:
        cut.sendall(b"GET /gradio_api/heartbeat/another HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"ALIVE" in cut.recv(4_096) + cut.recv(4_096)
        assert "another" in kept.sessions
    until(visit.page, lambda: "another" not in kept.sessions)
    assert kept.sessions


def test_a_link_to_it_that_is_opened_elsewhere_says_where_it_lives(
    make_visit: MakeVisit, make_gated: MakeGated
) -> None:
    gated = make_gated()
    visit = given(make_visit, gated)
    assert "q=storm" in visit.page.url
    other = make_visit(gated.url).open(visit.page.url.removeprefix(f"{gated.url}/"))
    expect(other.status).to_contain_text("one lives only in the tab in which it was given")
    expect(other.query).to_have_value("storm")
    expect(other.page.locator(".ss-hit")).to_have_count(0)
    expect(other.page.locator("#own-lines")).to_be_visible()


def test_hostile_cells_names_and_columns_stay_text(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale")
    cell = HOSTILE.replace('"', "'")
    name = "<img src=x onerror=alert(3)> {{value}}.tsv"
    preview = give(visit, name, f"title\ttext {cell}\n{cell} one\t{cell} two\n=HYPERLINK(1)\t${{6*7}} @import\n")
    expect(preview.locator("h2")).to_have_text(f"2 documents from {name}")
    expect(preview.locator("td").nth(1)).to_have_text(re.compile(re.escape(f"{cell} one")))
    use(visit)
    visit.search("a plain query")
    assert f"{cell} one" in visit.hits("bi_encoder").locator(".ss-title").all_inner_texts()
    expect(visit.page.locator("img[src=x]")).to_have_count(0)
    assert visit.dialogs == []


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_the_panel_and_nothing_scrolls_sideways(
    make_visit: MakeVisit, make_gated: MakeGated, width: int
) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url, width).open()
    visit.wait_for_result("whale")
    give(visit, "films.csv", FILMS_CSV)
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert visit.page.evaluate(wide)
    assert violations(visit) == []
    use(visit)
    assert visit.page.evaluate(wide)
    assert violations(visit) == []


def test_a_file_that_is_too_large_is_refused_with_a_sentence(make_visit: MakeVisit, make_gated: MakeGated) -> None:
    gated = make_gated()
    gated.open_gates()
    visit = make_visit(gated.url).open()
    visit.wait_for_result("whale")
    visit.radio("own").check()
    file = {"name": "large.txt", "mimeType": "", "buffer": b"a" * 5_000_001}
    visit.page.locator(".ss-own-file").set_input_files(file)
    said = visit.page.locator(".ss-own-give .ss-own-said")
    expect(said).to_have_text("It has 5,000,001 bytes, and at most 5,000,000 are read.")
    visit.page.locator(".ss-own-file").set_input_files({**file, "name": "picture.csv", "buffer": bytes(range(256))})
    expect(said).to_have_text("picture.csv is not a text file, whatever its name says.")
    # Chromium itself notes every answer that is a refusal.
    assert all("status of 422" in complaint for complaint in visit.complaints)
    visit.complaints.clear()
