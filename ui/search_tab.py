"""The Search tab: one query, the same documents ranked by each method, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.methods import BI_ENCODER, CROSS_ENCODER, METHODS, plan
from searchcore.types import Corpus, Progress, SearchResult
from ui import text
from ui.errors import sentence_for
from ui.events import QUIET, click_sends
from ui.render import intro, status
from ui.render.cost import cost
from ui.render.ranking import View, columns
from ui.work import model_choice, wire_stop

EXAMPLES = 6
INVITATION = "Choose a corpus, type a query, and see the same documents ranked twice."
LEAST_CANDIDATES, MOST_CANDIDATES = 5, 50
ALWAYS = (BI_ENCODER, CROSS_ENCODER)
PROBABILITY = "probability"
LOOK_INSIDE = click_sends(
    ".ss-inside", {"corpus": ".ss-columns|corpus", "query": ".ss-columns|query", "doc": ".ss-hit|doc"}
)
OWN_TOKENS = ("the bi-encoder's own tokens", "")


@dataclass(frozen=True, slots=True)
class SearchTab:
    """The components of the tab, and how other tabs start a search: `run` from `inputs` to `outputs`."""

    corpus: gr.Radio
    query: gr.Textbox
    chips: gr.Dataset
    warm: gr.HTML
    status: gr.HTML
    results: gr.HTML
    go: gr.Button
    stop: gr.Button
    options: list[Any]
    run: Callable[..., Iterator[Any]]
    inputs: list[Any]
    outputs: list[Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What stands under "Options", in the order of its components."""

    candidates: int
    shown: int
    extra: list[str]
    score: str
    encoder: str
    scorer: str
    matcher: str


def examples(corpus: Corpus) -> list[list[str]]:
    """The queries offered as chips: those marked as examples, else the first ones."""
    marked = [query for query in corpus.queries if query.metadata.get("example") is True]
    return [[query.text] for query in (marked or list(corpus.queries))[:EXAMPLES]]


def build_search_tab(engine: Engine) -> SearchTab:
    """Lay out the tab and wire it. Called inside a gr.Tab."""
    tab = _lay_out(engine)
    _wire(engine, tab)
    return tab


def _lay_out(engine: Engine) -> SearchTab:
    last = list(engine.corpora.values())[-1] if engine.corpora else None
    chips = examples(last) if last else []
    corpus = gr.Radio(
        [(f"{c.title} ({len(c):,})", c.name) for c in engine.corpora.values()],
        value=last.name if last else None,
        label="Corpus",
        elem_id="corpus",
    )
    with gr.Row(elem_id="query-row", equal_height=True):
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
        stop = gr.Button("Stop", elem_id="stop", scale=1, min_width=90, visible=False)
    offered = gr.Dataset(components=[query], samples=chips, label="Try", layout="gallery", elem_id="examples")
    with gr.Accordion("Options", open=False, elem_id="options"):
        options = _options(engine)
    warm = gr.HTML("", elem_id="warm", elem_classes="ss ss-live", js_on_load=None)
    status_line = gr.HTML(str(status.info(INVITATION)), elem_id="status", elem_classes="ss ss-live", js_on_load=None)
    results = gr.HTML(str(intro.two_ways()), elem_id="results", elem_classes="ss", js_on_load=LOOK_INSIDE)

    def run(corpus_name: str, words: str, *chosen: Any) -> Iterator[tuple[Any, Any, Any]]:
        yield from _search(engine, corpus_name, words, Options(*chosen))

    return SearchTab(
        corpus=corpus,
        query=query,
        chips=offered,
        warm=warm,
        status=status_line,
        results=results,
        go=go,
        stop=stop,
        options=options,
        run=run,
        inputs=[corpus, query, *options],
        outputs=[status_line, results, stop],
    )


def _wire(engine: Engine, tab: SearchTab) -> None:
    typed = gr.on(
        [tab.query.submit, tab.go.click], tab.run, tab.inputs, tab.outputs, trigger_mode="always_last", **QUIET
    )
    picked = tab.chips.click(lambda row: row[0], tab.chips, tab.query, **QUIET).then(
        tab.run, tab.inputs, tab.outputs, **QUIET
    )
    wire_stop(tab.stop, tab.status, [typed, picked])
    tab.corpus.input(partial(_turn_to, engine), tab.corpus, [tab.chips, tab.status, tab.results], **QUIET)
    for role, choice in zip(("encoder", "scorer", "matcher"), tab.options[-3:], strict=True):
        choice.input(partial(_load_chosen, engine, role), choice, [tab.status, choice], **QUIET)
    _watch_warm_up(engine, tab.warm)


