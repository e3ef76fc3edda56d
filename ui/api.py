"""The named endpoints: plain JSON in, plain JSON out. Every argument is checked as if it came from a stranger.

Each call is work in the lines of whoever calls, and ends when the caller is gone; while it waits it holds no thread.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from inspect import getdoc
from typing import Any, TypeVar

import gradio as gr

from searchcore import explain
from searchcore.checks import check_texts
from searchcore.engine import Engine
from searchcore.evaluate import as_json, evaluation_steps
from searchcore.ranking import Method
from searchcore.ranking.late_interaction import best_matches
from searchcore.running import Drive, Work
from searchcore.types import Corpus, Document, Ranking, SearchResult
from ui.callers import visit_of
from ui.errors import sentence_for

T = TypeVar("T")
Json = dict[str, Any]
Begin = Callable[[Engine], Work[Any]]


def add_endpoints(engine: Engine) -> None:
    """Register every endpoint in the page that is being built, under the name of its function."""
    calls = Calls(engine)
    for endpoint in (*_search_endpoints(calls), *_explain_endpoints(calls), *_experiment_endpoints(calls)):
        gr.api(endpoint, api_name=endpoint.__name__, api_description=getdoc(endpoint), concurrency_limit=None)


class Calls:
    """Drives what an endpoint begins, for the caller that asks; an error becomes the sentence a client receives."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def steps(self, request: gr.Request, begin: Begin) -> AsyncGenerator[Any, None]:
        """What the work says on the way, then what it returns."""
        visit = visit_of(request)
        try:
            drive: Drive[Any] = Drive(begin(self.engine.for_caller(visit.caller)))
            visit.on_leave(drive.end)
            async with aclosing(drive.steps()) as steps:
                async for step in steps:
                    yield step
            yield drive.result
        except Exception as error:
            raise gr.Error(sentence_for(visit.why or error), print_exception=False) from error
        finally:
            visit.done()

    async def result(self, request: gr.Request, begin: Begin, shown: Callable[[Any], T]) -> T:
        """What the work returns, as `shown` shows it."""
        last: Any = None
        async with aclosing(self.steps(request, begin)) as steps:
            async for step in steps:
                last = step
        return shown(last)


