"""What it costs to answer many queries over many documents, in three ways: in passes, and in this machine's time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from searchcore.checks import check_candidates, check_number
from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.explain.compare import EXAMPLES
from searchcore.explain.pairs import judged_pairs
from searchcore.running import Work, finish
from searchcore.types import PassTimes

AT_SIZE = 10_000
"""So many queries over so many documents are the price that everybody quotes."""
MOST_TEXTS = 1_000_000_000
# A median of fewer passes says little; so many more are then run.
LEAST_PASSES = 10
TIMED_PASSES = 20
MILLISECONDS = 1000.0


def passes_bi(queries: int, documents: int) -> int:
    """Passes of a bi-encoder: each text once, since vectors are kept."""
    return documents + queries


def passes_cross(queries: int, documents: int) -> int:
    """Passes of a cross-encoder that reads every query with every document."""
    return queries * documents


def passes_reranking(queries: int, documents: int, candidates: int) -> int:
    """Passes of a cross-encoder that reads every query with its candidates alone."""
    return queries * min(candidates, documents)


@dataclass(frozen=True, slots=True)
class Price:
    """`queries` over `documents`, `candidates` of them reranked, by passes that took `encoder_times`, `scorer_times`.

    The scorer reads up to `at_once` pairs at the same time, and each pass has its share of the time that they took: so
    passes times the time of one is how long they take one after the other. Loading, waiting, comparing vectors and
    sorting are not counted.
    """

    queries: int
    documents: int
    candidates: int
    encoder: str
    scorer: str
    encoder_times: PassTimes
    scorer_times: PassTimes
    at_once: int = 1

    @property
    def candidates_used(self) -> int:
        """At most as many as there are documents."""
        return min(self.candidates, self.documents)

    @property
    def passes_bi(self) -> int:
        """The bi-encoder alone."""
        return passes_bi(self.queries, self.documents)

    @property
    def passes_cross(self) -> int:
        """The cross-encoder on every pair."""
        return passes_cross(self.queries, self.documents)

    @property
    def passes_rerank(self) -> int:
        """Retrieve by the bi-encoder, then rerank the candidates by the cross-encoder."""
        return self.passes_bi + passes_reranking(self.queries, self.documents, self.candidates)

    @property
    def milliseconds_bi(self) -> float:
        """The median of the bi-encoder's timed passes."""
        return self.encoder_times.median * MILLISECONDS

    @property
    def milliseconds_cross(self) -> float:
        """The median of the cross-encoder's timed passes."""
        return self.scorer_times.median * MILLISECONDS

    @property
    def seconds_bi(self) -> float:
        """The bi-encoder alone."""
        return self.passes_bi * self.encoder_times.median

    @property
    def seconds_cross(self) -> float:
        """The cross-encoder on every pair."""
        return self.passes_cross * self.scorer_times.median

    @property
    def seconds_rerank(self) -> float:
        """Retrieve, then rerank: passes of both models, each at its own pace."""
        reranking = passes_reranking(self.queries, self.documents, self.candidates)
        return self.seconds_bi + reranking * self.scorer_times.median

    def at(self, documents: int) -> Price:
        """The same for another number of documents, with queries in the same proportion; at least one of each."""
        return replace(self, documents=documents, queries=max(1, round(documents * self.queries / self.documents)))


def price(
    engine: Engine,
    queries: int = AT_SIZE,
    documents: int = AT_SIZE,
    candidates: int = 20,
    encoder: str | None = None,
    scorer: str | None = None,
) -> Price:
    """The price of 1 to a billion `queries` over as many `documents`, with 1 to 200 `candidates` reranked.

    Raises a SearchError that names the argument.
    """
    return finish(price_steps(engine, queries, documents, candidates, encoder, scorer))


def price_steps(
    engine: Engine,
    queries: int = AT_SIZE,
    documents: int = AT_SIZE,
    candidates: int = 20,
    encoder: str | None = None,
    scorer: str | None = None,
) -> Work[Price]:
    """As `price`, with progress on the way. Models that have run too few passes to say are timed on real pairs."""
    queries = check_number(queries, "queries", MOST_TEXTS)
    documents = check_number(documents, "documents", MOST_TEXTS)
    candidates = check_candidates(candidates)
    bi_encoder = yield from engine.models.encoder(engine.models.resolve("encoder", encoder))
    cross_encoder = yield from engine.models.scorer(engine.models.resolve("scorer", scorer))
    pairs = _real_pairs(engine)
    times = engine.resources.pass_times
    if _too_few(times(bi_encoder.name)):
        yield from engine.resources.time_encoder(bi_encoder, [passage for _, passage in pairs])
    if _too_few(times(cross_encoder.name)):
        yield from engine.score_pairs(pairs, cross_encoder.name)
    encoder_times, scorer_times = times(bi_encoder.name), times(cross_encoder.name)
    assert encoder_times is not None and scorer_times is not None
    return Price(
        queries,
        documents,
        candidates,
        bi_encoder.name,
        cross_encoder.name,
        encoder_times,
        scorer_times,
        cross_encoder.parallel,
    )


def _too_few(times: PassTimes | None) -> bool:
    return times is None or times.count < LEAST_PASSES


def _real_pairs(engine: Engine) -> list[tuple[str, str]]:
    """Queries with documents of the corpora; without any, the examples of Under the hood, over and over."""
    try:
        pairs = [(pair.query, pair.passage) for pair in judged_pairs(engine, TIMED_PASSES)]
    except InvalidInput:
        pairs = [(example.query, example.document) for example in EXAMPLES]
    return (pairs * TIMED_PASSES)[:TIMED_PASSES]
