"""The two texts that Under the hood looks at: typed, or a query and a document of a corpus."""

from __future__ import annotations

from searchcore.checks import check_text
from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from ui.search.section import default_corpus
from ui.state import PageState


def pair_of(engine: Engine, state: PageState) -> tuple[str, str]:
    """Query and document. Raises InvalidInput by the names that they have on the page."""
    document = passage_of(engine, state) if state.doc else state.text_b
    return check_text(state.text_a or (state.query if state.doc else ""), "query"), check_text(document, "document")


def passage_of(engine: Engine, state: PageState) -> str:
    """The passage of the state's document. Raises InvalidInput where there is none of that id."""
    corpus = engine.corpus(state.corpus or default_corpus(engine))
    try:
        return corpus.document(state.doc).passage
    except KeyError:
        raise InvalidInput(f"{quoted(corpus.name)} has no document {quoted(state.doc)}.") from None


def typed(engine: Engine, state: PageState) -> PageState:
    """The state after somebody has typed in the two boxes: what is still the document's own text stays its id."""
    if not state.doc:
        return state
    try:
        unchanged = passage_of(engine, state) == state.text_b
    except InvalidInput:
        unchanged = False
    return state.with_changes(text_b="") if unchanged else state.with_changes(doc="")
