"""One ranking of a judged query: what it scores, could score and missed, and what reranking changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from math import log2
from random import Random

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Corpus, Document, Hit, Query, Ranking
from searchcore.evaluate import (
    MEASURES,
    NDCG,
    Grades,
    against,
    decisive,
    description,
    grades_of,
    judged_ranking,
    ndcg_by_depth,
)
from tests.conftest import MakeEngine
from tests.unit.judged import CosineEncoder, judged_corpus, logit_scorer

CORPUS = judged_corpus(
    ["0.1 0 x"] * 6,
    {"q": {"f": 1, "e": 3, "d": 1, "c": 0, "b": 2}, "zeros": {"a": 0}, "empty": {}},
    queries={"q": "Red apple", "zeros": "pear", "empty": "fig"},
)


def ranking(order: str) -> Ranking:
    return Ranking("bi_encoder", "model", tuple(Hit(i, doc_id, 1 / i) for i, doc_id in enumerate(order, start=1)))


def test_a_ranking_is_held_against_the_ideal_and_the_best_of_its_own_documents() -> None:
    found = judged_ranking(CORPUS, "red apple ", ranking("cbd"))
    assert found is not None
    ideal = 3 + 2 / log2(3) + 1 / log2(4) + 1 / log2(5)
    assert found.ndcg == pytest.approx((2 / log2(3) + 1 / log2(4)) / ideal)
    assert found.best_ndcg == pytest.approx((2 + 1 / log2(3)) / ideal)
    assert found.grades == {"f": 1, "e": 3, "d": 1, "c": 0, "b": 2}


def test_a_query_that_another_split_alone_judges_is_held_against_that_split() -> None:
    corpus = replace(
        CORPUS, queries=(*CORPUS.queries, Query("later", "plum")), other_splits={"dev": {"later": {"a": 2}}}
    )
    assert grades_of(corpus, "plum") == {"a": 2}
    assert grades_of(corpus, "red apple") == CORPUS.qrels["q"]


def test_missed_are_the_relevant_documents_that_are_not_there_best_first_ties_in_corpus_order() -> None:
    found = judged_ranking(CORPUS, "Red apple", ranking("cb"))
    assert found is not None
    assert found.ideal == ("e", "b", "d", "f")
    assert found.missed == ("e", "d", "f")


def test_a_perfect_ranking_misses_nothing_and_cannot_be_better() -> None:
    found = judged_ranking(CORPUS, "Red apple", ranking("ebdf"))
    assert found is not None
    assert (found.ndcg, found.best_ndcg, found.missed) == (pytest.approx(1.0), pytest.approx(1.0), ())


def test_an_empty_ranking_misses_everything() -> None:
    found = judged_ranking(CORPUS, "Red apple", ranking(""))
    assert found is not None
    assert (found.ndcg, found.best_ndcg) == (0.0, 0.0)
    assert found.missed == found.ideal


@pytest.mark.parametrize("text", ["green apple", "pear", "fig", ""])
def test_a_query_without_relevant_documents_has_nothing_to_be_held_against(text: str) -> None:
    assert judged_ranking(CORPUS, text, ranking("ab")) is None
    assert grades_of(CORPUS, text) is None


def test_the_grades_of_a_query_are_found_by_its_words_whatever_the_case_and_the_space_around() -> None:
    for text in ("Red apple", "red APPLE", " Red apple\n"):
        grades = grades_of(CORPUS, text)
        assert grades == CORPUS.qrels["q"]
        assert against(CORPUS, grades, ranking("cbd")) == judged_ranking(CORPUS, text, ranking("cbd"))


def test_any_grades_will_do_for_a_query_of_ones_own() -> None:
    found = against(CORPUS, {"a": 1, "f": 3}, ranking("abc"))
    ideal = 3 + 1 / log2(3)
    assert [found.ndcg, found.best_ndcg] == pytest.approx([1 / ideal, 1 / ideal])
    assert (found.ideal, found.missed) == (("f", "a"), ("f",))


# What a measure is.


def test_a_measure_is_described_in_the_words_of_the_library() -> None:
    said = description("nDCG@10")
    assert said == f"{ir_measures.nDCG.PRETTY_NAME}: {ir_measures.nDCG.SHORT_DESC} Only the first 10 places count."
    assert "discounted" in said
    for measure in [*MEASURES, NDCG]:
        known = ir_measures.parse_measure(measure.name)
        assert known.PRETTY_NAME in description(measure.name)
        assert known.SHORT_DESC in description(measure.name)
        assert f"first {known['cutoff']} places" in description(measure.name)


def test_a_measure_without_a_cutoff_is_described_without_one() -> None:
    assert description("AP") == f"{ir_measures.AP.PRETTY_NAME}: {ir_measures.AP.SHORT_DESC}"


# The move that decided.


def measured_directly(grades: Grades, order: Sequence[str]) -> float:
    """nDCG@10 of one order, by ir_measures alone."""
    run = {"q": {doc_id: -float(rank) for rank, doc_id in enumerate(order)}}
    return float(ir_measures.calc_aggregate([ir_measures.nDCG @ 10], {"q": dict(grades)}, run)[ir_measures.nDCG @ 10])


def share_directly(grades: Grades, order: Sequence[str], doc_id: str) -> float:
    """What one document gives to nDCG@10: the measure of the order with every other document out of sight."""
    alone = [doc if doc == doc_id else f"nothing {place}" for place, doc in enumerate(order)]
    return measured_directly(grades, alone)


def reranked(before: Sequence[str], after: Sequence[str]) -> Ranking:
    hits = (Hit(rank, doc_id, 1 / rank, before.index(doc_id) + 1) for rank, doc_id in enumerate(after, start=1))
    return Ranking("cross_encoder", "model", tuple(hits), reranks="bi_encoder")


def test_the_decisive_hit_is_the_one_whose_move_did_most_for_the_change() -> None:
    # e comes from rank 4 to 1 with grade 3, and b with grade 2 goes down by one.
    made = decisive({"e": 3, "b": 2, "a": 0}, reranked("bace", "ebac"))
    assert made is not None
    assert (made.doc_id, made.rank, made.rank_before) == ("e", 1, 4)


def test_where_reranking_did_harm_the_decisive_hit_is_the_one_that_fell() -> None:
    made = decisive({"e": 3, "b": 2}, reranked("ebac", "bace"))
    assert made is not None
    assert (made.doc_id, made.rank, made.rank_before) == ("e", 4, 1)


def test_a_document_that_leaves_the_first_ten_loses_all_its_share() -> None:
    before = "abcdefghijk"
    made = decisive({"a": 1, "k": 0}, reranked(before, before[1:] + "a"))
    assert made is not None
    assert (made.doc_id, made.rank) == ("a", 11)
    assert decisive({"j": 0, "k": 3}, reranked("abcdefghijklm", "abcdefghijmlk")) is None  # beyond them all along


@pytest.mark.parametrize("grade", [1, 2, 3])
def test_documents_of_one_grade_that_change_places_decide_nothing(grade: int) -> None:
    for count in range(1, 6):
        for after in permutations("abcde"[:count]):
            made = reranked("abcde"[:count], after)
            assert decisive(dict.fromkeys("abcde", grade), made) is None, after
            assert decisive({}, made) is None


def test_nothing_decides_where_nothing_moved_or_nothing_is_there() -> None:
    assert decisive({"a": 3, "b": 1}, reranked("abc", "abc")) is None
    assert decisive({"a": 3}, reranked("", "")) is None
    assert decisive({"a": 3}, ranking("cba")) is None  # a ranking that reranks nothing


names = [f"d{i:02}" for i in range(14)]
orders = st.integers(1, len(names)).flatmap(lambda n: st.permutations(names[:n]))


@settings(max_examples=120, deadline=None)
@given(orders, st.randoms(use_true_random=False), st.dictionaries(st.sampled_from(names), st.integers(0, 3)))
def test_the_decisive_hit_agrees_with_ir_measures(before: list[str], chance: Random, some: dict[str, int]) -> None:
    grades = {**some, names[0]: 2}
    after = chance.sample(before, len(before))
    change = measured_directly(grades, after) - measured_directly(grades, before)
    shares = {doc: share_directly(grades, after, doc) - share_directly(grades, before, doc) for doc in before}
    assert sum(shares.values()) == pytest.approx(change, abs=1e-9)
    made = decisive(grades, reranked(before, after))
    if made is None:
        assert change == pytest.approx(0, abs=1e-9)
        return
    sign = 1 if change > 0 else -1
    assert sign * change > 1e-9
    assert sign * shares[made.doc_id] == pytest.approx(max(sign * share for share in shares.values()), abs=1e-9)
    assert sign * shares[made.doc_id] > 0


# What each number of candidates would have given.


@settings(max_examples=60, deadline=None)
@given(
    orders,
    st.lists(st.integers(-3, 3), min_size=len(names), max_size=len(names)),
    st.integers(0, len(names)),
    st.dictionaries(st.sampled_from(names), st.integers(0, 3)),
)
def test_each_depth_is_measured_as_ir_measures_measures_its_order(
    first: list[str], logits: list[int], known: int, some: dict[str, int]
) -> None:
    grades = {**some, names[3]: 1}
    corpus = Corpus("c", tuple(Document(name, name) for name in names))
    scores = {doc: float(logit) for doc, logit in list(zip(first, logits, strict=False))[:known]}
    found = ndcg_by_depth(corpus, grades, first, scores)
    assert len(found) == min(known, len(first))
    for depth, ndcg in enumerate(found, start=1):
        # Highest first, ties in corpus order: the names are in that order.
        order = [name for _, name in sorted((-scores[name], name) for name in first[:depth])]
        assert ndcg == pytest.approx(measured_directly(grades, order), abs=1e-9)


def test_depths_end_where_a_score_is_not_known_even_if_later_ones_are() -> None:
    grades = {"a": 1, "c": 1}
    known = {"a": 1.0, "b": 2.0, "d": 3.0, "f": 4.0}
    assert len(ndcg_by_depth(CORPUS, grades, "abcdef", known)) == 2
    assert ndcg_by_depth(CORPUS, grades, "cab", known) == []
    assert ndcg_by_depth(CORPUS, grades, "", known) == []


@pytest.mark.parametrize("seed", range(4))
def test_each_depth_is_what_a_search_with_as_many_candidates_scores(make_engine: MakeEngine, seed: int) -> None:
    chance = Random(seed)
    texts = [f"{chance.randrange(1, 99) / 100} {chance.randrange(-3, 4)} apple" for _ in range(15)]
    grades = {chr(ord("a") + i): chance.randrange(4) for i in range(15)} | {"a": 1}
    corpus = judged_corpus(texts, {"q": grades})
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    whole = engine.search(corpus, "apple", 15)
    first = [hit.doc_id for hit in whole.rankings["bi_encoder"].hits]
    scores = engine.known_scores(engine.checked(corpus, "apple", 15))
    found = ndcg_by_depth(corpus, grades, first, scores)
    assert len(found) == 15
    for depth, ndcg in enumerate(found, start=1):
        fewer = engine.search(corpus, "apple", depth).rankings["cross_encoder"]
        judged = judged_ranking(corpus, "apple", fewer)
        assert judged is not None
        assert ndcg == judged.ndcg
