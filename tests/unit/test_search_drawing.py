"""The pictures of a search: columns, the list for narrow screens, verdict, cost, bars and status lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Engine
from searchcore.evaluate import JudgedRanking, against, by_hand
from searchcore.types import (
    Expansion,
    Hit,
    PartialScores,
    PassTimes,
    Progress,
    QueryWords,
    Ranking,
    SearchResult,
    Share,
    WeightedTerm,
)
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, store_of
from tests.markup import (
    METHODS,
    PLAIN,
    Element,
    corpus_saying,
    methods_called,
    tree,
)
from ui.draw import status
from ui.runner import Outcome, View
from ui.search import columns as drawn
from ui.search.by_hand import worked
from ui.search.cost import cost, spent
from ui.search.differences import marked
from ui.search.hits import move
from ui.search.intro import two_ways
from ui.search.judged import grade_chip, judge_it, missed
from ui.search.merged import merged
from ui.search.section import described
from ui.search.shown import Columns
from ui.search.verdict import curve, verdict
from ui.search.wordings import Wordings
from ui.search.wordings import columns_of as columns_of_wordings
from ui.share import share
from ui.state import PageState
from ui.words import words_of

DEFAULT = ("bi_encoder", "cross_encoder")
WORDS = ("M", "d", "the", "X-Men", "東京", "cafe\u0301", "robots", "3.14", "don't", "\N{ROBOT FACE}")


def result_saying(text: str = PLAIN, keys: tuple[str, ...] = tuple(METHODS)) -> SearchResult:
    """bi-encoder order 0 1 2; the others 2 1 0, with moves."""
    corpus = corpus_saying(text)
    ids = [document.doc_id for document in corpus.documents]
    straight = (Hit(1, ids[0], 0.9), Hit(2, ids[1], 0.5), Hit(3, ids[2], -0.25))
    moved = (Hit(1, ids[2], 7.5, 3), Hit(2, ids[1], 0.0, 2), Hit(3, ids[0], -3.456, 1))
    rankings = {
        key: Ranking(
            key,
            f"model/{text}",
            moved if METHODS[key].reranks else straight,
            METHODS[key].reranks,
            milliseconds=1234.0,
            measured_milliseconds=2345.0,
            passes_needed=3,
            passes_run=3,
            unread={ids[0]: 2},
            words=QueryWords((f"query {text}",), ("the",)) if key == "bm25" else None,
        )
        for key in keys
    }
    return SearchResult(corpus, f"query {text}", 20, 3, rankings, PassTimes(0.5, 0.25, 1.0, 200))


def judged_saying(result: SearchResult) -> dict[str, JudgedRanking]:
    ids = [document.doc_id for document in result.corpus.documents]
    grades = {ids[0]: 3, ids[1]: 0, ids[5]: 2, ids[6]: 7}
    judged = JudgedRanking(grades, 0.75, 1.0, (ids[6], ids[0], ids[5]), (ids[6], ids[5]))
    return dict.fromkeys(result.rankings, judged)


def further_of(result: SearchResult) -> Ranking:
    """The bi-encoder's ranking of the whole corpus: three candidates and four documents below the cut."""
    first = result.rankings["bi_encoder"]
    more = [Hit(rank, d.doc_id, -0.3) for rank, d in enumerate(result.corpus.documents[3:], start=4)]
    return replace(first, hits=(*first.hits, *more))


def columns_of(outcome: Outcome = Outcome.DONE, text: str = PLAIN, partial: bool = False, **more: object) -> Columns:
    result = result_saying(text, ("bi_encoder",) if outcome is not Outcome.DONE else tuple(METHODS))
    pending = () if outcome is Outcome.DONE else ("cross_encoder",)
    ids = [document.doc_id for document in result.corpus.documents]
    scores = PartialScores("cross_encoder", {ids[0]: -2.0, ids[1]: 4.0}, 3) if partial else None
    made = Columns(result, {}, METHODS, further_of(result), pending, scores, outcome)
    return replace(made, **more)  # type: ignore[arg-type]


def column_of(page: Element, key: str) -> Element:
    (found,) = [each for each in page.all("ss-column") if each.attributes["data-method"] == key]
    return found


def docs(column: Element) -> list[str]:
    return [hit.attributes["data-doc"][:2] for hit in column.all("ss-hit")]


