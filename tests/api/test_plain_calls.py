"""Plain HTTP, as curl does it: what is left out has its default, and what is no call is answered by a sentence."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client

from searchcore import Query
from tests.gated import serve_gated
from tests.server import Event, Server, events_of
from ui import bodies, plain_calls

ARGUMENTS = "corpus, query, candidates, methods, encoder, scorer"
# An argument each that has to be given, for every endpoint; those that are not here need none.
REQUIRED: dict[str, dict[str, Any]] = {
    "search": {"corpus": "films", "query": "whale"},
    "rerank": {"query": "whale", "texts": ["a whale", "a dog"]},
    "compare": {"text_a": "a whale", "text_b": "a dog"},
    "similarity": {"texts": ["a whale", "a dog"]},
    "evaluate": {"corpus": "films"},
    "occlusion": {"query": "whale", "document": "a whale"},
    "token_similarity": {"query": "whale", "document": "a whale"},
    "alignment": {"query": "whale", "document": "a whale"},
    "word_in_context": {"word": "whale", "sentences": ["a whale", "the whale"]},
    "padded_batch": {"query": "whale", "texts": ["a whale", "a dog"]},
}


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """The endpoints over small corpora and fake models."""
    gated = serve_gated()
    gated.open_gates()
    yield Server(gated.url, Path())
    gated.close()


def asked(server: Server, path: str, body: Any) -> list[Event]:
    """What a call is answered; its body is given to curl, which calls it a form."""
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{server.url}/gradio_api/call/{path}", data)
    assert request.get_header("Content-type") is None  # urllib adds the one of a form, as curl does
    with urllib.request.urlopen(request) as answer:
        event = json.loads(answer.read())["event_id"]
    return events_of(server.get(f"/gradio_api/call/{path}/{event}")[2])


def rid_of_times(made: Any) -> Any:
    """The same without what a second call takes less time for."""
    if isinstance(made, dict):
        left_out = ("milliseconds", "passes_run")
        return {name: rid_of_times(value) for name, value in made.items() if name not in left_out}
    return [rid_of_times(value) for value in made] if isinstance(made, list) else made


def test_a_search_by_curl_without_its_optional_arguments_is_the_one_by_gradio_client(small: Server) -> None:
    client = Client(small.url, verbose=False)
    expected = rid_of_times(client.predict("films", "whale", api_name="/search"))
    for path, body in (
        ("search", {"data": ["films", "whale"]}),
        ("search", {"data": ["films", "whale", 20]}),
        ("v2/search", {"corpus": "films", "query": "whale"}),
        ("v2/search", {"query": "whale", "corpus": "films", "scorer": None}),
    ):
        events = asked(small, path, body)
        assert [event.name for event in events] == ["generating", "generating", "complete"], events
        assert rid_of_times(events[-1].data[0]) == expected
    assert list(expected["rankings"]) == ["bi_encoder", "cross_encoder"]
    assert expected["candidates"] == 20


def test_every_endpoint_is_called_with_what_it_requires_alone_in_order_and_by_name(small: Server) -> None:
    named: dict[str, Any] = json.loads(small.get("/gradio_api/info")[2])["named_endpoints"]
    for name in (name.strip("/") for name in named):
        required = REQUIRED.get(name, {})
        in_order = asked(small, name, {"data": list(required.values())})[-1]
        by_name = asked(small, f"v2/{name}", required)[-1]
        # This experiment needs longer corpora, and says so.
        assert in_order.name == ("error" if name == "length_experiment" else "complete"), (name, in_order)
        assert rid_of_times(in_order.data) == rid_of_times(by_name.data), name
        assert in_order.name == "complete" or in_order.data["error"].endswith("."), (name, in_order)


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("search", b"{", 400, f"The body is not JSON; it must be an object such as {plain_calls.EXAMPLE}."),
        ("search", b"\xff", 400, f"The body is not JSON; it must be an object such as {plain_calls.EXAMPLE}."),
        ("search", b"[" * 100_000, 400, f"The body is not JSON; it must be an object such as {plain_calls.EXAMPLE}."),
        ("search", b"[]", 422, f"The body must be an object such as {plain_calls.EXAMPLE}, got []."),
        ("v2/search", b'"a"', 422, f'The body must be an object such as {plain_calls.EXAMPLE}, got "a".'),
        ("search", b"", 422, f"corpus is missing; search takes {ARGUMENTS}."),
        ("search", b'{"data": []}', 422, f"corpus is missing; search takes {ARGUMENTS}."),
        ("search", b'{"data": ["toy"]}', 422, f"query is missing; search takes {ARGUMENTS}."),
        ("search", b'{"corpus": "toy", "query": "a"}', 422, f"corpus is missing; search takes {ARGUMENTS}."),
        (
            "search",
            b'{"data": [1, 2, 3, 4, 5, 6, 7]}',
            422,
            f"data has too many arguments (7); search takes {ARGUMENTS}.",
        ),
        ("corpora", b'{"data": [1]}', 422, "data has too many arguments (1); corpora takes none."),
        (
            "search",
            b'{"data": {"corpus": "toy"}}',
            422,
            "data must be a list of the arguments in order, got {'corpus': 'toy'}; "
            "by name they are taken at /gradio_api/call/v2/search.",
        ),
        ("v2/search", b'{"query": "a"}', 422, f"corpus is missing; search takes {ARGUMENTS}."),
        ("v2/search", b'{"data": ["toy", "a"]}', 422, f'"data" is not known; search takes {ARGUMENTS}.'),
        ("v2/rerank", b'{"query": "a", "text": ["b"]}', 422, '"text" is not known; rerank takes query, texts.'),
        (
            "serach",
            b"{}",
            404,
            '"serach" is no endpoint; there are: alignment, compare, corpora, evaluate, length_experiment, occlusion, '
            "padded_batch, rerank, search, similarity, swap_experiment, token_similarity, word_in_context.",
        ),
    ],
)
def test_what_is_no_call_is_answered_by_a_sentence(
    small: Server, path: str, body: bytes, status: int, sentence: str
) -> None:
    answered, answer = small.post(f"/gradio_api/call/{path}", body)
    assert (answered, json.loads(answer)) == (status, {"error": sentence})


@pytest.mark.parametrize("path", ["search", "v2/search"])
def test_a_value_of_the_wrong_kind_is_named_in_the_answer(small: Server, path: str) -> None:
    values = {"corpus": "films", "query": "whale", "candidates": "ten"}
    last = asked(small, path, values if path.startswith("v2") else {"data": list(values.values())})[-1]
    assert last.name == "error"
    assert last.data["error"] == 'candidates must be a whole number from 1 to 200, got "ten".'


@pytest.mark.parametrize("path", ["call/search", "call/v2/search"])
def test_an_answer_that_is_not_there_or_was_read_is_a_sentence(small: Server, path: str) -> None:
    body = json.dumps({"data": ["films", "whale", 2]}).encode()
    event = json.loads(small.post("/gradio_api/call/search", body)[1])["event_id"]
    assert "event: complete" in small.get(f"/gradio_api/{path}/{event}")[2]
    for unknown in (event, "null", "0" * 32):
        status, _, answer = small.get(f"/gradio_api/{path}/{unknown}")
        sentence = f'There is no answer "{unknown}" to read; each can be read once.'
        assert (status, json.loads(answer)) == (404, {"error": sentence})


def test_the_longest_texts_that_are_read_fit_into_a_call() -> None:
    body = json.dumps({"data": ["\u00e9" * 1000, ["\u00e9" * 20_000] * 200]}).encode()
    assert len(body) < bodies.MAX_CALL_BYTES


@pytest.mark.parametrize(("metadata", "kind"), [({"kind": None}, ""), ({}, ""), ({"kind": "plot"}, "plot")])
def test_a_kind_that_is_null_is_none(metadata: dict[str, Any], kind: str) -> None:
    assert Query("q", "text", metadata).kind == kind
