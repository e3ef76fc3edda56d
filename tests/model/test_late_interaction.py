"""Late interaction on the bundled bi-encoder's own token vectors."""

import threading

import numpy as np
import pytest

from searchcore import Engine
from searchcore.index import EmbeddingCache
from searchcore.models import OwnTokens
from searchcore.ranking.late_interaction import align, max_sim
from tests.unit.filled import until_filled

TEXTS = [
    "The cat sat on the mat, and the cat slept.",
    "Apocalypse Now\n\nDuring the Vietnam War, Captain Willard travels upriver.",
    "chess",
]


@pytest.fixture(scope="module")
def tokens(encoder):
    return OwnTokens(encoder)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_with_itself_scores_its_number_of_tokens_and_every_token_finds_itself(tokens, encoder, text):
    vectors = tokens.document_tokens(text)
    made = align(tokens.query_tokens(text), vectors)
    count = len(encoder.read(text).tokens)
    assert made.score == pytest.approx(count, abs=1e-3)
    assert made.matches == tuple(range(count))


def test_they_are_the_very_vectors_whose_mean_is_the_documents_vector(encoder):
    for text in TEXTS:
        mean = encoder.token_vectors(text).mean(axis=0)
        assert np.allclose(mean / np.linalg.norm(mean), encoder.encode_documents([text])[0], atol=1e-5)


def test_the_stage_gives_what_maxsim_gives_by_hand(engine, tokens):
    result = engine.search("toy", "A man is eating pasta.", 5, methods=["bi_encoder", "late_interaction"])
    late = result.rankings["late_interaction"]
    query = tokens.query_tokens("A man is eating pasta.")
    by_hand = {
        hit.doc_id: max_sim(query, tokens.document_tokens(result.corpus.document(hit.doc_id).passage))
        for hit in late.hits
    }
    assert {hit.doc_id: hit.score for hit in late.hits} == pytest.approx(by_hand, abs=5e-3)  # kept in half precision
    assert [hit.doc_id for hit in late.hits] == sorted(by_hand, key=lambda doc_id: -by_hand[doc_id])


def test_kept_token_vectors_have_one_row_a_token_and_unit_length(engine, encoder, tokens):
    corpus = engine.corpus("toy")
    until_filled(engine, corpus)
    kept = engine.resources.token_vectors_of(corpus, tokens)
    for i, document in enumerate(corpus.documents):
        assert len(kept.of(i)) == len(encoder.read(document.passage).tokens)
        assert np.allclose(np.linalg.norm(kept.of(i), axis=1), 1, atol=2e-3)


def test_a_score_is_the_same_before_and_after_the_token_vectors_are_there(tmp_path, engine):
    class Held(EmbeddingCache):
        def embed_tokens(self, *arguments, **named):
            assert gate.wait(60)
            return super().embed_tokens(*arguments, **named)

    gate, methods = threading.Event(), ["bi_encoder", "late_interaction"]
    own = Engine(models=engine.models, cache=Held(tmp_path))
    queries = ["How many people live in Berlin?", "boroughs", "a museum in Paris"]
    try:
        before = [own.search("berlin", query, methods=methods).rankings["late_interaction"] for query in queries]
        gate.set()
        until_filled(own, "berlin")
        after = [own.search("berlin", query, methods=methods).rankings["late_interaction"] for query in queries]
    finally:
        gate.set()
        own.resources._once.cancel_all()  # the models are those of all tests in this folder, so they stay
        own.resources._pair_scores.close()
        own.resources._lines.close()
    assert [ranking.passes_needed for ranking in before] == [11] * 3
    assert [ranking.passes_needed for ranking in after] == [1] * 3
    assert [ranking.hits for ranking in before] == [ranking.hits for ranking in after]