def test_every_hit_shows_its_rank_score_bar_and_document() -> None:
    page = tree(drawn.columns(columns_of(further=None)))
    for column in page.all("ss-column"):
        assert column.texts("ss-rank") == ["1", "2", "3"]
        assert len(column.all("ss-bar")) == len(column.all("ss-number")) == len(column.all("ss-hit")) == 3
        assert all(bar.attributes["aria-hidden"] == "true" for bar in column.all("ss-bar"))
    bi, cross = (column_of(page, key) for key in DEFAULT)
    assert bi.texts("ss-number") == ["0.9000", "0.5000", "−0.2500"]
    assert cross.texts("ss-number") == ["+7.50", "+0.00", "−3.46"]
    assert cross.texts("ss-title")[0] == f"title 2 {PLAIN} 1990"
    assert cross.all("ss-hit")[0].attributes["data-doc"] == f"d2 {PLAIN}"


def test_what_reorders_a_ranking_stands_beside_it() -> None:
    page = tree(drawn.columns(columns_of()))
    order = [column.attributes["data-method"] for column in page.all("ss-column")]
    assert order == ["bm25", "late_interaction", "bi_encoder", "cross_encoder", "fusion"]
    assert [column.attributes["data-reranks"] for column in page.all("ss-column")] == [
        "", "bi_encoder", "", "bi_encoder", "",
    ]  # fmt: skip


def test_a_reranked_hit_says_how_it_moved_and_another_says_nothing() -> None:
    page = tree(drawn.columns(columns_of()))
    cross = column_of(page, "cross_encoder")
    assert cross.texts("ss-move") == ["▲ up 2, was 3", "= stays at 2", "▼ down 2, was 1"]
    assert [each.classes[1] for each in cross.all("ss-move")] == ["ss-up", "ss-same", "ss-down"]
    assert not column_of(page, "bi_encoder").all("ss-move")


def test_a_row_of_a_fusion_says_what_its_score_comes_from() -> None:
    result = result_saying(keys=("fusion",))
    first = result.rankings["fusion"].hits[0].doc_id
    shares = {first: (Share("bm25", 2, 1 / 62, "1/(60+2)"), Share("bi_encoder", 7, 1 / 67, "1/(60+7)"))}
    result = replace(result, rankings={"fusion": replace(result.rankings["fusion"], shares=shares)})
    page = tree(drawn.columns(Columns(result, {}, METHODS)))
    said = "Keyword search: 1/(60+2) + Bi-encoder: 1/(60+7)"
    assert page.texts("ss-sum") == [said, said]  # in its column, and in the list for narrow screens
    parts = page.all("ss-sum")[0].all(tag="span")
    titles = [part.attributes["title"] for part in parts if "title" in part.attributes]
    assert titles == ["Keyword search has it at 2", "Bi-encoder has it at 7"]


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 200), st.integers(1, 200))
def test_the_words_of_a_move_add_up(rank: int, before: int) -> None:
    sign, said, kind = move(Hit(rank, "d", 0.0, before))
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    if rank == before:
        assert (sign, kind, numbers) == ("=", "same", [rank])
    else:
        step = 1 if kind == "up" else -1
        assert numbers[1] == before and before - step * numbers[0] == rank
        assert sign == {"up": "▲", "down": "▼"}[kind]


def test_scores_are_shown_as_probabilities_where_a_method_has_them() -> None:
    page = tree(drawn.columns(columns_of(probability=True)))
    cross, bi = column_of(page, "cross_encoder"), column_of(page, "bi_encoder")
    assert cross.texts("ss-number") == ["0.9994", "0.5000", "0.0306"]
    assert "probability" in cross.all("ss-unit")[0].text
    assert bi.texts("ss-number")[0] == "0.9000"
    assert not cross.all("ss-diverging")


def test_the_cut_stands_behind_the_last_candidate_and_what_is_below_it_is_marked() -> None:
    page = tree(drawn.columns(columns_of()))
    (items,) = column_of(page, "bi_encoder").all(tag="ol")
    kinds = [item.classes for item in items.content if isinstance(item, Element)]
    assert [("ss-cut" in kind, "ss-beyond" in kind) for kind in kinds] == [
        *[(False, False)] * 3,
        (True, False),
        *[(False, True)] * 4,
    ]
    handle = page.one("ss-handle")
    wanted = {"role": "separator", "aria-valuenow": "3", "aria-valuemin": "1", "aria-valuemax": "7", "tabindex": "0"}
    assert wanted.items() <= handle.attributes.items()
    assert not tree(drawn.columns(columns_of(further=None))).all("ss-cut")


