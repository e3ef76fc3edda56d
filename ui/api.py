"""The named endpoints: plain JSON in, plain JSON out. Every argument is checked as if it came from a stranger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from searchcore import explain
from searchcore.checks import check_texts
from searchcore.engine import Engine
from searchcore.evaluate import as_json, evaluate
from searchcore.late_interaction import best_matches
from searchcore.methods import CROSS_ENCODER
from searchcore.types import Corpus, Document, Ranking, SearchResult, sigmoid
from ui.errors import api_errors

Json = dict[str, Any]


def add_endpoints(engine: Engine) -> None:
    """Register every endpoint in the page that is being built, under the name of its function."""
    for endpoint in (*_search_endpoints(engine), *_explain_endpoints(engine), *_experiment_endpoints(engine)):
        gr.api(endpoint, api_name=endpoint.__name__, api_description=endpoint.__doc__, concurrency_limit=None)


def _search_endpoints(engine: Engine) -> tuple[Callable[..., Any], ...]:
    def corpora() -> list[dict[str, Any]]:
        """The corpora that can be searched, smallest first."""
        return [_corpus(corpus) for corpus in engine.corpora.values()]

    def search(
        corpus: str,
        query: str,
        candidates: int = 20,
        methods: list[str] | None = None,
        encoder: str | None = None,
        scorer: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Rank a corpus for a query. Streams: each update has one more ranking."""
        with api_errors():
            for result in engine.stream(corpus, query, candidates, methods, encoder, scorer):
                yield _result(result)

    def rerank(query: str, texts: list[str]) -> dict[str, Any]:
        """Rank any 1 to 200 texts by the cross-encoder; doc_id is the position in texts, from "0"."""
        with api_errors():
            ranking = engine.rerank(query, texts)
            return _ranking(ranking, lambda doc_id: Document(doc_id, texts[int(doc_id)]))

    def evaluate_corpus(
        corpus: str, candidates: int = 20, methods: list[str] | None = None, pool: str = "retrieved"
    ) -> dict[str, Any]:
        """Measure methods on the judged queries of a corpus; pool is "retrieved" or "judged"."""
        with api_errors():
            return as_json(evaluate(engine, corpus, candidates, methods, pool))

    evaluate_corpus.__name__ = "evaluate"  # the endpoint's name; the function itself must not hide the library's
    return corpora, search, rerank, evaluate_corpus


def _explain_endpoints(engine: Engine) -> tuple[Callable[..., Any], ...]:
    def compare(text_a: str, text_b: str) -> dict[str, Any]:
        """Both scores of two texts, as they are and swapped, and the tokens that each model reads."""
        with api_errors():
            return explain.compare(engine, text_a, text_b).as_json()

    def similarity(texts: list[str]) -> dict[str, Any]:
        """The cosine of every two of 2 to 50 texts, by the bi-encoder."""
        with api_errors():
            return explain.similarity(engine, texts).as_json()

    def occlusion(query: str, document: str) -> dict[str, Any]:
        """How far both scores drop when each word is left out."""
        with api_errors():
            return explain.occlusion(engine, query, document).as_json()

    def token_similarity(query: str, document: str) -> dict[str, Any]:
        """The cosine of every query token with every document token, and of their means."""
        with api_errors():
            return explain.token_similarity(engine, query, document).as_json()

    def alignment(query: str, document: str) -> dict[str, Any]:
        """Late interaction: the document token that each query token matches best, and the MaxSim score."""
        with api_errors():
            made = explain.token_similarity(engine, query, document)
            matched = best_matches(made.matrix)
            tokens = {name: made.as_json()[name] for name in ("model", "query_tokens", "document_tokens")}
            return {**tokens, "matches": matched.matches, "cosines": matched.cosines, "score": matched.score}

    def word_in_context(word: str, sentences: list[str]) -> dict[str, Any]:
        """The contextual vectors of one word compared across sentences."""
        with api_errors():
            return explain.word_in_context(engine, word, sentences).as_json()

    def padded_batch(query: str, texts: list[str]) -> list[dict[str, Any]]:
        """The pairs of a query with each text as one padded batch, with its attention masks."""
        with api_errors():
            batch = explain.padded_batch(engine, [(query, text) for text in check_texts(texts)])
            return [explain.input_json(item) for item in batch]

    return compare, similarity, occlusion, token_similarity, alignment, word_in_context, padded_batch


def _experiment_endpoints(engine: Engine) -> tuple[Callable[..., Any], ...]:
    def swap_experiment() -> dict[str, Any]:
        """What swapping query and document does to each model's score, over twenty judged pairs."""
        with api_errors():
            return explain.swap_experiment(engine).as_json()

    def length_experiment(corpus: str | None = None) -> dict[str, Any]:
        """The rank of the right text for each model: short query to passage, and sentence to sentence."""
        with api_errors():
            return explain.length_experiment(engine, corpus).as_json()

    return swap_experiment, length_experiment


def _corpus(corpus: Corpus) -> Json:
    return {
        "name": corpus.name,
        "title": corpus.title,
        "document_count": len(corpus),
        "query_count": len(corpus.queries),
        "judged": corpus.judged,
    }


def _result(result: SearchResult) -> Json:
    return {
        "corpus": result.corpus.name,
        "query": result.query,
        "candidates": result.candidates,
        "candidates_used": result.candidates_used,
        "rankings": {method: _ranking(ranking, result.corpus.document) for method, ranking in result.rankings.items()},
    }


def _ranking(ranking: Ranking, document: Callable[[str], Document]) -> Json:
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
                "probability": sigmoid(hit.score) if ranking.method == CROSS_ENCODER else None,
            }
        )
    return {
        "model": ranking.model,
        "reranks": ranking.reranks,
        "milliseconds": round(ranking.milliseconds, 3),
        "passes_needed": ranking.passes_needed,
        "passes_run": ranking.passes_run,
        "hits": hits,
    }
