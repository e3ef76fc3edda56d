"""A query whose id is a document's id, as in ArguAna and Quora: no ranking of it has that document, as in BEIR."""

from __future__ import annotations

from dataclasses import replace
from math import log2

import pytest

from searchcore import Corpus, Query
from searchcore.evaluate import candidate_curve, evaluate, grades_of, judged_ranking
from searchcore.types import SearchResult
from tests.conftest import MakeEngine
from tests.unit.judged import TEXTS, CosineEncoder, evaluated, judged_corpus, logit_scorer, orders
from ui.evaluate import report
from ui.search.judged import missed
from ui.search.verdict import own_document

ALL = ("bm25", "bi_encoder", "cross_encoder", "late_interaction")
OWN = {"a": {"a": 3, "b": 1, "d": 2}}


def corpus_with_own(texts: list[str] = TEXTS) -> Corpus:
    """The query "a" has the words "Apple pear", and so has the id of the first document."""
    return judged_corpus(texts, OWN, queries={"a": "Apple pear"})


def search(make_engine: MakeEngine, corpus: Corpus, query: str, candidates: int = 20) -> SearchResult:
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    return engine.search(corpus, query, candidates, ALL)


def order(result: SearchResult) -> dict[str, str]:
    return {key: "".join(hit.doc_id for hit in ranking.hits) for key, ranking in result.rankings.items()}


def test_it_is_in_no_ranking_of_a_search_and_costs_no_candidate(make_engine: MakeEngine) -> None:
    result = search(make_engine, corpus_with_own(), "Apple pear", 3)
    found = order(result)
    assert (found["bi_encoder"], found["cross_encoder"]) == ("bcd", "dcb")
    assert sorted(found["late_interaction"]) == ["b", "c", "d"]
    assert sorted(found["bm25"]) == ["b", "c", "d"]
    assert result.excluded == "a"
    assert (result.candidates, result.candidates_used) == (3, 3)
    assert [hit.rank for hit in result.rankings["bi_encoder"].hits] == [1, 2, 3]


def test_candidates_are_clamped_to_the_others(make_engine: MakeEngine) -> None:
    result = search(make_engine, corpus_with_own(), " apple PEAR ", 20)
    assert (result.candidates_used, order(result)["bi_encoder"]) == (4, "bcde")


def test_words_that_are_no_prepared_query_rank_it(make_engine: MakeEngine) -> None:
    result = search(make_engine, corpus_with_own(), "apple", 2)
    assert (result.excluded, order(result)["bi_encoder"]) == (None, "ab")


def test_a_batch_leaves_out_the_own_document_of_each_query(make_engine: MakeEngine) -> None:
    corpus = replace(corpus_with_own(), queries=(Query("a", "first"), Query("c", "second"), Query("q", "third")))
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    results = engine.search_many(corpus, ["first", "second", "third"], 2)
    assert [order(result)["bi_encoder"] for result in results] == ["bc", "ab", "ab"]
    assert [result.excluded for result in results] == ["a", "c", None]


def test_a_corpus_of_nothing_else_gives_empty_rankings(make_engine: MakeEngine) -> None:
    result = search(make_engine, judged_corpus(["0.9 1 apple"], {"a": {"a": 1}}), "apple")
    assert (result.candidates_used, result.excluded, order(result)) == (0, "a", dict.fromkeys(result.rankings, ""))


def test_an_evaluation_leaves_it_out_and_still_counts_its_judgement_towards_the_best(make_engine: MakeEngine) -> None:
    found = evaluated(make_engine, corpus_with_own(), candidates=3)
    assert (orders(found)["bi_encoder"], orders(found)["cross_encoder"]) == ("bcd", "dcb")
    ideal = 3 / log2(2) + 2 / log2(3) + 1 / log2(4)
    measures = found.queries[0].measures
    assert measures["bi_encoder"]["nDCG@10"] == pytest.approx((1 / log2(2) + 2 / log2(4)) / ideal)
    assert measures["cross_encoder"]["R@10"] == pytest.approx(2 / 3)
    assert found.own_documents == 1


def test_the_judged_pool_goes_without_it(make_engine: MakeEngine) -> None:
    found = evaluated(make_engine, corpus_with_own(), pool="judged")
    assert {method: "".join(sorted(each)) for method, each in orders(found).items()} == dict.fromkeys(
        found.methods, "bd"
    )
    alone = evaluated(make_engine, judged_corpus(TEXTS, {"a": {"a": 1}}), pool="judged")
    assert orders(alone) == dict.fromkeys(alone.methods, "")
    assert alone.measures["bi_encoder"]["nDCG@10"] == 0.0


def test_the_curve_goes_without_it(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"a": {"a": 1, "b": 1}})
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    first = candidate_curve(engine, corpus, (1, 5)).points[0]
    assert (first.recall, first.passes["cross_encoder"]) == (0.5, 1.0)


def test_an_evaluation_goes_by_the_id_and_not_by_the_words(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"a": {"b": 1}, "q": {"b": 1}})  # both are "apple"
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    found = evaluate(engine, corpus, 2)
    assert [orders(found, i)["bi_encoder"] for i in range(2)] == ["bc", "ab"]


def test_the_page_says_so_and_does_not_promise_it_to_more_candidates(make_engine: MakeEngine) -> None:
    corpus = corpus_with_own()
    result = search(make_engine, corpus, "Apple pear", 3)
    said = "The document with this query’s own id, “a”, is left out, as in BEIR."
    assert own_document(result) == said
    assert own_document(replace(result, excluded=None)) == ""
    judged = judged_ranking(corpus, "Apple pear", result.rankings["cross_encoder"])
    assert judged is not None and judged.missed == ("a",)
    assert grades_of(corpus, "Apple pear") == OWN["a"]
    assert "all 2 relevant documents are among the candidates" in missed(result, {"cross_encoder": judged})


def test_evaluate_says_for_how_many_queries(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"a": {"b": 1}, "q": {"b": 1}}, kinds={"q": "other"})
    found = evaluated(make_engine, corpus)
    assert report.caption(found).endswith(" For 1 query the document with the query’s own id is left out, as in BEIR.")
    assert "own id" not in report.caption(found.of_kind("other"))
