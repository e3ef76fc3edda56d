"""The Evaluate tab: every method on every judged query, and where the reranker loses."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.evaluate import (
    CandidateCurve,
    Evaluation,
    curve_steps,
    evaluation_steps,
    significance,
    to_csv,
    trec_run,
)
from searchcore.memory import Recent
from searchcore.methods import BI_ENCODER, METHODS
from searchcore.types import Corpus, Stage
from ui.errors import sentence_for
from ui.events import QUIET, click_sends
from ui.render import evaluation as render
from ui.render import status
from ui.search_tab import SearchTab, examples
from ui.work import followed, wire_stop

DEPTHS = (5, 10, 20, 50)
ALL_KINDS = "all"
KEPT_EVALUATIONS = 16
OPEN_QUERY = click_sends("[data-query]", {"query_id": "[data-query]|query"})

Key = tuple[str, int, str]
"""What decides an evaluation: corpus, candidates, pool. A page remembers this much and no more."""


Made = tuple[Evaluation, render.Significance]
"""An evaluation with its p-values."""


class Evaluations:
    """The evaluations made lately, for all pages: they depend on their key alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._made: Recent[Made] = Recent(KEPT_EVALUATIONS)
        self._folder = tempfile.TemporaryDirectory(prefix="searchcore-")

    def steps(self, key: Key) -> Stage[Made]:
        """Yield progress while the evaluation of `key` is made, then return it with its p-values."""
        if (kept := self._made.get(key)) is not None:
            return kept
        corpus, candidates, pool = key
        made = yield from evaluation_steps(self._engine, corpus, candidates, pool=pool)
        tests = {method: significance(made, method) for method in made.methods if method != BI_ENCODER}
        return self._made.setdefault(key, lambda: (made, tests))

    def files(self, key: Key | None) -> tuple[Any, Any]:
        """Files to download: one CSV, and a zip with one TREC run for each method where the format can hold the ids."""
        if (made := self.get(key)) is None:
            return gr.skip(), gr.skip()
        evaluation, _ = made
        folder = Path(self._folder.name) / hashlib.sha256(repr(key).encode()).hexdigest()
        runs = folder / "runs"
        runs.mkdir(parents=True, exist_ok=True)
        table = folder / "measures.csv"
        table.write_text(to_csv(evaluation), encoding="utf-8", newline="")
        try:
            for method in evaluation.methods:
                (runs / f"{method}.run").write_text(trec_run(evaluation, method, method), encoding="utf-8")
        except InvalidInput:  # an id with white space, which a TREC run can't hold
            return gr.update(value=str(table)), gr.update(visible=False)
        archive = shutil.make_archive(str(folder / "trec-runs"), "zip", runs)
        return gr.update(value=str(table)), gr.update(value=archive, visible=True)

    def get(self, key: Key | None) -> Made | None:
        """The evaluation of `key`, where it was made lately."""
        return self._made.get(tuple(key)) if key else None


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components of the tab."""

    corpus: gr.Dropdown
    candidates: gr.Slider
    pool: gr.Radio
    run: gr.Button
    draw: gr.Button
    stop: gr.Button
    state: gr.State
    line: gr.HTML
    kind: gr.Radio
    report: gr.HTML
    files: gr.Row
    csv_file: gr.DownloadButton
    runs_file: gr.DownloadButton
    curve: gr.HTML


def build_evaluate_tab(engine: Engine, search: SearchTab, tabs: gr.Tabs) -> None:
    """Lay out the tab and wire it. Called inside a gr.Tab."""
    judged = [corpus for corpus in engine.corpora.values() if corpus.judged]
    if not judged:
        gr.HTML(str(status.info("No corpus here has judgements, so there is nothing to measure.")), elem_classes="ss")
        return
    _wire(engine, _lay_out(judged), search, tabs)


def _lay_out(judged: list[Corpus]) -> _Parts:
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
            [("from retrieval", "retrieved"), ("from the judgements", "judged")],
            value="retrieved",
            label="Where candidates come from",
            elem_id="evaluate-pool",
        )
    with gr.Row():
        run = gr.Button("Evaluate", variant="primary", elem_id="evaluate-run")
        draw = gr.Button("Draw the curve over candidates", elem_id="evaluate-curve")
        stop = gr.Button("Stop", visible=False, elem_id="evaluate-stop")
    line = gr.HTML(str(status.info(_INVITATION)), elem_id="evaluate-status", elem_classes="ss ss-live", js_on_load=None)
    kind = gr.Radio([ALL_KINDS], value=ALL_KINDS, label="Kind of query", visible=False, elem_id="evaluate-kind")
    report = gr.HTML("", elem_id="evaluate-report", elem_classes="ss", js_on_load=OPEN_QUERY)
    with gr.Row(visible=False) as files:
        csv_file = gr.DownloadButton("Download CSV", elem_id="evaluate-csv")
        runs_file = gr.DownloadButton("Download TREC runs (zip)", elem_id="evaluate-runs")
    curve = gr.HTML("", elem_id="evaluate-curve-picture", elem_classes="ss", js_on_load=None)
    state = gr.State(None)
    return _Parts(
        corpus, candidates, pool, run, draw, stop, state, line, kind, report, files, csv_file, runs_file, curve
    )


def _wire(engine: Engine, parts: _Parts, search: SearchTab, tabs: gr.Tabs) -> None:
    evaluations = Evaluations(engine)
    running = parts.run.click(
        lambda *key: (yield from followed(lambda: evaluations.steps(key), partial(_shown, key), 4)),
        [parts.corpus, parts.candidates, parts.pool],
        [parts.line, parts.stop, parts.state, parts.kind, parts.report, parts.files],
        **QUIET,
    )
    running.success(evaluations.files, parts.state, [parts.csv_file, parts.runs_file], **QUIET)
    drawing = parts.draw.click(
        lambda name: (yield from followed(lambda: curve_steps(engine, name, DEPTHS), _drawn, 1)),
        parts.corpus,
        [parts.line, parts.stop, parts.curve],
        **QUIET,
    )
    wire_stop(parts.stop, parts.line, [running, drawing])
    parts.kind.input(
        lambda key, chosen: _report(evaluations.get(key), chosen), [parts.state, parts.kind], parts.report, **QUIET
    )

    def open_query(key: Key | None, event: gr.EventData) -> tuple[Any, ...]:
        return _opened(engine, key, event)

    parts.report.select(
        open_query, parts.state, [tabs, search.corpus, search.query, search.chips, search.status], **QUIET
    ).success(search.run, search.inputs, search.outputs, **QUIET)


_INVITATION = (
    "Judged queries have known answers. Evaluate runs every method on all of them and measures who is right; "
    "the first run on a corpus takes a minute or two."
)


def _shown(key: Key, made: Made) -> tuple[Any, ...]:
    """Sentence, state, kinds, report, files."""
    kinds = [ALL_KINDS, *(kind for kind in made[0].kinds if kind)]
    choice = gr.update(choices=kinds, value=ALL_KINDS, visible=len(kinds) > 1)
    return _summary(made[0]), key, choice, _report(made, ALL_KINDS), gr.update(visible=True)


def _drawn(made: CandidateCurve) -> tuple[str, str]:
    return "The curve is at the foot of this tab.", str(render.curve(made))


def _summary(evaluation: Evaluation) -> str:
    best = max(evaluation.methods, key=lambda method: evaluation.measures[method][render.MEASURE])
    means = ", ".join(
        f"{METHODS[method].title} {evaluation.measures[method][render.MEASURE]:.3f}" for method in evaluation.methods
    )
    return f"Mean nDCG@10: {means}. {METHODS[best].title} is ahead."


def _report(made: Made | None, kind: str) -> str:
    if made is None:
        return str(status.error("This evaluation is no longer in memory; please press Evaluate again."))
    evaluation, tests = made
    if kind != ALL_KINDS:
        try:
            evaluation = evaluation.of_kind(kind)
        except Exception as error:
            return str(status.error(sentence_for(error)))
        tests = {method: significance(evaluation, method) for method in evaluation.methods if method != BI_ENCODER}
    return str(render.table(evaluation, tests)) + str(render.losses(evaluation)) + str(render.dumbbell(evaluation))


def _opened(engine: Engine, key: Key | None, event: gr.EventData) -> tuple[Any, ...]:
    """Search on the corpus and query that were clicked; what comes from the page is checked."""
    corpus = engine.corpus(key[0] if key else None)  # type: ignore[arg-type]
    wanted = str(getattr(event, "query_id", ""))
    query = next((query for query in corpus.queries if query.query_id == wanted), None)
    if query is None:
        raise gr.Error("That query is not in this corpus.", print_exception=False)
    return (
        gr.Tabs(selected="search"),
        corpus.name,
        query.text,
        gr.update(samples=examples(corpus)),
        str(status.info(f"Opening “{query.text}” …")),
    )
