"""The Search tab over the real models: columns, moves, the verdict, costs, judgements, the cut."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import MakeVisit
from tests.browser.visit import Visit
from tests.server import Server

VIETNAM_FILMS = {"Platoon", "Full Metal Jacket", "Apocalypse Now", "The Deer Hunter"}
MOVE = re.compile(r"(up|down) (\d+), was (\d+)|stays at (\d+)")
TIME = r"(\d+ ms|\d+(\.\d)? s|\d+ min)"
NDCG = re.compile(r"^nDCG@10 (\.\d{3}|1\.000) of at most (\.\d{3}|1\.000)$")
VERDICT = re.compile(r"Reranking (helped|hurt): nDCG@10 (\S+) → (\S+)\. “(.+)” (rose|fell) from (\d+) to (\d+)\.")
UNJUDGED = re.compile(r"Nobody has judged this query: the models disagree on (\d+) of (\d+) places\.")


@pytest.fixture
def visit(long_visit: Visit) -> Visit:
    """One page for all tests here."""
    return long_visit


def test_the_page_opens_with_a_comparison_that_nobody_had_to_ask_for(make_visit: MakeVisit, server: Server) -> None:
    visit = make_visit(server.url).open()
    visit.wait_for_result("vietnam war", "movies")
    expect(visit.radio("movies")).to_be_checked()
    expect(visit.query).to_have_value("vietnam war")
    expect(visit.status).to_contain_text(VERDICT)
    expect(visit.hits("bi_encoder")).to_have_count(20)
    expect(visit.hits("cross_encoder")).to_have_count(20)


def test_a_stranger_finds_the_four_films_about_the_vietnam_war(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("vietnam war")
    titles = visit.hits("cross_encoder").locator(".ss-title").all_inner_texts()
    assert {re.sub(r" \d{4}$", "", title) for title in titles[:4]} == VIETNAM_FILMS
    for method, unit, passes in (("bi_encoder", "cosine", "1 pass"), ("cross_encoder", "logit", "20 passes")):
        column = visit.column(method)
        expect(column.locator("h2 .ss-unit")).to_have_text(f"· {unit} · {passes}")
        expect(visit.hits(method)).to_have_count(20)
    numbers = visit.hits("bi_encoder").locator(".ss-number").all_inner_texts()
    assert all(re.fullmatch(r"0\.\d{4}", number) for number in numbers)
    assert numbers == sorted(numbers, reverse=True)
    assert visit.hits("cross_encoder").locator(".ss-number").first.inner_text().startswith("+")


def test_what_a_search_cost_is_said_in_passes_and_in_time(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("vietnam war")
    visit.unfold("What it cost")
    cells = visit.page.locator("#cost-report .ss-cell")
    expect(cells).to_have_count(3)
    for cell, name, passes, detail in (
        (cells.nth(0), "Bi-encoder · all-MiniLM-L6-v2", "1 pass", "454 dot products"),
        (cells.nth(1), "Cross-encoder · ms-marco-MiniLM-L12-v2", "20 passes", "one for each pair"),
    ):
        expect(cell.locator("dt")).to_have_text(name)
        expect(cell.locator("b")).to_have_text(
            re.compile(rf"^{passes}, {TIME}( when first run; (\d+ of them )?remembered)?$")
        )
        expect(cell).to_contain_text(detail)
    expect(cells.nth(2).locator("dt")).to_have_text("The cross-encoder on all 454 documents")
    expect(cells.nth(2).locator("b")).to_have_text(re.compile(rf"^454 passes, about {TIME}$"))


def test_every_move_is_said_in_words_that_fit_the_two_ranks(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("a war on a remote island")
    before = {doc: rank for rank, doc in enumerate(visit.documents("bi_encoder"), start=1)}
    moves = visit.hits("cross_encoder").locator(".ss-move").all_inner_texts()
    said = [MOVE.search(text) for text in moves]
    assert set(before) == set(visit.documents("cross_encoder"))
    for rank, (doc, found) in enumerate(zip(visit.documents("cross_encoder"), said, strict=True), start=1):
        assert found is not None
        was = int(found[3] or found[4])
        assert before[doc] == was
        assert was - rank == {"up": 1, "down": -1, None: 0}[found[1]] * int(found[2] or 0)
    assert any(found and found[1] == "up" for found in said)
    expect(visit.column("bi_encoder").locator(".ss-move")).to_have_count(0)


def test_the_status_gives_the_verdict_of_the_judgements_for_a_screen_reader(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("amnesia")
    found = VERDICT.search(visit.status.inner_text())
    assert found is not None, visit.status.inner_text()
    effect, before, after, title, direction, was, now = found.groups()
    assert effect == ("helped" if float(after) > float(before) else "hurt")
    assert direction == ("rose" if int(now) < int(was) else "fell")
    expect(visit.column("bi_encoder").locator(".ss-ndcg b")).to_have_text(before)
    expect(visit.column("cross_encoder").locator(".ss-ndcg b")).to_have_text(after)
    for method, rank in (("bi_encoder", was), ("cross_encoder", now)):
        expect(visit.hits(method).nth(int(rank) - 1).locator(".ss-title")).to_contain_text(title)
    live = visit.page.locator("#status[aria-live], #status [aria-live]")
    expect(live).to_have_count(1)
    expect(live).to_have_attribute("aria-live", "polite")
    expect(live).to_contain_text(found[0])


def test_where_nobody_judged_the_status_says_so_and_how_far_the_models_disagree(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("a chessboard on a long train ride")
    found = UNJUDGED.search(visit.status.inner_text())
    assert found is not None, visit.status.inner_text()
    moved = sum(a != b for a, b in zip(visit.documents("bi_encoder"), visit.documents("cross_encoder"), strict=True))
    assert (int(found[1]), int(found[2])) == (moved, 20)
    expect(visit.status.get_by_role("button", name="Judge it yourself")).to_be_visible()


def test_a_visitor_judges_a_query_and_the_verdict_follows(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("a parrot that solves crimes")
    expect(visit.page.locator(".ss-grade, .ss-ndcg, .ss-judge")).to_have_count(0)
    visit.status.get_by_role("button", name="Judge it yourself").click()
    first = visit.hits("cross_encoder").first
    expect(visit.hits("cross_encoder").locator(".ss-judge")).to_have_count(20)
    first.click()  # opens it
    right = first.get_by_role("group", name="Your grade").get_by_role("button", name="3")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")
    expect(visit.status).to_contain_text("By your 1 grade, reranking")
    expect(visit.column("cross_encoder").locator(".ss-ndcg b")).to_have_text("1.000")
    expect(first.locator(".ss-grade")).to_have_text("grade 3 · right")
    right.click()  # the same grade again takes it back
    expect(right).to_have_attribute("aria-pressed", "false")
    expect(visit.status).to_contain_text(UNJUDGED)
    visit.status.get_by_role("button", name="Stop judging").click()
    expect(visit.page.locator(".ss-grade, .ss-ndcg, .ss-judge")).to_have_count(0)


def test_more_candidates_than_documents_are_clamped_in_words(visit: Visit) -> None:
    visit.choose("toy")
    visit.search("A man is eating pasta.")
    expect(visit.page.locator(".ss-handle")).to_contain_text("cut: 9 candidates of 20 asked for: all there are")
    expect(visit.hits("cross_encoder")).to_have_count(9)
    expect(visit.beyond()).to_have_count(0)


def test_another_corpus_asks_its_prepared_query_or_what_the_visitor_typed(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("vietnam war")  # prepared for the movies
    visit.radio("berlin").check()
    visit.wait_for_result("How many people live in Berlin?", "berlin")
    expect(visit.query).to_have_value("How many people live in Berlin?")
    visit.search("where one can swim")
    visit.radio("toy").check()
    visit.wait_for_result("where one can swim", "toy")
    expect(visit.query).to_have_value("where one can swim")
    expect(visit.page.locator("#corpus label").filter(has=visit.page.locator(":checked"))).to_have_text("Toy sentences")


def test_the_chips_are_those_of_the_corpus_and_a_click_searches(visit: Visit) -> None:
    chips = visit.page.locator("#examples button")
    visit.choose("movies")
    visit.unfold("Try")
    expect(chips.first).to_have_text("vietnam war")
    expect(visit.page.locator("#about")).to_contain_text("Movies: 454 documents.")
    visit.choose("berlin")
    expect(chips.first).to_have_text("How many people live in Berlin?")
    expect(visit.page.locator("#about")).to_contain_text("Berlin passages: 10 documents.")
    visit.search("a wall")
    chips.first.click()
    visit.wait_for_result("How many people live in Berlin?", "berlin")
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
    visit.type_query("x" * 4001)
    expect(alert).to_have_text("query must have at most 4,000 characters, got 4,001; please shorten it.")
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
        expect(visit.column(method).locator(".ss-ndcg")).to_have_text(NDCG)
        figures = NDCG.search(visit.column(method).locator(".ss-ndcg").inner_text())
        assert figures is not None
        assert float(figures[1]) <= float(figures[2])
        expect(visit.hits(method).locator(".ss-grade")).to_have_count(20)
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


def test_the_first_ranking_goes_on_below_the_cut_where_no_reranker_looks(visit: Visit) -> None:
    visit.choose("movies")
    visit.search("a robot that learns to love")
    expect(visit.page.get_by_role("separator")).to_have_attribute("aria-valuenow", "20")
    assert [rank_of(hit) for hit in visit.hits("bi_encoder").all()] == list(range(1, 21))
    assert [rank_of(hit) for hit in visit.beyond().all()] == list(range(21, 31))
    expect(visit.column("cross_encoder").locator(".ss-hit")).to_have_count(20)
    below = {str(hit.get_attribute("data-doc")) for hit in visit.beyond().all()}
    assert below.isdisjoint(visit.documents("cross_encoder"))


def rank_of(hit: Locator) -> int:
    return int(hit.locator(".ss-rank").inner_text())
