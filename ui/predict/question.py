"""What is predicted: a ranking that stays covered, and one that is there to predict it from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.evaluate import grades_of
from searchcore.ranking import BI_ENCODER, BM25, CROSS_ENCODER, FUSION
from searchcore.running import Work, retold
from searchcore.types import Corpus, SearchResult
from ui.parameters import MOST_PREDICTED
from ui.search.prepared import prepared_query, shown_corpus
from ui.state import NEITHER, ORDER, RIGHT, PageState

NOT_BEFORE = "This query is to be predicted; nothing of it is shown before the reveal."
NO_MEASURES = (
    "A judged query of this corpus is to be predicted; what is measured over its queries is shown after the reveal."
)
IN_THE_FUSION = (
    "What is to be predicted is part of the fusion that it is to be predicted from; please choose another ranking, or "
    "fuse other methods."
)


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
    """The method whose ranking it is predicted from: the one that is asked for, if it is another one."""
    hidden = hidden_method(state)
    if state.seen and state.seen != hidden:
        return state.seen
    first = state.options.first
    if first != hidden:
        return first
    return BI_ENCODER if hidden != BI_ENCODER else BM25


def both(methods: Iterable[str], state: PageState) -> tuple[str, ...]:
    """The two methods in running order."""
    return tuple(key for key in methods if key in (shown_method(state), hidden_method(state)))


def covered(engine: Engine, state: PageState, corpus: Corpus, query: str) -> Work[Covered]:
    """Rank by what may be seen."""
    seen = both(engine.methods, state) if state.asks == RIGHT else (shown_method(state),)
    models = (state.encoder or None, state.scorer or None, state.matcher or None)
    request = engine.checked(corpus, query, state.candidates, seen, *models, state.options)
    hidden = hidden_method(state)
    if state.asks == ORDER and seen == (FUSION,) and hidden in state.fused:
        raise InvalidInput(IN_THE_FUSION)

    def covering(result: SearchResult) -> Covered:
        return Covered(result if state.asks == RIGHT else _without_moves(result, hidden), hidden)

    def tell(step: Any) -> Iterable[Any]:
        return (covering(step),) if isinstance(step, SearchResult) else (step,)

    return covering((yield from retold(engine.searching_for(request, state.candidates), tell)))


def _without_moves(result: SearchResult, hidden: str) -> SearchResult:
    """The result without what a ranking that reorders the hidden one tells of it: where each document was before."""
    rankings = {
        key: replace(made, reranks=None, hits=tuple(replace(hit, rank_before=None) for hit in made.hits))
        if made.reranks == hidden
        else made
        for key, made in result.rankings.items()
    }
    return replace(result, rankings=rankings)


def asked_query(engine: Engine, state: PageState) -> tuple[Corpus | None, str]:
    """The corpus and the query that a state asks for; without a query the one that is prepared stands for it."""
    corpus = shown_corpus(engine, state)
    return corpus, state.query or (prepared_query(corpus) if corpus else "")


def question_of(state: PageState, result: SearchResult) -> str:
    """What was asked, as an address: the same whatever was answered, and however it is shown."""
    asked = PageState(
        corpus=result.corpus.name,
        query=result.query,
        candidates=state.candidates,
        predict=True,
        of=state.of,
        seen=state.seen,
        asks=state.asks,
        encoder=state.encoder,
        scorer=state.scorer,
        matcher=state.matcher,
        first=state.first,
        fused=state.fused,
        rule=state.rule,
        expanded=state.expanded,
    )
    return asked.to_query()


def check_not_covered(engine: Engine, state: PageState, query: str) -> None:
    """Raises InvalidInput where `query` is the one whose ranking is covered, so that no pair with it is scored."""
    if state.predict and not state.revealed and state.asks == ORDER and _same(query, asked_query(engine, state)[1]):
        raise InvalidInput(NOT_BEFORE)


def check_measurable(engine: Engine, state: PageState, measured: str) -> None:
    """Raises InvalidInput where measures of that corpus would say how good the covered ranking is."""
    if not state.predict or state.revealed:
        return
    corpus, query = asked_query(engine, state)
    if corpus is not None and corpus.name == measured and grades_of(corpus, query):
        raise InvalidInput(NO_MEASURES)


def _same(one: str, other: str) -> bool:
    """Whether a model reads both alike: most don't tell capitals from small letters."""
    return one.casefold().split() == other.casefold().split()


def check_form(guess: Sequence[str], state: PageState, methods: Iterable[str]) -> None:
    """Raises InvalidInput for a prediction that is no answer, names a document twice, or has too many."""
    if state.asks == RIGHT and (len(guess) != 1 or guess[0] not in (*both(methods, state), NEITHER)):
        named = ", ".join(guess) or "nothing"
        raise InvalidInput(f"The prediction must name one of the two methods or {NEITHER}, got {quoted(named)}.")
    if len(guess) > MOST_PREDICTED:
        raise InvalidInput(f"A prediction has at most {MOST_PREDICTED} documents, got {len(guess)}.")
    twice = next((doc_id for i, doc_id in enumerate(guess) if doc_id in guess[:i]), None)
    if twice is not None:
        raise InvalidInput(f"The prediction names document {quoted(twice)} twice.")


def check_guess(result: SearchResult, state: PageState) -> None:
    """Raises InvalidInput where the prediction names what can't be predicted from the rankings that were seen."""
    if state.asks != ORDER:
        return
    seen = {hit.doc_id for hit in result.rankings[shown_method(state)].hits}
    for doc_id in state.guess:
        if doc_id not in seen:
            raise InvalidInput(f"The prediction names document {quoted(doc_id)}, which is not among the candidates.")
