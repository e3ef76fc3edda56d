"""/evaluate: shape, and what makes a pool."""

from __future__ import annotations

import pytest

from tests.server import Server

MEASURES = ["nDCG@10", "RR@10", "P@5", "R@10", "R@5"]


def test_an_evaluation_has_the_documented_shape(server: Server) -> None:
    made = server.call("evaluate", "science", 5, ["bm25", "bi_encoder"], "retrieved")
    assert list(made) == ["measures", "queries", "left_out"]
    assert made["left_out"] == {}
    assert {method: list(values) for method, values in made["measures"].items()} == {
        "bm25": MEASURES,
        "bi_encoder": MEASURES,
    }
    assert len(made["queries"]) == 83
    for query in made["queries"]:
        assert list(query) == ["query_id", "text", "kind", "measures"]
        assert {method: list(values) for method, values in query["measures"].items()} == {
            "bm25": MEASURES,
            "bi_encoder": MEASURES,
        }


def test_the_means_are_the_means_of_the_queries(server: Server) -> None:
    made = server.call("evaluate", "science", 5, ["bm25"], "retrieved")
    for name, mean in made["measures"]["bm25"].items():
        values = [query["measures"]["bm25"][name] for query in made["queries"]]
        assert all(0 <= value <= 1 for value in values)
        assert mean == pytest.approx(sum(values) / len(values))


def test_the_judged_pool_ranks_other_documents_than_retrieval(server: Server) -> None:
    retrieved = server.call("evaluate", "science", 5, ["bm25"], "retrieved")
    judged = server.call("evaluate", "science", 5, ["bm25"], "judged")
    assert judged["measures"]["bm25"]["nDCG@10"] != retrieved["measures"]["bm25"]["nDCG@10"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["toy", 5, None, "retrieved"], "toy"),
        (["nowhere", 5, None, "retrieved"], '"nowhere"'),
        (["science", 0, None, "retrieved"], "candidates"),
        (["science", 5, ["guess"], "retrieved"], '"guess"'),
        (["science", 5, ["bm25"], "guessed"], '"guessed"'),
        (["science", 5, ["bm25"], None], "pool"),
        (["science", 5, ["bm25"], ["judged"]], "pool"),
    ],
)
def test_what_can_not_be_evaluated_is_named(server: Server, arguments: list[object], named: str) -> None:
    (event,) = [event for event in server.events("evaluate", arguments) if event.name == "error"]
    assert named in event.data["error"]
    assert event.data["error"].endswith(".")
