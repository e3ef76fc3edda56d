"""What all methods share: models behind their lines, indexes, and what has been worked out for a corpus.

Nothing else calls a model.
"""

from __future__ import annotations

import copy
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from searchcore.index import Chunks, Done, EmbeddingCache, ExactIndex, Positions, TokenVectors, VectorIndex
from searchcore.index.chunks import cut
from searchcore.memory import CorpusMemory, Memories
from searchcore.models import Encoder, ModelStore, PairScorer, TokenEncoder, cut_by_encoder
from searchcore.neighbours import NeighbourGraph
from searchcore.pair_scores import PairScores
from searchcore.running import Caller, Job, Limits, Line, Lines, Once, Work, finish
from searchcore.types import ELSEWHERE, Corpus, Document, PairScore, PassTimes, Progress, QueryCut

if TYPE_CHECKING:
    from searchcore.index.milvus import MilvusEngine

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")
Vectors = NDArray[np.float32]
RECENT_PASSES = 200
# A query waits for at most one such batch of documents.
BATCH_DOCUMENTS = 8
# So many searches may be on their way to a vector engine at once.
ENGINE_SEARCHES = 4


class Resources:
    """Shared by all callers; `for_caller` gives each of them a place of its own in the lines."""

    def __init__(
        self,
        models: ModelStore,
        cache: EmbeddingCache,
        limits: Limits | None = None,
        address: str = "",
    ) -> None:
        self.models = models
        self.caller = Caller()
        self._cache = cache
        self._lines = Lines(limits)
        self._once = Once()
        self._memories = Memories()
        self._pair_scores = PairScores(self._memories, cache)
        self._made: dict[Hashable, Any] = {}
        self._pass_seconds: dict[str, deque[float]] = {}
        self._engine = _vector_engine(address, cache)

    def for_caller(self, caller: Caller) -> Resources:
        """The same resources, asked for by `caller`."""
        own = copy.copy(self)
        own.caller = caller
        return own

    def memory(self, corpus: Corpus) -> CorpusMemory:
        """What has been worked out for `corpus` so far."""
        return self._memories.of(corpus)

    def forget(self, corpus: Corpus) -> None:
        """Stop what is being worked out for `corpus`, and forget what was."""
        place = id(corpus.first)
        self._once.cancel_all(lambda key: isinstance(key, tuple) and key[0] == place)
        self._memories.forget(corpus)

    def made(self, corpus: Corpus | None, key: Hashable, activity: str, make: Callable[[Job[T]], T]) -> Work[T]:
        """What `make` gives, made once for all who want it, then kept as long as the corpus (None: this) lives."""
        kept = self._made if corpus is None else self.memory(corpus).made

        def work(job: Job[T]) -> T:
            if key not in kept:
                kept[key] = make(job)
            found: T = kept[key]
            return found

        if key in kept:
            found: T = kept[key]
            return found
        title = "" if corpus is None else corpus.title or corpus.name
        return (
            yield from self._once.shared(
                (0 if corpus is None else id(corpus.first), key),
                work,
                lambda job: (
                    Progress(ELSEWHERE, title)
                    if job.elsewhere
                    else Progress(activity, title, job.done, job.total, job.seconds_left())
                ),
            )
        )

    def index(self, corpus: Corpus, encoder: Encoder) -> Work[VectorIndex]:
        """The index over a corpus's vectors: from memory, from disk, or made now."""
        memory, key = self.memory(corpus), ("index", encoder.fingerprint)
        memory.wanted = memory.wanted or not self.caller.idle
        return (
            yield from self.made(
                corpus, key, "embedding", lambda job: self._embedded(corpus, corpus, encoder, key, job)
            )
        )

    def chunked(self, corpus: Corpus, encoder: Encoder, window: int, overlap: int) -> Work[tuple[Chunks, VectorIndex]]:
        """Where the documents of a corpus are cut, and the index over the vectors of the chunks.

        Of a corpus the last few ways to cut it stay in memory. Raises InvalidInput where there are too many chunks.
        """
        key = ("chunks", encoder.fingerprint, window, overlap)

        def make(job: Job[tuple[Chunks, VectorIndex]]) -> tuple[Chunks, VectorIndex]:
            self.memory(corpus).make_room(key)
            chunks = cut(corpus, encoder, window, overlap, _watched(corpus.documents, job))
            if chunks.whole:
                return chunks, finish(self.index(corpus, encoder), within=job)
            return chunks, self._embedded(corpus, chunks.corpus(corpus), encoder, key, job)

        return (yield from self.made(corpus, key, "chunks", make))

    def _embedded(
        self, corpus: Corpus, texts: Corpus, encoder: Encoder, key: tuple[Hashable, ...], job: Job[Any]
    ) -> VectorIndex:
        """The index over `texts`, which are those of `corpus` or made of them."""
        memory = self.memory(corpus)

        def encode(passages: Sequence[str]) -> Vectors:
            # Whoever asks meanwhile waits for the same job: from its next part on it is no idle work.
            background = self.for_caller(Caller(f"embedding {corpus.name}", idle=not memory.wanted))
            return finish(background.encode_documents(encoder, passages), within=job)

        if self._engine is not None and texts is corpus and corpus.shared:
            elsewhere = self._engine.index(corpus, encoder, _reporting(job), encode)
            # The next search opens it anew; what it finds missing is made again.
            elsewhere.on_failure = lambda: memory.made.pop(key, None)
            return elsewhere
        with self._done(corpus, *key) as done:
            return self._cache.embed(texts, encoder, _reporting(job), encode, done)

    def nearest(
        self, index: VectorIndex, vector: Vectors, k: int, among: Positions | None = None
    ) -> Work[tuple[NDArray[np.int64], NDArray[np.float32], float]]:
        """The `k` nearest of one vector, see VectorIndex.search: positions, cosines, and the seconds it took.

        Where the index is no matrix in memory, others go on while this waits for an answer.
        """
        timed: _Timed[Vectors, Any] = _Timed.each(lambda asked: index.search(asked[None, :], k, among))
        if isinstance(index, ExactIndex):
            [found] = timed([vector])
        else:
            line = self._lines.of("vector engine", workers=ENGINE_SEARCHES, batch=1)
            [found] = yield from line.through([vector], timed, self.caller, urgent=True)
        [positions], [cosines] = found
        return positions, cosines, timed.seconds

    def in_memory(self, corpus: Corpus, index: VectorIndex) -> Work[VectorIndex]:
        """The same vectors as a matrix, which compares all; a vector engine hands them over once."""
        if isinstance(index, ExactIndex):
            return index

        def make(job: Job[VectorIndex]) -> VectorIndex:
            return ExactIndex(index.vectors(range(len(index))), index.fingerprint)

        return (yield from self.made(corpus, ("matrix", index.fingerprint), "fetching", make))

    def graph(self, corpus: Corpus, index: VectorIndex) -> Work[NeighbourGraph]:
        """The graph over the vectors of a corpus: from memory, from disk, or built now."""

        def make(job: Job[NeighbourGraph]) -> NeighbourGraph:
            report, matrix = _reporting(job), index.vectors(range(len(index)))
            built: list[NeighbourGraph] = []

            def build() -> NDArray[np.uint8]:
                built.append(NeighbourGraph(matrix, report=report))
                return built[0].pack()

            links = self._cache.links(corpus, index.fingerprint, build, report)["links"]
            return built[0] if built else NeighbourGraph(matrix, packed=links)

        return (yield from self.made(corpus, ("graph", index.fingerprint), "linking", make))

    def one_by_one(self, items: Sequence[T], measure: Callable[[T], R]) -> Work[list[R]]:
        """What `measure` finds for each item, with no other measurement of this engine meanwhile."""
        line = self._lines.of("measurement", batch=1)
        return (yield from line.through(items, _Timed.each(measure), self.caller, "measuring"))

    def token_vectors_of(self, corpus: Corpus, matcher: TokenEncoder) -> TokenVectors | None:
        """Token vectors of all documents, from memory or disk; where there are none, they are made behind all else."""
        background = self.for_caller(Caller(f"embedding tokens {corpus.name}", idle=True))
        kept, key = self.memory(corpus).made, ("tokens", matcher.fingerprint)

        def make(job: Job[TokenVectors]) -> TokenVectors:
            def encode(passages: Sequence[str]) -> list[Vectors]:
                return finish(background.document_tokens(matcher, passages), within=job)[0]

            if key not in kept:  # a job before this one may have ended just after it was looked for
                with self._done(corpus, *key) as done:
                    kept[key] = self._cache.embed_tokens(corpus, matcher, _reporting(job), encode, done)
            made: TokenVectors = kept[key]
            return made

        if key not in kept and (read := self._cache.kept_tokens(corpus, matcher)) is not None:
            kept[key] = read
        if key not in kept:
            self._once.begin((id(corpus.first), key), make)
        found: TokenVectors | None = kept.get(key)
        return found

    @contextmanager
    def _done(self, corpus: Corpus, *key: Hashable) -> Iterator[Done]:
        """The batches that an interrupted job has left in memory; forgotten when all are done."""
        made = self.memory(corpus).made
        yield made.setdefault(("batches", *key), {})
        made.pop(("batches", *key), None)

    def query_vector(self, corpus: Corpus, encoder: Encoder, query: str) -> Work[tuple[Vectors, int, float]]:
        """The query's vector (dimensions,), the passes run now (none where it is remembered), the seconds one took."""
        remembered = self.memory(corpus).query_vectors
        key = (encoder.fingerprint, query)
        if (kept := remembered.get(key)) is not None:
            return kept[0], 0, kept[1]
        timed: _Timed[str, Vectors] = _Timed(encoder.encode_queries)
        [vector] = yield from self._line(encoder).through([query], timed, self.caller, urgent=True)
        vector, seconds = remembered.setdefault(key, lambda: (vector, timed.seconds))
        return vector, 1, seconds

    def pair_scores(self, corpus: Corpus, scorer: PairScorer, query: str) -> dict[str, PairScore]:
        """The scores known for a query, by document; what is put into it is remembered, see `scored`."""
        found, kept = self._pair_scores.of(corpus, scorer.fingerprint, query)
        # What an earlier process measured says how long a pass takes, until this one has measured for itself.
        if scorer.name not in self._pass_seconds:
            self._measured(scorer.name, [score.seconds for score in kept.values() if score.seconds])
        return found

    def scored(self, corpus: Corpus, scorer: PairScorer, query: str) -> None:
        """Scores were put among those of a query: they are kept on disk where it is a known one."""
        self._pair_scores.changed(corpus, scorer.fingerprint, query, known=self.caller.idle)

    def encode_queries(self, encoder: Encoder, queries: Sequence[str]) -> Work[Vectors]:
        """Unit vectors (queries, dimensions), made before any document."""
        told = "embedding" if len(queries) > 1 else ""
        rows: list[Vectors] = yield from self._line(encoder).through(
            queries, encoder.encode_queries, self.caller, told, urgent=True
        )
        return np.stack(rows)

    def encode_documents(self, encoder: Encoder, passages: Sequence[str]) -> Work[Vectors]:
        """Unit vectors (passages, dimensions)."""
        rows: list[Vectors] = yield from self._line(encoder).through(
            passages, encoder.encode_documents, self.caller, "embedding"
        )
        return np.stack(rows)

    def token_vectors(self, encoder: Encoder, text: str, *, as_query: bool = False) -> Work[Vectors]:
        """Last hidden states (tokens, dimensions) of one text."""
        read = partial(encoder.token_vectors, as_query=as_query)
        [vectors] = yield from self._line(encoder).through([text], _Timed.each(read), self.caller, urgent=True)
        return vectors

    def query_tokens(self, matcher: TokenEncoder, query: str) -> Work[tuple[Vectors, float]]:
        """Unit vectors (tokens, dimensions) of a query's tokens, and the seconds they took."""
        timed = _Timed.each(matcher.query_tokens)
        [vectors] = yield from self._line(matcher).through([query], timed, self.caller, urgent=True)
        return vectors, timed.seconds

    def document_tokens(self, matcher: TokenEncoder, passages: Sequence[str]) -> Work[tuple[list[Vectors], float]]:
        """Unit vectors (tokens, dimensions) of each passage's tokens, and the seconds they took."""
        timed = _Timed.each(matcher.document_tokens)
        vectors = yield from self._line(matcher).through(passages, timed, self.caller, "matching")
        return vectors, timed.seconds

    def score(
        self, scorer: PairScorer, pairs: Mapping[K, tuple[str, str]], scores: dict[K, PairScore]
    ) -> Work[tuple[int, float]]:
        """Put a score into `scores` for every key of `pairs` that has none, one pair at a time, in its turn.

        Returns the passes run and the seconds they took. What another caller has scored meanwhile is not run again.
        """
        spent: list[float] = []

        def work(key: K) -> None:
            if key in scores:
                return
            began = time.perf_counter()
            [logit] = scorer.scores([pairs[key]])
            read = scorer.read(*pairs[key])
            took = (time.perf_counter() - began) / at_once
            scores[key] = PairScore(logit, read.dropped, took, read.first_tokens, read.first_dropped)
            spent.append(took)

        line = self._lines.of(scorer.name, workers=scorer.parallel, batch=1)
        missing = [key for key in pairs if key not in scores]
        # So many pairs are read at the same time, and share it.
        at_once = 1 if self.caller.idle else min(scorer.parallel, len(missing) or 1)
        yield from line.through(missing, _Timed.each(work), self.caller, "scoring")
        self._measured(scorer.name, spent)
        return len(spent), sum(spent)

    def dropped(self, corpus: Corpus, encoder: Encoder, documents: Sequence[Document]) -> dict[str, int]:
        """How many tokens at the end of each document the encoder does not read, for those where it is any."""
        memory = self.memory(corpus)
        return {d.doc_id: count for d in documents if (count := memory.dropped(encoder, d))}

    def query_cut(self, corpus: Corpus, model: Encoder | TokenEncoder, query: str) -> QueryCut | None:
        """What the model does not read of a query, worked out once."""
        key = (model.fingerprint, query)
        return self.memory(corpus).query_cuts.setdefault(
            key, lambda: model.query_cut(query) if isinstance(model, TokenEncoder) else cut_by_encoder(model, query)
        )

    def time_encoder(self, encoder: Encoder, passages: Sequence[str]) -> Work[None]:
        """Encode each passage by itself, in its turn, and keep nothing but how long it took: see `pass_times`."""
        for passage in passages:
            timed: _Timed[str, Vectors] = _Timed(encoder.encode_documents)
            yield from self._line(encoder).through([passage], timed, self.caller, urgent=True)
            self._measured(encoder.name, [timed.seconds])

    def pass_times(self, model: str) -> PassTimes | None:
        """How long a scorer's last passes took, or those of an encoder that were timed; None where there are none."""
        return PassTimes.of(tuple(self._pass_seconds.get(model, ())))

    def _measured(self, model: str, seconds: Sequence[float]) -> None:
        if seconds:
            self._pass_seconds.setdefault(model, deque(maxlen=RECENT_PASSES)).extend(seconds)

    def _line(self, model: Encoder | TokenEncoder) -> Line:
        return self._lines.of(model.name, batch=BATCH_DOCUMENTS)

    def close(self) -> None:
        """Stop all background work; parts of embeddings that are done stay on disk."""
        self._once.cancel_all()
        self._pair_scores.close()
        self._lines.close()
        if self._engine is not None:
            self._engine.close()
        self.models.close()


