"""The Search tab: its controls, and what they ask for."""

from __future__ import annotations

from typing import Any

import gradio as gr

from searchcore.corpora import OWN, TITLE
from searchcore.engine import Engine
from searchcore.ranking import CROSS_ENCODER, DEFAULT_METHODS, LATE_INTERACTION, Method
from searchcore.types import Corpus
from ui import words
from ui.control import Control, chosen, sends, whole
from ui.draw import status
from ui.draw.template import fill
from ui.own.corpora import Visitor
from ui.own.panel import build_own
from ui.predict.question import asked_query
from ui.reports import chips, html, live_line, model_choice, stop_button
from ui.search import failures
from ui.search.acts import acted, kept
from ui.search.arranging import build_arranging
from ui.search.chunking import build_chunks
from ui.search.columns import skeleton
from ui.search.prepared import default_corpus, examples, prepared_query, shown_corpus
from ui.search.section import described
from ui.search.wordings_fold import build_wordings
from ui.share import build_share
from ui.state import LOGIT, MOST_CANDIDATES, ORDER, PROBABILITY, RIGHT, SEARCH, PageState
from ui.takehome.links import NOT_YET
from ui.wiring import Wiring

LEAST_CANDIDATES = 1
OWN_TOKENS = ("the bi-encoder's own tokens", "")


def build_search_tab(engine: Engine, wiring: Wiring) -> None:
    """Lay out the tab and say what its controls ask for. Called inside a gr.Tab."""
    first = engine.corpora.get(default_corpus(engine))
    query, corpus, go = _query_row(engine, wiring, first)
    build_own(wiring)
    with gr.Row(elem_id="folds"):
        with gr.Accordion("Try", open=False, elem_id="try"):
            html(wiring, "about", described(first) if first else "")
            tried = chips(query, examples(first) if first else [], "examples")
        cases = failures.known(engine.corpora)
        with gr.Accordion("Where it fails", open=False, elem_id="fails", visible=bool(cases)):
            html(wiring, "fails-about", fill("<p>{}</p>", failures.ABOUT))
            failing = chips(query, [failures.label(case, engine.corpora) for case in cases], "failing")
        with gr.Accordion("Options", open=False, elem_id="options"):
            options = _options(engine, wiring)
        with gr.Accordion("What it cost", open=False, elem_id="cost"):
            html(wiring, "cost-report")
        with gr.Accordion("Compare wordings", open=False, elem_id="wordings"):
            wordings = build_wordings(wiring)
        with gr.Accordion("Take it home", open=False, elem_id="take"):
            html(wiring, "take-report", NOT_YET)
        predict = gr.Checkbox(label="Predict first", container=False, min_width=120, elem_id="predict")
        build_share(wiring)
    html(wiring, "case")
    with gr.Row(elem_id="verdict-row"):
        live_line(wiring, "status", status.begun())
        html(wiring, "curve")
    live_line(wiring, "warm", "")
    shown = [engine.methods[key] for key in DEFAULT_METHODS]
    results = gr.HTML(str(skeleton(shown)), elem_id="results", elem_classes="ss ss-results", js_on_load=sends("ss-act"))
    wiring.part("results", results)

    of_corpus = wiring.control(Control("corpus", corpus, lambda name: name or ""))
    # An empty box that is sent is a question, if a bad one; an empty query in the state is none.
    asked = wiring.control(Control("query", query, lambda text: text or " ", lambda _: gr.skip()))
    for field in ("query", "corpus"):
        wiring.follow(field, "query", _asked_text)
    wiring.part("examples", tried)
    wiring.follow("corpus", "examples", _chips_of)
    wiring.follow("corpus", "about", _about)
    new: dict[str, Any] = {"tab": SEARCH, "look": "", "grades": (), "judging": False, "against": ""}
    new |= {"mark": "", "guess": (), "revealed": False}
    wiring.ask([query.submit, go.click], [asked, of_corpus, *options], **new)
    wiring.ask([tried.click], [of_corpus, *options], sent=[tried], change=_picked, **new)
    wiring.ask([failing.click], options, sent=[failing], change=lambda _, state, n: _failing(cases, state, n), **new)
    wiring.ask([corpus.input], options, sent=[corpus, query], change=_turned, **new)
    wanted = wiring.control(Control("predict", predict, bool))
    wiring.ask([predict.input], [wanted], tab=SEARCH, look="", against="", guess=(), revealed=False)
    *others, matcher = options
    asked_anew: dict[str, Any] = {"guess": (), "revealed": False}
    wiring.ask([o.part.input for o in others], [of_corpus, *options], change=_looking_on, tab=SEARCH, **asked_anew)
    wiring.ask([matcher.part.input], [matcher], change=_matched, tab=SEARCH)
    wordings.connect(wiring, [asked, of_corpus, *options])
    wiring.ask([results.select], change=acted, event=True, turn=True)


def _query_row(engine: Engine, wiring: Wiring, first: Corpus | None) -> tuple[gr.Textbox, gr.Radio, gr.Button]:
    with gr.Row(elem_id="query-row"):
        query = gr.Textbox(
            value=prepared_query(first) if first else "",
            label="Query",
            show_label=False,
            container=False,
            placeholder=words.QUERY_PLACEHOLDER,
            elem_id="query",
            max_lines=1,
        )
        corpus = gr.Radio(
            [*((c.title or c.name, c.name) for c in engine.corpora.values()), (TITLE, OWN)],
            value=first.name if first else None,
            label="Corpus",
            show_label=False,
            container=False,
            elem_id="corpus",
        )
        go = gr.Button("Search", variant="primary", elem_id="go", min_width=80)
        stop_button(wiring, "stop", scale=0)
    return query, corpus, go


