"""One search as a sequence of stages. Holds the models, the corpora and what was worked out for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from searchcore.checks import check_candidates, check_methods, check_query, check_texts
from searchcore.corpora import find_corpora
from searchcore.embeddings import EmbeddingCache
from searchcore.errors import InvalidInput, SearchError, UnknownName, quoted
from searchcore.jobs import Job, SingleFlight, WaitingLine
from searchcore.memory import Memories
from searchcore.methods import BI_ENCODER, BM25, CROSS_ENCODER, DEFAULT_METHODS, METHODS, plan
from searchcore.models import Encoder, ModelStore, PairScorer
from searchcore.rerank import reordered
from searchcore.retrieve import cosine_hits
from searchcore.types import Corpus, Hit, Progress, Ranking, SearchResult

T = TypeVar("T")
Stage = Generator[Progress, None, T]
MAX_WAITING = 100


@dataclass(frozen=True, slots=True)
class Status:
    """Whether everything is in memory; until then, what is being done, or why it can't be."""

    ready: bool
    progress: Progress | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Search:
    """A search whose arguments have been checked."""

    corpus: Corpus
    query: str
    candidates: int
    methods: tuple[str, ...]
    encoder: str
    scorer: str
    vector: NDArray[np.float32] | None = None


def finish(steps: Generator[Progress, None, T]) -> T:
    """Run `steps` to the end, passing over its progress, and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: T = stop.value
            return result


class Engine:
    """Search over corpora with a bi-encoder and a cross-encoder. Safe to share between threads.

    Without arguments: the built-in corpora and those of SEARCHCORE_CORPORA, the bundled models, and
    the embedding cache in its default folder. Nothing is loaded before it is needed; see `warm`.
    """

    def __init__(
        self,
        corpora: Mapping[str, Corpus] | None = None,
        models: ModelStore | None = None,
        cache: EmbeddingCache | None = None,
    ) -> None:
        self.problems: list[str] = []
        if corpora is None:
            corpora, self.problems = find_corpora()
        self.corpora = dict(corpora)
        self.models = models or ModelStore()
        self.cache = cache or EmbeddingCache()
        self._memories = Memories()
        self._embedding = SingleFlight()
        self._line = WaitingLine(MAX_WAITING)
        self._pace: dict[str, float] = {}
        self._status = Status(ready=False)

    def search(
        self,
        corpus: str | Corpus,
        query: str,
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
    ) -> SearchResult:
        """Rank `candidates` documents (1 to 200, at most the whole corpus) by each of `methods`.

        `encoder` and `scorer` name models of the catalogue. Raises a SearchError with one plain sentence.
        """
        return list(self.stream(corpus, query, candidates, methods, encoder, scorer))[-1]

    def stream(
        self,
        corpus: str | Corpus,
        query: str,
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
    ) -> Iterator[SearchResult]:
        """As `search`, but yield what is there after each stage: one more ranking each time."""
        for step in self.steps(corpus, query, candidates, methods, encoder, scorer):
            if isinstance(step, SearchResult):
                yield step

    def steps(
        self,
        corpus: str | Corpus,
        query: str,
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
    ) -> Generator[Progress | SearchResult, None, None]:
        """As `stream`, and in between say how far each stage is. Closing it gives up what is not done."""
        return self._run(self._checked(corpus, query, candidates, methods, encoder, scorer), candidates)

    def search_many(
        self,
        corpus: str | Corpus,
        queries: Sequence[str],
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
    ) -> list[SearchResult]:
        """One result for each query, in order; the queries are encoded together."""
        if not isinstance(queries, Sequence) or isinstance(queries, str):
            raise InvalidInput(f"queries must be a list of texts, got {quoted(queries)}.")
        searches = [self._checked(corpus, q, candidates, methods, encoder, scorer) for q in queries]
        if not searches:
            return []
        model = self.encoder(searches[0].encoder)
        vectors = model.encode_queries([search.query for search in searches])
        results = []
        for search, vector in zip(searches, vectors, strict=True):
            steps = self._run(replace(search, vector=vector), candidates)
            results.append([step for step in steps if isinstance(step, SearchResult)][-1])
        return results

    def rerank(self, query: str, texts: Sequence[str], scorer: str | None = None) -> Ranking:
        """Rank any 1 to 200 texts by the cross-encoder; `doc_id` is the position in `texts`, from "0"."""
        query, passages = check_query(query), check_texts(texts)
        given = tuple(Hit(i + 1, str(i), 0.0) for i in range(len(passages)))
        model = self.scorer(scorer)
        ranking = finish(self._scored(model, query, given, lambda i: passages[int(i)], int, {}))
        # The order in which texts are passed is no ranking, so no rank before is reported.
        hits = tuple(replace(hit, rank_before=None) for hit in ranking.hits)
        return replace(ranking, hits=hits, reranks=None)

    def encoder(self, name: str | None = None) -> Encoder:
        """The bi-encoder of that name (None: the default), loaded now if need be."""
        return finish(self.models.encoder(self.models.resolve("encoder", name)))

    def scorer(self, name: str | None = None) -> PairScorer:
        """The cross-encoder of that name (None: the default), loaded now if need be."""
        return finish(self.models.scorer(self.models.resolve("scorer", name)))

    def vectors(self, corpus: str | Corpus, encoder: str | None = None) -> Stage[NDArray[np.float32]]:
        """Yield progress while a corpus is embedded, then return its unit vectors (documents, dimensions)."""
        found = self.corpus(corpus)
        model = yield from self.models.encoder(self.models.resolve("encoder", encoder))
        return (yield from self._vectors(found, model))

    def score_pairs(self, pairs: Sequence[tuple[str, str]], scorer: str | None = None) -> Stage[list[float]]:
        """Yield progress while any pairs are scored in their turn, then return a logit for each."""
        model = yield from self.models.scorer(self.models.resolve("scorer", scorer))
        scores: dict[str, float] = {}
        by_key = {str(i): pair for i, pair in enumerate(pairs)}
        yield from self._in_line(model, by_key, scores)
        return [scores[key] for key in by_key]

    def corpus(self, corpus: str | Corpus) -> Corpus:
        """The corpus of that name, or the one passed. Raises UnknownName or InvalidInput."""
        if isinstance(corpus, Corpus):
            return corpus
        if not isinstance(corpus, str):
            raise InvalidInput(f"corpus must be the name of a corpus, got {quoted(corpus)}.")
        if corpus not in self.corpora:
            raise UnknownName(f"corpus {quoted(corpus)} is not known; choose one of: {', '.join(self.corpora)}.")
        return self.corpora[corpus]

    def seconds_per_pass(self, scorer: str | None = None) -> float | None:
        """The measured time of one cross-encoder pass on recent pairs; None before there were any."""
        return self._pace.get(self.models.resolve("scorer", scorer))

    def warm(self) -> threading.Thread:
        """Load the default models and embed every corpus in the background; `status` tells how far it is."""
        thread = threading.Thread(target=self._warm, name="warm-up", daemon=True)
        thread.start()
        return thread

    def status(self) -> Status:
        """What warming up has come to."""
        return self._status

    def close(self) -> None:
        """Stop all background work; parts of embeddings that are done stay on disk."""
        self._line.close()
        self._embedding.cancel_all()

    def _warm(self) -> None:
        try:
            for progress in self._warm_steps():
                self._status = Status(ready=False, progress=progress)
            self._status = Status(ready=True)
        except SearchError as error:
            self._status = Status(ready=False, problem=str(error))

    def _warm_steps(self) -> Stage[None]:
        yield Progress("loading", self.models.defaults["scorer"])
        yield from self.models.scorer(self.models.defaults["scorer"])
        yield Progress("loading", self.models.defaults["encoder"])
        encoder = yield from self.models.encoder(self.models.defaults["encoder"])
        for corpus in sorted(self.corpora.values(), key=len):
            yield from self._vectors(corpus, encoder)

    def _checked(self, corpus: Any, query: Any, candidates: Any, methods: Any, encoder: Any, scorer: Any) -> _Search:
        found = self.corpus(corpus)
        return _Search(
            corpus=found,
            query=check_query(query),
            candidates=min(check_candidates(candidates), len(found)),
            methods=check_methods(methods),
            encoder=self.models.resolve("encoder", encoder),
            scorer=self.models.resolve("scorer", scorer),
        )

    def _run(self, search: _Search, asked: int) -> Generator[Progress | SearchResult, None, None]:
        stages = {BM25: self._keywords, BI_ENCODER: self._bi_encoder, CROSS_ENCODER: self._cross_encoder}
        rankings: dict[str, Ranking] = {}
        for method in plan(search.methods):
            rankings[method.name] = yield from stages[method.name](search, rankings)
            if method.name in search.methods:
                shown = {name: ranking for name, ranking in rankings.items() if name in search.methods}
                yield SearchResult(search.corpus, search.query, int(asked), search.candidates, shown)

    def _keywords(self, search: _Search, rankings: Mapping[str, Ranking]) -> Stage[Ranking]:
        index = self._memories.of(search.corpus).keyword_index()
        began = time.perf_counter()
        hits = index.hits(search.query, search.candidates)
        yield from ()
        return Ranking(BM25, "bm25s", hits, milliseconds=_milliseconds(began))

    def _bi_encoder(self, search: _Search, rankings: Mapping[str, Ranking]) -> Stage[Ranking]:
        encoder = yield from self.models.encoder(search.encoder)
        matrix = yield from self._vectors(search.corpus, encoder)
        memory = self._memories.of(search.corpus)
        began = time.perf_counter()
        key = (encoder.fingerprint, search.query)
        vector, passes = search.vector, 1
        if vector is None:
            vector, passes = memory.query_vectors.get(key), 0
        if vector is None:
            vector, passes = encoder.encode_queries([search.query])[0], 1
        made = vector
        memory.query_vectors.setdefault(key, lambda: made)
        hits = cosine_hits(memory.doc_ids, matrix, vector, search.candidates)
        milliseconds = _milliseconds(began)
        unread = _unread(hits, lambda d: encoder.read(search.corpus.document(d).passage).dropped)
        return Ranking(
            BI_ENCODER, encoder.name, hits, None, milliseconds, passes_needed=1, passes_run=passes, unread=unread
        )

    def _cross_encoder(self, search: _Search, rankings: Mapping[str, Ranking]) -> Stage[Ranking]:
        scorer = yield from self.models.scorer(search.scorer)
        memory = self._memories.of(search.corpus)
        scores = memory.pair_scores.setdefault((scorer.fingerprint, search.query), dict)
        hits = rankings[METHODS[CROSS_ENCODER].reranks or ""].hits
        corpus = search.corpus
        return (
            yield from self._scored(
                scorer, search.query, hits, lambda d: corpus.document(d).passage, corpus.position, scores
            )
        )

    def _scored(
        self,
        scorer: PairScorer,
        query: str,
        hits: Sequence[Hit],
        passage: Any,
        position: Any,
        scores: dict[str, float],
    ) -> Stage[Ranking]:
        """Score every hit that `scores` does not hold yet, then put the hits in the new order."""
        pairs = {hit.doc_id: (query, passage(hit.doc_id)) for hit in hits}
        passes, seconds = yield from self._in_line(scorer, pairs, scores)
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
            unread=_unread(ordered, lambda d: scorer.read(*pairs[d]).dropped),
        )

    def _in_line(
        self, scorer: PairScorer, pairs: Mapping[str, tuple[str, str]], scores: dict[str, float]
    ) -> Stage[tuple[int, float]]:
        """Fill `scores` when it is this search's turn; returns the passes run and the seconds they took."""
        if all(key in scores for key in pairs):
            return 0, 0.0

        def work(job: Job[tuple[int, float]]) -> tuple[int, float]:
            # Looked up only now: the same query of another student may have been answered meanwhile.
            missing = [key for key in pairs if key not in scores]
            began = time.perf_counter()
            job.report(0, len(missing))
            with closing(scorer.scores([pairs[key] for key in missing])) as logits:  # type: ignore[type-var]
                for done, (key, logit) in enumerate(zip(missing, logits, strict=True), start=1):
                    scores[key] = logit
                    job.report(done, len(missing))
            return len(missing), time.perf_counter() - began

        job = self._line.submit(work)
        try:
            while not job.wait():
                if ahead := self._line.ahead(job):
                    yield Progress("waiting", scorer.name, total=ahead)
                else:
                    yield Progress("scoring", scorer.name, job.done, job.total, job.seconds_left())
            passes, seconds = job.result()
        finally:
            job.cancel()
        if passes:
            self._pace[scorer.name] = seconds / passes
        return passes, seconds

    def _vectors(self, corpus: Corpus, encoder: Encoder) -> Stage[NDArray[np.float32]]:
        kept = self._memories.of(corpus).vectors

        def work(job: Job[NDArray[np.float32]]) -> NDArray[np.float32]:
            if encoder.fingerprint not in kept:
                kept[encoder.fingerprint] = self.cache.embed(corpus, encoder, job.report)
            return kept[encoder.fingerprint]

        if encoder.fingerprint in kept:
            return kept[encoder.fingerprint]
        job = self._embedding.job((id(corpus), encoder.fingerprint), work)
        return (yield from job.follow("embedding", corpus.title or corpus.name))


def _milliseconds(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _unread(hits: Sequence[Hit], dropped: Any) -> dict[str, int]:
    """Tokens beyond the window by document, for the documents that have any."""
    return {hit.doc_id: count for hit in hits if (count := dropped(hit.doc_id))}
