"""The way in: checks what is asked, runs the stages, and holds models, corpora and caches."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from searchcore.checks import check_candidates, check_methods, check_query, check_texts
from searchcore.corpora import find_corpora
from searchcore.embeddings import EmbeddingCache, TokenVectors
from searchcore.errors import InvalidInput, SearchError, UnknownName, quoted
from searchcore.jobs import finish
from searchcore.methods import DEFAULT_METHODS, plan
from searchcore.models import Encoder, ModelStore, PairScorer, TokenEncoder
from searchcore.scoring import PairScoring
from searchcore.stages import Search, Stages
from searchcore.types import Corpus, Hit, Progress, Ranking, SearchResult, Stage

T = TypeVar("T")
log = logging.getLogger("searchcore")


@dataclass(frozen=True, slots=True)
class Status:
    """Whether everything is in memory; until then, what is being done, or why it can't be."""

    ready: bool
    progress: Progress | None = None
    problem: str = ""


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
        self._scoring = PairScoring()
        self._stages = Stages(self.models, cache or EmbeddingCache(), self._scoring)
        self._status = Status(ready=False)

    def search(
        self,
        corpus: str | Corpus,
        query: str,
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
        matcher: str | None = None,
    ) -> SearchResult:
        """Rank `candidates` documents (1 to 200, at most the whole corpus) by each of `methods`.

        `encoder`, `scorer` and `matcher` (for late interaction) name models of the catalogue.
        Raises a SearchError with one plain sentence.
        """
        return list(self.stream(corpus, query, candidates, methods, encoder, scorer, matcher))[-1]

    def stream(
        self,
        corpus: str | Corpus,
        query: str,
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
        matcher: str | None = None,
    ) -> Iterator[SearchResult]:
        """As `search`, but yield what is there after each stage: one more ranking each time."""
        for step in self.steps(corpus, query, candidates, methods, encoder, scorer, matcher):
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
    ) -> Generator[Progress | SearchResult, None, None]:
        """As `stream`, and in between say how far each stage is. Closing it gives up what is not done."""
        return self._run(self._checked(corpus, query, candidates, methods, encoder, scorer, matcher), candidates)

    def search_many(
        self,
        corpus: str | Corpus,
        queries: Sequence[str],
        candidates: int = 20,
        methods: Sequence[str] | None = DEFAULT_METHODS,
        encoder: str | None = None,
        scorer: str | None = None,
        matcher: str | None = None,
    ) -> list[SearchResult]:
        """One result for each query, in order; the queries are encoded together."""
        if not isinstance(queries, Sequence) or isinstance(queries, str | bytes):
            raise InvalidInput(f"queries must be a list of texts, got {quoted(queries)}.")
        texts = [check_query(query, f"queries[{i}]") for i, query in enumerate(queries)]
        searches = [self._checked(corpus, text, candidates, methods, encoder, scorer, matcher) for text in texts]
        if not searches:
            return []
        vectors = self.encoder(searches[0].encoder).encode_queries([search.query for search in searches])
        results = []
        for search, vector in zip(searches, vectors, strict=True):
            steps = self._run(replace(search, vector=vector), candidates)
            results.append([step for step in steps if isinstance(step, SearchResult)][-1])
        return results

    def rerank(self, query: str, texts: Sequence[str], scorer: str | None = None) -> Ranking:
        """Rank any 1 to 200 texts by the cross-encoder; `doc_id` is the position in `texts`, from "0"."""
        query, passages = check_query(query), check_texts(texts)
        given = tuple(Hit(i + 1, str(i), 0.0) for i in range(len(passages)))
        pairs = {str(i): (query, passage) for i, passage in enumerate(passages)}
        ranking = finish(self._stages.scored(self.scorer(scorer), given, pairs, int, {}))
        # The order in which texts are passed is no ranking, so no rank before is reported.
        hits = tuple(replace(hit, rank_before=None) for hit in ranking.hits)
        return replace(ranking, hits=hits, reranks=None)

    def score_pairs(self, pairs: Sequence[tuple[str, str]], scorer: str | None = None) -> Stage[list[float]]:
        """Yield progress while any pairs are scored in their turn, then return a logit for each."""
        model = yield from self.models.scorer(self.models.resolve("scorer", scorer))
        scores: dict[str, float] = {}
        by_key = {str(i): pair for i, pair in enumerate(pairs)}
        yield from self._scoring.fill(model, by_key, scores)
        return [scores[key] for key in by_key]

    def vectors(self, corpus: str | Corpus, encoder: str | None = None) -> Stage[NDArray[np.float32]]:
        """Yield progress while a corpus is embedded, then return its unit vectors (documents, dimensions)."""
        found = self.corpus(corpus)
        model = yield from self.models.encoder(self.models.resolve("encoder", encoder))
        return (yield from self._stages.vectors(found, model))

    def token_vectors(self, corpus: str | Corpus, matcher: TokenEncoder) -> Stage[TokenVectors | None]:
        """Yield progress while every token of a corpus is embedded; None for more than 1,000 documents."""
        return (yield from self._stages.token_vectors(self.corpus(corpus), matcher))

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
            raise UnknownName(f"corpus {quoted(corpus)} is not known; choose one of: {', '.join(self.corpora)}.")
        return self.corpora[corpus]

    def seconds_per_pass(self, scorer: str | None = None) -> float | None:
        """The measured time of one cross-encoder pass on recent pairs; None before there were any."""
        return self._scoring.seconds_per_pass(self.models.resolve("scorer", scorer))

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
        self._stages.close()
        self.models.close()

    def _warm(self) -> None:
        try:
            for progress in self._warm_steps():
                self._status = Status(ready=False, progress=progress)
            self._status = Status(ready=True)
        except SearchError as error:
            self._status = Status(ready=False, problem=str(error))
        except Exception:  # whatever it is, the page must not go on saying "loading"
            log.exception("warming up failed")
            self._status = Status(ready=False, problem="The models could not be loaded; the log says why.")

    def _warm_steps(self) -> Stage[None]:
        scorer, encoder = self.models.defaults["scorer"], self.models.defaults["encoder"]
        yield Progress("loading", scorer)
        yield from self.models.scorer(scorer)
        yield Progress("loading", encoder)
        loaded = yield from self.models.encoder(encoder)
        for corpus in sorted(self.corpora.values(), key=len):
            yield from self._stages.vectors(corpus, loaded)

    def _checked(
        self, corpus: Any, query: Any, candidates: Any, methods: Any, encoder: Any, scorer: Any, matcher: Any
    ) -> Search:
        found = self.corpus(corpus)
        return Search(
            corpus=found,
            query=check_query(query),
            candidates=min(check_candidates(candidates), len(found)),
            methods=check_methods(methods),
            encoder=self.models.resolve("encoder", encoder),
            scorer=self.models.resolve("scorer", scorer),
            matcher=None if matcher is None else self.models.resolve("matcher", matcher),
        )

    def _run(self, search: Search, asked: int) -> Generator[Progress | SearchResult, None, None]:
        rankings: dict[str, Ranking] = {}
        for method in plan(search.methods):
            rankings[method.name] = yield from self._stages.run(method.name, search, rankings)
            if method.name in search.methods:
                shown = {name: ranking for name, ranking in rankings.items() if name in search.methods}
                yield SearchResult(search.corpus, search.query, int(asked), search.candidates, shown)
