"""Waiting for the token vectors of a corpus, which are made behind the searches."""

from __future__ import annotations

from searchcore import Corpus, Engine
from searchcore.models import OwnTokens


def until_filled(engine: Engine, corpus: str | Corpus, encoder: str | None = None) -> None:
    """Until the token vectors of `corpus` are there; they are begun now if nobody did."""
    found, matcher = engine.corpus(corpus), OwnTokens(engine.encoder(encoder))
    if engine.resources.token_vectors_of(found, matcher) is None:
        for job, _ in list(engine.resources._once._jobs.values()):
            job.result()
    assert engine.resources.token_vectors_of(found, matcher) is not None
