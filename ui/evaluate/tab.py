"""The Evaluate tab: its controls, and what they ask for."""

from __future__ import annotations

from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.types import Corpus
from ui import words
from ui.control import Control, click_sends, whole
from ui.draw import status
from ui.evaluate.gains import skeleton
from ui.evaluate.section import ALL_KINDS, judged_choices, measured_corpus, splits_of
from ui.own.corpora import Visitor
from ui.reports import html, live_line, stop_button
from ui.state import CURVE, EVALUATE, FRONTIER, MEASURES, POOLS, SEARCH, PageState
from ui.wiring import QUIET, Wiring

OPEN_QUERY = click_sends("[data-query]", {"query_id": "[data-query]|query", "corpus": "[data-corpus]|corpus"})
POOL_NAMES = dict(zip(POOLS, ("from retrieval", "from the judgements"), strict=True))
DEPTHS = (5, 10, 20, 30, 50, 100)
DEPTH = 20
NOT_YET = "<p>This comes with an evaluation.</p>"


def build_evaluate_tab(engine: Engine, wiring: Wiring) -> None:
    """Lay out the tab and say what its controls ask for. Called inside a gr.Tab."""
    judged = [corpus for corpus in engine.corpora.values() if corpus.judged]
    if not judged:
        gr.HTML(str(status.info("No corpus here has judgements, so there is nothing to measure.")), elem_classes="ss")
        return
    with gr.Row(elem_id="evaluate-row"):
        corpus, reads = _choices(wiring, judged)
        run = gr.Button("Evaluate", variant="primary", elem_id="evaluate-run", min_width=80)
        stop_button(wiring, "evaluate-stop", scale=0)
        live_line(wiring, "evaluate-status", "")
        with gr.Accordion("Options", open=False, elem_id="evaluate-options"):
            reads.append(_pool(wiring))
            reads.append(_split(engine, wiring, corpus, judged[-1]))
            kind = gr.Radio([ALL_KINDS], value=ALL_KINDS, label="Kind of query", visible=False, elem_id="evaluate-kind")
    with gr.Column(elem_id="evaluate-report"):
        lists = [html(wiring, "evaluate-picture", skeleton(), OPEN_QUERY)]
        with gr.Row(elem_id="evaluate-folds"):
            draw = _folds(wiring, lists)
    of_kind = wiring.control(
        Control("kind", kind, lambda value: "" if value in (None, ALL_KINDS) else value, lambda value: gr.skip())
    )
    wiring.ask([run.click], reads, change=_of_corpus, tab=EVALUATE, look=MEASURES, kind="")
    for look, button in draw.items():
        wiring.ask([button.click], reads, change=_of_corpus, tab=EVALUATE, look=look)
    # What is looked at stays what was evaluated, whatever the controls above say by now.
    wiring.ask([kind.input], [of_kind], tab=EVALUATE, look=MEASURES)
    wiring.ask(
        [each.select for each in lists],
        change=_opened,
        event=True,
        turn=True,
        tab=SEARCH,
    )


def _choices(wiring: Wiring, judged: list[Corpus]) -> tuple[gr.Dropdown, list[Control]]:
    """The corpus and the number of candidates; their names are for readers' ears, what they hold says it to all."""
    corpus = gr.Dropdown(
        judged_choices(judged),
        value=judged[-1].name,
        label="Judged corpus",
        show_label=False,
        container=False,
        elem_id="evaluate-corpus",
        filterable=False,
    )
    candidates = gr.Dropdown(
        _depths(DEPTH),
        value=DEPTH,
        label="Candidates",
        show_label=False,
        container=False,
        elem_id="evaluate-candidates",
        filterable=False,
    )
    return corpus, [
        wiring.control(Control("measured", corpus, lambda name: name or "")),
        wiring.control(Control("depth", candidates, whole, lambda n: gr.update(choices=_depths(n), value=n))),
    ]


def _depths(chosen: int) -> list[tuple[str, int]]:
    """Those to choose from, with the one that an address may have chosen."""
    return [(words.count(number, "candidate"), number) for number in sorted({*DEPTHS, chosen})]


def _pool(wiring: Wiring) -> Control:
    pool = gr.Radio(
        [(name, pool) for pool, name in POOL_NAMES.items()],
        value=POOLS[0],
        label="Where candidates come from",
        elem_id="evaluate-pool",
    )
    return wiring.control(Control("pool", pool))


def _split(engine: Engine, wiring: Wiring, corpus: gr.Dropdown, first: Corpus) -> Control:
    """Which judgements: those of one split. It follows the corpus that is chosen, and what is drawn of it."""
    names = list(first.splits)

    def shown(name: Any) -> Any:
        found = engine.corpora.get(name) if isinstance(name, str) else None
        return splits_of(found) if found else gr.skip()

    split = gr.Radio(names, value=names[0], label="Judgements", visible=len(names) > 1, elem_id="evaluate-split")
    wiring.later(lambda: corpus.input(shown, corpus, split, **QUIET))
    return wiring.control(Control("split", split, lambda name: name or "", lambda name: gr.skip()))


def _of_corpus(visitor: Visitor, state: PageState) -> PageState:
    """The first split goes without saying, and one that was chosen for another corpus is none of this one's."""
    _, *others = visitor.engine.corpus(measured_corpus(visitor.engine, state)).splits or ("",)
    return state if state.split in others else state.with_changes(split="")


def _folds(wiring: Wiring, lists: list[Any]) -> dict[str, gr.Button]:
    """All that is not the first answer. Returns the buttons that draw more, by what they look at."""
    with gr.Accordion("All measures", open=False):
        html(wiring, "evaluate-measures", NOT_YET)
    with gr.Accordion("Where the reranker loses", open=False):
        lists.append(html(wiring, "evaluate-losses", NOT_YET, OPEN_QUERY))
    with gr.Accordion("Query by query", open=False):
        lists.append(html(wiring, "evaluate-queries", NOT_YET, OPEN_QUERY))
    draw = {
        look: _drawn_on_demand(wiring, look, title, button)
        for look, title, button in (
            (CURVE, "What more candidates buy", "Draw the curve over candidates"),
            (FRONTIER, "Quality against time", "Draw the frontier"),
        )
    }
    with gr.Accordion("Downloads", open=False):
        html(wiring, "evaluate-files", NOT_YET)
    return draw


def _drawn_on_demand(wiring: Wiring, look: str, title: str, button: str) -> gr.Button:
    with gr.Accordion(title, open=False) as fold:
        draw = gr.Button(button, elem_id=f"evaluate-{look}", scale=0)
        html(wiring, f"evaluate-{look}-picture")
    wiring.part(f"evaluate-{look}-fold", fold)
    return draw


def _opened(visitor: Visitor, state: PageState, event: gr.EventData) -> PageState:
    """The state in which the query that was clicked is searched; what comes from the page is checked."""
    corpus = visitor.engine.corpus(str(getattr(event, "corpus", "")))
    wanted = str(getattr(event, "query_id", ""))
    query = next((query for query in corpus.queries if query.query_id == wanted), None)
    if query is None:
        raise InvalidInput("That query is not in this corpus.")
    return state.with_changes(
        corpus=corpus.name, query=query.text, look="", doc="", grades=(), judging=False, against="", mark=""
    )
