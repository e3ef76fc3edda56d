"""Any arguments of any endpoint, over HTTP: an answer of the shape that /schemas promises, or one plain sentence."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server import Server, events_of
from ui.shapes import ANSWERS

EXAMPLES = 8
LONGEST_SENTENCE = 1_500
# Asks for films that are not among these corpora.
NOT_HERE = {"length_experiment"}

text = st.one_of(
    st.sampled_from(["whale", "a whale at sea", "", " ", "<b>", "\u200b", "\ud800", "a " * 3_000]),
    st.text(st.characters(exclude_categories=()), max_size=20),
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)
good = st.lists(st.sampled_from(["whale", "the", "Sea", "naïve", "鯨", "<b>", "=1"]), min_size=1, max_size=5).map(
    " ".join
)
# What is likely to be answered, by the name of an argument; the others are texts.
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "corpus": st.sampled_from(["films", "letters"]),
    "candidates": st.integers(1, 7),
    "methods": st.lists(
        st.sampled_from(["bm25", "bi_encoder", "late_interaction", "cross_encoder"]), min_size=1, unique=True
    ),
    "texts": st.lists(good, min_size=2, max_size=5),
    "word": st.just("whale"),
    "sentences": st.lists(good.map("whale {}".format), min_size=2, max_size=4),
    "pool": st.sampled_from(["retrieved", "judged"]),
    **dict.fromkeys(("encoder", "scorer", "split"), st.none()),
}


@pytest.fixture(scope="module")
def schemas(page: Server) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.get("/schemas")[2])
    return found


def check(schema: Any, value: Any) -> None:
    jsonschema.validate(value, schema, jsonschema.Draft202012Validator)


def check_error(schema: Any, value: Any) -> None:
    check(schema, value)
    sentence = value["error"]
    assert sentence.isprintable() and sentence.endswith(".") and len(sentence) < LONGEST_SENTENCE
    assert "noted in its log" not in sentence, "nobody has foreseen it"


@pytest.mark.parametrize("endpoint", ANSWERS)
def test_any_arguments(page: Server, schemas: dict[str, Any], endpoint: str) -> None:
    taken = schemas[endpoint]
    likely = {name: st.one_of(LIKELY.get(name, text), text, anything) for name in taken["input"]["properties"]}
    named = st.fixed_dictionaries({name: LIKELY.get(name, good) for name in likely})
    answered: list[bool] = []

    @settings(max_examples=EXAMPLES)
    @given(st.one_of(named, named, st.fixed_dictionaries({}, optional=likely)))
    def called(arguments: dict[str, Any]) -> None:
        status, answer = page.post(f"/gradio_api/call/v2/{endpoint}", json.dumps(arguments).encode())
        if status != 200:
            check_error(taken["error"], json.loads(answer))
            return
        path = f"/gradio_api/call/v2/{endpoint}/{json.loads(answer)['event_id']}"
        for event in events_of(page.get(path)[2]):
            if event.name == "error":
                check_error(taken["error"], event.data)
            elif event.name != "heartbeat":
                check(taken["output"], *event.data)
                answered.append(event.name == "complete")

    called()
    assert any(answered) or endpoint in NOT_HERE


@settings(max_examples=40)
@given(st.sampled_from(sorted(ANSWERS)), st.one_of(st.binary(max_size=40), anything.map(json.dumps).map(str.encode)))
def test_any_body(endpoint: str, body: bytes) -> None:
    status, answer = SERVED[0].post(f"/gradio_api/call/{endpoint}", body)
    assert status in (200, 400, 422)
    assert status == 200 or json.loads(answer)["error"].endswith(".")


SERVED: list[Server] = []


@pytest.fixture(scope="module", autouse=True)
def served(page: Server) -> None:
    SERVED.append(page)
