"""What stands under "Options"."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visit import Visit

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
RERANKER = "cross-encoder/ms-marco-MiniLM-L12-v2"


@pytest.fixture
def berlin(visit: Visit) -> Visit:
    """The small corpus of questions about Berlin, with the options unfolded."""
    visit.choose("berlin")
    visit.open_options()
    return visit


def test_candidates_go_from_5_to_50(berlin: Visit) -> None:
    for label in ("number input for Candidates", "range slider for Candidates"):
        field = berlin.page.get_by_label(label).first
        expect(field).to_have_attribute("min", "5")
        expect(field).to_have_attribute("max", "50")
        expect(field).to_have_value("20")


def test_fewer_results_can_be_shown(berlin: Visit) -> None:
    shown = berlin.page.get_by_label("number input for Shown")
    shown.fill("3")
    shown.blur()
    berlin.search("boroughs")
    expect(berlin.hits("bi_encoder")).to_have_count(3)
    expect(berlin.hits("cross_encoder")).to_have_count(3)


def test_a_probability_takes_the_place_of_the_logit(berlin: Visit) -> None:
    berlin.page.get_by_label("probability (its sigmoid)").check()
    berlin.search("How many people live in Berlin?")
    column = berlin.column("cross_encoder")
    expect(column.locator("h3")).to_have_text("Cross-encoder · probability")
    expect(column).to_contain_text("bar: probability from 0 to 1")
    numbers = column.locator(".ss-number").all_inner_texts()
    assert all(re.fullmatch(r"[01]\.\d{4}", number) for number in numbers)
    assert float(numbers[0]) > 0.99
    assert float(numbers[-1]) < 0.05
    expect(berlin.column("bi_encoder").locator("h3")).to_have_text("Bi-encoder · cosine")


def test_more_columns_come_in_running_order(berlin: Visit) -> None:
    berlin.page.get_by_label("Keyword search").check()
    berlin.page.get_by_label("Late interaction", exact=True).check()
    berlin.search("boroughs of the city")
    methods = [column.get_attribute("data-method") for column in berlin.page.locator(".ss-column").all()]
    assert methods == ["bm25", "bi_encoder", "late_interaction", "cross_encoder"]
    expect(berlin.column("bm25").locator("h3")).to_contain_text("BM25")
    expect(berlin.column("late_interaction").locator("h3")).to_contain_text("MaxSim")
    expect(berlin.column("late_interaction").locator(".ss-move").first).to_have_text(re.compile(r"was|stays"))
    assert berlin.sideways() == 0


def test_keyword_search_that_finds_nothing_says_so(berlin: Visit) -> None:
    berlin.page.get_by_label("Keyword search").check()
    berlin.search("zyzzyva")
    expect(berlin.column("bm25")).to_contain_text("No document shares a word with this query.")
    expect(berlin.hits("cross_encoder")).to_have_count(10)


@pytest.mark.parametrize(
    ("role", "model", "stays"),
    [
        ("scorer", "cross-encoder/ms-marco-MiniLM-L6-v2", RERANKER),
        ("encoder", "sentence-transformers/all-MiniLM-L12-v2", MINILM),
        ("matcher", "answerdotai/answerai-colbert-small-v1", "the bi-encoder's own tokens"),
    ],
)
def test_a_model_that_can_not_be_fetched_says_which_one_stays(berlin: Visit, role: str, model: str, stays: str) -> None:
    choice = berlin.page.locator(f"#model-{role} input")
    before = choice.input_value()
    choice.click()
    berlin.page.get_by_role("option", name=f"{model} (needs the Hugging Face Hub)").click()
    alert = berlin.status.get_by_role("alert")
    expect(alert).to_contain_text(f"{model} could not be fetched from the Hugging Face Hub")
    expect(alert).to_contain_text(stays)
    expect(alert).to_contain_text("stays in use.")
    expect(choice).to_have_value(before)
    berlin.search("boroughs")
    expect(berlin.column("cross_encoder")).to_contain_text("ms-marco-MiniLM-L12-v2")


def test_the_second_bundled_encoder_is_used_from_the_next_search_on(berlin: Visit) -> None:
    berlin.page.locator("#model-encoder input").click()
    berlin.page.get_by_role("option", name="BAAI/bge-small-en-v1.5").click()
    expect(berlin.status).to_contain_text("bge-small-en-v1.5 is in use from the next search on.")
    berlin.search("boroughs")
    expect(berlin.column("bi_encoder")).to_contain_text("bge-small-en-v1.5")
