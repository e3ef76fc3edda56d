"""The museum's lesson: a model can't find what it does not read, and a cross-encoder that reads more finds more."""

import pytest

MOST_OF_THE_TAIL = 9
TAIL, BEYOND, HEAD = "tail", "beyond 512", "head"
ALL = ["bm25", "bi_encoder", "cross_encoder"]


@pytest.fixture(scope="module")
def museum(engine):
    return engine.corpora["museum"]


@pytest.fixture(scope="module")
def ranks(engine, museum):
    """The rank of the document that answers the query, by method and query; None where keywords do not find it."""
    results = engine.search_many(museum, [query.text for query in museum.queries], len(museum), ALL)
    pairs = list(zip(museum.queries, results, strict=True))
    return {m: {query.query_id: rank(museum, query, result.rankings[m]) for query, result in pairs} for m in ALL}


def rank(museum, query, ranking):
    grades = museum.qrels[query.query_id]
    return next((hit.rank for hit in ranking.hits if grades[hit.doc_id] == 3), None)


def first(ranks, museum, method, kind):
    """The queries of a kind whose answer the method puts first."""
    return {q.query_id for q in museum.queries if q.kind == kind and ranks[method][q.query_id] == 1}


def of_kind(museum, kind):
    return {query.query_id for query in museum.queries if query.kind == kind}


def test_the_bi_encoder_does_not_find_what_stands_beyond_its_window(ranks, museum):
    assert len(of_kind(museum, TAIL) - first(ranks, museum, "bi_encoder", TAIL)) >= MOST_OF_THE_TAIL


def test_the_cross_encoder_puts_most_of_it_first(ranks, museum):
    assert len(first(ranks, museum, "cross_encoder", TAIL)) >= MOST_OF_THE_TAIL


def test_keyword_search_alone_finds_what_neither_model_reads(ranks, museum):
    assert first(ranks, museum, "bm25", BEYOND) == of_kind(museum, BEYOND)
    for method in ("bi_encoder", "cross_encoder"):
        assert first(ranks, museum, method, BEYOND) == set(), method


def test_what_stands_at_the_head_is_found_by_all(ranks, museum):
    for method in ALL:
        assert first(ranks, museum, method, HEAD) == of_kind(museum, HEAD), method


def test_every_text_is_longer_than_the_encoder_reads_and_four_are_longer_than_the_scorer_reads(encoder, scorer, museum):
    lengths = []
    for document in museum.documents:
        read = encoder.read(document.passage)
        assert read.dropped > 0, document.doc_id
        lengths.append(len(read.tokens) + read.dropped)
    assert sum(450 < length < 500 for length in lengths) == 12
    assert sum(664 <= length < 700 for length in lengths) == 4
    dropped = [scorer.read("a query", document.passage).dropped for document in museum.documents]
    assert sum(count > 0 for count in dropped) == 4
