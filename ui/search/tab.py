"""The Search tab: its controls, and what they ask for."""

from __future__ import annotations

from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.ranking import DEFAULT_METHODS, Method
from searchcore.types import Corpus
from ui.hood.pair import passage_of
from ui.reports import live_line, model_choice, stop_button
from ui.search.intro import two_ways
from ui.search.section import default_corpus
from ui.state import HOOD, LOGIT, PAIR, PROBABILITY, SEARCH, PageState
from ui.wiring import Control, Wiring, click_sends, whole

EXAMPLES = 6
INVITATION = "Choose a corpus, type a query, and see the same documents ranked twice."
LEAST_CANDIDATES, MOST_CANDIDATES = 5, 50
LEAST_SHOWN = 3
LOOK_INSIDE = click_sends(
    ".ss-inside", {"corpus": ".ss-columns|corpus", "query": ".ss-columns|query", "doc": ".ss-hit|doc"}
)
OWN_TOKENS = ("the bi-encoder's own tokens", "")


def examples(corpus: Corpus) -> list[list[str]]:
    """The queries offered as chips: those marked as examples, else the first ones."""
    marked = [query for query in corpus.queries if query.metadata.get("example") is True]
    return [[query.text] for query in (marked or list(corpus.queries))[:EXAMPLES]]


def build_search_tab(engine: Engine, wiring: Wiring) -> None:
    """Lay out the tab and say what its controls ask for. Called inside a gr.Tab."""
    first = engine.corpora.get(default_corpus(engine))
    corpus = gr.Radio(
        [(f"{c.title} ({len(c):,})", c.name) for c in engine.corpora.values()],
        value=first.name if first else None,
        label="Corpus",
        elem_id="corpus",
    )
    query, go = _query_row(wiring, first)
    chips = gr.Dataset(
        components=[query], samples=examples(first) if first else [], label="Try", layout="gallery", elem_id="examples"
    )
    with gr.Accordion("Options", open=False, elem_id="options"):
        options = _options(engine, wiring)
    live_line(wiring, "warm", "")
    live_line(wiring, "status", INVITATION)
    results = gr.HTML(str(two_ways()), elem_id="results", elem_classes="ss", js_on_load=LOOK_INSIDE)
    wiring.part("results", results)

    of_corpus = wiring.control(Control("corpus", corpus, lambda name: name or ""))
    # An empty box that is sent is a question, if a bad one; an empty query in the state is none.
    asked = wiring.control(Control("query", query, lambda text: text or " ", _typed))
    wiring.control(Control("corpus", chips, show=lambda name: _chips_of(engine, name)))
    reads = [of_corpus, *options]
    wiring.ask([query.submit, go.click], [asked, *reads], tab=SEARCH, look="")
    wiring.ask([chips.click], reads, sent=[chips], change=_picked, tab=SEARCH, look="")
    wiring.ask([corpus.input], reads, tab=SEARCH, look="", query="")
    wiring.ask([option.part.input for option in options], reads, tab=SEARCH, look="")
    wiring.ask(
        [results.select], change=lambda state, event: _inside(engine, state, event), event=True, turn=True, tab=HOOD
    )


def _query_row(wiring: Wiring, first: Corpus | None) -> tuple[gr.Textbox, gr.Button]:
    with gr.Row(elem_id="query-row", equal_height=True):
        chips = examples(first) if first else []
        query = gr.Textbox(
            value=chips[0][0] if chips else "",
            label="Query",
            placeholder="Type a question or a few words, then press Enter",
            elem_id="query",
            scale=6,
            autofocus=True,
            max_lines=1,
        )
        go = gr.Button("Search", variant="primary", elem_id="go", scale=1, min_width=110)
        stop_button(wiring, "stop", scale=1)
    return query, go


def _options(engine: Engine, wiring: Wiring) -> list[Control]:
    """Candidates, shown results, columns, score and models."""
    with gr.Row():
        candidates = gr.Slider(
            LEAST_CANDIDATES,
            MOST_CANDIDATES,
            value=20,
            step=1,
            label="Candidates",
            info="How many documents of the bi-encoder's ranking the cross-encoder reads",
            elem_id="candidates",
        )
        shown = gr.Slider(
            LEAST_SHOWN,
            MOST_CANDIDATES,
            value=10,
            step=1,
            label="Shown",
            info="How many places of each ranking",
            elem_id="shown",
        )
    with gr.Row():
        more = [method for method in engine.methods.values() if method.key not in DEFAULT_METHODS]
        extra = gr.CheckboxGroup(
            [(method.title, method.key) for method in more], label="More columns", value=[], elem_id="columns"
        )
        score = gr.Radio(
            [("logit", LOGIT), ("probability (its sigmoid)", PROBABILITY)],
            value=LOGIT,
            label="Cross-encoder score",
            elem_id="score",
        )
    controls = [
        wiring.control(Control("candidates", candidates, whole, lambda k: _slid(k, LEAST_CANDIDATES))),
        wiring.control(Control("shown", shown, whole, lambda k: _slid(k, LEAST_SHOWN))),
        wiring.control(Control("columns", extra, lambda keys: _columns(engine, keys), lambda keys: _extra(keys, more))),
        wiring.control(Control("score", score)),
    ]
    with gr.Row():
        models = [
            model_choice(wiring, engine, "encoder", "Bi-encoder model", "model-encoder"),
            model_choice(wiring, engine, "scorer", "Cross-encoder model", "model-scorer"),
            model_choice(wiring, engine, "matcher", "Late interaction model", "model-matcher", [OWN_TOKENS]),
        ]
    return [*controls, *models]


def _slid(number: int, least: int) -> Any:
    """A slider at `number`, which an address may put beyond the slider's ends."""
    return gr.update(value=number, minimum=min(least, number), maximum=max(MOST_CANDIDATES, number))


def _columns(engine: Engine, extra: Any) -> tuple[str, ...]:
    """The columns' methods in running order: those that are always there, and the extra ones."""
    chosen = {*DEFAULT_METHODS, *(extra if isinstance(extra, list) else ())}
    return tuple(key for key in engine.methods if key in chosen)


def _extra(columns: tuple[str, ...], more: list[Method]) -> Any:
    return gr.update(value=[method.key for method in more if method.key in columns])


def _typed(query: str) -> Any:
    """What was asked stands in the box; that nothing was asked leaves what is typed there."""
    return gr.update(value=query) if query else gr.skip()


def _picked(state: PageState, row: Any) -> PageState:
    return state.with_changes(query=str(row[0]) if isinstance(row, list) and row else " ")


def _chips_of(engine: Engine, corpus: str) -> Any:
    return gr.update(samples=examples(engine.corpus(corpus or default_corpus(engine))))


def _inside(engine: Engine, state: PageState, event: gr.EventData) -> PageState:
    """The state that looks inside the result that was clicked; what comes from the page is checked."""
    sent = {name: str(getattr(event, name, "")) for name in ("corpus", "query", "doc")}
    engine.corpus(sent["corpus"])
    opened = state.with_changes(
        tab=HOOD,
        look=PAIR,
        corpus=sent["corpus"],
        doc=sent["doc"],
        text_a=sent["query"],
        text_b="",
        swapped=False,
    )
    passage_of(engine, opened)
    return opened
