"""Runs every judged query of a corpus through the engine, one after the other, with progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from searchcore.checks import check_candidates, check_methods, check_query
from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.evaluate.measures import judged_queries
from searchcore.evaluate.pools import JudgedPools
from searchcore.jobs import finish, retold
from searchcore.methods import METHODS
from searchcore.types import Corpus, Progress, Query, Ranking, SearchResult, Stage

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
    """What to run: checked arguments. `candidates` is clamped to the corpus."""

    corpus: Corpus
    queries: tuple[Query, ...]
    candidates: int
    methods: tuple[str, ...]
    pool: str
    encoder: str
    scorer: str
    matcher: str | None


def checked_task(
    engine: Engine,
    corpus: str | Corpus,
    candidates: Any,
    methods: Sequence[str] | None,
    pool: Any,
    encoder: str | None,
    scorer: str | None,
    matcher: str | None,
) -> Task:
    """The task of these arguments; methods=None stands for every one. Raises a SearchError."""
    if not isinstance(pool, str) or pool not in POOLS:
        raise InvalidInput(f"pool must be one of: {', '.join(POOLS)}; got {quoted(pool)}.")
    found = engine.corpus(corpus)
    chosen = check_methods(tuple(METHODS) if methods is None else methods)
    task = Task(
        corpus=found,
        queries=judged_queries(found),
        candidates=min(check_candidates(candidates), len(found)),
        methods=tuple(name for name in METHODS if name in chosen),
        pool=pool,
        encoder=engine.models.resolve("encoder", encoder),
        scorer=engine.models.resolve("scorer", scorer),
        matcher=None if matcher is None else engine.models.resolve("matcher", matcher),
    )
    for query in task.queries:
        check_query(query.text, f"query {quoted(query.query_id)}")
    return task


def ranked(engine: Engine, task: Task) -> Stage[dict[str, Rankings]]:
    """Yield progress, then return the rankings by method of each query, by query id.

    Each query takes its own turn in the engine's line, so that a class can go on searching meanwhile.
    """
    models = (task.encoder, task.scorer, task.matcher)
    pools = JudgedPools(engine, task.corpus, task.methods, *models) if task.pool == JUDGED else None
    results: dict[str, Rankings] = {}
    began = time.monotonic()

    def progress() -> Progress:
        done, total = len(results), len(task.queries)
        left = (time.monotonic() - began) / done * (total - done) if done else None
        return Progress(EVALUATING, task.corpus.title or task.corpus.name, done, total, left)

    yield progress()
    for query in task.queries:
        stage = pools.rankings(query) if pools else _searched(engine, task, query)
        # The documents of one query are no news: the progress over all queries stands for them.
        results[query.query_id] = yield from retold(
            stage, lambda step: progress() if step.stage in WITHIN_A_QUERY else step
        )
        yield progress()
    return results


def _searched(engine: Engine, task: Task, query: Query) -> Stage[Rankings]:
    rankings: Rankings = {}
    steps = engine.steps(
        task.corpus, query.text, task.candidates, task.methods, task.encoder, task.scorer, task.matcher
    )
    with closing(steps):
        for step in steps:
            if isinstance(step, SearchResult):
                rankings = step.rankings
            else:
                yield step
    return rankings


def drained(stage: Stage[T], on_progress: OnProgress | None) -> T:
    """Run `stage` to the end and return its result; `on_progress` gets the queries done and those in all."""

    def tell(progress: Progress) -> None:
        if on_progress and progress.stage == EVALUATING:
            on_progress(progress.done, progress.total)

    return finish(stage, tell)
