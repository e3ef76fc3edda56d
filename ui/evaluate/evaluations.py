"""The evaluations made lately, for all pages: each is made once, with its tests of significance and its files."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.evaluate import Evaluation, evaluation_steps, significance, to_csv, trec_run
from searchcore.memory import Recent
from searchcore.ranking import BI_ENCODER
from searchcore.running import Job, Once, Work, finish
from searchcore.types import Corpus, Progress

KEPT_EVALUATIONS = 16

Key = tuple[str, int, str, str]
"""What decides an evaluation: the corpus's fingerprint, candidates, pool, split."""


@dataclass(frozen=True, slots=True)
class Made:
    """An evaluation, its p-values by method and measure, and its files (no runs where TREC can't hold the ids)."""

    evaluation: Evaluation
    tests: Mapping[str, Mapping[str, float]]
    table: Path
    runs: Path | None

    def of_kind(self, kind: str) -> Made:
        """The same for the queries of one kind. Raises InvalidInput where there are none."""
        evaluation = self.evaluation.of_kind(kind)
        return Made(evaluation, tests_of(evaluation), self.table, self.runs)


class Evaluations:
    """Made once for all who wait, then kept: they depend on their key alone. Safe to share between threads."""

    def __init__(self) -> None:
        self._made: Recent[Made] = Recent(KEPT_EVALUATIONS)
        self._once = Once()
        self._folder = tempfile.TemporaryDirectory(prefix="searchcore-")

    def kept(self, engine: Engine, corpus: str, candidates: int, pool: str, split: str = "") -> Made | None:
        """The evaluation, if it was made lately. Raises UnknownName for a corpus that there is not."""
        return self._made.get(_key(engine.corpus(corpus), candidates, pool, split))

    def of(self, engine: Engine, corpus: str, candidates: int, pool: str, split: str = "") -> Work[Made]:
        """Yield progress while the evaluation is made, then return it. Raises as `evaluate` does.

        Without a `split` the judgements are those of the first one.
        """
        key = _key(engine.corpus(corpus), candidates, pool, split)
        if (kept := self._made.get(key)) is not None:
            return kept
        latest: list[Progress] = []

        def make(job: Job[Made]) -> Made:
            def tell(progress: Progress) -> None:
                latest[:] = [progress]
                job.report(progress.done, progress.total)
                job.changed()

            evaluation = finish(evaluation_steps(engine, corpus, candidates, pool=pool, split=split or None), tell, job)
            made = Made(evaluation, tests_of(evaluation), *self._files(key, evaluation))
            return self._made.setdefault(key, lambda: made)

        return (yield from self._once.shared(key, make, lambda job: latest[0] if latest else None))

    def _files(self, key: Key, evaluation: Evaluation) -> tuple[Path, Path | None]:
        """One CSV, and a zip with a TREC run for each method. They appear whole: they are renamed when finished."""
        folder = Path(self._folder.name) / hashlib.sha256(repr(key).encode()).hexdigest()
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder.name) as name:
            work = Path(name)
            (work / "measures.csv").write_text(to_csv(evaluation), encoding="utf-8", newline="")
            table = (work / "measures.csv").replace(folder / "measures.csv")
            (work / "runs").mkdir()
            try:
                for method in evaluation.methods:
                    (work / "runs" / f"{method}.run").write_text(trec_run(evaluation, method, method), encoding="utf-8")
            except InvalidInput:  # an id with white space, which a TREC run can't hold
                return table, None
            archive = shutil.make_archive(str(work / "trec-runs"), "zip", work / "runs")
            return table, Path(archive).replace(folder / "trec-runs.zip")


def _key(corpus: Corpus, candidates: int, pool: str, split: str) -> Key:
    return corpus.fingerprint, candidates, pool, split or next(iter(corpus.splits), "")


def tests_of(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    """The p-values of each method against the bi-encoder, by measure."""
    if BI_ENCODER not in evaluation.methods:
        return {}
    return {method: significance(evaluation, method) for method in evaluation.methods if method != BI_ENCODER}
