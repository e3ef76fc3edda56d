"""MaxSim: match tokens first, then add up (Khattab and Zaharia 2020, ColBERT)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from searchcore.models import OwnTokens, TokenEncoder
from searchcore.ranking.method import BI_ENCODER, LATE_INTERACTION, Scale, reordered
from searchcore.request import Request
from searchcore.running import Work
from searchcore.types import Hit, Ranking

Vectors = NDArray[np.float32]
# The token vectors of more documents than this are made for the candidates of each search and not kept.
MAX_TOKEN_DOCUMENTS = 1_000


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each query token: the document token that matches it best, and their cosine.

    `matches` holds positions in the document, `cosines` values in [-1, 1]; both have one entry for each query token.
    """

    matches: tuple[int, ...]
    cosines: tuple[float, ...]

    @property
    def score(self) -> float:
        """MaxSim: the sum of the best cosines; a text with itself scores its number of tokens."""
        return float(sum(self.cosines))


def align(query_tokens: NDArray[np.float32], document_tokens: NDArray[np.float32]) -> Alignment:
    """Match each row of `query_tokens` (m, d) with its nearest of `document_tokens` (n, d), all of unit length."""
    return best_matches(query_tokens @ document_tokens.T)


def best_matches(cosines: NDArray[np.floating]) -> Alignment:
    """The alignment in a matrix (query tokens, document tokens) of cosines."""
    matches = cosines.argmax(axis=1)
    best = cosines.max(axis=1)
    return Alignment(tuple(int(i) for i in matches), tuple(float(c) for c in best))


def max_sim(query_tokens: NDArray[np.float32], document_tokens: NDArray[np.float32]) -> float:
    """The score of `align` alone."""
    return float((query_tokens @ document_tokens.T).max(axis=1).sum())


class LateInteraction:
    """Reranking token by token: each query token with its best document token, summed."""

    key = LATE_INTERACTION
    title = "Late interaction"
    citation = "Khattab and Zaharia 2020, ColBERT"
    scale = Scale("MaxSim", "bar: share of the best score")
    models: tuple[str, ...] = ("encoder", "matcher")

    def __init__(self, reranks: str = BI_ENCODER) -> None:
        self.reranks = reranks

    def passes(self, n: int) -> int:
        """One, for the query: the documents' token vectors are made once and kept, unless the corpus is large."""
        return 1

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Work[Ranking]:
        """See Method.rank."""
        corpus, hits = request.corpus, before[self.reranks].hits
        matcher = yield from self._matcher(request)
        query, documents, seconds = yield from self._token_vectors(request, matcher, hits)
        began = time.perf_counter()
        scores = {hit.doc_id: max_sim(query, vectors) for hit, vectors in zip(hits, documents, strict=True)}
        ordered = reordered(hits, scores, corpus.position)
        passes = self.passes(len(hits)) + (len(hits) if len(corpus) > MAX_TOKEN_DOCUMENTS else 0)
        return Ranking(
            self.key,
            matcher.name,
            ordered,
            reranks=self.reranks,
            milliseconds=(seconds + time.perf_counter() - began) * 1000,
            passes_needed=passes,
            passes_run=passes,
        )

    def _matcher(self, request: Request) -> Work[TokenEncoder]:
        """The model trained for late interaction that was asked for, or the bi-encoder's own tokens."""
        models = request.resources.models
        if request.matcher is not None:
            return (yield from models.matcher(request.matcher))
        return OwnTokens((yield from models.encoder(request.encoder)))

    def _token_vectors(
        self, request: Request, matcher: TokenEncoder, hits: Sequence[Hit]
    ) -> Work[tuple[Vectors, list[Vectors], float]]:
        """Token vectors of the query and of each hit, and the seconds that making them took."""
        corpus, resources = request.corpus, request.resources
        if len(corpus) <= MAX_TOKEN_DOCUMENTS:
            kept = yield from resources.token_vectors_of(corpus, matcher)
            query, seconds = yield from resources.query_tokens(matcher, request.query)
            began = time.perf_counter()
            documents = [kept.of(corpus.position(hit.doc_id)) for hit in hits]
            return query, documents, seconds + time.perf_counter() - began
        query, seconds = yield from resources.query_tokens(matcher, request.query)
        passages = [corpus.document(hit.doc_id).passage for hit in hits]
        documents, more = yield from resources.document_tokens(matcher, passages)
        return query, documents, seconds + more
