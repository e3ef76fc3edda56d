"""MaxSim: match tokens first, then add up (Khattab and Zaharia 2020, ColBERT)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from searchcore.index import KEPT_TYPE
from searchcore.models import OwnTokens, TokenEncoder
from searchcore.ranking.method import BI_ENCODER, LATE_INTERACTION, Scale, reordered
from searchcore.request import Request
from searchcore.running import Work
from searchcore.types import Hit, Ranking

Vectors = NDArray[np.float32]
# Token vectors are made for the candidates of a search; those of a corpus of at most so many documents are then kept.
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

    def of(self, first: str) -> LateInteraction:
        """The same, which reorders the ranking of the method `first`."""
        return LateInteraction(first)

    def passes(self, n: int) -> int:
        """One, for the query: the documents' token vectors are made once and kept, unless the corpus is large."""
        return 1

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Work[Ranking]:
        """See Method.rank."""
        corpus, hits = request.corpus, before[self.reranks].hits
        matcher = yield from self._matcher(request)
        query, documents, passes, seconds = yield from self._token_vectors(request, matcher, hits)
        began = time.perf_counter()
        scores = {hit.doc_id: max_sim(query, vectors) for hit, vectors in zip(hits, documents, strict=True)}
        ordered = reordered(hits, scores, corpus.position)
        milliseconds = (seconds + time.perf_counter() - began) * 1000
        return Ranking(
            self.key,
            matcher.name,
            ordered,
            reranks=self.reranks,
            milliseconds=milliseconds,
            measured_milliseconds=milliseconds,
            passes_needed=passes,
            passes_run=passes,
            query_cut=request.resources.query_cut(corpus, matcher, request.query),
        )

    def _matcher(self, request: Request) -> Work[TokenEncoder]:
        """The model trained for late interaction that was asked for, or the bi-encoder's own tokens."""
        models = request.resources.models
        if request.matcher is not None:
            return (yield from models.matcher(request.matcher))
        return OwnTokens((yield from models.encoder(request.encoder)))

    def _token_vectors(
        self, request: Request, matcher: TokenEncoder, hits: Sequence[Hit]
    ) -> Work[tuple[Vectors, list[Vectors], int, float]]:
        """Token vectors of the query and of each hit, the passes that making them took, and the seconds."""
        corpus, resources = request.corpus, request.resources
        query, seconds = yield from resources.query_tokens(matcher, request.query)
        kept = resources.token_vectors_of(corpus, matcher) if len(corpus) <= MAX_TOKEN_DOCUMENTS else None
        if kept is not None:
            began = time.perf_counter()
            documents = [kept.of(corpus.position(hit.doc_id)) for hit in hits]
            return query, documents, self.passes(len(hits)), seconds + time.perf_counter() - began
        passages = [corpus.document(hit.doc_id).passage for hit in hits]
        made, more = yield from resources.document_tokens(matcher, passages)
        # As exact as those that are kept, so that a score doesn't depend on where its vectors come from.
        documents = [vectors.astype(KEPT_TYPE).astype(np.float32) for vectors in made]
        return query, documents, self.passes(len(hits)) + len(hits), seconds + more
