"""Runs every judged query of a corpus through the engine, one after the other, with progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from searchcore.checks import check_candidates, check_methods, check_query
from searchcore.engine import Engine
from searchcore.errors import InvalidInput, UnknownName, quoted
from searchcore.evaluate.measures import judged_queries
from searchcore.running import Work, finish, retold
from searchcore.types import Corpus, Progress, Query, Ranking

T = TypeVar("T")
Rankings = Mapping[str, Ranking]
OnProgress = Callable[[int, int], None]
RETRIEVED = "retrieved"
JUDGED = "judged"
POOLS = (RETRIEVED, JUDGED)
EVALUATING = "evaluating"
WITHIN_A_QUERY = ("scoring", "matching")


@dataclass(frozen=True, slots=True)
class Task:
    """What to run: checked arguments. `candidates` is clamped to the corpus; `qrels` are the judgements of `split`.

    `unusable` are the judged queries that no model may read, by id, each with the sentence that says why.
    """

    corpus: Corpus
    queries: tuple[Query, ...]
    unusable: Mapping[str, str]
    candidates: int
    methods: tuple[str, ...]
    pool: str
    encoder: str
    scorer: str
    matcher: str | None
    split: str
    qrels: Mapping[str, Mapping[str, int]]


def checked_task(
    engine: Engine,
    corpus: str | Corpus,
    candidates: Any,
    methods: Sequence[str] | None,
    pool: Any,
    encoder: str | None,
    scorer: str | None,
    matcher: str | None,
    split: Any = None,
) -> Task:
    """The task of these arguments; methods=None stands for every one, split=None for the first. Raises SearchError."""
    if not isinstance(pool, str) or pool not in POOLS:
        raise InvalidInput(f"pool must be one of: {', '.join(POOLS)}; got {quoted(pool)}.")
    found = engine.corpus(corpus)
    chosen = check_methods(methods, tuple(engine.methods), tuple(engine.methods))
    named = check_split(found, split)
    qrels = found.splits.get(named, {})
    queries, unusable = _usable(judged_queries(found, qrels))
    return Task(
        corpus=found,
        queries=queries,
        unusable=unusable,
        candidates=min(check_candidates(candidates), len(found)),
        methods=tuple(key for key in engine.methods if key in chosen),
        pool=pool,
        encoder=engine.models.resolve("encoder", encoder),
        scorer=engine.models.resolve("scorer", scorer),
        matcher=None if matcher is None else engine.models.resolve("matcher", matcher),
        split=named,
        qrels=qrels,
    )


def _usable(queries: Sequence[Query]) -> tuple[tuple[Query, ...], dict[str, str]]:
    """The queries that can be run, and by id why the others can't. Raises InvalidInput where none can."""
    usable: list[Query] = []
    unusable: dict[str, str] = {}
    for query in queries:
        try:
            check_query(query.text, f"query {quoted(query.query_id)}")
            usable.append(query)
        except InvalidInput as error:
            unusable[query.query_id] = str(error)
    if not usable:
        raise InvalidInput(next(iter(unusable.values())))
    return tuple(usable), unusable


def check_split(corpus: Corpus, split: Any) -> str:
    """The name of one of the corpus's splits; None stands for the first. Raises a SearchError that lists them."""
    if split is None:
        return next(iter(corpus.splits), corpus.split)
    if not isinstance(split, str):
        raise InvalidInput(f"split must be the name of a split, got {quoted(split)}.")
    if split not in corpus.splits:
        there = f"choose one of: {', '.join(corpus.splits)}." if corpus.splits else "it has no judgements."
        raise UnknownName(f"split {quoted(split)} is not in corpus {quoted(corpus.name)}; {there}")
    return split


def ranked(engine: Engine, task: Task) -> Work[dict[str, Rankings]]:
    """Yield progress, then return the rankings by method of each query, by query id."""
    return (yield from of_each_query(task, lambda query: _ranked(engine, task, query)))


def of_each_query(task: Task, work: Callable[[Query], Work[T]]) -> Work[dict[str, T]]:
    """Yield progress, then return what `work` gives for each query, by query id.

    Each query takes its own turn in the engine's lines, so that a class can go on searching meanwhile.
    """
    results: dict[str, T] = {}
    began = time.monotonic()

    def progress() -> Progress:
        done, total = len(results), len(task.queries)
        left = (time.monotonic() - began) / done * (total - done) if done else None
        return Progress(EVALUATING, task.corpus.title or task.corpus.name, done, total, left)

    def over_all(step: Any) -> Iterable[Progress]:
        # The documents of one query are no news: the progress over all queries stands for them.
        if not isinstance(step, Progress):
            return ()
        return (progress(),) if step.activity in WITHIN_A_QUERY else (step,)

    yield progress()
    for query in task.queries:
        results[query.query_id] = yield from retold(work(query), over_all)
        yield progress()
    return results


def _ranked(engine: Engine, task: Task, query: Query) -> Work[Rankings]:
    """The rankings of one query: as a search gives them, or of every judged document, found by retrieval or not."""
    request = engine.checked(
        task.corpus, query.text, task.candidates, task.methods, task.encoder, task.scorer, task.matcher, prepared=query
    )
    if task.pool == JUDGED:
        pool = sorted(task.corpus.position(doc_id) for doc_id in task.qrels[query.query_id])
        request = replace(request, among=tuple(pool))
        request = replace(request, candidates=len(request.among or ()))
    return (yield from engine.ranking(request))


def drained(work: Work[T], on_progress: OnProgress | None) -> T:
    """Run `work` to the end and return its result; `on_progress` gets the queries done and those in all."""

    def tell(step: Any) -> None:
        if on_progress and isinstance(step, Progress) and step.activity == EVALUATING:
            on_progress(step.done, step.total)

    return finish(work, tell)
