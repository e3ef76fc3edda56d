"""The printed results of the source documents, reproduced with the bundled weights."""

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer, util
from transformers import AutoTokenizer

from searchcore import corpus_from_texts
from searchcore.models import DEFAULT_ENCODER
from searchcore.models.catalogue import _MINILM

PRINTED = 1e-4
INT8 = 0.5
TOY_QUERIES = [
    "A man is eating pasta.",
    "Someone in a gorilla costume is playing a set of drums.",
    "A cheetah chases prey on across a field.",
]
BERLIN_SPLIT = {"0", "2", "3", "5", "6", "7", "8", "9"}


def by_search(engine, queries):
    return [engine.search("toy", query, 9, methods=["bi_encoder"]) for query in queries]


def by_search_many(engine, queries):
    return engine.search_many("toy", queries, 9, methods=["bi_encoder"])


@pytest.fixture(scope="module", params=[by_search, by_search_many])
def toy_hits(request, engine):
    """The toy queries with the hits of each, found in either way."""
    results = request.param(engine, TOY_QUERIES)
    return {result.query: result.rankings["bi_encoder"].hits for result in results}


def test_the_toy_corpus_is_the_one_of_the_source(engine, golden):
    assert [document.passage for document in engine.corpora["toy"].documents] == golden["toy"]["documents"]
    assert list(golden["toy"]["queries"]) == TOY_QUERIES


@pytest.mark.parametrize("query", TOY_QUERIES[:2])
def test_every_printed_toy_cosine_is_reproduced(golden, toy_hits, query):
    printed = golden["toy"]["queries"][query]["cosines"]
    scores = {hit.doc_id: hit.score for hit in toy_hits[query]}
    assert [scores[str(i)] for i in range(9)] == pytest.approx(printed, abs=PRINTED)


@pytest.mark.parametrize("query", TOY_QUERIES[:2])
def test_the_five_best_toy_documents_come_in_the_printed_order(golden, toy_hits, query):
    assert [int(hit.doc_id) for hit in toy_hits[query][:5]] == golden["toy"]["queries"][query]["top5"]


def test_the_cheetah_query_finds_the_printed_three_with_their_cosines(golden, toy_hits):
    printed = golden["toy"]["queries"][TOY_QUERIES[2]]["top3"]
    hits = toy_hits[TOY_QUERIES[2]][:3]
    assert [int(hit.doc_id) for hit in hits] == [doc_id for doc_id, _ in printed]
    assert [hit.score for hit in hits] == pytest.approx([score for _, score in printed], abs=PRINTED)


def test_the_toy_ranking_is_that_of_sentence_transformers_semantic_search(golden, toy_hits):
    model = SentenceTransformer(str(_MINILM.checked_folder()), device="cpu", local_files_only=True)
    documents = model.encode(golden["toy"]["documents"], convert_to_tensor=True)
    queries = model.encode(TOY_QUERIES, convert_to_tensor=True)
    for query, expected in zip(TOY_QUERIES, util.semantic_search(queries, documents, top_k=9), strict=True):
        hits = toy_hits[query]
        assert [int(hit.doc_id) for hit in hits] == [item["corpus_id"] for item in expected]
        assert [hit.score for hit in hits] == pytest.approx([item["score"] for item in expected], abs=1e-5)


def test_the_printed_weather_matrix_is_reproduced(encoder, golden):
    vectors = encoder.encode_documents(golden["weather"]["sentences"])
    np.testing.assert_allclose(vectors @ vectors.T, golden["weather"]["similarities"], atol=PRINTED)


def test_each_science_query_finds_the_printed_document_first(engine, golden):
    corpus = corpus_from_texts(golden["science"]["documents"], name="first-ten")
    expected = {query: corpus.documents[item["top1"]].doc_id for query, item in golden["science"]["queries"].items()}
    results = engine.search_many(corpus, list(expected), 1, methods=["bi_encoder"])
    assert {result.query: result.rankings["bi_encoder"].hits[0].doc_id for result in results} == expected


def test_the_science_corpus_begins_with_the_ten_documents_of_the_source(engine, golden):
    first_ten = engine.corpora["science"].documents[:10]
    assert [document.passage for document in first_ten] == golden["science"]["documents"]