def test_a_column_says_its_passes_and_only_one_that_reorders_can_be_played_again() -> None:
    page = tree(drawn.columns(columns_of()))
    assert {column.one("ss-time").text for column in page.all("ss-column")} == {"3 passes"}
    assert [len(column.all("ss-play")) for column in page.all("ss-column")] == [0, 1, 0, 1, 0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (QueryWords(("chess",)), "No document shares a word with this query."),
        (QueryWords(("chess",), ("the",)), "No document has a word that was searched for."),
        (QueryWords(()), "The query has no word to search for."),
    ],
)
def test_a_column_without_hits_says_why(words: QueryWords, said: str) -> None:
    result = result_saying(keys=("bm25",))
    result = replace(result, rankings={"bm25": replace(result.rankings["bm25"], hits=(), words=words)})
    page = tree(drawn.columns(Columns(result, {}, METHODS)))
    assert page.texts("ss-empty") == [said]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=1, max_size=3),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
)
def test_no_document_shares_a_word_is_said_only_where_that_is_so(documents: list[list[str]], asked: list[str]) -> None:
    corpus = corpus_of(*(" ".join(document) for document in documents))
    engine = Engine({"small": corpus}, store_of(FakeEncoder(), FakeScorer()))
    result = engine.search("small", " ".join(asked), methods=["bm25"])
    engine.close()
    page = tree(drawn.columns(Columns(result, {}, METHODS)))
    shared = {word for document in documents for word in document} & set(asked)
    assert ("No document shares a word with this query." in page.texts("ss-empty")) <= (not shared)
    assert bool(result.rankings["bm25"].hits) or not shared - {"the"}


def test_keyword_search_says_what_it_searched_for_and_what_it_left_out() -> None:
    result = result_saying(keys=("bm25", "bi_encoder"))
    words = QueryWords(("vitamin", "d", "<b>", "a" * 50, *map(str, range(20))), ("the",))
    result = replace(result, rankings=result.rankings | {"bm25": replace(result.rankings["bm25"], words=words)})
    page = tree(drawn.columns(Columns(result, {}, METHODS)))
    listed = ", ".join(["vitamin", "d", "<b>", "a" * 39 + "…", *map(str, range(16))])
    said = f"searched for: {listed} and 4 more; left out: the"
    assert column_of(page, "bm25").texts("ss-searched") == [said]
    assert column_of(page, "bi_encoder").texts("ss-searched") == []
    assert page.one("ss-merged").texts("ss-searched") == [said]


def expanded_page(method: str, expansion: Expansion) -> Element:
    result = result_saying(keys=("bm25", "bi_encoder"))
    rankings = result.rankings | {method: replace(result.rankings[method], expansion=expansion)}
    return tree(drawn.columns(Columns(replace(result, rankings=rankings), {}, METHODS)))


def test_an_expanded_query_says_which_words_were_added_and_how_much_each_counts() -> None:
    own = (WeightedTerm("war", 0.375, False), WeightedTerm("<b>", 0.25, False))
    added = [WeightedTerm("a" * 50, 0.125, True), *(WeightedTerm(f"w{n}", 0.01, True) for n in range(25))]
    page = expanded_page("bm25", Expansion(("d0", "d1"), (*own, *added)))
    listed = ", ".join(["a" * 39 + "… .125", *(f"w{n} .010" for n in range(19))])
    said = f"RM3, from the first 2: war .375, <b> .250; added: {listed} and 6 more"
    assert column_of(page, "bm25").texts("ss-expanded") == [said]
    assert column_of(page, "bm25").one("ss-expanded").one("ss-term").text == "RM3"
    assert column_of(page, "bi_encoder").texts("ss-expanded") == []
    assert page.one("ss-merged").texts("ss-expanded") == [said]