class _Timed(Generic[T, R]):
    """A model's function for a batch of inputs, with the seconds it took: those of the work, not of waiting."""

    def __init__(self, work: Callable[[Sequence[T]], Iterable[R]]) -> None:
        self._work = work
        self.seconds = 0.0

    @classmethod
    def each(cls, work: Callable[[T], R]) -> _Timed[T, R]:
        """For a function of one input."""
        return cls(lambda batch: [work(item) for item in batch])

    def __call__(self, batch: Sequence[T]) -> Iterable[R]:
        began = time.perf_counter()
        made = self._work(batch)
        self.seconds += time.perf_counter() - began
        return made


def _vector_engine(address: str, cache: EmbeddingCache) -> MilvusEngine | None:
    if not address:
        return None
    from searchcore.index.milvus import MilvusEngine

    return MilvusEngine(address, cache)


def _reporting(job: Job[Any]) -> Callable[..., None]:
    def report(done: int, total: int, *, kept: bool = False, elsewhere: bool = False) -> None:
        if kept:
            job.resume(done, total)
        else:
            job.report(done, total, elsewhere=elsewhere)

    return report


def _watched(documents: Sequence[Document], job: Job[Any]) -> Iterator[Document]:
    """The documents one by one, until the job is stopped."""
    for document in documents:
        job.report(0, 0)
        yield document