def _options(engine: Engine) -> list[Any]:
    """Candidates, shown results, columns, score and models: the extra inputs of a search, in this order."""
    with gr.Row():
        candidates = gr.Slider(
            LEAST_CANDIDATES,
            MOST_CANDIDATES,
            value=20,
            step=1,
            label="Candidates",
            info="How many documents of the bi-encoder's ranking the cross-encoder reads",
        )
        shown = gr.Slider(3, MOST_CANDIDATES, value=10, step=1, label="Shown", info="How many places of each ranking")
    with gr.Row():
        extra = gr.CheckboxGroup(
            [(METHODS[name].title, name) for name in METHODS if name not in ALWAYS],
            label="More columns",
            value=[],
        )
        score = gr.Radio(
            [("logit", "logit"), ("probability (its sigmoid)", PROBABILITY)],
            value="logit",
            label="Cross-encoder score",
        )
    with gr.Row():
        encoder = model_choice(engine, engine.models.names("encoder"), "Bi-encoder model", "model-encoder")
        scorer = model_choice(engine, engine.models.names("scorer"), "Cross-encoder model", "model-scorer")
        matcher = model_choice(
            engine, engine.models.names("matcher"), "Late interaction model", "model-matcher", [OWN_TOKENS]
        )
    return [candidates, shown, extra, score, encoder, scorer, matcher]


def _load_chosen(engine: Engine, role: str, name: str) -> Iterator[tuple[Any, Any]]:
    """Load a model as soon as it is chosen; where that fails, say so and go back to the one that stays in use."""
    load = {"encoder": engine.models.encoder, "scorer": engine.models.scorer, "matcher": engine.models.matcher}[role]
    try:
        if name:
            for progress in load(engine.models.resolve(role, name)):
                yield str(status.working(progress)), gr.skip()
        yield (
            str(status.info(f"{text.short_name(name) or OWN_TOKENS[0]} is in use from the next search on.")),
            gr.skip(),
        )
    except Exception as error:
        yield str(status.error(sentence_for(error))), engine.models.defaults.get(role, "")


def _search(engine: Engine, corpus: str, query: str, options: Options) -> Iterator[tuple[Any, Any, Any]]:
    """Status, results and stop button after every step; what stays as it is, is gr.skip()."""
    running = gr.update(visible=True)
    result: SearchResult | None = None
    try:
        view = View(shown=int(options.shown), probability=options.score == PROBABILITY)
        methods = (*options.extra, *ALWAYS)
        order = [method.name for method in plan(methods) if method.name in methods]
        models = (options.encoder, options.scorer, options.matcher or None)
        for step in engine.steps(corpus, query, options.candidates, methods, *models):
            if isinstance(step, Progress):
                yield str(status.working(step)), gr.skip(), running
                continue
            result = step
            yield gr.skip(), _results(engine, step, view, order, options.scorer), running
    except Exception as error:
        yield str(status.error(sentence_for(error))), gr.skip(), gr.update(visible=False)
        return
    if result is not None:
        yield str(status.summary(result)), gr.skip(), gr.update(visible=False)


def _results(engine: Engine, result: SearchResult, view: View, order: list[str], scorer: str) -> str:
    pending = tuple(name for name in order if name not in result.rankings)
    below = cost(result, engine.seconds_per_pass(scorer)) if not pending else ""
    return str(columns(result, view, pending)) + str(below)


def _turn_to(engine: Engine, name: str) -> tuple[Any, str, str]:
    """The examples and the opening picture of another corpus."""
    try:
        corpus = engine.corpus(name)
    except Exception as error:
        return gr.skip(), str(status.error(sentence_for(error))), str(intro.two_ways())
    about = f"{corpus.title}: {text.count(len(corpus), 'document')}. {corpus.description}".strip()
    return gr.update(samples=examples(corpus)), str(status.info(about)), str(intro.two_ways())


def warming(engine: Engine) -> str:
    """How far warming up is, nothing once everything is in memory; and which corpora are left out."""
    now = engine.status()
    lines = []
    if now.problem:
        lines.append(status.error(now.problem))
    elif not now.ready:
        first = status.info("The models are being loaded; you may type already.")
        lines.append(first if now.progress is None else status.working(now.progress))
    lines += [status.error(f"A corpus is left out. {problem}") for problem in engine.problems]
    return "".join(str(line) for line in lines)


def _watch_warm_up(engine: Engine, line: gr.HTML) -> None:
    """Once a second, until the models are there. A line of its own: what a search says stays where it is."""
    timer = gr.Timer(1.0)

    def tick() -> tuple[str, gr.Timer]:
        now = engine.status()
        return warming(engine), gr.Timer(active=not (now.ready or now.problem))

    timer.tick(tick, outputs=[line, timer], **QUIET)