def _search_endpoints(calls: Calls) -> tuple[Callable[..., Any], ...]:
    engine = calls.engine

    def corpora() -> list[dict[str, Any]]:
        """The corpora that can be searched, smallest first."""
        return [_corpus(corpus) for corpus in engine.corpora.values()]

    async def search(
        request: gr.Request,
        corpus: str,
        query: str,
        candidates: int = 20,
        methods: list[str] | None = None,
        encoder: str | None = None,
        scorer: str | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Rank a corpus for a query. Streams: each update has one more ranking.

        A score orders the documents of this query; with another query's it can't be compared. `probability` is the
        logit's sigmoid, not calibrated.
        """

        def begin(asked: Engine) -> Work[None]:
            # The last ranking is in the last update already.
            yield from asked.searching(corpus, query, candidates, methods, encoder, scorer)

        async with aclosing(calls.steps(request, begin)) as steps:
            async for step in steps:
                if isinstance(step, SearchResult):
                    yield _result(step, engine.methods)

    async def rerank(request: gr.Request, query: str, texts: list[str]) -> dict[str, Any]:
        """Rank any 1 to 200 texts by the cross-encoder; doc_id is the position in texts, from "0".

        A logit orders the texts of one query; with another query's it can't be compared. `probability` is its sigmoid,
        not calibrated.
        """
        return await calls.result(
            request,
            lambda asked: asked.reranking(query, texts),
            lambda made: _ranking(made, lambda doc_id: Document(doc_id, texts[int(doc_id)]), engine.methods),
        )

    async def evaluate(
        request: gr.Request,
        corpus: str,
        candidates: int = 20,
        methods: list[str] | None = None,
        pool: str = "retrieved",
        split: str | None = None,
    ) -> dict[str, Any]:
        """Measure methods on the judged queries of a corpus; pool is "retrieved" or "judged".

        `split` names the judgements where there are several ("test", "dev", ...); without it they are the first.
        """
        return await calls.result(
            request,
            lambda asked: evaluation_steps(asked, corpus, candidates, methods, pool, split=split),
            as_json,
        )

    return corpora, search, rerank, evaluate


def _explain_endpoints(calls: Calls) -> tuple[Callable[..., Any], ...]:
    async def compare(request: gr.Request, text_a: str, text_b: str) -> dict[str, Any]:
        """Both scores of two texts, as they are and swapped, and the tokens that each model reads.

        No logit by itself means a match: it orders texts for one query. `probability` is its sigmoid, not calibrated.
        """
        return await calls.result(request, lambda asked: explain.compare_steps(asked, text_a, text_b), _as_json)

    async def similarity(request: gr.Request, texts: list[str]) -> dict[str, Any]:
        """The cosine of every two of 2 to 50 texts, by the bi-encoder."""
        return await calls.result(request, lambda asked: explain.similarity_steps(asked, texts), _as_json)

    async def occlusion(request: gr.Request, query: str, document: str) -> dict[str, Any]:
        """How far both scores drop when each word is left out."""
        return await calls.result(request, lambda asked: explain.occlusion_steps(asked, query, document), _as_json)

    async def token_similarity(request: gr.Request, query: str, document: str) -> dict[str, Any]:
        """The cosine of every query token with every document token, and of their means."""
        begin = _of_tokens(query, document)
        return await calls.result(request, begin, _as_json)

    async def alignment(request: gr.Request, query: str, document: str) -> dict[str, Any]:
        """Late interaction: the document token that each query token matches best, and the MaxSim score."""
        return await calls.result(request, _of_tokens(query, document), _aligned)

    async def word_in_context(request: gr.Request, word: str, sentences: list[str]) -> dict[str, Any]:
        """The contextual vectors of one word compared across sentences."""
        return await calls.result(
            request, lambda asked: explain.word_in_context_steps(asked, word, sentences), _as_json
        )

    async def padded_batch(request: gr.Request, query: str, texts: list[str]) -> list[dict[str, Any]]:
        """The pairs of a query with each text as one padded batch, with its attention masks."""
        return await calls.result(
            request,
            lambda asked: explain.padded_batch_steps(asked, [(query, text) for text in check_texts(texts)]),
            lambda batch: [explain.input_json(item) for item in batch],
        )

    return compare, similarity, occlusion, token_similarity, alignment, word_in_context, padded_batch


def _experiment_endpoints(calls: Calls) -> tuple[Callable[..., Any], ...]:
    async def swap_experiment(request: gr.Request) -> dict[str, Any]:
        """What swapping query and document does to each model's score, over twenty judged pairs."""
        return await calls.result(request, explain.swap_experiment_steps, _as_json)

    async def length_experiment(request: gr.Request, corpus: str | None = None) -> dict[str, Any]:
        """The rank of the right text for each model: short query to passage, and sentence to sentence."""
        return await calls.result(request, lambda asked: explain.length_experiment_steps(asked, corpus), _as_json)

    return swap_experiment, length_experiment


def _of_tokens(query: str, document: str) -> Begin:
    return lambda asked: explain.token_similarity_steps(asked, query, document)


def _as_json(made: Any) -> Json:
    plain: Json = made.as_json()
    return plain


def _aligned(made: explain.TokenSimilarity) -> Json:
    matched = best_matches(made.matrix)
    tokens = {name: made.as_json()[name] for name in ("model", "query_tokens", "document_tokens")}
    return {**tokens, "matches": matched.matches, "cosines": matched.cosines, "score": matched.score}


def _corpus(corpus: Corpus) -> Json:
    return {
        "name": corpus.name,
        "title": corpus.title,
        "document_count": len(corpus),
        "query_count": len(corpus.queries),
        "judged": corpus.judged,
    }


def _result(result: SearchResult, methods: Mapping[str, Method]) -> Json:
    return {
        "corpus": result.corpus.name,
        "query": result.query,
        "candidates": result.candidates,
        "candidates_used": result.candidates_used,
        "excluded": result.excluded,
        "rankings": {key: _ranking(made, result.corpus.document, methods) for key, made in result.rankings.items()},
    }


def _ranking(ranking: Ranking, document: Callable[[str], Document], methods: Mapping[str, Method]) -> Json:
    probability = methods[ranking.method].scale.probability
    hits = []
    for hit in ranking.hits:
        found = document(hit.doc_id)
        hits.append(
            {
                "rank": hit.rank,
                "rank_before": hit.rank_before,
                "doc_id": hit.doc_id,
                "title": found.title,
                "text": found.text,
                "score": hit.score,
                "probability": probability(hit.score) if probability else None,
            }
        )
    words = ranking.words
    read = {"searched_for": list(words.searched_for), "left_out": list(words.left_out)} if words is not None else {}
    return {
        "model": ranking.model,
        "reranks": ranking.reranks,
        "milliseconds": round(ranking.milliseconds, 3),
        "passes_needed": ranking.passes_needed,
        "passes_run": ranking.passes_run,
        "query_unread": ranking.query_cut.unread if ranking.query_cut else 0,
        **read,
        "hits": hits,
    }
