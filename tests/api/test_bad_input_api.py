"""Whatever a client sends: one plain sentence that names the argument, or a normal result; and the server lives on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server import HOSTILE, Server

QUERY = "A man is eating pasta."
SURROGATE = "half \ud800 a pair"


def sentence(server: Server, endpoint: str, arguments: list[Any]) -> str:
    """The one sentence that a client gets; the next call of anyone is answered."""
    events = server.events(endpoint, arguments)
    assert [event.name for event in events][-1] == "error", events
    said = events[-1].data["error"]
    assert isinstance(said, str)
    assert said.endswith((".", "…")), said
    assert "\n" not in said
    assert "Traceback" not in said
    assert ".py" not in said
    assert len(said) < 400
    assert len(server.call("corpora")) == 7
    return said


def search_with(**changed: Any) -> list[Any]:
    arguments = {"corpus": "toy", "query": QUERY, "candidates": 5, "methods": None, "encoder": None, "scorer": None}
    assert set(changed) <= set(arguments)
    return list((arguments | changed).values())


@pytest.mark.parametrize("query", ["", " ", "\n\t ", "\u3000", "\u200b\u200d"])
def test_a_blank_query_is_named(server: Server, query: str) -> None:
    assert sentence(server, "search", search_with(query=query)) == "query is empty; please type some text."


def test_a_query_of_4000_characters_is_read_and_one_more_is_refused(server: Server) -> None:
    assert server.call("search", *search_with(query="x" * 4000, methods=["bi_encoder"]))["query"] == "x" * 4000
    assert sentence(server, "search", search_with(query="x" * 4001)) == (
        "query must have at most 4,000 characters, got 4,001; please shorten it."
    )


@pytest.mark.parametrize("candidates", [0, -1, 10**9, 10**400, "ten", "20", None, [5], {"a": 1}, 1.5, True])
def test_candidates_that_are_no_count_are_named(server: Server, candidates: Any) -> None:
    said = sentence(server, "search", search_with(candidates=candidates))
    assert said.startswith("candidates must be a whole number from 1 to 200, got ")
    assert (str(candidates) if isinstance(candidates, int) else json.dumps(candidates))[:3].strip('"[{') in said or (
        candidates is None and "None" in said
    )


@pytest.mark.parametrize(
    ("argument", "value", "known"),
    [
        ("corpus", "nowhere", "toy, berlin"),
        ("corpus", "../toy", "toy, berlin"),
        ("encoder", "a/model", "sentence-transformers/all-MiniLM-L6-v2"),
        ("encoder", "cross-encoder/ms-marco-MiniLM-L12-v2", "sentence-transformers/all-MiniLM-L6-v2"),
        ("scorer", "/etc/passwd", "cross-encoder/ms-marco-MiniLM-L12-v2"),
    ],
)
def test_an_unknown_name_is_said_with_the_known_ones(server: Server, argument: str, value: str, known: str) -> None:
    said = sentence(server, "search", search_with(**{argument: value}))
    assert said.startswith(f'{argument} "{value}" is not known; choose one of: ')
    assert known in said


def test_an_unknown_method_is_said_with_the_known_ones(server: Server) -> None:
    said = sentence(server, "search", search_with(methods=["bi_encoder", "magic"]))
    known = "bm25, bi_encoder, fusion, cross_encoder, late_interaction"
    assert said == f'method "magic" is not known; choose from: {known}.'


@pytest.mark.parametrize("argument", ["corpus", "query", "methods", "encoder", "scorer"])
@pytest.mark.parametrize("value", [7, [], [3], {"a": 1}, True, [["bm25"]]])
def test_a_wrong_type_is_named(server: Server, argument: str, value: Any) -> None:
    said = sentence(server, "search", search_with(**{argument: value}))
    assert said.startswith(argument.removesuffix("s"))


@pytest.mark.parametrize(
    "query",
    [
        "vietnam\x00 \x07\x1b[31m war",
        "🎻 🐒 👩‍👩‍👧",
        "ما هي عاصمة ألمانيا؟",
        "\u202eright to left\u202c",
        "e\u0301\u0300" * 50,
        "!?",
        "%s %n {0} ' OR 1=1; --",
        HOSTILE,
        "[CLS] a [SEP] b [SEP]",
    ],
)
def test_strange_characters_are_searched_like_any_others(server: Server, query: str) -> None:
    result = server.call("search", *search_with(query=query))
    assert result["query"] == query.strip()
    assert [len(ranking["hits"]) for ranking in result["rankings"].values()] == [5, 5]


@pytest.mark.parametrize(
    ("endpoint", "arguments", "named"),
    [
        ("search", search_with(query=SURROGATE), "query"),
        ("search", search_with(corpus=SURROGATE), "corpus"),
        ("search", search_with(methods=[SURROGATE]), "method"),
        ("rerank", [SURROGATE, ["a"]], "query"),
        ("rerank", ["a", ["b", SURROGATE]], "texts[1]"),
        ("compare", [SURROGATE, "a"], "text_a"),
        ("compare", ["a", SURROGATE], "text_b"),
        ("similarity", [["a", SURROGATE]], "texts[1]"),
    ],
)
def test_half_a_surrogate_pair_sent_as_an_escape_is_named(
    server: Server, endpoint: str, arguments: list[Any], named: str
) -> None:
    body = json.dumps({"data": arguments})
    assert "\\ud800" in body  # an escape of six letters, as any client may send it
    assert sentence(server, endpoint, arguments).startswith(named)


@pytest.mark.parametrize(
    ("endpoint", "arguments", "named"),
    [
        ("rerank", ["a", "one text"], "texts"),
        ("rerank", ["a", {"0": "one"}], "texts"),
        ("rerank", ["a", None], "texts"),
        ("rerank", ["a", []], "texts"),
        ("rerank", ["a", ["b"] * 201], "texts"),
        ("rerank", ["a", ["b", 3]], "texts[1]"),
        ("rerank", ["a", ["b", ["c"]]], "texts[1]"),
        ("rerank", ["a", ["b", " "]], "texts[1]"),
        ("rerank", ["a", ["b" * 20_001]], "texts[0]"),
        ("rerank", [None, ["a"]], "query"),
        ("compare", ["", "a"], "text_a"),
        ("compare", ["a", 5], "text_b"),
        ("compare", [["a"], "b"], "text_a"),
        ("similarity", ["one"], "texts"),
        ("similarity", [["one"]], "texts"),
        ("similarity", [["one"] * 51], "texts"),
        ("similarity", [[None, "a"]], "texts[0]"),
        ("occlusion", ["a", " "], "document"),
        ("occlusion", [3, "a"], "query"),
        ("token_similarity", [None, "a"], "query"),
        ("alignment", ["a", {}], "document"),
        ("word_in_context", ["", ["a"]], "word"),
        ("word_in_context", ["a", "a"], "sentences"),
        ("word_in_context", ["a", [1]], "sentences[0]"),
        ("padded_batch", ["a", []], ""),
        ("padded_batch", ["a", "bcd"], "texts"),
        ("padded_batch", ["a", None], "texts"),
        ("padded_batch", [None, ["a"]], ""),
        ("length_experiment", [3], "corpus"),
    ],
)
def test_texts_that_are_none_are_named(server: Server, endpoint: str, arguments: list[Any], named: str) -> None:
    assert sentence(server, endpoint, arguments).startswith(named)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"data": 3}', b'{"data": []}', b'{"data": ["toy"]}', b'{"data": {"corpus": "toy"}}', b"\xff"],
)
def test_a_body_that_is_no_call_is_refused_without_a_trace(server: Server, body: bytes) -> None:
    status, answer = server.post("/gradio_api/call/search", body)
    if status == 200:  # taken into the queue: then the answer is an error
        event_id = json.loads(answer)["event_id"]
        answer = server.get(f"/gradio_api/call/search/{event_id}")[2]
        assert "event: error" in answer
    assert "Traceback" not in answer
    assert 'File "' not in answer
    assert len(server.call("corpora")) == 7