def _options(engine: Engine, wiring: Wiring) -> list[Control]:
    """Candidates, columns, score and models."""
    with gr.Row():
        candidates = gr.Slider(
            LEAST_CANDIDATES,
            MOST_CANDIDATES,
            value=20,
            step=1,
            label="Candidates",
            info="How many documents of the first ranking the cross-encoder reads",
            elem_id="candidates",
        )
        more = [method for method in engine.methods.values() if method.key not in DEFAULT_METHODS]
        extra = gr.CheckboxGroup(
            [(method.title, method.key) for method in more], label="More columns", value=[], elem_id="columns"
        )
        score = gr.Radio(
            [("logit", LOGIT), ("its sigmoid", PROBABILITY)],
            value=LOGIT,
            label="Cross-encoder score",
            elem_id="score",
        )
        of = gr.Dropdown(
            [(method.title, method.key) for method in engine.methods.values()],
            value=CROSS_ENCODER,
            label="Predict first: whose order",
            filterable=False,
            elem_id="predict-of",
        )
        seen = gr.Dropdown(
            [("the first ranking", ""), *((method.title, method.key) for method in engine.methods.values())],
            value="",
            label="Predict first: from which order",
            filterable=False,
            elem_id="predict-from",
        )
        asks = gr.Radio(
            [("the order", ORDER), ("who is right", RIGHT)],
            value=ORDER,
            label="Predict first: what",
            elem_id="predict-asks",
        )
    controls = [
        wiring.control(Control("of", of, lambda key: "" if key in (None, CROSS_ENCODER) else key, _whose)),
        wiring.control(Control("seen", seen, lambda key: key or "")),
        wiring.control(Control("asks", asks)),
        wiring.control(Control("candidates", candidates, whole, _slid)),
        wiring.control(Control("columns", extra, lambda keys: _columns(engine, keys), lambda keys: _extra(keys, more))),
        wiring.control(Control("score", score)),
    ]
    with gr.Row():
        models = [
            model_choice(wiring, engine, "encoder", "Bi-encoder model", "model-encoder"),
            model_choice(wiring, engine, "scorer", "Cross-encoder model", "model-scorer"),
            model_choice(wiring, engine, "matcher", "Late interaction model", "model-matcher", [OWN_TOKENS]),
        ]
    build_arranging(engine, wiring)
    build_chunks(wiring)
    return [*controls, *models]


def _whose(key: str) -> Any:
    return gr.update(value=key or CROSS_ENCODER)


def _slid(number: int) -> Any:
    """A slider at `number`, which an address may put beyond the slider's end."""
    return gr.update(value=number, maximum=max(MOST_CANDIDATES, number))


def _columns(engine: Engine, extra: Any) -> tuple[str, ...]:
    """The columns' methods in running order: those that are always there, and the extra ones."""
    chosen_keys = {*DEFAULT_METHODS, *(extra if isinstance(extra, list) else ())}
    return tuple(key for key in engine.methods if key in chosen_keys)


def _extra(columns: tuple[str, ...], more: list[Method]) -> Any:
    return gr.update(value=[method.key for method in more if method.key in columns])


def _asked_text(engine: Engine, state: PageState) -> str:
    """What the box holds: the query, or the prepared one that stands for none."""
    return asked_query(engine, state)[1]


def _chips_of(engine: Engine, state: PageState) -> Any:
    corpus = shown_corpus(engine, state)
    return gr.update(samples=[[text] for text in (examples(corpus) if corpus else [])])


def _about(engine: Engine, state: PageState) -> str:
    corpus = shown_corpus(engine, state)
    return str(described(corpus)) if corpus else ""


def _picked(visitor: Visitor, state: PageState, number: Any) -> PageState:
    corpus = shown_corpus(visitor.engine, state)
    texts = examples(corpus) if corpus else []
    return state.with_changes(query=chosen(texts, number) if texts else " ")


def _looking_on(visitor: Visitor, state: PageState) -> PageState:
    return state.with_changes(look=kept(state))


def _matched(visitor: Visitor, state: PageState) -> PageState:
    """A model for late interaction is chosen to be seen: its column comes with it."""
    wanted = {*state.columns, LATE_INTERACTION} if state.matcher else set(state.columns)
    return state.with_changes(look=kept(state), columns=tuple(key for key in visitor.engine.methods if key in wanted))


def _failing(cases: list[failures.Case], state: PageState, number: Any) -> PageState:
    case = chosen(cases, number)
    chunks = {"window": case.window, "overlap": case.overlap}
    return state.with_changes(corpus=case.corpus, query=case.query, columns=case.columns, **chunks)


def _turned(visitor: Visitor, state: PageState, name: Any, typed: Any) -> PageState:
    """Another corpus: it opens with its prepared query, unless the visitor has typed one of their own."""
    before = shown_corpus(visitor.engine, state)
    text = typed.strip() if isinstance(typed, str) else ""
    prepared = not text or (before is not None and before.prepared_query(text) is not None)
    after = state.with_changes(corpus=name or "")
    corpus = shown_corpus(visitor.engine, after)
    opened = prepared_query(corpus) if corpus else ""
    return after.with_changes(query=opened if prepared else text)
