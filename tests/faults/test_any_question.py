"""Any query, corpus and parameters: a ranking that keeps the laws, or a SearchError, and nothing else."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Corpus, Document, Engine, Query, SearchError, SearchResult, evaluate
from searchcore.running import finish
from tests.fakes import FakeEncoder, FakeScorer, store_of

ENGINE = Engine({}, store_of(FakeEncoder(), FakeScorer()))
METHODS = ["bm25", "bi_encoder", "late_interaction", "cross_encoder"]

words = st.lists(st.sampled_from(["war", "whale", "Whale", "sea", "the", "of", "naïve", "鯨", "42", "!"]), max_size=8)
# Half surrogates, controls and what can't be seen included.
any_text = st.one_of(words.map(" ".join), st.text(st.characters(exclude_categories=()), max_size=30))
shown = words.map(" ".join).filter(str.strip)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text, st.binary(max_size=4)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)
identities = st.lists(st.sampled_from("abcdefghijkl"), min_size=1, max_size=10, unique=True)


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """A corpus as the readers make them: some texts are the same, some queries have a document's id."""
    documents = tuple(Document(each, draw(shown), draw(st.sampled_from(["", "Whale"]))) for each in draw(identities))
    texts = draw(st.lists(shown, max_size=3, unique_by=str.casefold))
    asked = tuple(Query(draw(st.sampled_from(["a", "b"])) * (i + 1), text) for i, text in enumerate(texts))
    grades = st.dictionaries(st.sampled_from([d.doc_id for d in documents]), st.integers(0, 3), min_size=1)
    judged = st.dictionaries(st.sampled_from([q.query_id for q in asked]), grades) if asked else st.just({})
    return Corpus("any", documents, queries=asked, qrels=draw(judged))


def keeps_the_laws(result: SearchResult, corpus: Corpus, methods: list[str]) -> None:
    assert set(result.rankings) == set(methods)
    assert 1 <= result.candidates_used <= len(corpus) or result.candidates_used == 0
    for method, ranking in result.rankings.items():
        ids = [hit.doc_id for hit in ranking.hits]
        assert [hit.rank for hit in ranking.hits] == list(range(1, len(ids) + 1))
        assert len(set(ids)) == len(ids) <= result.candidates_used
        assert method == "bm25" or len(ids) == result.candidates_used
        assert all(math.isfinite(hit.score) for hit in ranking.hits)
        # By score, and those that are equal in the order of the corpus.
        assert ids == [h.doc_id for h in sorted(ranking.hits, key=lambda h: (-h.score, corpus.position(h.doc_id)))]
        assert result.excluded not in ids
        if ranking.reranks in result.rankings:
            before = {hit.doc_id: hit.rank for hit in result.rankings[ranking.reranks].hits}
            assert {hit.doc_id: hit.rank_before for hit in ranking.hits} == {each: before[each] for each in ids}


def seen(result: SearchResult) -> dict[str, Any]:
    return {method: ranking.hits for method, ranking in result.rankings.items()}


@settings(max_examples=100)
@given(corpora(), any_text, st.integers(1, 200), st.lists(st.sampled_from(METHODS), min_size=1, unique=True), st.data())
def test_a_ranking_keeps_the_laws_and_is_the_same_each_time(
    corpus: Corpus, query: str, candidates: int, methods: list[str], data: st.DataObject
) -> None:
    if corpus.queries and data.draw(st.booleans()):
        query = corpus.queries[0].text
    try:
        result = ENGINE.search(corpus, query, candidates, methods)
    except SearchError as error:
        assert str(error).isprintable() and str(error).endswith(".")
        return
    keeps_the_laws(result, corpus, methods)
    for partial in ENGINE.stream(corpus, f"{query} and more", candidates, methods):
        keeps_the_laws(partial, corpus, list(partial.rankings))
    assert seen(ENGINE.search(corpus, query, candidates, methods)) == seen(result)
    # In an order of its own, and of a corpus that nothing is known of.
    anew = Corpus("any", corpus.documents, queries=corpus.queries, qrels=corpus.qrels)
    assert seen(ENGINE.search(anew, query, candidates, methods[::-1])) == seen(result)


@settings(max_examples=80)
@given(corpora(), anything, anything, anything, anything, anything, anything)
def test_any_arguments_are_answered_or_refused(
    corpus: Corpus, query: Any, candidates: Any, methods: Any, encoder: Any, scorer: Any, matcher: Any
) -> None:
    for given_ in (
        (corpus, query, candidates, methods, encoder, scorer, matcher),
        (corpus, "whale", candidates),
        (corpus, "whale", 5, methods),
        (corpus, "whale", 5, None, encoder),
        (corpus, "whale", 5, None, None, scorer),
        (query, "whale"),
    ):
        try:
            result = ENGINE.search(*given_)
        except SearchError as error:
            assert str(error).isprintable() and str(error).endswith(".") and len(str(error)) < 1_000
        else:
            keeps_the_laws(result, corpus, list(result.rankings))


@settings(max_examples=100)
@given(any_text, st.one_of(st.lists(any_text, max_size=6), anything))
def test_any_texts_are_reranked_or_refused(query: str, texts: Any) -> None:
    try:
        ranking = ENGINE.rerank(query, texts)
    except SearchError as error:
        assert str(error).isprintable() and str(error).endswith(".")
        return
    assert sorted(int(hit.doc_id) for hit in ranking.hits) == list(range(len(texts)))
    assert [hit.rank for hit in ranking.hits] == list(range(1, len(texts) + 1))
    assert all(math.isfinite(hit.score) for hit in ranking.hits)


@settings(max_examples=60)
@given(corpora(), st.one_of(st.integers(1, 20), anything), st.sampled_from(["retrieved", "judged", "both", None]))
def test_any_evaluation_is_measured_or_refused(corpus: Corpus, candidates: Any, pool: Any) -> None:
    try:
        evaluation = evaluate(ENGINE, corpus, candidates, ["bi_encoder", "cross_encoder"], pool)
    except SearchError as error:
        assert str(error).isprintable() and str(error).endswith(".")
        return
    for measures in evaluation.measures.values():
        assert all(0 <= value <= 1 for value in measures.values())


@settings(max_examples=60)
@given(corpora(), st.lists(any_text, max_size=4))
def test_queries_in_one_batch_are_ranked_as_each_is_alone(corpus: Corpus, queries: list[str]) -> None:
    try:
        results = ENGINE.search_many(corpus, queries, 5)
    except SearchError:
        with pytest.raises(SearchError):
            for query in queries:
                finish(ENGINE.searching(corpus, query, 5))
        return
    assert [seen(result) for result in results] == [seen(ENGINE.search(corpus, query, 5)) for query in queries]
