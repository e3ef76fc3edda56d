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


def test_candidates_go_from_5_to_50_and_fewer_leave_relevant_documents_below_the_cut(visit: Visit) -> None:
    visit.choose("movies")
    visit.open_options()
    for label in ("number input for Candidates", "range slider for Candidates"):
        field = visit.page.get_by_label(label).first
        expect(field).to_have_attribute("min", "5")
        expect(field).to_have_attribute("max", "50")
        expect(field).to_have_value("20")
    fill(visit, "number input for Candidates", "5")
    visit.search("chess")
    expect(visit.hits("cross_encoder")).to_have_count(5)
    missed = visit.page.get_by_role("region", name="Missed")
    expect(missed).to_contain_text("are not among the 5 candidates, so no reranker can bring them back")
    assert missed.get_by_role("listitem").count() > 0
    assert all("grade" in item for item in missed.get_by_role("listitem").all_inner_texts())
    fill(visit, "number input for Shown", "3")
    visit.search("chess champion")
    expect(visit.hits("bi_encoder")).to_have_count(3)
    expect(visit.hits("cross_encoder")).to_have_count(3)


def fill(visit: Visit, label: str, number: str) -> None:
    field = visit.page.get_by_label(label).first
    field.fill(number)
    field.blur()


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
    berlin.search("zyzzyva")
    expect(berlin.column("bm25")).to_contain_text("No document shares a word with this query.")
    expect(berlin.hits("cross_encoder")).to_have_count(10)


def choose_model(visit: Visit, role: str, option: str) -> None:
    visit.page.locator(f"#model-{role} input").click()
    visit.page.get_by_role("option", name=option).click()


def test_a_model_that_can_not_be_fetched_says_which_one_stays(berlin: Visit) -> None:
    for role, model, stays in (
        ("scorer", "cross-encoder/ms-marco-MiniLM-L6-v2", RERANKER),
        ("encoder", "sentence-transformers/all-MiniLM-L12-v2", MINILM),
        ("matcher", "answerdotai/answerai-colbert-small-v1", "the bi-encoder's own tokens"),
    ):
        choice = berlin.page.locator(f"#model-{role} input")
        before = choice.input_value()
        choose_model(berlin, role, f"{model} (needs the Hugging Face Hub)")
        alert = berlin.status.get_by_role("alert")
        expect(alert).to_contain_text(f"{model} could not be fetched from the Hugging Face Hub")
        expect(alert).to_contain_text(stays)
        expect(alert).to_contain_text("stays in use.")
        expect(choice).to_have_value(before)
    berlin.search("boroughs")
    expect(berlin.column("cross_encoder")).to_contain_text("ms-marco-MiniLM-L12-v2")


def test_the_second_bundled_encoder_is_used_from_the_next_search_on(berlin: Visit) -> None:
    choose_model(berlin, "encoder", "BAAI/bge-small-en-v1.5")
    expect(berlin.status).to_contain_text("bge-small-en-v1.5 is in use from the next search on.")
    berlin.search("boroughs")
    expect(berlin.column("bi_encoder")).to_contain_text("bge-small-en-v1.5")
