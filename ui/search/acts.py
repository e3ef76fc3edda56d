"""What is done in the columns of a search: look inside, move the cut, judge, reveal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import gradio as gr

from searchcore.errors import InvalidInput, quoted
from ui.hood.pair import passage_of
from ui.own.corpora import Visitor
from ui.parameters import MAX_GRADES
from ui.predict.question import asked_query, check_form
from ui.state import HAND, HOOD, PAIR, SEARCH, PageState


def acted(visitor: Visitor, state: PageState, event: gr.EventData) -> PageState:
    """What was done in the columns: look inside, move the cut, judge. What comes from the page is checked."""
    sent = {name: str(getattr(event, name, "")) for name in ("act", "corpus", "query", "doc", "value")}
    corpus = visitor.engine.corpus(sent["corpus"])
    # A column of the other wording sends that as its query; what is compared stays.
    first = state.query if state.against and sent["query"] == state.against.strip() else sent["query"]
    shown = state.with_changes(tab=SEARCH, look=kept(state), corpus=corpus.name, query=first)
    if sent["act"] == "reveal":
        if (corpus, sent["query"]) != asked_query(visitor.engine, state):
            raise InvalidInput("That prediction is about another query than the one that is asked.")
        return _revealed(visitor, shown, sent["value"])
    if sent["act"] == "grade":
        return _judged(visitor, shown, sent)
    if sent["act"] in CHANGES:
        return CHANGES[sent["act"]](shown, sent["value"])
    opened = shown.with_changes(tab=HOOD, look=PAIR, doc=sent["doc"], text_a=sent["query"], text_b="", swapped=False)
    passage_of(visitor.engine, opened)
    return opened


def kept(state: PageState) -> str:
    """The arithmetic stays in sight while grades, candidates or the cut change."""
    return HAND if state.look == HAND else ""


def _cut(state: PageState, value: str) -> PageState:
    plain = value.isascii() and value.isdecimal()
    return state.with_changes(candidates=int(value) if plain else value)


CHANGES: dict[str, Callable[[PageState, str], PageState]] = {
    "one": lambda state, _: state.with_changes(against=""),
    "cut": _cut,
    "hand": lambda state, value: state.with_changes(look=HAND if value == "1" else ""),
    "judge": lambda state, value: state.with_changes(judging=value == "1"),
}


def _judged(visitor: Visitor, state: PageState, sent: Mapping[str, str]) -> PageState:
    """Judgements of one's own corpus belong to it; those of others' stay in the address."""
    if state.own and visitor.own is not None:
        visitor.own.grade(sent["query"], sent["doc"], sent["value"])
        return state
    return _graded(state, sent["doc"], sent["value"])


def _revealed(visitor: Visitor, state: PageState, value: str) -> PageState:
    """The prediction is made: documents in order, or which of two methods is right. Raises InvalidInput."""
    if not state.predict or state.revealed:
        raise InvalidInput("This query is revealed already; ask another one to predict again.")
    try:
        guess = json.loads(value)
    except (ValueError, RecursionError):
        guess = None
    if not isinstance(guess, list) or not all(isinstance(each, str) for each in guess):
        raise InvalidInput(f"prediction must be a list of documents, got {quoted(value)}.")
    check_form(guess, state, visitor.engine.methods)
    return state.with_changes(guess=tuple(guess), revealed=True, against="")


def _graded(state: PageState, doc_id: str, grade: str) -> PageState:
    """The same grade again takes it back."""
    given = f"{grade}:{doc_id}"
    others = tuple(each for each in state.grades if each.partition(":")[2] != doc_id)
    grades = others if given in state.grades else (*others, given)
    return state.with_changes(grades=grades[-MAX_GRADES:])
