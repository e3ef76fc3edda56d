"""The evaluations made lately, for all pages: each is made once, with its tests of significance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from searchcore.engine import Engine
from searchcore.evaluate import Evaluation, evaluation_steps, significance
from searchcore.ranking import BI_ENCODER
from searchcore.running import Work
from searchcore.types import Corpus
from ui.evaluate.made_once import MadeOnce


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
    """Made once for all who wait, then kept. Safe to share between threads."""

    def __init__(self) -> None:
        self._made: MadeOnce[Made] = MadeOnce("evaluations")

    def kept(self, engine: Engine, name: str, candidates: int, pool: str, split: str = "") -> Made | None:
        """The evaluation, if it was made lately. Raises UnknownName for a corpus that there is not."""
        corpus = engine.corpus(name)
        return self._made.kept(engine, corpus, candidates, pool, named_split(corpus, split))

    def of(self, engine: Engine, name: str, candidates: int, pool: str, split: str = "") -> Work[Made]:
        """Yield progress while the evaluation is made, then return it. Raises as `evaluate` does.

        Without a `split` the judgements are those of the first one.
        """
        corpus = engine.corpus(name)

        def steps() -> Work[Made]:
            evaluation = yield from evaluation_steps(engine, corpus, candidates, pool=pool, split=split or None)
            return Made(evaluation, tests_of(evaluation))

        return (yield from self._made.of(engine, corpus, steps, candidates, pool, named_split(corpus, split)))


def named_split(corpus: Corpus, split: str) -> str:
    """The split of that name; without one, the first."""
    return split or next(iter(corpus.splits), "")


def tests_of(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    """The p-values of each method against the bi-encoder, by measure."""
    if BI_ENCODER not in evaluation.methods:
        return {}
    return {method: significance(evaluation, method) for method in evaluation.methods if method != BI_ENCODER}
