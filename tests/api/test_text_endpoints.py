"""The endpoints that take any texts: /rerank, /compare, /similarity, and those that look inside a score."""

from __future__ import annotations

from typing import Any

import pytest

from searchcore.types import sigmoid
from tests.server import Server

PRINTED = 1e-4
INT8 = 0.5
RELEVANT = {"0", "2", "3", "5", "6", "7", "8", "9"}
FIRE = ["They are going to fire him", "He is sitting by the fire"]


def test_rerank_gives_the_measured_logits_of_the_berlin_passages(server: Server, golden: dict[str, Any]) -> None:
    berlin, measured = golden["berlin"], golden["bundled_cross_encoder_measured"]
    ranking = server.call("rerank", berlin["query"], berlin["documents"])
    assert set(ranking) == {"model", "reranks", "milliseconds", "passes_needed", "passes_run", "query_unread", "hits"}
    assert ranking["reranks"] is None
    logits = {hit["doc_id"]: hit["score"] for hit in ranking["hits"]}
    assert [logits[str(i)] for i in range(10)] == pytest.approx(measured["logits"], abs=INT8)
    assert {doc_id for doc_id, logit in logits.items() if logit > 0} == RELEVANT
    assert {doc_id for doc_id, logit in logits.items() if logit < -3} == {"1", "4"}


def test_the_doc_id_of_rerank_is_the_position_in_texts(server: Server, golden: dict[str, Any]) -> None:
    texts = golden["berlin"]["documents"]
    hits = server.call("rerank", golden["berlin"]["query"], texts)["hits"]
    assert [hit["text"] for hit in hits] == [texts[int(hit["doc_id"])] for hit in hits]
    assert [hit["rank"] for hit in hits] == list(range(1, 11))
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    assert all(hit["probability"] == pytest.approx(sigmoid(hit["score"])) for hit in hits)
    assert {(hit["rank_before"], hit["title"]) for hit in hits} == {(None, "")}


def test_compare_has_exactly_the_documented_keys(server: Server) -> None:
    made = server.call("compare", "How long do cats sleep?", "Fifteen hours a day.")
    assert set(made) == {"cosine", "cosine_swapped", "score", "score_swapped", "probability", "inputs"}
    assert {method: len(inputs) for method, inputs in made["inputs"].items()} == {"bi_encoder": 2, "cross_encoder": 1}
    for item in [*made["inputs"]["bi_encoder"], *made["inputs"]["cross_encoder"]]:
        assert set(item) == {"tokens", "ids", "segments", "attention_mask", "limit", "dropped"}
        assert len(item["tokens"]) == len(item["ids"]) == len(item["segments"]) == len(item["attention_mask"])


def test_swapping_changes_the_score_and_never_the_cosine(server: Server) -> None:
    made = server.call("compare", "How long do cats sleep?", "Felines spend around fifteen hours a day in slumber.")
    assert made["cosine"] == made["cosine_swapped"]
    assert abs(made["score"] - made["score_swapped"]) > 1
    assert made["probability"] == pytest.approx(sigmoid(made["score"]))


def test_compare_shows_the_pair_as_the_cross_encoder_reads_it(server: Server, golden: dict[str, Any]) -> None:
    pair = golden["electra_pair"]
    (read,) = server.call("compare", pair["query"], pair["documents"][0])["inputs"]["cross_encoder"]
    assert read["ids"] == pair["input_ids_first_pair"]
    first = pair["first_segment_length"]
    assert read["segments"] == [0] * first + [1] * (len(read["ids"]) - first)
    assert (read["tokens"][0], read["tokens"][first - 1], read["tokens"][-1]) == ("[CLS]", "[SEP]", "[SEP]")


def test_compare_counts_what_does_not_fit_each_window(server: Server) -> None:
    made = server.call("compare", "whale", "whale " * 600)
    first, second = made["inputs"]["bi_encoder"]
    (pair,) = made["inputs"]["cross_encoder"]
    assert (first["limit"], first["dropped"]) == (256, 0)
    assert (second["limit"], second["dropped"], len(second["ids"])) == (256, 600 + 2 - 256, 256)
    assert (pair["limit"], pair["dropped"], len(pair["ids"])) == (512, 601 + 3 - 512, 512)


def test_similarity_gives_the_printed_weather_matrix(server: Server, golden: dict[str, Any]) -> None:
    made = server.call("similarity", golden["weather"]["sentences"])
    assert set(made) == {"model", "matrix"}
    assert made["model"] == golden["weather"]["model"]
    for row, printed in zip(made["matrix"], golden["weather"]["similarities"], strict=True):
        assert row == pytest.approx(printed, abs=PRINTED)


def test_occlusion_names_the_word_that_carries_the_match(server: Server) -> None:
    made = server.call("occlusion", "violin", "On Sunday a woman played the violin")
    of_document = [word for word in made["words"] if word["side"] == "document"]
    assert max(of_document, key=lambda word: word["score_drop"])["word"] == "violin"
    assert max(of_document, key=lambda word: word["cosine_drop"])["word"] == "violin"


def test_token_similarity_has_a_row_for_each_query_token(server: Server) -> None:
    made = server.call("token_similarity", "a cat", "a dog barks")
    assert [token["token"] for token in made["query_tokens"]] == ["[CLS]", "a", "cat", "[SEP]"]
    assert [len(row) for row in made["matrix"]] == [len(made["document_tokens"])] * 4
    assert made["pooled_cosine"] == pytest.approx(made["cosine"], abs=1e-5)


def test_a_text_aligned_with_itself_is_the_identity(server: Server) -> None:
    made = server.call("alignment", "two men pushed carts", "two men pushed carts")
    count = len(made["query_tokens"])
    assert made["matches"] == list(range(count))
    assert made["score"] == pytest.approx(count, abs=1e-3)


def test_one_word_has_two_vectors_in_two_sentences(server: Server) -> None:
    made = server.call("word_in_context", "fire", FIRE)
    assert [(found["sentence"], found["word"]) for found in made["occurrences"]] == [(0, "fire"), (1, "fire")]
    assert 0 < made["matrix"][0][1] < 0.95


def test_a_padded_batch_has_a_mask(server: Server) -> None:
    short, long = server.call("padded_batch", "berlin", ["a", "b c d"])
    assert short["tokens"][-2:] == ["[PAD]", "[PAD]"]
    assert short["attention_mask"] == [1] * (len(short["ids"]) - 2) + [0, 0]
    assert long["attention_mask"] == [1] * len(short["ids"])


def test_the_swap_experiment_moves_only_models_that_tell_query_from_document(server: Server) -> None:
    rows = server.call("swap_experiment")["rows"]
    assert len(rows) == 20
    assert {row["cosine_change"]["sentence-transformers/all-MiniLM-L6-v2"] for row in rows} == {0.0}
    assert any(row["cosine_change"]["BAAI/bge-small-en-v1.5"] for row in rows)
    assert any(abs(row["score_change"]) > 1 for row in rows)


def test_the_length_experiment_says_why_a_corpus_can_not_be_used(server: Server) -> None:
    events = server.events("length_experiment", ["toy"])
    assert events[-1].data["error"].startswith("corpus toy ")
