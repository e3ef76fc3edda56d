"""Ranks what has been judged: for each query every document with a grade, found by retrieval or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from searchcore.engine import Engine
from searchcore.late_interaction import max_sim
from searchcore.methods import BI_ENCODER, BM25, CROSS_ENCODER, LATE_INTERACTION, METHODS, plan
from searchcore.models import OwnTokens, TokenEncoder
from searchcore.rerank import reordered
from searchcore.retrieve import KeywordIndex, cosine_hits
from searchcore.types import Corpus, Hit, Progress, Query, Ranking, Stage

# Scored in pieces, so that a search of somebody else waits for a piece at most, not for a whole pool.
PAIRS_AT_A_TIME = 50

Ranker = Callable[[Query, Sequence[int], Mapping[str, Ranking]], Stage[Ranking]]


class JudgedPools:
    """Rankings of the judged documents of each query, by each method with its own score.

    BM25 counts words over the whole corpus, as in a search; documents that share no word with the
    query come last, with a score of 0, in corpus order.
    """

    def __init__(
        self,
        engine: Engine,
        corpus: Corpus,
        methods: tuple[str, ...],
        encoder: str,
        scorer: str,
        matcher: str | None,
    ) -> None:
        self._engine = engine
        self._corpus = corpus
        self._methods = methods
        self._encoder = encoder
        self._scorer = scorer
        self._matcher = matcher
        self._index: KeywordIndex | None = None
        self._rankers: dict[str, Ranker] = {
            BM25: self._by_words,
            BI_ENCODER: self._by_cosine,
            LATE_INTERACTION: self._by_tokens,
            CROSS_ENCODER: self._by_pairs,
        }

    def rankings(self, query: Query) -> Stage[dict[str, Ranking]]:
        """Yield progress, then return the rankings of the pool of `query`, by method."""
        pool = sorted(self._corpus.position(doc_id) for doc_id in self._corpus.qrels[query.query_id])
        made: dict[str, Ranking] = {}
        for method in plan(self._methods):
            made[method.name] = yield from self._rankers[method.name](query, pool, made)
        return {name: made[name] for name in self._methods}

    def _by_words(self, query: Query, pool: Sequence[int], made: Mapping[str, Ranking]) -> Stage[Ranking]:
        documents = self._corpus.documents
        if self._index is None:
            self._index = KeywordIndex([d.doc_id for d in documents], [d.passage for d in documents])
        wanted = {documents[i].doc_id for i in pool}
        found = [hit for hit in self._index.hits(query.text, len(documents)) if hit.doc_id in wanted]
        with_a_word = {hit.doc_id for hit in found}
        rest = [Hit(0, documents[i].doc_id, 0.0) for i in pool if documents[i].doc_id not in with_a_word]
        yield from ()
        return Ranking(BM25, "bm25s", tuple(replace(hit, rank=i) for i, hit in enumerate([*found, *rest], start=1)))

    def _by_cosine(self, query: Query, pool: Sequence[int], made: Mapping[str, Ranking]) -> Stage[Ranking]:
        encoder = yield from self._engine.models.encoder(self._encoder)
        matrix = yield from self._engine.vectors(self._corpus, self._encoder)
        vector = encoder.encode_queries([query.text])[0]
        doc_ids = [self._corpus.documents[i].doc_id for i in pool]
        hits = cosine_hits(doc_ids, matrix[list(pool)], vector, len(pool))
        return Ranking(BI_ENCODER, encoder.name, hits, passes_needed=1, passes_run=1)

    def _by_pairs(self, query: Query, pool: Sequence[int], made: Mapping[str, Ranking]) -> Stage[Ranking]:
        documents = [self._corpus.documents[i] for i in pool]
        scores: dict[str, float] = {}
        for start in range(0, len(documents), PAIRS_AT_A_TIME):
            some = documents[start : start + PAIRS_AT_A_TIME]
            pairs = [(query.text, document.passage) for document in some]
            logits = yield from self._engine.score_pairs(pairs, self._scorer)
            scores.update(zip((document.doc_id for document in some), logits, strict=True))
        return self._reordered(CROSS_ENCODER, self._scorer, made, scores, passes=len(pool))

    def _by_tokens(self, query: Query, pool: Sequence[int], made: Mapping[str, Ranking]) -> Stage[Ranking]:
        matcher = yield from self._token_encoder()
        kept = yield from self._engine.token_vectors(self._corpus, matcher)
        tokens = matcher.query_tokens(query.text)
        scores: dict[str, float] = {}
        for done, i in enumerate(pool):
            yield Progress("matching", matcher.name, done, len(pool))
            document = self._corpus.documents[i]
            vectors = kept.of(i) if kept is not None else matcher.document_tokens(document.passage)
            scores[document.doc_id] = max_sim(tokens, vectors)
        passes = 1 if kept is not None else 1 + len(pool)
        return self._reordered(LATE_INTERACTION, matcher.name, made, scores, passes)

    def _token_encoder(self) -> Stage[TokenEncoder]:
        if self._matcher is not None:
            return (yield from self._engine.models.matcher(self._matcher))
        return OwnTokens((yield from self._engine.models.encoder(self._encoder)))

    def _reordered(
        self, method: str, model: str, made: Mapping[str, Ranking], scores: Mapping[str, float], passes: int
    ) -> Ranking:
        before = METHODS[method].reranks or ""
        hits = reordered(made[before].hits, scores, self._corpus.position)
        return Ranking(method, model, hits, reranks=before, passes_needed=passes, passes_run=passes)
