"""Candidates from the judgements: every judged document of a query, ranked by each method."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from searchcore.checks import MAX_CANDIDATES
from searchcore.evaluate import evaluate
from searchcore.ranking import BUILT_IN, FUSION, by_key
from tests.conftest import MakeEngine
from tests.unit.filled import until_filled
from tests.unit.judged import TEXTS, CosineEncoder, evaluated, judged_corpus, logit_scorer, orders


def test_from_the_judgements_every_judged_document_is_ranked_and_no_other(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q": {"e": 1, "b": 0, "c": 0}})
    found = evaluated(make_engine, corpus, candidates=1, pool="judged")
    expected = dict.fromkeys(["bm25", "bi_encoder", "fusion", "late_interaction"], "bce")
    assert orders(found) == {**expected, "cross_encoder": "cbe"}
    assert found.queries[0].rankings["cross_encoder"].hits[0].rank_before == 2
    assert [hit.rank for hit in found.queries[0].rankings["bm25"].hits] == [1, 2, 3]


def test_from_the_judgements_a_document_is_scored_as_in_a_search(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q": dict.fromkeys("abcde", 1)})
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    pool = evaluate(engine, corpus, pool="judged").queries[0].rankings
    search = evaluate(engine, corpus, pool="retrieved").queries[0].rankings
    for method in set(by_key(BUILT_IN)) - {FUSION}:  # whose scores are of ranks, and the pool has other ranks
        scores = {hit.doc_id: hit.score for hit in search[method].hits}
        assert {hit.doc_id: hit.score for hit in pool[method].hits if hit.doc_id in scores} == pytest.approx(scores)


def test_documents_that_share_no_word_come_last_in_corpus_order_with_a_score_of_zero(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(["0.1 0 fig", "0.2 0 apple", "0.3 0 pear"], {"q": {"c": 1, "b": 0, "a": 0}})
    hits = evaluated(make_engine, corpus, pool="judged").queries[0].rankings["bm25"].hits
    assert [hit.doc_id for hit in hits] == ["b", "a", "c"]
    assert hits[0].score > 0 and [hit.score for hit in hits[1:]] == [0.0, 0.0]


def test_a_pool_of_more_documents_than_a_search_may_have_is_ranked_pair_by_pair(make_engine: MakeEngine) -> None:
    count = MAX_CANDIDATES + 25
    texts = [f"{1 - i / 1000} {i} apple" for i in range(count)]
    corpus = judged_corpus(texts, {"q1": {chr(ord("a") + i): int(i == 0) for i in range(count)}})
    scorer = logit_scorer()
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=scorer)
    found = evaluate(engine, corpus, pool="judged", methods=["bi_encoder", "cross_encoder"])
    rankings = found.queries[0].rankings
    assert [hit.score for hit in rankings["cross_encoder"].hits] == [float(i) for i in reversed(range(count))]
    assert rankings["bi_encoder"].hits[0].doc_id == "a"
    assert scorer.calls == [1] * count  # a search of somebody else waits for a pair at most, not for a whole pool


def test_once_its_token_vectors_are_there_no_document_is_taken_apart_whatever_the_number_of_queries(
    make_engine: MakeEngine,
) -> None:
    class Counted(CosineEncoder):
        def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
            if not as_query:
                taken_apart.append(text)
            return super().token_vectors(text, as_query=as_query)

    taken_apart: list[str] = []
    corpus = judged_corpus(TEXTS, {"q1": {"a": 1, "b": 0}, "q2": {"a": 1, "c": 0}})
    engine = make_engine(corpus, encoder=Counted())
    until_filled(engine, corpus)
    assert sorted(taken_apart) == sorted(TEXTS)
    evaluation = evaluate(engine, corpus, methods=["late_interaction"], pool="judged")
    assert sorted(taken_apart) == sorted(TEXTS)
    assert [query.rankings["late_interaction"].passes_needed for query in evaluation.queries] == [1, 1]
