"""Compare two texts, and what each model reads of them: the sections that one press of Enter fills."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.checks import check_text
from searchcore.engine import Engine
from searchcore.explain import EXAMPLES, Comparison, compare_steps, padded_batch
from searchcore.types import Stage
from ui.errors import sentence_for
from ui.events import QUIET
from ui.hood import text as hood_text
from ui.render import comparison, status, tokens
from ui.work import followed, html, live_line, model_choice, wire_stop

MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class PairParts:
    """The two texts, the models that read them, and what is shown of them."""

    query: gr.Textbox
    document: gr.Textbox
    score: gr.Button
    swap: gr.Button
    stop: gr.Button
    chips: gr.Dataset
    encoder: gr.Dropdown
    scorer: gr.Dropdown
    line: gr.HTML
    numbers: gr.HTML
    reads: gr.HTML
    batch_wanted: gr.Checkbox
    batch: gr.HTML

    @property
    def pair(self) -> list[Any]:
        """What every section about the two texts takes."""
        return [self.query, self.document, self.encoder, self.scorer]


def lay_out_pair(engine: Engine) -> PairParts:
    """The boxes, the cards and the strips."""
    html("hood-about", Markup("<p>{}</p>").format(hood_text.COMPARE))
    query, document, score, swap, stop = _boxes()
    chips = gr.Dataset(
        components=[query],
        samples=[[example.title] for example in EXAMPLES],
        label="Try",
        layout="gallery",
        type="index",
        elem_id="hood-examples",
    )
    with gr.Accordion("Models", open=False, elem_id="hood-models"), gr.Row():
        encoder = model_choice(engine, engine.models.names("encoder"), "Bi-encoder model", "hood-encoder")
        scorer = model_choice(engine, engine.models.names("scorer"), "Cross-encoder model", "hood-scorer")
    line = live_line("hood-status", hood_text.COMPARE_INVITATION)
    numbers = html("hood-numbers")
    with gr.Accordion("What each model reads", open=True, elem_id="hood-reads"):
        html("hood-reads-about", Markup("<p>{}</p>").format(hood_text.READS))
        reads = html("hood-strips")
        batch_wanted = gr.Checkbox(label=hood_text.BATCH_LABEL, value=False, elem_id="hood-batch-wanted")
        batch = html("hood-batch")
    return PairParts(
        query, document, score, swap, stop, chips, encoder, scorer, line, numbers, reads, batch_wanted, batch
    )


def _boxes() -> tuple[gr.Textbox, gr.Textbox, gr.Button, gr.Button, gr.Button]:
    first = EXAMPLES[0]
    with gr.Row():
        query = _box("Query", first.query)
        document = _box("Document", first.document)
    with gr.Row():
        score = gr.Button("Score", variant="primary", elem_id="hood-score", scale=0, min_width=130)
        swap = gr.Button("Swap the two", elem_id="hood-swap", scale=0, min_width=175)
        stop = gr.Button("Stop", visible=False, elem_id="hood-stop", scale=0, min_width=90)
    return query, document, score, swap, stop


def _box(label: str, value: str) -> gr.Textbox:
    # One line to begin with, so that Enter scores; the box grows with a long text.
    name = f"hood-{label.lower()}"
    return gr.Textbox(value, label=label, lines=1, max_lines=MOST_LINES, min_width=280, elem_id=name)


def wire_pair(
    engine: Engine, parts: PairParts, stale: Sequence[Any]
) -> tuple[Callable[..., Iterator[Any]], list[Any], list[Any]]:
    """Wire the section and return its event function, inputs and outputs.

    `stale` are the reports about the two texts that a new score empties.
    """

    def run(*given: Any) -> Iterator[tuple[Any, ...]]:
        yield from _score(engine, *given, stale=len(stale))

    def run_swapped(*given: Any) -> Iterator[tuple[Any, ...]]:
        yield from _score(engine, *given, stale=len(stale), swapped=True)

    inputs = [*parts.pair, parts.batch_wanted]
    outputs = [parts.line, parts.stop, parts.numbers, parts.reads, parts.batch, *stale]
    submits = [parts.query.submit, parts.document.submit, parts.score.click]
    scoring = gr.on(submits, run, inputs, outputs, trigger_mode="always_last", **QUIET)
    chosen = parts.chips.click(_example, parts.chips, [parts.query, parts.document], **QUIET).success(
        run, inputs, outputs, **QUIET
    )
    both = [parts.query, parts.document]
    swapping = parts.swap.click(lambda query, document: (document, query), both, both, **QUIET).success(
        run_swapped, inputs, outputs, **QUIET
    )
    wire_stop(parts.stop, parts.line, [scoring, chosen, swapping])
    parts.batch_wanted.input(
        lambda query, document, scorer, wanted: _batch(engine, query, document, scorer, wanted),
        [parts.query, parts.document, parts.scorer, parts.batch_wanted],
        parts.batch,
        **QUIET,
    )
    return run, inputs, outputs


def _example(number: int) -> tuple[str, str]:
    return EXAMPLES[number].query, EXAMPLES[number].document


def _score(
    engine: Engine,
    query: str,
    document: str,
    encoder: str,
    scorer: str,
    batch_wanted: bool,
    *,
    stale: int,
    swapped: bool = False,
) -> Iterator[tuple[Any, ...]]:
    """Status, Stop, numbers, strips, batch and the emptied reports after every step."""

    def show(made: Comparison) -> tuple[Any, ...]:
        return (
            "Both texts are scored, in both directions.",
            str(comparison.report(made, swapped=swapped)),
            str(tokens.report(made, _put_there(engine, made))),
            _batch(engine, made.text_a, made.text_b, scorer, batch_wanted),
            *[""] * stale,
        )

    def begin() -> Stage[Comparison]:
        # Checked here first, so that an error speaks of the boxes by the names they have on the page.
        pair = check_text(query, "query"), check_text(document, "document")
        return compare_steps(engine, *pair, encoder, scorer)

    yield from followed(begin, show, 3 + stale)


def _put_there(engine: Engine, made: Comparison) -> list[bool]:
    """For each token of the bi-encoder's query: whether the model put it there (a prompt, a special token)."""
    places = engine.encoder(made.encoder).offsets(made.text_a, as_query=True)
    return [place is None for place in places]


def _batch(engine: Engine, query: str, document: str, scorer: str, wanted: bool) -> str:
    if not wanted:
        return ""
    try:
        pairs = [(query, document), (query, hood_text.BATCH_PARTNER)]
        return str(tokens.batch(padded_batch(engine, pairs, scorer)))
    except Exception as error:
        return str(status.error(sentence_for(error)))
