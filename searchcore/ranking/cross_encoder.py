"""Query and document read together: one logit for the pair (Nogueira and Cho 2019, Passage Re-ranking with BERT)."""

from __future__ import annotations

import time
from collections.abc import Mapping

from searchcore.models import cut_in_pairs
from searchcore.ranking.method import BI_ENCODER, CROSS_ENCODER, Scale, reordered
from searchcore.request import Request
from searchcore.running import Work, retold
from searchcore.types import PartialScores, Ranking, sigmoid

LOGIT_RANGE = 11.0


class CrossEncoder:
    """Reranking: nothing of a pair can be made beforehand, so each candidate costs one pass."""

    key = CROSS_ENCODER
    title = "Cross-encoder"
    citation = "Nogueira and Cho 2019, Passage Re-ranking with BERT"
    scale = Scale(
        "logit",
        "bar: logit from −11 to +11, filled above 0",
        low=-LOGIT_RANGE,
        high=LOGIT_RANGE,
        probability=sigmoid,
    )
    models: tuple[str, ...] = ("scorer",)

    def __init__(self, reranks: str = BI_ENCODER) -> None:
        self.reranks = reranks

    def of(self, first: str) -> CrossEncoder:
        """The same, which reorders the ranking of the method `first`."""
        return CrossEncoder(first)

    def passes(self, n: int) -> int:
        """One for each candidate."""
        return n

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Work[Ranking]:
        """See Method.rank."""
        corpus, resources = request.corpus, request.resources
        scorer = yield from resources.models.scorer(request.scorer)
        hits = before[self.reranks].hits
        scores = resources.pair_scores(corpus, scorer, request.query)
        pairs = {hit.doc_id: (request.query, corpus.document(hit.doc_id).passage) for hit in hits}

        def known() -> PartialScores:
            done = {doc_id: scores[doc_id].logit for doc_id in pairs if doc_id in scores}
            return PartialScores(self.key, done, len(pairs))

        passes, seconds = yield from retold(resources.score(scorer, pairs, scores), lambda step: (step, known()))
        # In idle time they are kept, whoever asked first.
        if passes or resources.caller.idle:
            resources.scored(corpus, scorer, request.query)
        began = time.perf_counter()
        logits = {doc_id: scores[doc_id].logit for doc_id in pairs}
        ordered = reordered(hits, logits, corpus.position)
        sorting = time.perf_counter() - began
        return Ranking(
            self.key,
            scorer.name,
            ordered,
            reranks=self.reranks,
            milliseconds=(seconds + sorting) * 1000,
            measured_milliseconds=(sum(scores[doc_id].seconds for doc_id in pairs) + sorting) * 1000,
            passes_needed=self.passes(len(hits)),
            passes_run=passes,
            unread={hit.doc_id: scores[hit.doc_id].unread for hit in ordered if scores[hit.doc_id].unread},
            query_cut=cut_in_pairs([scores[doc_id] for doc_id in pairs]),
        )
