"""What stands under "Options"."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visit import Visit

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
RERANKER = "cross-encoder/ms-marco-MiniLM-L12-v2"


@pytest.fixture
def berlin(visit: Visit) -> Visit:
    """The small corpus of questions about Berlin, with the options unfolded."""
    visit.choose("berlin")
    visit.open_options()
    return visit


def test_candidates_go_from_1_to_50_and_fewer_leave_relevant_documents_below_the_cut(visit: Visit) -> None:
    visit.choose("movies")
    visit.open_options()
    for label in ("number input for Candidates", "range slider for Candidates"):
        field = visit.page.get_by_label(label).first
        expect(field).to_have_attribute("min", "1")
        expect(field).to_have_attribute("max", "50")
        expect(field).to_have_value("20")
    visit.search("chess")
    fill(visit, "number input for Candidates", "5")
    expect(visit.columns).to_have_attribute("data-cut", "5")
    visit.wait_for_result("chess")
    expect(visit.hits("bi_encoder")).to_have_count(5)
    expect(visit.beyond()).to_have_count(10)
    expect(visit.hits("cross_encoder")).to_have_count(5)
    missed = visit.page.get_by_role("region", name="Missed")
    expect(missed).to_contain_text("are not among the 5 candidates, so no reranker can bring them back")
    assert missed.get_by_role("listitem").count() > 0
    assert all("grade" in item for item in missed.get_by_role("listitem").all_inner_texts())
    fill(visit, "number input for Candidates", "1")
    expect(visit.columns).to_have_attribute("data-cut", "1")
    visit.search("chess champion")
    expect(visit.hits("bi_encoder")).to_have_count(1)
    expect(visit.beyond()).to_have_count(10)
    expect(visit.hits("cross_encoder")).to_have_count(1)


def test_a_fusion_can_be_reranked_and_each_of_its_rows_says_its_sum(visit: Visit) -> None:
    visit.choose("movies")
    visit.open_options()
    visit.page.locator("#rerank-first input").click()
    visit.page.get_by_role("option", name="Fusion").click()
    expect(visit.column("cross_encoder")).to_have_attribute("data-reranks", "fusion")
    expect(visit.page).to_have_url(re.compile("columns=bi_encoder,fusion,cross_encoder.*rerank=fusion"))
    visit.wait_for_result("vietnam war")
    sums = visit.column("fusion").locator(".ss-hit:not(.ss-beyond) .ss-sum")
    expect(sums).to_have_count(20)
    expect(sums.first).to_contain_text(re.compile(r"1/\(60\+\d+\)"))
    expect(visit.beyond()).to_have_count(10)
    expect(visit.status).to_contain_text(re.compile(r"relevant documents?, fusion has \d+ and the bi-encoder \d+"))
    visit.page.locator("#fusion-rule").get_by_label("average of min-max scores").check()
    expect(sums.first).to_contain_text(re.compile(r"[01]\.\d{3}/2"))
    visit.wait_for_result("vietnam war")
    visit.page.locator("#fused").get_by_label("Keyword search").uncheck()
    expect(visit.status).to_contain_text('fused must name two methods or more, got "bi_encoder".')


def test_a_query_is_expanded_where_that_is_chosen_and_the_column_says_by_what(visit: Visit) -> None:
    visit.choose("movies")
    visit.open_options()
    choice = visit.page.locator("#expanded")
    choice.get_by_label("Keyword search").check()
    expect(visit.column("bm25").locator(".ss-expanded")).to_contain_text("RM3, from the first 10: war .")
    expect(visit.page).to_have_url(re.compile("columns=bm25,bi_encoder,cross_encoder&expand=bm25$"))
    visit.wait_for_result("vietnam war")
    choice.get_by_label("Bi-encoder").check()
    moved = visit.column("bi_encoder").locator(".ss-expanded")
    expect(moved).to_contain_text("Rocchio moved the query towards “Platoon”, ")
    visit.wait_for_result("vietnam war")
    visit.page.reload()
    expect(moved).to_be_attached()
    visit.open_options()
    expect(choice.get_by_label("Keyword search")).to_be_checked()
    choice.get_by_label("Bi-encoder").uncheck()
    expect(moved).to_have_count(0)
    expect(visit.column("bm25").locator(".ss-expanded")).to_have_count(1)


def test_the_slider_follows_the_cut(visit: Visit) -> None:
    visit.choose("movies")
    visit.open_options()
    visit.page.get_by_role("separator").focus()
    visit.page.keyboard.press("Home")
    expect(visit.columns).to_have_attribute("data-cut", "1")
    expect(visit.page.get_by_label("number input for Candidates").first).to_have_value("1")
    expect(visit.hits("cross_encoder")).to_have_count(1)


def fill(visit: Visit, label: str, number: str) -> None:
    field = visit.page.get_by_label(label).first
    field.fill(number)
    field.blur()


def test_a_probability_takes_the_place_of_the_logit(berlin: Visit) -> None:
    column = berlin.column("cross_encoder")
    expect(column.locator("h2 .ss-unit")).to_contain_text("logit")
    ranked = berlin.documents("cross_encoder")
    berlin.page.get_by_label("its sigmoid").check()
    expect(column.locator("h2 .ss-unit")).to_contain_text("probability")
    berlin.wait_for_result("How many people live in Berlin?")
    numbers = column.locator(".ss-number").all_inner_texts()
    assert all(re.fullmatch(r"[01]\.\d{4}", number) for number in numbers)
    assert float(numbers[0]) > 0.99
    assert float(numbers[-1]) < 0.05
    assert berlin.documents("cross_encoder") == ranked
    expect(column.locator("header")).to_have_attribute("title", re.compile("bar: probability from 0 to 1"))
    expect(column.locator(".ss-diverging")).to_have_count(0)
    expect(berlin.column("bi_encoder").locator("h2 .ss-unit")).to_contain_text("cosine")


def test_what_reorders_a_ranking_stands_beside_it(berlin: Visit) -> None:
    berlin.page.locator("#columns").get_by_label("Keyword search").check()
    expect(berlin.columns.locator(".ss-column")).to_have_count(3)
    berlin.page.locator("#columns").get_by_label("Late interaction").check()
    expect(berlin.columns.locator(".ss-column")).to_have_count(4)
    berlin.search("boroughs of the city")
    methods = [column.get_attribute("data-method") for column in berlin.page.locator(".ss-column").all()]
    assert methods == ["bm25", "late_interaction", "bi_encoder", "cross_encoder"]
    expect(berlin.column("bm25").locator("h2")).to_contain_text("BM25")
    expect(berlin.column("late_interaction").locator("h2")).to_contain_text("MaxSim")
    expect(berlin.column("late_interaction").locator(".ss-move").first).to_have_text(re.compile(r"was|stays"))
    joined = berlin.page.locator(".ss-lines path").evaluate_all("paths => paths.map((path) => path.dataset.doc)")
    assert joined == [*berlin.documents("late_interaction"), *berlin.documents("cross_encoder")]
    assert berlin.sideways() == 0
    berlin.search("zyzzyva")
    expect(berlin.column("bm25")).to_contain_text("No document shares a word with this query.")
    expect(berlin.hits("cross_encoder")).to_have_count(10)


def choose_model(visit: Visit, role: str, option: str) -> None:
    visit.page.locator(f"#model-{role} input").click()
    visit.page.get_by_role("option", name=option).click()


def test_a_model_that_can_not_be_fetched_says_which_one_stays(berlin: Visit) -> None:
    berlin.page.locator("#columns").get_by_label("Late interaction").check()
    berlin.wait_for_corpus("berlin")
    expect(berlin.columns.locator(".ss-column")).to_have_count(3)
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
    shown = scores(berlin)
    berlin.search("boroughs")
    expect(berlin.status.get_by_role("alert")).to_have_count(0)
    expect(used(berlin, "cross_encoder")).to_contain_text("ms-marco-MiniLM-L12-v2")
    expect(used(berlin, "bi_encoder")).to_contain_text("all-MiniLM-L6-v2")
    berlin.search("How many people live in Berlin?")
    assert scores(berlin) == shown


def used(visit: Visit, method: str) -> Locator:
    """What a ranking was made with, as "What it cost" names it."""
    visit.unfold("What it cost")
    return visit.page.locator(f"#cost-report .ss-{method} dt")


def scores(visit: Visit) -> list[list[str]]:
    return [visit.hits(method).locator(".ss-number").all_inner_texts() for method in ("bi_encoder", "cross_encoder")]


def test_the_second_bundled_encoder_answers_as_soon_as_it_is_chosen(berlin: Visit) -> None:
    berlin.search("boroughs")
    cosines, logits = scores(berlin)
    choose_model(berlin, "encoder", "BAAI/bge-small-en-v1.5")
    expect(berlin.hits("bi_encoder").first.locator(".ss-number")).not_to_have_text(cosines[0])
    berlin.wait_for_result("boroughs", "berlin")
    expect(used(berlin, "bi_encoder")).to_contain_text("bge-small-en-v1.5")
    assert scores(berlin)[0] != cosines
    assert scores(berlin)[1] == logits  # the other model's are the same
    expect(berlin.page).to_have_url(re.compile("encoder=BAAI/bge-small-en-v1.5"))
