"""Embedding one's own corpus: stopped, gone on with, let go with its visitor, and never on disk."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from searchcore import Cancelled, Corpus
from searchcore.evaluate import evaluate
from searchcore.models import OwnTokens
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, rows_of
from tests.unit.filled import until_filled
from tests.unit.housed import House, small
from ui.own.corpora import graded


def many(count: int = 150) -> Corpus:
    return small(data=b"".join(b"film number%d\n" % i for i in range(count)))


def stop_after(batches: int) -> FakeEncoder:
    """An encoder that fails from a batch of 8 on, as one whose caller has left."""
    calls: list[int] = []

    def on_call(passages: object) -> None:
        calls.append(1)
        if len(calls) == batches + 1:
            raise Cancelled("stopped")

    return FakeEncoder(on_call=on_call)


def test_an_embedding_that_was_stopped_goes_on_from_its_last_batch(make_engine: MakeEngine, cache_folder: Path) -> None:
    corpus, encoder = many(), stop_after(9)
    engine = make_engine(encoder=encoder)
    with pytest.raises(Cancelled):
        finish(engine.index(corpus))
    encoder.document_calls.clear()
    index = finish(engine.index(corpus))
    assert encoder.documents_encoded == 150 - 64
    truth = finish(make_engine(encoder=FakeEncoder()).index(many()))
    assert (rows_of(index) == rows_of(truth)).all()
    assert not any(isinstance(key, tuple) and key[0] == "batches" for key in engine.resources.memory(corpus).made)
    assert not cache_folder.exists()


def test_nothing_of_a_corpus_of_ones_own_is_ever_on_disk(make_engine: MakeEngine, cache_folder: Path) -> None:
    corpus = graded(many(), "film", "1", 3)
    encoder = stop_after(9)
    engine = make_engine(encoder=encoder)
    with pytest.raises(Cancelled):
        engine.search(corpus, "film")
    engine.search(corpus, "film", methods=("bm25", "bi_encoder", "late_interaction", "cross_encoder"))
    until_filled(engine, corpus)
    assert engine.resources.token_vectors_of(corpus, OwnTokens(encoder)) is not None
    evaluate(engine, corpus)
    engine.close()
    assert not cache_folder.exists() or list(cache_folder.iterdir()) == []


def watched(corpus: Corpus) -> threading.Event:
    """Is set when the corpus is freed: the thread that worked for it may hold it a moment longer."""
    gone = threading.Event()
    weakref.finalize(corpus, gone.set)
    return gone


class HeldTokens(FakeEncoder):
    """Waits at its gate before it gives token vectors."""

    def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
        self.pause()
        return super().token_vectors(text, as_query=as_query)


def test_deleting_stops_what_is_being_worked_out(gate: threading.Event, make_engine: MakeEngine) -> None:
    async def test() -> None:
        encoder = HeldTokens(gate=gate)
        house = House(make_engine(encoder=encoder))
        own = house.give(data=b"".join(b"film number%d\n" % i for i in range(150)))
        engine = house.own.visitor(house.engine, own.secret, "page").engine
        assert own.corpus is not None
        assert engine.resources.token_vectors_of(own.corpus, OwnTokens(encoder)) is None
        assert encoder.started.wait(20)
        [(job, _)] = engine.resources._once._jobs.values()
        gone = watched(own.corpus)
        house.own.delete(own)
        assert job.cancelled
        gate.set()
        with pytest.raises(Cancelled):
            job.result()
        del job, engine
        gc.collect()
        assert gone.wait(20)

    asyncio.run(test())


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_who_leaves_while_it_is_embedded_lets_it_go(gate: threading.Event, make_engine: MakeEngine) -> None:
    encoder = FakeEncoder(gate=gate)
    engine, corpus = make_engine(encoder=encoder), many()
    steps = engine.steps(corpus, "film")
    next(step for step in steps if getattr(step, "activity", "") == "embedding")
    assert encoder.started.wait(20)
    [(job, _)] = engine.resources._once._jobs.values()
    steps.close()
    gone = watched(corpus)
    del corpus, steps
    gate.set()
    with pytest.raises(Cancelled):
        job.result()
    engine.close()
    del job
    gc.collect()
    assert gone.wait(20)
