"""The page over fake models that wait for the test, served in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from searchcore import Corpus, Document, Engine, Query
from searchcore.running import Line
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, store_of
from tests.server import free_port
from ui.address import Address
from ui.callers import Visits
from ui.frames import SPACES
from ui.layout import build_site
from ui.server import launch
from ui.site import Site

PATIENCE = 20.0
FILMS = ("whale at sea", "war on an island", "a dog and a whale", "chess in the war", "the sea of love", "an island")


@dataclass(frozen=True, slots=True)
class Gated:
    """A server in this process over models that wait for the test."""

    url: str
    port: int
    site: Site
    engine: Engine
    encoder: FakeEncoder
    scorer: FakeScorer
    visits: Visits

    def open_gates(self) -> None:
        """Let both models run from now on."""
        for model in (self.encoder, self.scorer):
            if model.gate is not None:
                model.gate.set()

    def hold_scorer(self) -> None:
        """From now on the scorer waits, and counts its pairs anew."""
        assert self.scorer.gate is not None
        self.scorer.gate.clear()
        self.scorer.started.clear()
        self.scorer.pairs.clear()

    def close(self) -> None:
        """Let everything end, then stop serving."""
        self.open_gates()
        self.engine.close()
        self.site.page.close()


def serve_gated(
    score: Callable[[str, str], float] | None = None,
    port: int = 0,
    public: str = "",
    host: str = "127.0.0.1",
    mcp: bool = False,
    frames: Sequence[str] = SPACES,
    worker: str = "",
) -> Gated:
    """Two small corpora, "letters" and the judged "films", behind gates that are closed."""
    encoder, scorer = FakeEncoder(gate=threading.Event()), FakeScorer(gate=threading.Event())
    if score is not None:
        scorer.score = score
    corpora = {"letters": corpus_of("alpha", "beta", "gamma", name="letters"), "films": films()}
    engine = Engine(corpora, store_of(encoder, scorer))
    site, port = build_site(engine, public, worker), port or free_port()
    address = Address(host, port)
    visits = launch(site, address, mcp=mcp, frames=frames, worker=worker)
    return Gated(address.url, port, site, engine, encoder, scorer, visits)


def films() -> Corpus:
    """Six short texts, two judged queries."""
    return Corpus(
        name="films",
        title="Films",
        documents=tuple(Document(f"d{i}", text) for i, text in enumerate(FILMS)),
        queries=(Query("q0", "whale"), Query("q1", "island war")),
        qrels={"q0": {"d0": 3, "d2": 1}, "q1": {"d1": 2}},
        shared=True,
    )


def scoring_line(gated: Gated) -> Line:
    """The line in front of the scorer."""
    return gated.engine.resources._lines.of(gated.scorer.name)


def until_withdrawn(gated: Gated) -> None:
    """Until the only job in the scorer's line was given up."""
    [place] = scoring_line(gated)._places
    version = place.job.version
    while not place.job.cancelled:
        assert place.job.wait_beyond(version, PATIENCE)
        version = place.job.version
