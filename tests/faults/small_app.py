"""The page and its endpoints over models that are fakes: `python -m tests.faults.small_app`, set as app.py is.

It embeds, scores and keeps what it makes as the real one does, and forgets what it was asked. A pair takes a moment.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from searchcore import Engine, pair_scores
from searchcore.models import ModelSpec, ModelStore
from searchcore.models.kept_model import kept_model
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, overlap_logit
from tests.faults.kept import WEIGHTS
from ui.address import address_from_environment
from ui.layout import build_site
from ui.server import launch
from ui.stop import Stop
from ui.workers import worker_name

DOCUMENTS, CORPUS = 600, "numbered"
PREPARED = [f"film topic{i}" for i in range(40)]
TEXTS = [f"film number{i} about topic{i % 40}" for i in range(DOCUMENTS)]
SECONDS_A_PAIR = 0.001


def score(query: str, passage: str) -> float:
    time.sleep(SECONDS_A_PAIR)
    return overlap_logit(query, passage)


def engine() -> Engine:
    encoder, scorer = FakeEncoder(), FakeScorer(score=score)
    for asked in (encoder.document_calls, encoder.query_calls, scorer.pairs, scorer.calls):
        assert asked == []
    encoder.document_calls = encoder.query_calls = scorer.pairs = scorer.calls = deque(maxlen=1)

    def load_scorer(report: Callable[[int, int], None]) -> FakeScorer:
        assert kept_model(scorer.name, "weights", lambda: WEIGHTS) == WEIGHTS
        return scorer

    specs = (
        ModelSpec(encoder.name, "encoder", True, "MIT", lambda report: encoder),
        ModelSpec(scorer.name, "scorer", True, "MIT", load_scorer),
    )
    store = ModelStore({spec.name: spec for spec in specs}, encoder.name, scorer.name)
    return Engine({CORPUS: corpus_of(*TEXTS, name=CORPUS, queries=PREPARED)}, store)


def main() -> None:
    stop = Stop()
    address = address_from_environment()
    worker = worker_name(address, stop)
    pair_scores.SECONDS_BEFORE_WRITING = 0.0
    made = engine()
    stop.before_end(made.close)
    launch(build_site(made, "", worker), address, worker=worker)
    made.warm()
    stop.wait()


if __name__ == "__main__":
    main()
