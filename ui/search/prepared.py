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
    """The queries offered as chips: of the judged ones, where there are any, those marked as examples, else the first.

    With a relevant document to find, the page can say who is right.
    """
    judged = [
        query for query in corpus.queries if any(grade > 0 for grade in corpus.qrels.get(query.query_id, {}).values())
    ]
    offered = judged or list(corpus.queries)
    marked = [query for query in offered if query.metadata.get("example") is True]
    return [query.text for query in (marked or offered)[:EXAMPLES]]


def settled(engine: Engine, state: PageState) -> PageState:
    """The state of an address that names a corpus and no query: with the query that is prepared for it."""
    if state.query or not state.corpus:
        return state
    corpus = shown_corpus(engine, state)
    return state.with_changes(query=prepared_query(corpus)) if corpus else state


def prepared_query(corpus: Corpus) -> str:
    """The query that a corpus opens with, or an empty text."""
    return next(iter(examples(corpus)), "")
