"""What is predicted: a ranking that stays covered, and one that is there to predict it from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.ranking import BI_ENCODER, BM25, CROSS_ENCODER
from searchcore.running import Work, retold
from searchcore.types import Corpus, SearchResult
from ui.state import RIGHT, PageState


@dataclass(frozen=True, slots=True)
class Covered:
    """What may be seen before the reveal: nothing of `hidden` is in it, nor has it been computed for this page.

    Where it is asked which of the two is right, both rankings are seen, and what is covered are the judgements.
    """

    result: SearchResult
    hidden: str


def hidden_method(state: PageState) -> str:
    """The method whose ranking is predicted."""
    return state.of or CROSS_ENCODER


def shown_method(state: PageState) -> str:
    """The method whose ranking it is predicted from."""
    return BI_ENCODER if hidden_method(state) != BI_ENCODER else BM25


def both(methods: Iterable[str], state: PageState) -> tuple[str, ...]:
    """The two methods in running order."""
    return tuple(key for key in methods if key in (shown_method(state), hidden_method(state)))


def covered(engine: Engine, state: PageState, corpus: Corpus, query: str) -> Work[Covered]:
    """Rank by what may be seen."""
    seen = both(engine.methods, state) if state.asks == RIGHT else (shown_method(state),)
    models = (state.encoder or None, state.scorer or None, state.matcher or None)
    request = engine.checked(corpus, query, state.candidates, seen, *models)
    hidden = hidden_method(state)

    def tell(step: Any) -> Iterable[Any]:
        return (Covered(step, hidden),) if isinstance(step, SearchResult) else (step,)

    return Covered((yield from retold(engine.searching_for(request, state.candidates), tell)), hidden)


def check_guess(result: SearchResult, state: PageState) -> None:
    """Raises InvalidInput where the prediction names a document that is no candidate of the ranking that was seen."""
    seen = {hit.doc_id for hit in result.rankings[shown_method(state)].hits}
    for doc_id in state.guess:
        if doc_id not in seen:
            raise InvalidInput(f"The prediction names document {quoted(doc_id)}, which is not among the candidates.")
