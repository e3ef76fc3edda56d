"""The two texts that Under the hood looks at: typed, an example, or a query and a document of a corpus."""

from __future__ import annotations

from dataclasses import dataclass

from searchcore.checks import check_text
from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.explain import EXAMPLES
from searchcore.running import Work
from ui.predict.question import check_not_covered
from ui.search.prepared import default_corpus
from ui.state import PageState


@dataclass(frozen=True, slots=True)
class PairTexts:
    """The two texts, before anything is known of them."""

    query: str
    document: str


def pair_of(engine: Engine, state: PageState) -> PairTexts:
    """Query and document; those of the first example stand for texts that the state leaves out.

    Raises InvalidInput by the names that they have on the page.
    """
    query, document = (
        (state.query, passage_of(engine, state)) if state.doc else (EXAMPLES[0].query, EXAMPLES[0].document)
    )
    check_not_covered(engine, state, state.text_a or query)
    return PairTexts(
        check_text(state.text_a or query, "query"),
        check_text(document if state.doc else state.text_b or document, "document"),
    )


def pair_steps(engine: Engine, state: PageState) -> Work[PairTexts]:
    """As `pair_of`; what the page's boxes may not hold yet is said on the way."""
    texts = pair_of(engine, state)
    if state.doc or not (state.text_a and state.text_b):
        yield texts
    return texts


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
