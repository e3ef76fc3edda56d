"""The evaluations made lately, for all pages: each is made once, with its tests of significance."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from searchcore.engine import Engine
from searchcore.evaluate import Evaluation, evaluation_steps, significance
from searchcore.memory import Recent
from searchcore.ranking import BI_ENCODER
from searchcore.running import Job, Once, Work, finish
from searchcore.types import Corpus, Progress

KEPT_EVALUATIONS = 16
# Of one corpus that a visitor has given.
KEPT_OF_ONES_OWN = 4


@dataclass(frozen=True, slots=True)
class Made:
    """An evaluation, and its p-values by method and measure."""

    evaluation: Evaluation
    tests: Mapping[str, Mapping[str, float]]

    def of_kind(self, kind: str) -> Made:
        """The same for the queries of one kind. Raises InvalidInput where there are none."""
        evaluation = self.evaluation.of_kind(kind)
        return Made(evaluation, tests_of(evaluation))


class Evaluations:
    """Made once for all who wait, then kept: they depend on their key alone. Safe to share between threads.

    Those of a visitor's own corpus are kept with what else was worked out for it, and go when it goes.
    """

    def __init__(self) -> None:
        self._made: Recent[Made] = Recent(KEPT_EVALUATIONS)
        self._once = Once()

    def kept(self, engine: Engine, name: str, candidates: int, pool: str, split: str = "") -> Made | None:
        """The evaluation, if it was made lately. Raises UnknownName for a corpus that there is not."""
        corpus = engine.corpus(name)
        return self._kept(engine, corpus).get(_key(corpus, candidates, pool, split))

    def of(self, engine: Engine, name: str, candidates: int, pool: str, split: str = "") -> Work[Made]:
        """Yield progress while the evaluation is made, then return it. Raises as `evaluate` does.

        Without a `split` the judgements are those of the first one.
        """
        corpus = engine.corpus(name)
        made, key = self._kept(engine, corpus), _key(corpus, candidates, pool, split)
        if (kept := made.get(key)) is not None:
            return kept
        latest: list[Progress] = []

        def make(job: Job[Made]) -> Made:
            def tell(progress: Progress) -> None:
                latest[:] = [progress]
                job.report(progress.done, progress.total)
                job.changed()

            steps = evaluation_steps(engine, corpus, candidates, pool=pool, split=split or None)
            evaluation = finish(steps, tell, job)
            return made.setdefault(key, lambda: Made(evaluation, tests_of(evaluation)))

        shared = (id(made), key)
        return (yield from self._once.shared(shared, make, lambda job: latest[0] if latest else None))

    def _kept(self, engine: Engine, corpus: Corpus) -> Recent[Made]:
        if corpus.shared:
            return self._made
        made: Recent[Made] = engine.resources.memory(corpus).made.setdefault("evaluations", Recent(KEPT_OF_ONES_OWN))
        return made


def _key(corpus: Corpus, candidates: int, pool: str, split: str) -> Hashable:
    """What decides an evaluation."""
    return corpus.fingerprint, candidates, pool, split or next(iter(corpus.splits), "")


def tests_of(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    """The p-values of each method against the bi-encoder, by measure."""
    if BI_ENCODER not in evaluation.methods:
        return {}
    return {method: significance(evaluation, method) for method in evaluation.methods if method != BI_ENCODER}