def test_where_all_that_would_be_added_is_asked_already_it_says_so() -> None:
    page = expanded_page("bm25", Expansion(("d0",), (WeightedTerm("war", 1.0, False),)))
    assert column_of(page, "bm25").texts("ss-expanded") == ["RM3, from the first 1: war 1.000; added: no other word"]


def test_a_moved_vector_says_towards_what_and_how_far_and_what_was_not_expanded_says_why() -> None:
    result = result_saying()
    first, second = (hit.doc_id for hit in result.rankings["bi_encoder"].hits[:2])
    names = [result.corpus.document(doc_id).title for doc_id in (first, second)]
    page = expanded_page("bi_encoder", Expansion((first, second), cosine=0.94541))
    said = f"Rocchio moved the query towards “{names[0]}”, “{names[1]}”: cosine of the old and the new query 0.9454"
    assert column_of(page, "bi_encoder").texts("ss-expanded") == [said]
    assert column_of(page, "bi_encoder").one("ss-expanded").one("ss-term").text == "Rocchio"
    ranking = replace(result.rankings["bi_encoder"], expansion=Expansion((first,), cosine=0.9))
    costs = [words_of(METHODS["bi_encoder"]).cost(each, 7) for each in (ranking, result.rankings["bi_encoder"])]
    assert ["as many for the expanded query" in said for said in costs] == [True, False]
    why = "Nothing was added to the query: it found no document."
    assert column_of(expanded_page("bm25", Expansion(why_not=why)), "bm25").texts("ss-expanded") == [why]


def test_a_document_that_is_named_stands_out_in_each_column_and_in_the_list() -> None:
    result = result_saying()
    named = result.rankings["bi_encoder"].hits[1].doc_id
    page = tree(drawn.columns(Columns(result, {}, METHODS, mark=named)))
    assert {row.attributes["data-doc"] for row in page.all("ss-noted")} == {named}
    assert len(page.one("ss-merged").all("ss-noted")) == 1
    rows = sum(named == hit.doc_id for ranking in result.rankings.values() for hit in ranking.hits)
    assert len(page.all("ss-noted")) == rows + 1


def test_more_than_two_columns_are_many() -> None:
    assert "ss-many" in tree(drawn.columns(columns_of())).one("ss-columns").classes
    assert "ss-many" not in tree(drawn.columns(columns_of(Outcome.WORKING))).one("ss-columns").classes


def test_a_pending_column_has_every_candidate_those_with_a_score_first() -> None:
    column = column_of(tree(drawn.columns(columns_of(Outcome.WORKING, partial=True))), "cross_encoder")
    assert column.attributes["aria-label"] == "Cross-encoder, still working"
    assert docs(column) == ["d1", "d0", "d2"]
    assert column.texts("ss-number") == ["+4.00", "−2.00"]
    assert column.texts("ss-waits") == ["waits"]
    assert column.texts("ss-rank") == ["1", "2", "3"]
    assert column.one("ss-time").text == "still working: 2 of 3 pairs"


def test_before_the_first_score_a_pending_column_keeps_the_order_of_the_ranking_before() -> None:
    column = column_of(tree(drawn.columns(columns_of(Outcome.WORKING))), "cross_encoder")
    assert docs(column) == ["d0", "d1", "d2"] and len(column.all("ss-waits")) == 3
    assert not column.all("ss-move")


@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize("outcome", [Outcome.STOPPED, Outcome.REFUSED, Outcome.FAILED])
def test_a_column_that_never_came_is_no_longer_pending_and_says_why(outcome: Outcome, partial: bool) -> None:
    page = tree(drawn.columns(columns_of(outcome, partial=partial)))
    assert not page.all("ss-ghost") and not page.all("ss-pending")
    column = column_of(page, "cross_encoder")
    assert column.attributes["aria-label"] == f"Cross-encoder, {outcome.value}"
    assert len(column.all("ss-hit")) == (2 if partial else 0)
    assert column.one("ss-time").text == (f"{outcome.value}: 2 of 3 pairs" if partial else outcome.value)
    if not partial:
        assert outcome.value in column.one("ss-empty").text


def test_the_partial_scores_of_another_method_are_not_shown() -> None:
    made = columns_of(Outcome.WORKING, partial=True)
    assert made.partial is not None
    other = replace(made, partial=replace(made.partial, method="late_interaction"))
    assert not column_of(tree(drawn.columns(other)), "cross_encoder").all("ss-number")


