"""What the page opens with: the largest corpus, and the query that is prepared for each."""

from __future__ import annotations

from searchcore.engine import Engine
from searchcore.types import Corpus
from ui.state import PageState

EXAMPLES = 8


def default_corpus(engine: Engine) -> str:
    """The name of the corpus that the page opens with: the largest."""
    return next(reversed(engine.corpora), "")


def shown_corpus(engine: Engine, state: PageState) -> Corpus | None:
    """The corpus that a state shows; None where it is the visitor's own and they have given none."""
    name = state.corpus or default_corpus(engine)
    return None if state.own and name not in engine.corpora else engine.corpus(name)


def examples(corpus: Corpus) -> list[str]:
    """The queries offered as chips: those marked as examples, else the first ones."""
    marked = [query for query in corpus.queries if query.metadata.get("example") is True]
    return [query.text for query in (marked or list(corpus.queries))[:EXAMPLES]]


def settled(engine: Engine, state: PageState) -> PageState:
    """The state of an address that names a corpus and no query: with the query that is prepared for it."""
    if state.query or not state.corpus:
        return state
    corpus = shown_corpus(engine, state)
    return state.with_changes(query=prepared_query(corpus)) if corpus else state


def prepared_query(corpus: Corpus) -> str:
    """The query that a corpus opens with, or an empty text."""
    return next(iter(examples(corpus)), "")
