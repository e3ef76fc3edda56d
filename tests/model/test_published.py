"""Published values of the models that are not bundled: these tests fetch them from the Hugging Face Hub."""

import numpy as np
import pytest

from searchcore import corpus_from_texts

pytestmark = pytest.mark.hub

PRINTED = 1e-3
TWO_DECIMALS = 0.01


@pytest.fixture(scope="module")
def first_ten(golden):
    return corpus_from_texts(golden["science"]["documents"], name="first-ten")


def test_science_cosines_with_all_minilm_l12(engine, golden, first_ten):
    result = engine.search(
        first_ten, "What is AI?", 10, methods=["bi_encoder"], encoder="sentence-transformers/all-MiniLM-L12-v2"
    )
    scores = {hit.doc_id: hit.score for hit in result.rankings["bi_encoder"].hits}
    in_order = [scores[document.doc_id] for document in first_ten.documents]
    assert in_order == pytest.approx(golden["science"]["queries"]["What is AI?"]["cosines"], abs=PRINTED)


def test_each_science_query_finds_the_printed_document_first_with_all_minilm_l12(engine, golden, first_ten):
    queries = golden["science"]["queries"]
    results = engine.search_many(
        first_ten, list(queries), 1, methods=["bi_encoder"], encoder="sentence-transformers/all-MiniLM-L12-v2"
    )
    found = [first_ten.position(result.rankings["bi_encoder"].hits[0].doc_id) for result in results]
    assert found == [item["top1"] for item in queries.values()]


def test_the_berlin_ranking_and_scores_with_ms_marco_minilm_l6(engine, golden):
    berlin = golden["berlin"]
    result = engine.search("berlin", berlin["query"], 10, scorer="cross-encoder/ms-marco-MiniLM-L6-v2")
    hits = result.rankings["cross_encoder"].hits
    assert [int(hit.doc_id) for hit in hits] == [doc_id for doc_id, _ in berlin["ranking"]]
    assert [hit.score for hit in hits] == pytest.approx([score for _, score in berlin["ranking"]], abs=TWO_DECIMALS)


def test_the_first_two_berlin_logits_with_ms_marco_minilm_l6(engine, golden):
    berlin = golden["berlin"]
    scorer = engine.scorer("cross-encoder/ms-marco-MiniLM-L6-v2")
    scores = list(scorer.scores([(berlin["query"], document) for document in berlin["documents"][:2]]))
    assert scores == pytest.approx(berlin["predict_first_two"], abs=PRINTED)


def test_the_logits_and_token_ids_of_ms_marco_electra_base(engine, golden):
    pair = golden["electra_pair"]
    scorer = engine.scorer("cross-encoder/ms-marco-electra-base")
    scores = list(scorer.scores([(pair["query"], document) for document in pair["documents"]]))
    assert scores == pytest.approx(pair["logits"], abs=PRINTED)
    read = scorer.read(pair["query"], pair["documents"][0])
    assert list(read.ids) == pair["input_ids_first_pair"]
    assert read.segments.index(1) == pair["first_segment_length"]


def test_the_contextual_similarities_with_the_mean_of_bert_base_uncased(engine, golden):
    contextual = golden["contextual"]
    encoder = engine.encoder("google-bert/bert-base-uncased")
    assert [list(encoder.read(text).ids) for text in contextual["documents"]] == contextual["input_ids"]
    vectors = encoder.encode_documents(contextual["documents"])
    np.testing.assert_allclose(vectors @ vectors.T, contextual["similarities"], atol=PRINTED)
