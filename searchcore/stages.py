"""One stage for each method: what it needs is loaded, the ranking is made, its cost is counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from searchcore.embeddings import EmbeddingCache, TokenVectors
from searchcore.jobs import Job, SingleFlight
from searchcore.late_interaction import max_sim
from searchcore.memory import CorpusMemory, Memories
from searchcore.methods import BI_ENCODER, BM25, CROSS_ENCODER, LATE_INTERACTION, METHODS
from searchcore.models import Encoder, ModelStore, OwnTokens, PairScorer, TokenEncoder
from searchcore.rerank import reordered
from searchcore.retrieve import cosine_hits
from searchcore.scoring import PairScoring
from searchcore.types import Corpus, Hit, Progress, Ranking, Stage

T = TypeVar("T")

# The token vectors of more documents than this are made for the candidates of each search and not kept.
MAX_TOKEN_DOCUMENTS = 1_000


@dataclass(frozen=True, slots=True)
class Search:
    """A search whose arguments have been checked. `vector` is the query's, where it was made beforehand."""

    corpus: Corpus
    query: str
    candidates: int
    methods: tuple[str, ...]
    encoder: str
    scorer: str
    matcher: str | None = None
    vector: NDArray[np.float32] | None = None


class Stages:
    """The stages of a search over shared models, caches and the line for pair scoring."""

    def __init__(self, models: ModelStore, cache: EmbeddingCache, scoring: PairScoring) -> None:
        self.models = models
        self.cache = cache
        self.scoring = scoring
        self._memories = Memories()
        self._embedding = SingleFlight()

    def run(self, method: str, search: Search, rankings: Mapping[str, Ranking]) -> Stage[Ranking]:
        """The ranking of one method, given those made before it."""
        stage = {
            BM25: self._keywords,
            BI_ENCODER: self._bi_encoder,
            LATE_INTERACTION: self._late_interaction,
            CROSS_ENCODER: self._cross_encoder,
        }[method]
        return stage(search, rankings)

    def vectors(self, corpus: Corpus, encoder: Encoder) -> Stage[NDArray[np.float32]]:
        """Unit vectors (documents, dimensions) of a corpus: from memory, from disk, or made now."""
        return self._once(
            corpus,
            self._memories.of(corpus).vectors,
            encoder,
            lambda job: self.cache.embed(corpus, encoder, job.report),
        )

    def token_vectors(self, corpus: Corpus, matcher: TokenEncoder) -> Stage[TokenVectors | None]:
        """Token vectors of a corpus, as `vectors`; None for a corpus of more than 1,000 documents."""
        if len(corpus) > MAX_TOKEN_DOCUMENTS:
            return None
        kept = self._memories.of(corpus).token_vectors
        return (
            yield from self._once(
                corpus, kept, matcher, lambda job: self.cache.embed_tokens(corpus, matcher, job.report)
            )
        )

    def scored(
        self,
        scorer: PairScorer,
        hits: Sequence[Hit],
        pairs: Mapping[str, tuple[str, str]],
        position: Callable[[str], int],
        scores: dict[str, float],
    ) -> Stage[Ranking]:
        """Score every pair that `scores` does not hold yet, then put the hits in the new order."""
        passes, seconds = yield from self.scoring.fill(scorer, pairs, scores)
        began = time.perf_counter()
        ordered = reordered(hits, scores, position)
        return Ranking(
            CROSS_ENCODER,
            scorer.name,
            ordered,
            reranks=METHODS[CROSS_ENCODER].reranks,
            milliseconds=seconds * 1000 + _milliseconds(began),
            passes_needed=len(pairs),
            passes_run=passes,
            unread=_unread(ordered, lambda doc_id: scorer.read(*pairs[doc_id]).dropped),
        )

    def close(self) -> None:
        """Stop all background work."""
        self.scoring.close()
        self._embedding.cancel_all()

    def _keywords(self, search: Search, rankings: Mapping[str, Ranking]) -> Stage[Ranking]:
        index = self._memories.of(search.corpus).keyword_index()
        began = time.perf_counter()
        hits = index.hits(search.query, search.candidates)
        yield from ()
        return Ranking(BM25, "bm25s", hits, milliseconds=_milliseconds(began))

    def _bi_encoder(self, search: Search, rankings: Mapping[str, Ranking]) -> Stage[Ranking]:
        encoder = yield from self.models.encoder(search.encoder)
        matrix = yield from self.vectors(search.corpus, encoder)
        memory = self._memories.of(search.corpus)
        began = time.perf_counter()
        vector, passes = _query_vector(search, encoder, memory)
        hits = cosine_hits(memory.doc_ids, matrix, vector, search.candidates)
        milliseconds = _milliseconds(began)
        return Ranking(
            BI_ENCODER,
            encoder.name,
            hits,
            milliseconds=milliseconds,
            passes_needed=1,
            passes_run=passes,
            unread=_unread(hits, lambda doc_id: encoder.read(search.corpus.document(doc_id).passage).dropped),
        )

    def _late_interaction(self, search: Search, rankings: Mapping[str, Ranking]) -> Stage[Ranking]:
        matcher = yield from self._matcher(search)
        corpus, hits = search.corpus, rankings[BI_ENCODER].hits
        kept = yield from self.token_vectors(corpus, matcher)
        began = time.perf_counter()
        query = matcher.query_tokens(search.query)
        scores = {}
        for done, hit in enumerate(hits):
            if kept is None:
                yield Progress("matching", matcher.name, done, len(hits))
                document = matcher.document_tokens(corpus.document(hit.doc_id).passage)
            else:
                document = kept.of(corpus.position(hit.doc_id))
            scores[hit.doc_id] = max_sim(query, document)
        ordered = reordered(hits, scores, corpus.position)
        passes = 1 if kept is not None else 1 + len(hits)
        return Ranking(
            LATE_INTERACTION,
            matcher.name,
            ordered,
            reranks=METHODS[LATE_INTERACTION].reranks,
            milliseconds=_milliseconds(began),
            passes_needed=passes,
            passes_run=passes,
        )

    def _cross_encoder(self, search: Search, rankings: Mapping[str, Ranking]) -> Stage[Ranking]:
        scorer = yield from self.models.scorer(search.scorer)
        corpus, hits = search.corpus, rankings[BI_ENCODER].hits
        memory = self._memories.of(corpus)
        scores = memory.pair_scores.setdefault((scorer.fingerprint, search.query), dict)
        pairs = {hit.doc_id: (search.query, corpus.document(hit.doc_id).passage) for hit in hits}
        return (yield from self.scored(scorer, hits, pairs, corpus.position, scores))

    def _matcher(self, search: Search) -> Stage[TokenEncoder]:
        """The model trained for late interaction that was asked for, or the bi-encoder's own tokens."""
        if search.matcher is not None:
            return (yield from self.models.matcher(search.matcher))
        encoder = yield from self.models.encoder(search.encoder)
        return OwnTokens(encoder)

    def _once(
        self,
        corpus: Corpus,
        kept: dict[str, T],
        model: Encoder | TokenEncoder,
        compute: Callable[[Job[T]], T],
    ) -> Stage[T]:
        """What `kept` has for the model; else the result of one job for all who wait for it."""

        def work(job: Job[T]) -> T:
            if model.fingerprint not in kept:
                kept[model.fingerprint] = compute(job)
            return kept[model.fingerprint]

        if model.fingerprint in kept:
            return kept[model.fingerprint]
        job = self._embedding.job((id(corpus), model.fingerprint), work)
        return (yield from job.follow("embedding", corpus.title or corpus.name))


def _query_vector(search: Search, encoder: Encoder, memory: CorpusMemory) -> tuple[NDArray[np.float32], int]:
    """The query's vector and the passes it took now: one, or none where it is remembered."""
    key = (encoder.fingerprint, search.query)
    if search.vector is None and (kept := memory.query_vectors.get(key)) is not None:
        return kept, 0
    vector = search.vector if search.vector is not None else encoder.encode_queries([search.query])[0]
    return memory.query_vectors.setdefault(key, lambda: vector), 1


def _milliseconds(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _unread(hits: Sequence[Hit], dropped: Callable[[str], int]) -> dict[str, int]:
    """Tokens beyond the window by document, for the documents that have any."""
    return {hit.doc_id: count for hit in hits if (count := dropped(hit.doc_id))}