def test_a_skeleton_has_a_column_for_each_method_and_nothing_for_a_screen_reader() -> None:
    page = tree(drawn.skeleton([METHODS[key] for key in DEFAULT])).one("ss-skeleton")
    assert page.attributes["aria-hidden"] == "true"
    assert [len(column.all("ss-ghost")) for column in page.all("ss-column")] == [drawn.GHOSTS] * 2


def test_the_group_names_the_query_and_the_corpus() -> None:
    group = tree(drawn.columns(columns_of())).one("ss-columns")
    assert group.attributes["aria-label"] == f"“query {PLAIN}” in “corpus {PLAIN}”"
    assert (group.attributes["data-query"], group.attributes["data-corpus"]) == (f"query {PLAIN}", f"name {PLAIN}")


def test_judgements_are_shown_at_each_hit_above_each_column_and_below_all() -> None:
    result = result_saying()
    judged = judged_saying(result)
    page = tree(drawn.columns(Columns(result, judged, METHODS)))
    bi = column_of(page, "bi_encoder")
    assert bi.texts("ss-grade") == ["grade 3 · right", "grade 0 · not relevant", "not judged"]
    assert page.texts("ss-ndcg") == ["nDCG@10 .750 of at most 1.000"] * len(METHODS)
    below = tree(missed(result, judged)).one("ss-missed")
    assert "2 of 3 relevant documents are not among the 3 candidates" in below.text
    assert below.texts(tag="li") == [f"text 6 {PLAIN} grade 7", f"title 5 {PLAIN} grade 2 · largely"]
    assert not tree(drawn.columns(columns_of())).all("ss-grade")
    assert grade_chip(None, "d") == ""


def test_a_search_that_missed_nothing_says_so() -> None:
    result = result_saying()
    judged = {key: replace(each, missed=()) for key, each in judged_saying(result).items()}
    assert tree(missed(result, judged)).text == "Judged query: all 3 relevant documents are among the candidates."


def test_whoever_judges_has_a_button_for_each_grade_of_each_document() -> None:
    page = tree(drawn.columns(columns_of(judging=True, further=None)))
    for hit in page.all("ss-hit"):
        assert [button.attributes["data-grade"] for button in hit.one("ss-judge").all(tag="button")] == list("0123")
    assert not tree(drawn.columns(columns_of())).all("ss-judge")
    assert [
        tree(judge_it(judging=on, own=False)).one(tag="button").attributes["data-judge"] for on in (True, False)
    ] == ["0", "1"]


# ---- the list for narrow screens ----


def test_the_list_has_each_document_once_with_both_places_and_scores() -> None:
    page = tree(merged(Columns(result_saying(keys=DEFAULT), {}, METHODS)))
    assert [item.attributes["data-ranks"] for item in page.all("ss-both")] == [
        "bi_encoder:3;cross_encoder:1",
        "bi_encoder:2;cross_encoder:2",
        "bi_encoder:1;cross_encoder:3",
    ]
    assert page.texts("ss-slope")[0].startswith("3 → 1 ▲") and "up 2, was 3" in page.texts("ss-slope")[0]
    assert page.all("ss-both")[0].texts("ss-number") == ["−0.2500", "+7.50"]
    pressed = {button.attributes["data-sort"]: button.attributes["aria-pressed"] for button in page.all("ss-sort")}
    assert pressed == {"bi_encoder": "false", "cross_encoder": "true"}


def test_the_list_of_a_single_ranking_shows_its_places_alone() -> None:
    page = tree(merged(columns_of(Outcome.WORKING, partial=True)))
    assert page.texts("ss-slope") == ["1", "2", "3"]
    assert "Cross-encoder: 2 of 3 pairs" in page.text


# ---- the verdict ----


def judged_by(result: SearchResult, grades: dict[int, int]) -> dict[str, JudgedRanking]:
    by_id = {result.corpus.documents[place].doc_id: grade for place, grade in grades.items()}
    return {key: against(result.corpus, by_id, ranking) for key, ranking in result.rankings.items()}


