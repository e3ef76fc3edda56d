"""The line for pair scoring, the one stage that takes the whole machine: first come, first served, bounded."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import closing

from searchcore.jobs import Job, WaitingLine
from searchcore.models import PairScorer
from searchcore.types import Progress

MAX_WAITING = 100


class PairScoring:
    """Scores (query, passage) pairs, one search after the other, and remembers how long a pass takes."""

    def __init__(self, max_waiting: int = MAX_WAITING) -> None:
        self._line = WaitingLine(max_waiting)
        self._pace: dict[str, float] = {}

    def fill(
        self, scorer: PairScorer, pairs: Mapping[str, tuple[str, str]], scores: dict[str, float]
    ) -> Generator[Progress, None, tuple[int, float]]:
        """Put a logit into `scores` for every key of `pairs` that has none, when it is this search's turn.

        Yields progress; returns the passes run and the seconds they took. Closing it gives up the rest.
        Raises Busy where too many wait already.
        """
        if all(key in scores for key in pairs):
            return 0, 0.0

        def work(job: Job[tuple[int, float]]) -> tuple[int, float]:
            # Looked up only now: the same query of another student may have been answered meanwhile.
            missing = [key for key in pairs if key not in scores]
            began = time.perf_counter()
            job.report(0, len(missing))
            with closing(scorer.scores([pairs[key] for key in missing])) as logits:
                for done, (key, logit) in enumerate(zip(missing, logits, strict=True), start=1):
                    scores[key] = logit
                    job.report(done, len(missing))
            return len(missing), time.perf_counter() - began

        job = self._line.submit(work)
        try:
            while not job.wait():
                yield self._progress(job, scorer.name)
            passes, seconds = job.result()
        finally:
            self._line.leave(job)
        if passes:
            self._pace[scorer.name] = seconds / passes
        return passes, seconds

    def seconds_per_pass(self, scorer: str) -> float | None:
        """The time of one pass as last measured, or None."""
        return self._pace.get(scorer)

    def close(self) -> None:
        """Stop the running search's pairs and forget those that wait."""
        self._line.close()

    def _progress(self, job: Job[tuple[int, float]], name: str) -> Progress:
        if ahead := self._line.ahead(job):
            return Progress("waiting", name, total=ahead)
        return Progress("scoring", name, job.done, job.total, job.seconds_left())
