"""The Search tab over the real models: columns, moves, costs, judgements."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visit import Visit

VIETNAM_FILMS = {"Platoon", "Full Metal Jacket", "Apocalypse Now", "The Deer Hunter"}
MOVE = re.compile(r"(up|down) (\d+), was (\d+)|stays at (\d+)")
TIME = re.compile(r"^(\d+ ms|\d+(\.\d)? s|remembered)$")


@pytest.fixture
def visit(long_visit: Visit) -> Visit:
    """One page for all tests here."""
    return long_visit


def test_a_stranger_finds_the_four_films_about_the_vietnam_war(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("vietnam war")
    titles = visit.hits("cross_encoder").locator(".ss-title").all_inner_texts()
    assert {re.sub(r" \d{4}$", "", title) for title in titles[:4]} == VIETNAM_FILMS
    for method, unit in (("bi_encoder", "cosine"), ("cross_encoder", "logit")):
        column = visit.column(method)
        expect(column.locator("h3")).to_contain_text(unit)
        expect(column.locator(".ss-time")).to_have_text(TIME)
        expect(column.locator(".ss-hit")).to_have_count(10)
    numbers = visit.hits("bi_encoder").locator(".ss-number").all_inner_texts()
    assert all(re.fullmatch(r"0\.\d{4}", number) for number in numbers)
    assert numbers == sorted(numbers, reverse=True)
    assert visit.hits("cross_encoder").locator(".ss-number").first.inner_text().startswith("+")
    cost = visit.page.get_by_role("region", name="What it cost")
    expect(cost).to_contain_text(re.compile(r"1 pass( \(1 remembered\))? \+ 454 dot products"))
    expect(cost).to_contain_text("20 passes")
    expect(cost).to_contain_text("454 passes")


def test_every_move_is_said_in_words_that_fit_the_two_ranks(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("a war on a remote island")
    before = {doc: rank for rank, doc in enumerate(visit.documents("bi_encoder"), start=1)}
    moves = visit.hits("cross_encoder").locator(".ss-move").all_inner_texts()
    said = [MOVE.search(text) for text in moves]
    for rank, (doc, found) in enumerate(zip(visit.documents("cross_encoder"), said, strict=True), start=1):
        assert found is not None
        was = int(found[3] or found[4])
        assert before.get(doc, was) == was
        assert was - rank == {"up": 1, "down": -1, None: 0}[found[1]] * int(found[2] or 0)
    assert any(found and found[1] == "up" for found in said)
    expect(visit.column("bi_encoder").locator(".ss-move")).to_have_count(0)


def test_the_status_sums_up_the_search_for_a_screen_reader(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("chess")
    expect(visit.status).to_contain_text("20 candidates of 454 documents in “Movies”. Cross-encoder: “")
    expect(visit.status).to_contain_text("comes first")
    expect(visit.status).to_have_attribute("aria-live", "polite")


def test_more_candidates_than_documents_are_clamped_in_words(visit: Visit) -> None:
    visit.choose("toy")
    visit.search("A man is eating pasta.")
    expect(visit.status).to_contain_text("20 candidates were asked for; “Toy sentences” has 9 documents, and all are")
    expect(visit.hits("cross_encoder")).to_have_count(9)


def test_the_chips_are_those_of_the_corpus_and_a_click_searches(visit: Visit) -> None:
    chips = visit.page.locator("#examples button")
    visit.choose("movies")
    expect(chips.first).to_have_text("vietnam war")
    visit.choose("berlin")
    expect(chips.first).to_have_text("How many people live in Berlin?")
    chips.first.click()
    visit.wait_for_result("How many people live in Berlin?")
    expect(visit.query).to_have_value("How many people live in Berlin?")
    expect(visit.hits("cross_encoder").first).to_contain_text("3,520,031")


def test_the_button_searches_as_well(visit: Visit) -> None:
    visit.choose("toy")
    visit.query.fill("drums")
    visit.page.get_by_role("button", name="Search", exact=True).click()
    visit.wait_for_result("drums")
    expect(visit.hits("bi_encoder").first).to_contain_text("playing drums")


def test_an_empty_query_gets_one_sentence_and_the_next_search_works(visit: Visit) -> None:
    visit.choose("toy")
    visit.type_query("   ")
    alert = visit.status.get_by_role("alert")
    expect(alert).to_have_text("query is empty; please type some text.")
    assert visit.status.inner_text().strip() == alert.inner_text().strip()
    visit.type_query("x" * 1001)
    expect(alert).to_have_text("query must have at most 1,000 characters, got 1,001; please shorten it.")
    expect(visit.page.get_by_text("Traceback")).to_have_count(0)
    visit.search("a white horse")
    expect(alert).to_have_count(0)


def test_strange_text_is_searched_like_any_other(visit: Visit) -> None:
    visit.choose("toy")
    for words in ("🎻 ما هي", "a\u202eb\u0007c", "\ud83d\ude00"):
        visit.search(words)
        expect(visit.hits("cross_encoder")).to_have_count(9)


def test_a_judged_query_shows_grades_and_what_a_perfect_ranking_would_score(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("amnesia")
    for method in ("bi_encoder", "cross_encoder"):
        expect(visit.column(method).locator(".ss-ndcg")).to_have_text(
            re.compile(r"^nDCG@10 \d\.\d{3} perfect order of these: \d\.\d{3}$")
        )
        expect(visit.hits(method).locator(".ss-grade")).to_have_count(10)
    expect(visit.hits("cross_encoder").first.locator(".ss-grade")).to_contain_text("grade")
    expect(visit.page.get_by_role("region", name="Missed")).to_contain_text("relevant document")
    visit.search("a query that nobody judged")
    expect(visit.page.locator(".ss-grade, .ss-ndcg, .ss-missed")).to_have_count(0)


def test_nothing_is_drawn_twice_after_several_searches(visit: Visit) -> None:
    visit.choose("toy")
    for words in ("some bread", "horse", "food"):
        visit.search(words)
    expect(visit.page.locator(".ss-columns")).to_have_count(1)
    expect(visit.page.locator(".ss-lines")).to_have_count(1)
    expect(visit.page.locator(".ss-lines path")).to_have_count(9)
