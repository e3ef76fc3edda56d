"""The way in: checks what is asked, runs the methods one after the other, and holds models, corpora and caches."""

from __future__ import annotations

import copy
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from searchcore.checks import check_candidates, check_chunks, check_methods, check_query, check_texts
from searchcore.corpora import find_corpora
from searchcore.errors import InvalidInput, UnknownName, quoted
from searchcore.index import EmbeddingCache, VectorIndex, checked_address, index_address
from searchcore.models import Encoder, ModelStore, PairScorer, cut_in_pairs
from searchcore.ranking import BUILT_IN, CROSS_ENCODER, DEFAULT_METHODS, Method, arranged, by_key, plan
from searchcore.ranking.method import reordered
from searchcore.request import Options, Request
from searchcore.resources import Resources
from searchcore.running import Caller, Limits, Work, finish, results
from searchcore.types import Corpus, Hit, PairScore, PartialScores, PassTimes, Progress, Query, Ranking, SearchResult
from searchcore.warm_up import Status, WarmUp

Step = Progress | PartialScores | SearchResult


class Engine:
    """Search over corpora with a bi-encoder and a cross-encoder. Safe to share between threads.

    Without arguments: the built-in corpora and those of SEARCHCORE_CORPORA, the bundled models, and
    the embedding cache in its default folder. `methods` come in addition to the built-in ones; `limits`
    bound the lines in front of the models; `vectors` is where a vector engine keeps the vectors of shared corpora
    (None: SEARCHCORE_INDEX; an empty text: memory does). Nothing is loaded before it is needed; see `warm`.
    """

    def __init__(
        self,
        corpora: Mapping[str, Corpus] | None = None,
        models: ModelStore | None = None,
        cache: EmbeddingCache | None = None,
        methods: Sequence[Method] = (),
        limits: Limits | None = None,
        vectors: str | None = None,
    ) -> None:
        address = index_address() if vectors is None else checked_address(vectors)
        self.problems: list[str] = []
        if corpora is None:
            # Where vectors need not fit in memory, texts need not either.
            corpora, self.problems = find_corpora(on_disk=bool(address))
        self.corpora = dict(corpora)
        self._absent: Mapping[str, str] = {}
        self.methods = by_key([*BUILT_IN, *methods])
        self.models = models or ModelStore()
        self.resources = Resources(self.models, cache or EmbeddingCache(), limits, address)
        self._warm_up = WarmUp(self.resources)

    def for_caller(self, caller: Caller) -> Engine:
        """The same engine, asked by `caller`, who has a place of its own in the lines in front of the models."""
        own = copy.copy(self)
        own.resources = self.resources.for_caller(caller)
        return own

    def beside(self, corpora: Mapping[str, Corpus], absent: Mapping[str, str]) -> Engine:
        """The same engine, which knows these corpora too; `absent` says of names what there is to say without one."""
        own = copy.copy(self)
        own.corpora, own._absent = {**corpora, **self.corpora}, absent
        return own

    def search(
        self,
        corpus: str | Corpus,
        query: str,
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
        matcher: str | None = None,
        options: Options | None = None,
    ) -> SearchResult:
        """Rank `candidates` documents (1 to 200, at most the whole corpus) by each of `methods`.

        `encoder`, `scorer` and `matcher` (for late interaction) name models of the catalogue; `options` say how
        methods are put together.
        Raises a SearchError with one plain sentence.
        """
        return list(self.stream(corpus, query, candidates, methods, encoder, scorer, matcher, options))[-1]

    def stream(
        self,
        corpus: str | Corpus,
        query: str,
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
        matcher: str | None = None,
        options: Options | None = None,
    ) -> Iterator[SearchResult]:
        """As `search`, but yield what is there after each method: one more ranking each time."""
        for step in self.steps(corpus, query, candidates, methods, encoder, scorer, matcher, options):
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
        matcher: str | None = None,
        options: Options | None = None,
    ) -> Generator[Step, None, SearchResult]:
        """As `stream`, and in between say how far each method is and which scores it knows so far.

        Closing it gives up what is not done.
        """
        return results(self.searching(corpus, query, candidates, methods, encoder, scorer, matcher, options))

    def searching(
        self,
        corpus: str | Corpus,
        query: str,
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
        matcher: str | None = None,
        options: Options | None = None,
    ) -> Work[SearchResult]:
        """As `steps`, but it pauses where `steps` waits, so that an event loop can drive it; returns the result."""
        request = self.checked(corpus, query, candidates, methods, encoder, scorer, matcher, options)
        return self.searching_for(request, int(candidates))

    def searching_for(self, request: Request, asked: int) -> Work[SearchResult]:
        """As `searching`, for a request that is checked already; `asked` is the number of candidates asked for."""
        return self._result(request, asked, (yield from self._rankings(request, asked)))

    def search_many(
        self,
        corpus: str | Corpus,
        queries: Sequence[str],
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
        matcher: str | None = None,
        options: Options | None = None,
    ) -> list[SearchResult]:
        """One result for each query, in order; the queries are encoded together, where a method needs that."""
        if not isinstance(queries, Sequence) or isinstance(queries, str | bytes):
            raise InvalidInput(f"queries must be a list of texts, got {quoted(queries)}.")
        texts = [check_query(query, f"queries[{i}]") for i, query in enumerate(queries)]
        requests = [
            self.checked(corpus, text, candidates, methods, encoder, scorer, matcher, options) for text in texts
        ]
        if requests and any("encoder" in method.models for method in self.planned(requests[0])):
            model = self.encoder(requests[0].encoder)
            vectors = finish(self.resources.encode_queries(model, texts))
            requests = [replace(request, vector=vector) for request, vector in zip(requests, vectors, strict=True)]
        return [finish(self.searching_for(request, int(candidates))) for request in requests]

    def rerank(self, query: str, texts: Sequence[str], scorer: str | None = None) -> Ranking:
        """Rank any 1 to 200 texts by the cross-encoder; `doc_id` is the position in `texts`, from "0"."""
        return finish(self.reranking(query, texts, scorer))

    def reranking(self, query: str, texts: Sequence[str], scorer: str | None = None) -> Work[Ranking]:
        """As `rerank`, with progress on the way."""
        query, passages = check_query(query), check_texts(texts)
        model = yield from self.models.scorer(self.models.resolve("scorer", scorer))
        pairs = {str(i): (query, passage) for i, passage in enumerate(passages)}
        scores: dict[str, PairScore] = {}
        passes, seconds = yield from self.resources.score(model, pairs, scores)
        given = [Hit(i + 1, doc_id, 0.0) for i, doc_id in enumerate(pairs)]
        # The order in which texts are passed is no ranking, so no rank before is reported.
        hits = [
            replace(hit, rank_before=None)
            for hit in reordered(given, {doc_id: score.logit for doc_id, score in scores.items()}, int)
        ]
        return Ranking(
            CROSS_ENCODER,
            model.name,
            tuple(hits),
            milliseconds=seconds * 1000,
            passes_needed=len(pairs),
            passes_run=passes,
            measured_milliseconds=seconds * 1000,
            unread={doc_id: score.unread for doc_id, score in scores.items() if score.unread},
            query_cut=cut_in_pairs(scores.values()),
        )

    def known_scores(self, request: Request) -> dict[str, float]:
        """The cross-encoder's logits for the request's query that are remembered, by document."""
        scores = self.resources.pair_scores(request.corpus, self.scorer(request.scorer), request.query)
        return {doc_id: score.logit for doc_id, score in dict(scores).items()}

    def score_pairs(self, pairs: Sequence[tuple[str, str]], scorer: str | None = None) -> Work[list[float]]:
        """Yield progress while any pairs are scored in their turn, then return a logit for each."""
        model = yield from self.models.scorer(self.models.resolve("scorer", scorer))
        scores: dict[int, PairScore] = {}
        yield from self.resources.score(model, dict(enumerate(pairs)), scores)
        return [scores[i].logit for i in range(len(pairs))]

    def index(self, corpus: str | Corpus, encoder: str | None = None) -> Work[VectorIndex]:
        """Yield progress while a corpus is embedded, then return the index over its vectors."""
        found = self.corpus(corpus)
        model = yield from self.models.encoder(self.models.resolve("encoder", encoder))
        return (yield from self.resources.index(found, model))

    def encoder(self, name: str | None = None) -> Encoder:
        """The bi-encoder of that name (None: the default), loaded now if need be."""
        return finish(self.models.encoder(self.models.resolve("encoder", name)))

    def scorer(self, name: str | None = None) -> PairScorer:
        """The cross-encoder of that name (None: the default), loaded now if need be."""
        return finish(self.models.scorer(self.models.resolve("scorer", name)))

    def corpus(self, corpus: str | Corpus) -> Corpus:
        """The corpus of that name, or the one passed. Raises UnknownName or InvalidInput."""
        if isinstance(corpus, Corpus):
            if not corpus.documents:
                raise InvalidInput(f"corpus {quoted(corpus.name)} has no documents.")
            return corpus
        if not isinstance(corpus, str):
            raise InvalidInput(f"corpus must be the name of a corpus, got {quoted(corpus)}.")
        if corpus not in self.corpora:
            if corpus in self._absent:
                raise UnknownName(self._absent[corpus])
            raise UnknownName(f"corpus {quoted(corpus)} is not known; choose one of: {', '.join(self.corpora)}.")
        return self.corpora[corpus]

    def pass_times(self, scorer: str | None = None) -> PassTimes | None:
        """How long cross-encoder passes on recent pairs took; None before there were any."""
        return self.resources.pass_times(self.models.resolve("scorer", scorer))

    def warm(self, first: str = "") -> threading.Thread:
        """Load the default models and embed every corpus in the background; `status` tells how far it is.

        The corpus named `first` goes before the others, and these from the smallest on.
        """
        names = sorted(self.corpora, key=lambda name: (name != first, len(self.corpora[name])))
        return self._warm_up.start([self.corpora[name] for name in names])

    def status(self) -> Status:
        """What warming up has come to."""
        return self._warm_up.status

    def forget(self, corpus: Corpus) -> None:
        """Stop what is being worked out for a corpus, and forget what was; nothing on disk changes."""
        self.resources.forget(corpus)

    def close(self) -> None:
        """Stop all background work; batches of embeddings that are done stay on disk."""
        self.resources.close()

    def checked(
        self,
        corpus: Any,
        query: Any,
        candidates: Any = 20,
        methods: Any = DEFAULT_METHODS,
        encoder: Any = None,
        scorer: Any = None,
        matcher: Any = None,
        options: Options | None = None,
        prepared: Query | None = None,
    ) -> Request:
        """The request of these arguments. Raises a SearchError that names the one that can't be used.

        `prepared` is the corpus's query that `query` is the text of; None: the one with these words, if there is one.
        """
        found, text = self.corpus(corpus), check_query(query)
        prepared = prepared or found.prepared_query(text)
        own = found.own_document(prepared) if prepared else None
        put_together = options or Options()
        arranged(self.methods, put_together)
        check_chunks(put_together.window, put_together.overlap)
        return Request(
            corpus=found,
            query=text,
            candidates=min(check_candidates(candidates), len(found) - (own is not None)),
            methods=check_methods(methods, tuple(self.methods), DEFAULT_METHODS),
            resources=self.resources,
            encoder=self.models.resolve("encoder", encoder),
            scorer=self.models.resolve("scorer", scorer),
            matcher=None if matcher is None else self.models.resolve("matcher", matcher),
            excluded=found.position(own.doc_id) if own else None,
            options=put_together,
        )

    def planned(self, request: Request) -> list[Method]:
        """The methods that have to run for a request, in running order."""
        return plan(arranged(self.methods, request.options), request.methods)

    def ranking(self, request: Request) -> Work[dict[str, Ranking]]:
        """Yield progress, partial scores and, after each method, a SearchResult; return the rankings by method."""
        return (yield from self._rankings(request, request.candidates))

    def _rankings(self, request: Request, asked: int) -> Work[dict[str, Ranking]]:
        rankings: dict[str, Ranking] = {}
        shown: dict[str, Ranking] = {}
        for method in self.planned(request):
            made = method.rank(request, rankings)
            rankings[method.key] = made if isinstance(made, Ranking) else (yield from made)
            if method.key in request.methods:
                shown = {**shown, method.key: rankings[method.key]}
                yield self._result(request, asked, shown)
        return shown

    def _result(self, request: Request, asked: int, rankings: Mapping[str, Ranking]) -> SearchResult:
        times = self.resources.pass_times(request.scorer)
        own = None if request.excluded is None else request.corpus.documents[request.excluded].doc_id
        return SearchResult(request.corpus, request.query, asked, request.candidates, rankings, times, own)
