"""What the tests of remembered scores share: a clock that goes on when told to, engines that ended, their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors import safe_open

from searchcore import Corpus, Engine, Ranking
from searchcore.index import EmbeddingCache, keep_scores
from searchcore.types import PairScore
from tests.fakes import FakeEncoder, FakeScorer, overlap_logit, store_of
from tests.unit.cache_child import prepared

QUERY, OTHER = "vietnam war", "chess"
PASS_SECONDS = 2.0


class Clock:
    """Stands in for the module `time`: it goes on only when told to, by whole seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which everything is measured that a ranking says of its time."""
    made = Clock()
    for module in ("resources", "ranking.bi_encoder", "ranking.cross_encoder"):
        monkeypatch.setattr(f"searchcore.{module}.time", made)
    return made


class Slow(FakeEncoder):
    """Takes PASS_SECONDS of the clock for a query."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        self.clock.now += PASS_SECONDS
        return super().encode_queries(queries)


def slow(clock: Clock) -> FakeScorer:
    """A scorer that takes PASS_SECONDS of the clock for a pair."""

    def score(query: str, passage: str) -> float:
        clock.now += PASS_SECONDS
        return overlap_logit(query, passage)

    return FakeScorer(score=score)


def ranked(engine: Engine, query: str = QUERY, candidates: int = 20, corpus: str | Corpus = "small") -> Ranking:
    """The cross-encoder's ranking."""
    return engine.search(corpus, query, candidates).rankings["cross_encoder"]


def ran_once(corpus: Corpus, *queries: str, scorer: FakeScorer | None = None, candidates: int = 20) -> list[Ranking]:
    """The cross-encoder's rankings by an engine that was closed then, as if the process had ended."""
    engine = Engine({corpus.name: corpus}, store_of(FakeEncoder(), scorer or FakeScorer()))
    try:
        return [ranked(engine, query, candidates, corpus) for query in queries or [QUERY]]
    finally:
        engine.close()


def score_files(folder: Path) -> list[Path]:
    """The files that hold pair scores, among those that hold vectors."""
    found = []
    for path in folder.glob("*.safetensors"):
        with safe_open(path, framework="numpy") as file:
            if "logit" in set(file.keys()):
                found.append(path)
    return found


@pytest.fixture
def entry(cache_folder: Path) -> Path:
    """The file with the scores of QUERY, just written."""
    ran_once(prepared())
    (path,) = score_files(cache_folder)
    return path


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[dict[int, Mapping[str, PairScore]]]:
    """What was handed over to be kept, write by write; nothing before the engine is closed."""
    calls: list[dict[int, Mapping[str, PairScore]]] = []

    def kept(cache: EmbeddingCache, corpus: Corpus, fingerprint: str, scores: Any) -> None:
        calls.append(dict(scores))
        keep_scores(cache, corpus, fingerprint, scores)

    monkeypatch.setattr("searchcore.pair_scores.SECONDS_BEFORE_WRITING", 3_600.0)
    monkeypatch.setattr("searchcore.pair_scores.keep_scores", kept)
    return calls
