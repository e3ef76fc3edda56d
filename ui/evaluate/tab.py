"""The Evaluate tab: its controls, and what they ask for."""

from __future__ import annotations

import gradio as gr

from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.types import Corpus
from ui.draw import status
from ui.evaluate.section import ALL_KINDS, measured_corpus
from ui.reports import html, live_line, stop_button
from ui.state import CURVE, EVALUATE, MEASURES, POOLS, SEARCH, PageState
from ui.wiring import Control, Wiring, click_sends, whole

OPEN_QUERY = click_sends("[data-query]", {"query_id": "[data-query]|query"})
INVITATION = (
    "Judged queries have known answers. Evaluate runs every method on all of them and measures who is right; "
    "the first run on a corpus takes a minute or two."
)
POOL_NAMES = dict(zip(POOLS, ("from retrieval", "from the judgements"), strict=True))


def build_evaluate_tab(engine: Engine, wiring: Wiring) -> None:
    """Lay out the tab and say what its controls ask for. Called inside a gr.Tab."""
    judged = [corpus for corpus in engine.corpora.values() if corpus.judged]
    if not judged:
        gr.HTML(str(status.info("No corpus here has judgements, so there is nothing to measure.")), elem_classes="ss")
        return
    reads = _choices(wiring, judged)
    with gr.Row():
        run = gr.Button("Evaluate", variant="primary", elem_id="evaluate-run")
        draw = gr.Button("Draw the curve over candidates", elem_id="evaluate-curve")
        stop_button(wiring, "evaluate-stop", scale=1)
    live_line(wiring, "evaluate-status", INVITATION)
    kind = gr.Radio([ALL_KINDS], value=ALL_KINDS, label="Kind of query", visible=False, elem_id="evaluate-kind")
    report = wiring.part(
        "evaluate-report", gr.HTML("", elem_id="evaluate-report", elem_classes="ss", js_on_load=OPEN_QUERY)
    )
    with gr.Row(visible=False, elem_id="evaluate-files") as files:
        wiring.part("evaluate-csv", gr.DownloadButton("Download CSV", elem_id="evaluate-csv"))
        wiring.part("evaluate-runs", gr.DownloadButton("Download TREC runs (zip)", elem_id="evaluate-runs"))
    wiring.part("evaluate-files", files)
    html(wiring, "evaluate-curve-picture")
    of_kind = wiring.control(
        Control("kind", kind, lambda value: "" if value in (None, ALL_KINDS) else value, lambda value: gr.skip())
    )
    wiring.ask([run.click], reads, tab=EVALUATE, look=MEASURES, kind="")
    wiring.ask([draw.click], reads, tab=EVALUATE, look=CURVE)
    # What is looked at stays what was evaluated, whatever the controls above say by now.
    wiring.ask([kind.input], [of_kind], tab=EVALUATE, look=MEASURES)
    wiring.ask(
        [report.select], change=lambda state, event: _opened(engine, state, event), event=True, turn=True, tab=SEARCH
    )


def _choices(wiring: Wiring, judged: list[Corpus]) -> list[Control]:
    """The corpus, the number of candidates, and where they come from."""
    with gr.Row():
        corpus = gr.Dropdown(
            [(f"{c.title} ({len(c.qrels)} judged queries)", c.name) for c in judged],
            value=judged[-1].name,
            label="Judged corpus",
            elem_id="evaluate-corpus",
            filterable=False,
        )
        candidates = gr.Slider(5, 100, value=20, step=5, label="Candidates", elem_id="evaluate-candidates")
        pool = gr.Radio(
            [(name, pool) for pool, name in POOL_NAMES.items()],
            value=POOLS[0],
            label="Where candidates come from",
            elem_id="evaluate-pool",
        )
    return [
        wiring.control(Control("measured", corpus, lambda name: name or "")),
        wiring.control(Control("depth", candidates, whole)),
        wiring.control(Control("pool", pool)),
    ]


def _opened(engine: Engine, state: PageState, event: gr.EventData) -> PageState:
    """The state in which the query that was clicked is searched; what comes from the page is checked."""
    corpus = engine.corpus(measured_corpus(engine, state))
    wanted = str(getattr(event, "query_id", ""))
    query = next((query for query in corpus.queries if query.query_id == wanted), None)
    if query is None:
        raise InvalidInput("That query is not in this corpus.")
    return state.with_changes(corpus=corpus.name, query=query.text, look="", doc="")
