"""What the page opens with: the largest corpus, and the query that is prepared for each."""

from __future__ import annotations

from searchcore.engine import Engine
from searchcore.types import Corpus
from ui.state import PageState

EXAMPLES = 8


def default_corpus(engine: Engine) -> str:
    """The name of the corpus that the page opens with: the largest."""
    return next(reversed(engine.corpora), "")


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
    return state.with_changes(query=prepared_query(engine.corpus(state.corpus)))


def prepared_query(corpus: Corpus) -> str:
    """The query that a corpus opens with, or an empty text."""
    return next(iter(examples(corpus)), "")
