"""/corpora and /search: shapes, streaming, numbers."""

from __future__ import annotations

from typing import Any

import pytest
from gradio_client import Client

from searchcore.ranking import BUILT_IN, by_key
from searchcore.types import sigmoid
from tests.server import HOSTILE_TITLE, Server

METHODS = by_key(BUILT_IN)

PRINTED = 1e-4
RANKING_KEYS = {"model", "reranks", "milliseconds", "passes_needed", "passes_run", "query_unread", "hits"}
HIT_KEYS = {"rank", "rank_before", "doc_id", "title", "text", "score", "probability"}
PASTA = "A man is eating pasta."


def search(server: Server, corpus: str, query: str, candidates: Any = 20, methods: Any = None) -> dict[str, Any]:
    return server.call("search", corpus, query, candidates, methods, None, None)


def test_corpora_come_smallest_first_with_their_counts(server: Server) -> None:
    corpora = server.call("corpora")
    assert [list(corpus) for corpus in corpora] == [["name", "title", "document_count", "query_count", "judged"]] * 7
    names = ["hostile", "toy", "berlin", "planets", "museum", "science", "movies"]
    assert [corpus["name"] for corpus in corpora] == names
    by_name = {corpus.pop("name"): corpus for corpus in corpora}
    assert by_name["toy"] == {"title": "Toy sentences", "document_count": 9, "query_count": 4, "judged": False}
    museum = {"title": "Museum audio guide", "document_count": 16, "query_count": 20, "judged": True}
    assert by_name["museum"] == museum
    assert by_name["hostile"] == {"title": HOSTILE_TITLE, "document_count": 7, "query_count": 2, "judged": True}


def test_a_search_has_exactly_the_documented_keys(server: Server) -> None:
    result = search(server, "toy", PASTA)
    assert list(result) == ["corpus", "query", "candidates", "candidates_used", "excluded", "rankings"]
    assert (result["corpus"], result["query"]) == ("toy", PASTA)
    assert list(result["rankings"]) == ["bi_encoder", "cross_encoder"]
    for ranking in result["rankings"].values():
        assert set(ranking) == RANKING_KEYS
        assert all(set(hit) == HIT_KEYS for hit in ranking["hits"])


def test_keyword_search_also_says_what_it_searched_for_and_what_it_left_out(server: Server) -> None:
    [ranking] = search(server, "toy", "The man is eating X-rays", methods=["bm25"])["rankings"].values()
    assert set(ranking) == RANKING_KEYS | {"searched_for", "left_out"}
    assert ranking["searched_for"] == ["man", "eating", "x-rays"]
    assert ranking["left_out"] == ["the", "is"]


def test_a_search_streams_one_more_ranking_each_time(server: Server) -> None:
    events = server.events("search", ["berlin", "boroughs", 5, list(METHODS), None, None])
    streamed = [list(event.data[0]["rankings"]) for event in events if event.name == "generating"]
    methods = list(METHODS)
    assert streamed == [methods[: i + 1] for i in range(len(methods))]
    assert events[-1].name == "complete"
    assert list(events[-1].data[0]["rankings"]) == methods


def test_gradio_client_gets_the_same_stream_with_every_default(server: Server) -> None:
    client = Client(server.url, verbose=False)
    job = client.submit("toy", PASTA, api_name="/search")
    job.result(timeout=60)
    assert [list(update["rankings"]) for update in job.outputs()] == [["bi_encoder"], ["bi_encoder", "cross_encoder"]]
    assert job.outputs()[-1]["candidates"] == 20
    by_name = client.predict(corpus="toy", query=PASTA, candidates=3, methods=["bm25"], api_name="/search")
    assert list(by_name["rankings"]) == ["bm25"]


def test_only_the_cross_encoder_has_a_probability(server: Server) -> None:
    rankings = search(server, "berlin", "boroughs", 5, list(METHODS))["rankings"]
    for method, ranking in rankings.items():
        for hit in ranking["hits"]:
            if method == "cross_encoder":
                assert hit["probability"] == pytest.approx(sigmoid(hit["score"]))
            else:
                assert hit["probability"] is None


def test_ranks_say_where_a_document_was_before(server: Server) -> None:
    rankings = search(server, "berlin", "boroughs", 10)["rankings"]
    before = {hit["doc_id"]: hit["rank"] for hit in rankings["bi_encoder"]["hits"]}
    assert {hit["rank_before"] for hit in rankings["bi_encoder"]["hits"]} == {None}
    assert rankings["cross_encoder"]["reranks"] == "bi_encoder"
    hits = rankings["cross_encoder"]["hits"]
    assert [hit["rank"] for hit in hits] == list(range(1, 11))
    assert {hit["doc_id"]: hit["rank_before"] for hit in hits} == before


@pytest.mark.parametrize(("asked", "used"), [(1, 1), (9, 9), (10, 9), (200, 9), (20.0, 9)])
def test_candidates_are_clamped_to_the_corpus_and_both_numbers_reported(
    server: Server, asked: float, used: int
) -> None:
    result = search(server, "toy", PASTA, asked, ["bi_encoder"])
    assert (result["candidates"], result["candidates_used"]) == (asked, used)
    assert len(result["rankings"]["bi_encoder"]["hits"]) == used


def test_a_second_search_remembers_its_passes(server: Server) -> None:
    first = search(server, "toy", "A query that nobody else asks.", 4)["rankings"]["cross_encoder"]
    second = search(server, "toy", "A query that nobody else asks.", 4)["rankings"]["cross_encoder"]
    assert (first["passes_needed"], first["passes_run"]) == (4, 4)
    assert (second["passes_needed"], second["passes_run"]) == (4, 0)
    assert first["hits"] == second["hits"]


def test_the_printed_toy_cosines_come_out_of_the_endpoint(server: Server, golden: dict[str, Any]) -> None:
    for query, printed in golden["toy"]["queries"].items():
        hits = search(server, "toy", query, 9, ["bi_encoder"])["rankings"]["bi_encoder"]["hits"]
        if "cosines" in printed:
            scores = {hit["doc_id"]: hit["score"] for hit in hits}
            assert [scores[str(i)] for i in range(9)] == pytest.approx(printed["cosines"], abs=PRINTED)
            assert [int(hit["doc_id"]) for hit in hits[:5]] == printed["top5"]
        else:
            assert [int(hit["doc_id"]) for hit in hits[:3]] == [place for place, _ in printed["top3"]]
            assert [hit["score"] for hit in hits[:3]] == pytest.approx([s for _, s in printed["top3"]], abs=PRINTED)


def test_the_second_bundled_encoder_can_be_asked_for_by_name(server: Server) -> None:
    result = server.call("search", "toy", PASTA, 3, ["bi_encoder"], "BAAI/bge-small-en-v1.5", None)
    assert result["rankings"]["bi_encoder"]["model"] == "BAAI/bge-small-en-v1.5"


def test_a_model_that_needs_the_hub_says_which_one_stays_in_use(server: Server) -> None:
    events = server.events("search", ["toy", PASTA, 3, None, None, "cross-encoder/ms-marco-MiniLM-L6-v2"])
    assert events[-1].data["error"] == (
        "cross-encoder/ms-marco-MiniLM-L6-v2 could not be fetched from the Hugging Face Hub (is there an internet "
        "connection?); cross-encoder/ms-marco-MiniLM-L12-v2 stays in use."
    )
