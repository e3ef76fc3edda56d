"""The named endpoints: plain JSON in, plain JSON out. Every argument is checked as if it came from a stranger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.methods import CROSS_ENCODER
from searchcore.types import Corpus, Document, Ranking, SearchResult, sigmoid
from ui.errors import api_errors


def add_endpoints(engine: Engine) -> None:
    """Register the endpoints in the page that is being built."""

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
        """Rank any texts by the cross-encoder; doc_id is the position in `texts`, from "0"."""
        with api_errors():
            ranking = engine.rerank(query, texts)
            return _ranking(ranking, lambda doc_id: Document(doc_id, texts[int(doc_id)]))

    for endpoint in (corpora, search, rerank):
        gr.api(endpoint, api_name=endpoint.__name__, api_description=endpoint.__doc__, concurrency_limit=None)


def _corpus(corpus: Corpus) -> dict[str, Any]:
    return {
        "name": corpus.name,
        "title": corpus.title,
        "document_count": len(corpus),
        "query_count": len(corpus.queries),
        "judged": corpus.judged,
    }


def _result(result: SearchResult) -> dict[str, Any]:
    return {
        "corpus": result.corpus.name,
        "query": result.query,
        "candidates": result.candidates,
        "candidates_used": result.candidates_used,
        "rankings": {method: _ranking(ranking, result.corpus.document) for method, ranking in result.rankings.items()},
    }


def _ranking(ranking: Ranking, document: Callable[[str], Document]) -> dict[str, Any]:
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
