"""The shapes of what the endpoints take and give, as JSON Schema (2020-12), served at /schemas."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Literal, get_type_hints

import gradio as gr
from pydantic import BaseModel, ConfigDict, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Json = dict[str, Any]
ByMethod = dict[str, dict[str, float]]
Matrix = list[list[float]]


class Shape(BaseModel):
    """An object with exactly these members."""

    model_config = ConfigDict(extra="forbid")


class CorpusShape(Shape):
    """A corpus that can be searched."""

    name: str
    title: str
    document_count: int
    query_count: int
    judged: bool


class HitShape(Shape):
    """A document's place; `probability` is the logit's sigmoid, for the cross-encoder alone."""

    rank: int
    rank_before: int | None
    doc_id: str
    title: str
    text: str
    score: float
    probability: float | None


class RankingShape(Shape):
    """One method's ranking; `reranks` is the method whose ranking it reorders.

    `query_unread` counts the query's tokens that did not fit the model's window. Keyword search says which words of
    the query it `searched_for`, and which it `left_out`.
    """

    model: str
    reranks: str | None
    milliseconds: float
    passes_needed: int
    passes_run: int
    query_unread: int
    searched_for: list[str] = []
    left_out: list[str] = []
    hits: list[HitShape]


class SearchShape(Shape):
    """Rankings by method. Each update of the stream has this shape, and one more ranking.

    `excluded` is the document with the id of the corpus's own query that was asked: no ranking has it, as in BEIR.
    """

    corpus: str
    query: str
    candidates: int
    candidates_used: int
    excluded: str | None
    rankings: dict[str, RankingShape]


class QueryMeasuresShape(Shape):
    """One judged query's measures, by method and name."""

    query_id: str
    text: str
    kind: str
    measures: ByMethod


class EvaluateShape(Shape):
    """Means over all judged queries, by method and name of the measure, and the same for each query.

    `left_out` says by id why a judged query was not run.
    """

    measures: ByMethod
    queries: list[QueryMeasuresShape]
    left_out: dict[str, str]


class ModelInputShape(Shape):
    """What a model reads of a text or pair; `dropped` tokens lie beyond its `limit`."""

    tokens: list[str]
    ids: list[int]
    segments: list[int]
    attention_mask: list[int]
    limit: int
    dropped: int


class CompareShape(Shape):
    """Both scores of two texts, and what each model reads, by method."""

    cosine: float
    cosine_swapped: float
    score: float
    score_swapped: float
    probability: float
    inputs: dict[str, list[ModelInputShape]]


class SimilarityShape(Shape):
    """The cosine of every two texts."""

    model: str
    matrix: Matrix


class WordEffectShape(Shape):
    """What leaving out one word, from `start` to `end` in its text, does."""

    side: Literal["query", "document"]
    word: str
    start: int
    end: int
    cosine_drop: float
    score_drop: float
    only_word: bool


class OcclusionShape(Shape):
    """Both scores, and how far they drop without each word."""

    query: str
    document: str
    encoder: str
    scorer: str
    cosine: float
    score: float
    words: list[WordEffectShape]
    words_skipped: dict[str, int]


class TokenShape(Shape):
    """A token; `added` where it is the tokeniser's own."""

    token: str
    added: bool


class TokenSimilarityShape(Shape):
    """A row of cosines for each query token."""

    model: str
    query_tokens: list[TokenShape]
    document_tokens: list[TokenShape]
    matrix: Matrix
    pooled_cosine: float
    cosine: float


class AlignmentShape(Shape):
    """The document token that each query token matches, by position, and their cosine; their sum is the score."""

    model: str
    query_tokens: list[TokenShape]
    document_tokens: list[TokenShape]
    matches: list[int]
    cosines: list[float]
    score: float


class OccurrenceShape(Shape):
    """Where a word stands in a sentence, and the pieces it is read in."""

    sentence: int
    start: int
    end: int
    word: str
    pieces: list[str]


class WordInContextShape(Shape):
    """The cosine of every two occurrences; sentences without the word, or beyond the window, by position."""

    model: str
    word: str
    occurrences: list[OccurrenceShape]
    matrix: Matrix
    absent: list[int]
    unread: list[int]
    occurrences_skipped: int
    statement: str


class SwapRowShape(Shape):
    """What swapping one pair changes, by encoder and for the scorer."""

    query: str
    document: str
    corpus: str
    cosine_change: dict[str, float]
    score: float
    score_swapped: float
    score_change: float


class SwapShape(Shape):
    """All pairs, and the mean size of the change by model."""

    encoders: list[str]
    scorer: str
    rows: list[SwapRowShape]
    mean_change: dict[str, float]


class LengthRowShape(Shape):
    """The rank of the right text for each model."""

    condition: str
    query: str
    document: str
    doc_id: str
    candidates: int
    ranks: dict[str, int]


class LengthShape(Shape):
    """All searches, and the mean of 1/rank by condition and model."""

    corpus: str
    models: list[str]
    rows: list[LengthRowShape]
    reciprocal_rank: dict[str, dict[str, float]]


class ErrorShape(BaseModel):
    """The data of the event `error`, and the body of an answer that refuses a call: one sentence."""

    error: str


ANSWERS: dict[str, Any] = {
    "corpora": list[CorpusShape],
    "search": SearchShape,
    "rerank": RankingShape,
    "evaluate": EvaluateShape,
    "compare": CompareShape,
    "similarity": SimilarityShape,
    "occlusion": OcclusionShape,
    "token_similarity": TokenSimilarityShape,
    "alignment": AlignmentShape,
    "word_in_context": WordInContextShape,
    "padded_batch": list[ModelInputShape],
    "swap_experiment": SwapShape,
    "length_experiment": LengthShape,
}


def schemas(endpoints: Iterable[Callable[..., Any]]) -> dict[str, Json]:
    """For each endpoint what it takes, what it gives, and what it gives instead where it can't.

    `output` is the only item of the data of `complete` and, where it streams, of each `generating`.
    """
    error = TypeAdapter(ErrorShape).json_schema(mode="serialization")
    return {
        endpoint.__name__: {
            "description": inspect.getdoc(endpoint),
            "input": _arguments(endpoint),
            "output": TypeAdapter(ANSWERS[endpoint.__name__]).json_schema(mode="serialization"),
            "error": error,
        }
        for endpoint in endpoints
    }


def schemas_route(page: gr.Blocks) -> Route:
    """GET /schemas: those of the page's named endpoints."""
    found = schemas(each.fn for each in page.fns.values() if each.fn and each.api_name in ANSWERS)

    async def answer(request: Request) -> JSONResponse:
        return JSONResponse(found)

    return Route("/schemas", answer)


def _arguments(endpoint: Callable[..., Any]) -> Json:
    """The arguments by name, as /gradio_api/call/v2 takes them; in this order they are the list `data` of /call."""
    types = get_type_hints(endpoint)
    taken = {name: parameter for name, parameter in inspect.signature(endpoint).parameters.items() if name != "request"}
    return {
        "type": "object",
        "properties": {
            name: TypeAdapter(types[name]).json_schema()
            | ({} if parameter.default is inspect.Parameter.empty else {"default": parameter.default})
            for name, parameter in taken.items()
        },
        "required": [name for name, parameter in taken.items() if parameter.default is inspect.Parameter.empty],
        "additionalProperties": False,
    }
