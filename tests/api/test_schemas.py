"""What /schemas says of the endpoints is true of what they take and answer."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from typing import Any

import jsonschema
import pytest

from tests.server import ROOT, Server

CALLS: dict[str, dict[str, Any]] = {
    "corpora": {},
    "search": {"corpus": "toy", "query": "a man eats", "methods": ["bm25", "bi_encoder", "cross_encoder"]},
    "rerank": {"query": "How many people live in Berlin?", "texts": ["3.5 million people", "museums"]},
    "evaluate": {"corpus": "planets", "candidates": 5},
    "compare": {"text_a": "who wrote Hamlet", "text_b": "Hamlet is a play by Shakespeare."},
    "similarity": {"texts": ["a cat", "a dog"]},
    "occlusion": {"query": "who wrote Hamlet", "document": "Hamlet is a play."},
    "token_similarity": {"query": "a cat", "document": "the cat sat"},
    "alignment": {"query": "a cat", "document": "the cat sat"},
    "word_in_context": {"word": "fire", "sentences": ["a fire", "they fire him", "water"]},
    "padded_batch": {"query": "berlin", "texts": ["a", "b c d"]},
    "swap_experiment": {},
    "length_experiment": {},
}
# A schema that takes everything would pass all but these.
WRONG: dict[str, dict[str, Any]] = {
    "no query": {"corpus": "toy"},
    "a number as text": {"corpus": "toy", "query": "a", "candidates": "ten"},
    "an unknown argument": {"corpus": "toy", "query": "a", "depth": 3},
    "methods that are no list": {"corpus": "toy", "query": "a", "methods": "bm25"},
}


@pytest.fixture(scope="module")
def schemas(server: Server) -> dict[str, Any]:
    """What is served."""
    status, headers, body = server.get("/schemas")
    assert (status, headers["content-type"]) == (200, "application/json")
    found: dict[str, Any] = json.loads(body)
    return found


def checked(schema: Any, value: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(value, schema, jsonschema.Draft202012Validator)


def test_every_endpoint_has_schemas(schemas: dict[str, Any], info: dict[str, Any]) -> None:
    assert set(schemas) == {name.strip("/") for name in info} == set(CALLS)
    for name, endpoint in info.items():
        taken = schemas[name.strip("/")]["input"]
        assert list(taken["properties"]) == [p["parameter_name"] for p in endpoint["parameters"]]
        assert schemas[name.strip("/")]["description"] == endpoint["description"]
    assert schemas["search"]["input"]["properties"]["candidates"] == {"default": 20, "type": "integer"}


@pytest.mark.parametrize("endpoint", CALLS)
def test_an_answer_has_the_shape_that_is_promised(server: Server, schemas: dict[str, Any], endpoint: str) -> None:
    checked(schemas[endpoint]["input"], CALLS[endpoint])
    given = [CALLS[endpoint].get(name) for name in schemas[endpoint]["input"]["properties"]]
    given = [default_of(schemas, endpoint, i) if value is None else value for i, value in enumerate(given)]
    events = server.events(endpoint, given)
    assert events[-1].name == "complete", events[-1]
    for event in events:
        if event.name != "heartbeat":
            (answer,) = event.data
            checked(schemas[endpoint]["output"], answer)


def default_of(schemas: dict[str, Any], endpoint: str, place: int) -> Any:
    return list(schemas[endpoint]["input"]["properties"].values())[place].get("default")


def test_an_error_has_the_shape_that_is_promised_and_is_no_answer(server: Server, schemas: dict[str, Any]) -> None:
    last = server.events("search", ["nowhere", "a"])[-1]
    checked(schemas["search"]["error"], last.data)
    checked(schemas["search"]["error"], json.loads(server.post("/gradio_api/call/search", b"{}")[1]))
    with pytest.raises(jsonschema.ValidationError):
        checked(schemas["search"]["output"], last.data)


@pytest.mark.parametrize("wrong", WRONG)
def test_arguments_that_would_be_refused_do_not_fit(schemas: dict[str, Any], wrong: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        checked(schemas["search"]["input"], WRONG[wrong])


def test_the_curl_lines_of_the_readme_search(server: Server) -> None:
    (block,) = re.findall(r"```\n(curl .*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    ask, read = (line.replace("http://127.0.0.1:7860", server.url) for line in block.strip().splitlines())
    event = json.loads(ran(ask))["event_id"]
    lines = ran(read.replace("EVENT_ID", event)).splitlines()
    assert lines[-3] == "event: complete"
    (result,) = json.loads(lines[-2].removeprefix("data: "))
    assert list(result["rankings"]) == ["bi_encoder", "cross_encoder"]


def ran(line: str) -> str:
    return subprocess.run(shlex.split(line), capture_output=True, text=True, timeout=60, check=True).stdout