@pytest.mark.parametrize(
    ("grades", "said"),
    [
        ({2: 3}, "Reranking helped: nDCG@10 .500 → 1.000. “title 2 plain words” rose from 3 to 1."),
        ({0: 3, 2: 1}, "Reranking hurt: nDCG@10 .964 → .689. “title 0 plain words” fell from 1 to 3."),
        ({1: 3}, "Reranking changed nothing: nDCG@10 .631 → .631 (less than .001 apart)."),
    ],
)
def test_the_verdict_of_a_judged_query_says_whether_reranking_helped_and_what_decided_it(
    grades: dict[int, int], said: str
) -> None:
    result = result_saying(keys=DEFAULT)
    assert verdict(result, judged_by(result, grades), METHODS) == said


def test_the_verdict_of_a_query_that_nobody_judged_says_how_far_the_models_disagree() -> None:
    result = result_saying(keys=DEFAULT)
    assert verdict(result, {}, METHODS) == "Nobody has judged this query: the models disagree on 2 of 3 places."
    cross = result.rankings["cross_encoder"]
    same = tuple(replace(hit, rank_before=hit.rank) for hit in cross.hits)
    agreeing = replace(result, rankings={**result.rankings, "cross_encoder": replace(cross, hits=same)})
    assert verdict(agreeing, {}, METHODS) == "Nobody has judged this query: the models agree on all 3 places."


def test_a_verdict_by_the_visitors_own_grades_says_so() -> None:
    result = result_saying(keys=DEFAULT)
    said = verdict(result, judged_by(result, {2: 3}), METHODS, own=True)
    assert said.startswith("By your 1 grade, reranking helped: nDCG@10 .500 → 1.000.")


def test_without_a_reranking_the_verdict_compares_nothing() -> None:
    result = result_saying(keys=("bm25", "bi_encoder"))
    assert verdict(result, {}, METHODS).startswith("Nobody has judged this query")
    judged = verdict(result, judged_saying(result), METHODS)
    assert judged == "nDCG@10: Keyword search .750, Bi-encoder .750."


def test_the_curve_has_a_point_for_each_depth_and_marks_the_cut() -> None:
    page = tree(curve([0.2, 0.5, 0.4], 2))
    assert page.one("ss-depth").attributes["data-values"] == "0.2000 0.5000 0.4000"
    assert page.one(tag="svg").attributes["aria-label"] == "nDCG@10 by candidates, 1 to 3; at the cut of 2: .500"
    assert "best .500 at 2" in page.one(tag="figcaption").text
    assert curve([0.4], 1) == curve([], 5) == ""


# ---- what it cost, and the first picture ----


def test_each_ranking_has_a_cost_and_so_has_the_whole_corpus_with_its_range() -> None:
    page = tree(cost(result_saying(), METHODS))
    assert page.texts(tag="dt") == [
        *(f"{method.title} · {PLAIN}" for method in METHODS.values()),
        "The cross-encoder on all 7 documents",
    ]
    assert page.texts(tag="b") == ["3 passes, 2.3 s"] * len(METHODS) + ["7 passes, about 3.5 s"]
    details = dict(zip([*METHODS, "all"], page.one(tag="dl").texts(tag="span"), strict=True))
    assert details["all"].startswith("1.8 s to 7.0 s at the pace of the middle nine in ten of the last 200 passes")
    assert details["all"].endswith("(median 500 ms each)")


@pytest.mark.parametrize(
    ("needed", "run", "said"),
    [
        (20, 0, "20 passes, 508 ms when first run; remembered"),
        (20, 13, "20 passes, 508 ms when first run; 7 of them remembered"),
        (20, 20, "20 passes, 508 ms"),
        (1, 1, "1 pass, 508 ms"),
        (0, 0, "0 passes, 508 ms"),
    ],
)
def test_what_is_remembered_keeps_its_measured_time_and_says_so(needed: int, run: int, said: str) -> None:
    made = Ranking("m", "m", (), milliseconds=0.2, passes_needed=needed, passes_run=run, measured_milliseconds=508.4)
    assert spent(made) == said


def test_without_a_measured_pass_nothing_is_said_of_the_whole_corpus() -> None:
    for result in (result_saying(keys=("bm25",)), replace(result_saying(), pass_times=None)):
        assert "The cross-encoder on all" not in tree(cost(result, METHODS)).text


def test_the_first_picture_shows_both_ways_of_reading() -> None:
    assert tree(two_ways()).texts(tag="h2") == ["Bi-encoder", "Cross-encoder"]