def test_the_berlin_corpus_is_the_one_of_the_source(engine, golden):
    assert [document.passage for document in engine.corpora["berlin"].documents] == golden["berlin"]["documents"]


@pytest.fixture(scope="module", params=["search", "rerank"])
def berlin_ranking(request, engine, golden):
    query = golden["berlin"]["query"]
    if request.param == "search":
        return engine.search("berlin", query, 10, methods=["cross_encoder"]).rankings["cross_encoder"]
    return engine.rerank(query, golden["berlin"]["documents"])


def test_the_berlin_logits_are_within_half_a_logit_of_those_measured(berlin_ranking, golden):
    scores = {hit.doc_id: hit.score for hit in berlin_ranking.hits}
    measured = golden["bundled_cross_encoder_measured"]["logits"]
    assert [scores[str(i)] for i in range(10)] == pytest.approx(measured, abs=INT8)


def test_eight_berlin_passages_score_above_zero_and_the_museums_and_paris_below_minus_three(berlin_ranking):
    scores = {hit.doc_id: hit.score for hit in berlin_ranking.hits}
    assert {doc_id for doc_id, score in scores.items() if score > 0} == BERLIN_SPLIT
    assert scores["1"] < -3
    assert scores["4"] < -3
    assert {hit.doc_id for hit in berlin_ranking.hits[:8]} == BERLIN_SPLIT


def test_the_four_vietnam_films_come_first_with_a_gap_of_ten_logits_to_the_other_twelve(engine, golden):
    movies, judged = engine.corpora["movies"], golden["vietnam_war"]["judged"]
    by_tmdb_id = {document.metadata["tmdb_id"]: document for document in movies.documents}
    documents = [by_tmdb_id[tmdb_id] for _, tmdb_id, _ in judged]
    assert [document.title for document in documents] == [title for _, _, title in judged]
    hits = engine.rerank(golden["vietnam_war"]["query"], [document.passage for document in documents]).hits
    assert [judged[int(hit.doc_id)][0] for hit in hits] == [1] * 4 + [0] * 12
    assert hits[3].score - hits[4].score > 10


def test_a_search_for_the_vietnam_war_finds_the_four_films_first(engine, golden):
    expected = {tmdb_id for grade, tmdb_id, _ in golden["vietnam_war"]["judged"] if grade == 1}
    movies = engine.corpora["movies"]
    hits = engine.search(movies, golden["vietnam_war"]["query"], 30).rankings["cross_encoder"].hits
    assert {movies.document(hit.doc_id).metadata["tmdb_id"] for hit in hits[:4]} == expected


def test_a_pair_is_read_as_the_printed_token_ids_with_two_segments(scorer, golden):
    pair = golden["electra_pair"]
    read = scorer.read(pair["query"], pair["documents"][0])
    assert list(read.ids) == pair["input_ids_first_pair"]
    assert read.segments.index(1) == pair["first_segment_length"]
    assert set(read.segments[pair["first_segment_length"] :]) == {1}
    assert set(read.attention_mask) == {1}


def test_two_pairs_are_padded_to_one_batch_as_a_transformers_tokenizer_pads_them(scorer, golden):
    pair = golden["electra_pair"]
    batch = scorer.padded([(pair["query"], document) for document in pair["documents"]])
    tokenizer = AutoTokenizer.from_pretrained(_MINILM.checked_folder(), local_files_only=True)
    expected = tokenizer([pair["query"]] * 2, pair["documents"], padding=True)
    assert [list(item.ids) for item in batch] == expected["input_ids"]
    assert [list(item.segments) for item in batch] == expected["token_type_ids"]
    assert [list(item.attention_mask) for item in batch] == expected["attention_mask"]
    assert batch[1].attention_mask == (1,) * 22 + (0,) * 12


def test_sentences_are_read_as_the_printed_token_ids(encoder, golden):
    read = [encoder.read(document) for document in golden["contextual"]["documents"]]
    assert [list(item.ids) for item in read] == golden["contextual"]["input_ids"]
    assert all(set(item.segments) == {0} for item in read)


def test_the_values_here_are_those_of_the_default_encoder(engine, golden):
    assert engine.encoder().name == DEFAULT_ENCODER == golden["toy"]["model"] == golden["weather"]["model"]
