"""The tab "Under the hood": any two texts taken apart. Every colour there has its number as text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visit import Visit
from tests.server import HOSTILE

TYPED = f"{HOSTILE} <script>alert(2)</script>"
NUMBER = re.compile(r"[−+-]?\d+\.\d+")


@pytest.fixture
def visit(long_visit: Visit) -> Visit:
    """One page for all tests here, with the tab open."""
    long_visit.turn_to_tab("Under the hood")
    return long_visit


def compare(visit: Visit, query: str, document: str) -> Locator:
    """Type both texts, press Enter, and return the strips of tokens. The last word must be a token of its own."""
    visit.page.get_by_role("textbox", name="Query", exact=True).last.fill(query)
    box = visit.page.get_by_role("textbox", name="Document", exact=True)
    box.fill(document)
    box.press("Enter")
    strips = visit.page.locator("#hood-strips")
    expect(visit.page.locator("#hood-status")).to_contain_text("Both texts are scored")
    last = document.rsplit(maxsplit=1)[-1].lower()
    expect(strips.locator(".ss-cross_encoder .ss-segment").nth(3)).to_contain_text(last)
    return strips


def unfold(visit: Visit, section: str) -> None:
    """Open a section, where it is closed."""
    button = visit.page.locator(f"#{section} > button")
    if "open" not in str(button.get_attribute("class")).split():
        button.click()


def test_the_pair_is_one_input_with_labelled_segments(visit: Visit) -> None:
    strips = compare(visit, "How many people live in Berlin?", "Berlin has 3 million inhabitants")
    expect(strips.locator("section")).to_have_count(3)
    pair = strips.locator("section.ss-cross_encoder")
    assert pair.locator(".ss-role").all_inner_texts() == ["special", "query", "special", "document", "special"]
    tokens = pair.locator(".ss-token").all_inner_texts()
    assert (tokens[0], tokens[-1], tokens.count("[SEP]")) == ("[CLS]", "[SEP]", 2)
    expect(pair.locator(".ss-token").first).to_have_attribute("data-id", "id 101")
    expect(pair.locator("h3")).to_contain_text(f"{len(tokens)} of 512 tokens")


def test_swapping_the_two_keeps_the_cosine_and_changes_the_score(visit: Visit) -> None:
    compare(visit, "How long do cats sleep?", "Felines spend around fifteen hours a day asleep")
    visit.page.locator("#hood-swap").click()
    table = visit.page.locator("#hood-numbers table")
    expect(table.locator("tbody tr")).to_have_count(3)
    before, swapped, _ = (row.get_by_role("cell").all_inner_texts() for row in table.locator("tbody tr").all())
    assert before[0] == swapped[0]
    assert before[1] != swapped[1]
    expect(visit.page.locator("#hood-numbers .ss-verdict")).to_contain_text("leaves the cosine as it is")


def test_nothing_typed_is_interpreted(visit: Visit) -> None:
    compare(visit, TYPED, f"{TYPED} end")
    unfold(visit, "hood-tokens")
    visit.page.locator("#hood-tokens-run").click()
    expect(visit.page.locator("#hood-tokens-status")).to_contain_text("MaxSim")
    expect(
        visit.page.locator("img[src=x], #hood-strips img, #hood-strips script, #hood-tokens-report img")
    ).to_have_count(0)
    assert visit.dialogs == []


def test_an_empty_text_is_named_as_the_page_names_it(visit: Visit) -> None:
    box = visit.page.get_by_role("textbox", name="Document", exact=True)
    box.fill(" ")
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
    unfold(visit, "hood-why")
    visit.page.locator("#hood-why-run").click()
    expect(visit.page.locator("#hood-why-status")).to_contain_text("violin")
    blocks = visit.page.locator("#hood-why-report .ss-occlusion > *")
    expect(blocks).to_have_count(2)
    for block in blocks.all():
        listed = block.get_by_role("listitem").all_text_contents()
        assert listed
        assert any("violin" in item and NUMBER.search(item) for item in listed)


def test_every_cell_of_a_heat_map_holds_its_number_and_a_keyboard_can_walk_it(visit: Visit) -> None:
    unfold(visit, "hood-matrix")
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
    unfold(visit, "hood-context")
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
    hit.get_by_role("button", name="Look inside").click()
    expect(visit.page.get_by_role("textbox", name="Document", exact=True)).to_have_value(passage)
    expect(visit.page.locator("#hood-query textarea, #hood-query input")).to_have_value("How many museums are there?")
    expect(visit.page.locator("#hood-status")).to_contain_text("Both texts are scored")