# ---- the link ----


def test_what_was_left_out_of_a_corpus_is_folded_below_its_description() -> None:
    corpus = corpus_saying(PLAIN)
    assert tree(described(corpus)).all(tag="details") == []
    page = tree(described(replace(corpus, notes=("one note.", "<b>another</b> note."))))
    assert page.texts(tag="p") == tree(described(corpus)).texts(tag="p")
    assert page.texts(tag="summary") == ["2 notes on how it was read"]
    assert page.texts(tag="li") == ["one note.", "<b>another</b> note."]


def test_the_link_of_a_page_that_others_can_open_has_a_qr_code_and_no_excuse() -> None:
    page = tree(share("http://10.0.0.7:7860", "corpus=toy&q=a"))
    assert page.one(tag="input").attributes["value"] == "http://10.0.0.7:7860/?corpus=toy&q=a"
    assert page.all(tag="svg") and "no QR code" not in page.text


def test_the_link_of_a_page_on_this_machine_alone_has_no_qr_code_and_says_why() -> None:
    page = tree(share("", "corpus=toy&q=a"))
    assert page.one(tag="input").attributes["data-address"] == "corpus=toy&q=a"
    assert not page.all(tag="svg") and "no address is known at which phones can reach this page" in page.text


# ---- nobody's text becomes markup ----


def wordings_saying(text: str, count: int = 2) -> Columns:
    """Two wordings, of which the last few may be missing; each has a document of its own."""
    first = result_saying(text, ("cross_encoder",))
    other = tuple(Hit(rank, f"d{i} {text}", 1.0 / rank, 1) for rank, i in enumerate((1, 2, 6), start=1))
    hits = replace(first.rankings["cross_encoder"], hits=other)
    second = replace(first, query=f"other {text}", rankings={"cross_encoder": hits})
    state = PageState(query=first.query, against=second.query)
    outcome = Outcome.WORKING if count == 1 else Outcome.DONE
    found = Wordings((first, second)[:count], {})
    return columns_of_wordings(View(state, outcome), found, METHODS["cross_encoder"])


def hand_saying(text: str) -> str:
    result = result_saying(text)
    ids = [document.doc_id for document in result.corpus.documents]
    made = by_hand(result.corpus, {ids[1]: 2}, ids)
    assert made is not None
    return worked(result.corpus, dict.fromkeys(METHODS, made), methods_called(text), own=True, judging=True)


DRAWINGS: dict[str, Callable[[str], str]] = {
    "columns": lambda text: drawn.columns(
        replace(columns_of(text=text), judged=judged_saying(result_saying(text)), methods=methods_called(text))
    ),
    "judging": lambda text: drawn.columns(replace(columns_of(text=text), judging=True)),
    "pending": lambda text: drawn.columns(
        replace(columns_of(Outcome.WORKING, text, partial=True), methods=methods_called(text))
    ),
    "failed": lambda text: drawn.columns(replace(columns_of(Outcome.FAILED, text), methods=methods_called(text))),
    "wordings": lambda text: drawn.columns(wordings_saying(text)),
    "second wording pending": lambda text: drawn.columns(wordings_saying(text, 1)),
    "differing words": lambda text: marked(f"one {text}", "one other"),
    "missed": lambda text: missed(result_saying(text), judged_saying(result_saying(text))),
    "cost": lambda text: cost(result_saying(text), methods_called(text)),
    "described": lambda text: described(replace(corpus_saying(text), notes=(text,))),
    "by hand": hand_saying,
    "share": lambda text: share("", text),
    "progress": lambda text: status.working(Progress("loading", text, 1, 2)),
    "activity": lambda text: status.working(Progress(text, text, 1, 2)),
    "info": status.info,
    "error": status.error,
}


def test_a_grade_of_nought_is_seen_though_nothing_can_be_measured_by_it() -> None:
    first = columns_of().result.corpus.documents[0].doc_id
    page = tree(drawn.columns(columns_of(judging=True, given={first: 0})))
    buttons = [button.attributes for button in page.all(tag="button") if "data-grade" in button.attributes]
    assert {button["data-grade"] for button in buttons if button["aria-pressed"] == "true"} == {"0"}
    assert not page.all("ss-ndcg")
