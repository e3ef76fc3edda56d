"""The tab "Under the hood": one question a screen, the answer first. Every colour there has its number as text."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import MakeVisit
from tests.browser.test_access import violations
from tests.browser.visit import Visit
from tests.server import HOSTILE, Server

TYPED = f"{HOSTILE} <script>alert(2)</script>"
NUMBER = re.compile(r"[−+-]?\d+\.\d+")
FIRST_SCREEN = 800
PAIR = ("pair", "#hood-run", "hood", ".ss-strip")
QUESTIONS = [
    PAIR,
    ("why", "#hood-run", "hood-why", ".ss-marked"),
    ("tokens", "#hood-run", "hood-tokens", ".ss-alignment"),
    ("context", "#hood-context-run", "hood-context", ".ss-sentences"),
    ("matrix", "#hood-matrix-run", "hood-matrix", ".ss-heatmap"),
    ("price", "#hood-price-run", "hood-price", "table"),
]
# How far the ends of each line are from the middles of the edges that they belong to, in pixels of the screen.
LINE_ENDS = """svg => [...svg.querySelectorAll("line.ss-match")].flatMap((line) => {
  const onScreen = (x, y) => new DOMPoint(x, y).matrixTransform(line.getScreenCTM());
  const block = (token) => svg.querySelector(`rect[data-token="${token}"]`).getBoundingClientRect();
  const [from, to] = [block(line.dataset.from), block(line.dataset.to)];
  const ends = ["1", "2"].map((end) => onScreen(line[`x${end}`].baseVal.value, line[`y${end}`].baseVal.value));
  return [
    Math.hypot(ends[0].x - (from.left + from.right) / 2, ends[0].y - from.bottom),
    Math.hypot(ends[1].x - (to.left + to.right) / 2, ends[1].y - to.top),
  ];
})"""


@pytest.fixture
def visit(long_visit: Visit) -> Visit:
    """One page for all tests here, with the tab open."""
    open_tab(long_visit)
    return long_visit


def open_tab(visit: Visit) -> None:
    """Turn to the tab once the page has answered what it opens with, which turns to the tab of its address."""
    expect(visit.columns).to_have_count(1)
    visit.turn_to_tab("Under the hood")


def ask(visit: Visit, look: str) -> None:
    """Choose a question."""
    visit.page.locator(f'#hood-question input[value="{look}"]').check()


def answered(visit: Visit, section: str) -> Locator:
    """The picture of a section, once nothing runs and it is there."""
    report = visit.page.locator(f"#{section}-report")
    expect(report.locator(".prose > *").first).to_be_visible()
    expect(visit.page.locator("#hood-stop")).to_be_hidden()
    return report


def compare(visit: Visit, query: str, document: str) -> Locator:
    """Type both texts, press Enter, and return the lines of tokens. The last word must be a token of its own."""
    ask(visit, "pair")
    visit.page.locator("#hood-query textarea").fill(query)
    box = visit.page.get_by_role("textbox", name="Document", exact=True)
    box.fill(document)
    box.press("Enter")
    last = document.rsplit(maxsplit=1)[-1].lower()
    strips = visit.page.locator("#hood-report .ss-strips")
    expect(strips.locator(".ss-cross_encoder .ss-segment").nth(3)).to_contain_text(last)
    expect(visit.page.locator("#hood-status")).to_contain_text("Read apart")
    return strips


def looked_at(visit: Visit) -> list[str]:
    """What the address says is looked at."""
    return parse_qs(urlsplit(visit.page.url).query).get("look", [])


def test_opening_the_tab_answers_the_first_question(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open()
    open_tab(visit)
    expect(visit.page.locator("#hood-status")).to_contain_text("Read apart")
    assert looked_at(visit) == ["pair"]


@pytest.mark.parametrize(("look", "run", "section", "picture"), QUESTIONS)
def test_the_answer_and_the_beginning_of_its_picture_are_on_the_first_screen(
    visit: Visit, look: str, run: str, section: str, picture: str
) -> None:
    page = visit.page
    before = page.viewport_size
    page.set_viewport_size({"width": 1280, "height": FIRST_SCREEN})
    ask(visit, look)
    page.locator(run).click()
    report = answered(visit, section)
    page.evaluate("scrollTo(0, 0)")
    heading, answer, shown = (
        place.bounding_box()
        for place in (
            page.locator(f"#{section}-heading h2"),
            page.locator(f"#{section}-status p"),
            report.locator(picture).first,
        )
    )
    assert heading and answer and shown
    assert heading["y"] < answer["y"] < shown["y"] < FIRST_SCREEN - 100
    assert answer["y"] < FIRST_SCREEN / 2
    assert page.locator("#hood h2:visible").count() == 1
    assert visit.sideways() <= 0
    page.set_viewport_size(before or {"width": 1280, "height": 900})


def test_choosing_a_question_shows_it_alone_and_starts_nothing(visit: Visit) -> None:
    for look, section in [("swap", "hood-swap-roles"), ("length", "hood-length"), ("swap", "hood-swap-roles")]:
        ask(visit, look)
        expect(visit.page.locator(f"#{section}-status")).to_contain_text("press Answer")
        assert visit.page.locator("#hood h2:visible").count() == 1
        expect(visit.page.locator("#hood-stop")).to_be_hidden()
        assert looked_at(visit) == [look]
    visit.page.go_back()
    expect(visit.page.locator('#hood-question input[value="length"]')).to_be_checked()
    visit.page.locator("#hood-stop").click()  # an address is asked as it is opened


def test_an_address_reopens_the_question_with_what_its_boxes_held(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open("?tab=hood&look=why&a=violin&b=She+plays+the+violin")
    expect(visit.page.locator("#hood-why-status")).to_contain_text("violin")
    ask(visit, "context")
    visit.page.locator("#hood-word textarea, #hood-word input").fill("bank")
    visit.page.locator("#hood-sentences textarea").fill("the bank of the river\nmoney in the bank")
    ask(visit, "matrix")
    ask(visit, "context")
    expect(visit.page).to_have_url(re.compile("look=context.*word=bank"))
    visit.page.reload()
    expect(visit.page.locator("#hood-context-status")).to_contain_text("“bank” in sentences 1 and 2")
    expect(visit.page.locator("#hood-sentences textarea")).to_have_value("the bank of the river\nmoney in the bank")


def test_the_pair_is_one_input_with_labelled_segments_on_one_line(visit: Visit) -> None:
    strips = compare(visit, "How many people live in Berlin?", "Berlin has " + "very " * 30 + "many inhabitants")
    expect(strips.locator(".ss-frame")).to_have_count(3)
    pair = strips.locator("section.ss-cross_encoder")
    assert pair.locator(".ss-role").all_inner_texts() == ["special", "query", "special", "document", "special"]
    tokens = pair.locator(".ss-token")
    texts = tokens.all_inner_texts()
    assert (texts[0], texts[-1], texts.count("[SEP]")) == ("[CLS]", "[SEP]", 2)
    expect(tokens.first).to_have_attribute("data-id", "id 101")
    expect(pair.locator(".ss-input-name")).to_contain_text(f"{len(texts)} of 512 tokens")
    tops = tokens.evaluate_all("tokens => tokens.map((token) => Math.round(token.getBoundingClientRect().top))")
    assert len(set(tops)) == 1
    frame = pair.locator(".ss-frame")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth && frame.tabIndex === 0")
    assert visit.sideways() <= 0
    small = tokens.evaluate_all("tokens => Math.min(...tokens.flatMap((t) => [t.offsetWidth, t.offsetHeight]))")
    assert small >= 24


def test_the_number_of_a_token_is_seen_while_it_has_the_focus(visit: Visit) -> None:
    token = compare(visit, "one", "two three").locator(".ss-token").first
    token.focus()
    assert token.evaluate("token => getComputedStyle(token, '::after').content") == '"id 101"'


@pytest.mark.parametrize("zoom", [1, 2])
@pytest.mark.parametrize("width", [390, 1280])
def test_each_line_of_late_interaction_joins_its_two_blocks(visit: Visit, width: int, zoom: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": FIRST_SCREEN})
    compare(visit, "How long do cats sleep?", "Felines spend around fifteen hours a day asleep")
    ask(visit, "tokens")
    page.locator("#hood-run").click()
    picture = answered(visit, "hood-tokens").locator(".ss-alignment svg")
    page.evaluate("zoom => { document.documentElement.style.fontSize = `${16 * zoom}px`; }", zoom)
    ends = picture.evaluate(LINE_ENDS)
    assert len(ends) == 2 * 8
    assert max(ends) < 2
    assert visit.sideways() <= 0
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_swapping_the_two_keeps_the_cosine_and_changes_the_logit(visit: Visit) -> None:
    compare(visit, "How long do cats sleep?", "Felines spend around fifteen hours a day asleep")
    visit.page.locator("#hood-swap").click()
    table = visit.page.locator("#hood-report .ss-directions")
    expect(table.locator("tbody tr")).to_have_count(3)
    before, swapped, _ = (row.get_by_role("cell").all_inner_texts() for row in table.locator("tbody tr").all())
    assert before[0] == swapped[0]
    assert before[1] != swapped[1]
    verdict = visit.page.locator("#hood-report .ss-verdict")
    expect(verdict).to_contain_text("leaves the cosine as it is")
    expect(verdict).to_contain_text("says nothing alone")


def test_other_texts_take_back_what_was_said_about_the_ones_before(visit: Visit) -> None:
    compare(visit, "sun", "the sun is hot")
    ask(visit, "tokens")
    visit.page.locator("#hood-run").click()
    answered(visit, "hood-tokens")
    compare(visit, "moon", "the moon is cold")
    ask(visit, "tokens")
    expect(visit.page.locator("#hood-tokens-status")).to_contain_text("Press Answer")
    expect(visit.page.locator("#hood-tokens-report svg")).to_have_count(0)
    visit.page.locator("#hood-run").click()
    answered(visit, "hood-tokens")
    ask(visit, "pair")
    expect(visit.page.locator("#hood-report .ss-token", has_text="moon").first).to_be_visible()


def test_nothing_typed_is_interpreted(visit: Visit) -> None:
    compare(visit, TYPED, f"{TYPED} end")
    ask(visit, "tokens")
    visit.page.locator("#hood-run").click()
    expect(visit.page.locator("#hood-tokens-status")).to_contain_text("MaxSim")
    expect(
        visit.page.locator("img[src=x], #hood-report img, #hood-report script, #hood-tokens-report img")
    ).to_have_count(0)
    assert visit.dialogs == []


def test_an_empty_text_is_named_as_the_page_names_it(visit: Visit) -> None:
    ask(visit, "pair")
    box = visit.page.get_by_role("textbox", name="Document", exact=True)
    for empty in ("", " "):
        box.fill(empty)
        box.press("Enter")
        alert = visit.page.locator("#hood-status").get_by_role("alert")
        expect(alert).to_have_text("document is empty; please type some text.")


def test_the_part_beyond_the_window_is_struck_out(visit: Visit) -> None:
    strips = compare(visit, "whale", "whale " * 600 + "whale")
    dropped = strips.locator("section.ss-cross_encoder .ss-role-dropped")
    expect(dropped).to_contain_text(f"beyond the window, not read: {602 + 3 - 512} tokens")
    expect(dropped.locator("del")).to_have_css("text-decoration-line", "line-through")


def test_occlusion_says_its_numbers_as_text(visit: Visit) -> None:
    compare(visit, "violin", "On Sunday a woman played the violin")
    ask(visit, "why")
    visit.page.locator("#hood-run").click()
    expect(visit.page.locator("#hood-why-status")).to_contain_text("violin")
    blocks = visit.page.locator("#hood-why-report .ss-occlusion > *")
    expect(blocks).to_have_count(2)
    for block in blocks.all():
        listed = block.get_by_role("listitem").all_text_contents()
        assert listed
        assert any("violin" in item and NUMBER.search(item) for item in listed)


def test_every_cell_of_a_heat_map_holds_its_number_and_a_keyboard_can_walk_it(visit: Visit) -> None:
    ask(visit, "matrix")
    visit.page.locator("#hood-matrix-run").click()
    cells = visit.page.locator("#hood-matrix-report .ss-heatmap td[tabindex]")
    expect(cells).to_have_count(9)
    assert [float(text) for text in cells.all_inner_texts()][:3] == pytest.approx([1.0, 0.666, 0.1046], abs=0.006)
    cells.first.focus()
    visit.page.keyboard.press("ArrowRight")
    expect(cells.nth(1)).to_be_focused()
    visit.page.keyboard.press("ArrowDown")
    expect(cells.nth(4)).to_be_focused()
    table = visit.page.locator("#hood-matrix-csv textarea").input_value()
    assert len(table.strip().splitlines()) == 4


def test_one_word_has_two_vectors_in_two_sentences(visit: Visit) -> None:
    ask(visit, "context")
    visit.page.locator("#hood-context-run").click()
    report = visit.page.locator("#hood-context-report")
    expect(report.locator("mark")).to_have_text(["fire", "fire"])
    expect(visit.page.locator("#hood-context-status")).to_contain_text("For a static vector it would be 1")


def test_a_padded_batch_shows_its_mask(visit: Visit) -> None:
    compare(visit, "How long do cats sleep?", "Fifteen hours")
    visit.page.locator("#hood-batch-wanted input").check()
    rows = visit.page.locator("#hood-batch tr.ss-mask")
    expect(rows).to_have_count(2)
    for row in rows.all():
        assert set(row.get_by_role("cell").all_inner_texts()) <= {"0", "1"}
    expect(visit.page.locator("#hood-batch")).to_contain_text("padding: ")


def test_look_inside_brings_a_result_here(visit: Visit) -> None:
    visit.turn_to_tab("Search")
    visit.choose("berlin")
    visit.search("How many museums are there?")
    hit = visit.hits("cross_encoder").first
    passage = hit.locator(".ss-text").inner_text()
    hit.hover()
    hit.get_by_role("button", name="Look inside").click()
    expect(visit.page.get_by_role("textbox", name="Document", exact=True)).to_have_value(passage)
    expect(visit.page.locator("#hood-query textarea, #hood-query input")).to_have_value("How many museums are there?")
    expect(visit.page.locator("#hood-status")).to_contain_text("Read apart")


def test_on_a_phone_only_frames_scroll_sideways(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url, 390).open("?tab=hood&look=tokens")
    answered(visit, "hood-tokens")
    for look in ("pair", "context", "matrix", "swap"):
        ask(visit, look)
        assert visit.sideways() <= 0, look
    ask(visit, "pair")  # it has not been answered yet, and takes a moment
    expect(visit.page.locator("#hood-status")).to_contain_text("Read apart")
    assert visit.sideways() <= 0


def test_selection_is_seen_in_forced_colours(visit: Visit) -> None:
    visit.page.emulate_media(forced_colors="active")
    chosen = visit.page.locator("#hood-question label:has(input:checked)")
    other = visit.page.locator("#hood-question label:not(:has(input:checked))").first
    assert chosen.evaluate("label => getComputedStyle(label).outlineStyle") == "solid"
    assert other.evaluate("label => getComputedStyle(label).outlineStyle") == "none"
    visit.page.emulate_media(forced_colors="none")


def test_a_price_follows_its_boxes_by_keyboard_alone_and_has_an_address(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url, 390).open("?tab=hood&look=price&queries=0&documents=30&k=5")
    page = visit.page
    expect(page.locator("#note")).to_contain_text('Not used from the address: queries="0".')
    rows = answered(visit, "hood-price").locator("table").first.locator("tbody tr")
    expect(rows.nth(2)).to_contain_text("30 + 10,000 + 10,000 × 5 = 60,030")
    page.locator("#hood-price-queries input").focus()
    for key in ("Control+a", "7", "Tab", "Control+a", "3", "Enter"):
        page.keyboard.press(key)
    expect(rows.nth(1)).to_contain_text("7 × 3 = 21")
    expect(page).to_have_url(re.compile("look=price&queries=7&documents=3$"))
    expect(page.locator("#hood-price-report")).to_contain_text(
        "5 candidates asked for, but there are only 3 documents."
    )
    for key in ("Control+a", "Delete", "Enter"):
        page.keyboard.press(key)
    said = "documents must be a whole number from 1 to 1,000,000,000, got an empty box."
    expect(page.locator("#note")).to_contain_text(said)
    assert visit.sideways() <= 0
    page.locator("#hood-price-report summary").click()
    assert violations(visit) == []
    page.locator("#hood-price-documents input").fill("9")
    ask(visit, "length")
    ask(visit, "price")
    expect(page).to_have_url(re.compile("look=price&queries=7&documents=9$"))
