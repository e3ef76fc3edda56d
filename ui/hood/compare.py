"""Compare two texts, and what each model reads of them: the sections that one press of Enter fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import EXAMPLES, Comparison, compare_steps, padded_batch_steps
from searchcore.running import Work
from searchcore.types import ModelInput
from ui.draw import status
from ui.hood import words as hood_words
from ui.hood.draw import comparison, tokens
from ui.hood.pair import pair_of, typed
from ui.reports import html, live_line, model_choice, stop_button
from ui.runner import Drawn, Outcome, View
from ui.state import HOOD, PAIR, PageState
from ui.wiring import Control, Wiring, chosen

MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class PairTexts:
    """The two texts, before anything is known of them."""

    query: str
    document: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison, which tokens the model put into the query itself, and the padded batch if it was asked for."""

    made: Comparison
    put_there: tuple[bool, ...]
    batch: tuple[ModelInput, ...]


class PairSection:
    """Both scores of two texts, and the strips of tokens that the models read."""

    def begin(self, engine: Engine, state: PageState) -> Work[Compared]:
        """See Section.begin."""
        return _compared(engine, state, *pair_of(engine, state))

    def draw(self, view: View) -> Drawn:
        """See Section.draw. A new comparison empties what was said about other texts."""
        drawn: Drawn = {"hood-stop": gr.update(visible=view.outcome is Outcome.WORKING)}
        if (line := status.line(view, "Both texts are scored, in both directions.")) is not None:
            drawn["hood-status"] = str(line)
        if isinstance(view.result, PairTexts):
            drawn |= {"hood-query": view.result.query, "hood-document": view.result.document}
        elif isinstance(view.result, Compared):
            made = view.result
            drawn |= {
                "hood-numbers": str(comparison.report(made.made, swapped=view.state.swapped)),
                "hood-strips": str(tokens.report(made.made, made.put_there)),
                "hood-batch": str(tokens.batch(made.batch)) if made.batch else "",
                "hood-why-report": "",
                "hood-tokens-report": "",
            }
        return drawn


def _compared(engine: Engine, state: PageState, query: str, document: str) -> Work[Compared]:
    if state.doc:
        yield PairTexts(query, document)
    made = yield from compare_steps(engine, query, document, state.encoder or None, state.scorer or None)
    pairs = [(query, document), (query, hood_words.BATCH_PARTNER)]
    places = engine.encoder(made.encoder).offsets(made.text_a, as_query=True)
    batch = (yield from padded_batch_steps(engine, pairs, state.scorer or None)) if state.batch else ()
    return Compared(made, tuple(place is None for place in places), batch)


@dataclass(frozen=True, slots=True)
class PairParts:
    """What the sections about the two texts read."""

    query: Control
    document: Control
    batch: Control
    models: list[Control]

    @property
    def reads(self) -> list[Control]:
        """All of it."""
        return [self.query, self.document, self.batch, *self.models]


def build_pair(engine: Engine, wiring: Wiring) -> PairParts:
    """The boxes, the cards and the strips, and what starts a comparison."""
    html(wiring, "hood-about", Markup("<p>{}</p>").format(hood_words.COMPARE))
    first = EXAMPLES[0]
    with gr.Row():
        query = _box(wiring, "text_a", "Query", first.query)
        document = _box(wiring, "text_b", "Document", first.document)
    with gr.Row():
        score = gr.Button("Score", variant="primary", elem_id="hood-score", scale=0, min_width=130)
        swap = gr.Button("Swap the two", elem_id="hood-swap", scale=0, min_width=175)
        stop_button(wiring, "hood-stop", scale=0)
    chips = gr.Dataset(
        components=[query.part],
        samples=[[example.title] for example in EXAMPLES],
        label="Try",
        layout="gallery",
        type="index",
        elem_id="hood-examples",
    )
    with gr.Accordion("Models", open=False, elem_id="hood-models"), gr.Row():
        models = [
            model_choice(wiring, engine, "encoder", "Bi-encoder model", "hood-encoder"),
            model_choice(wiring, engine, "scorer", "Cross-encoder model", "hood-scorer"),
        ]
    live_line(wiring, "hood-status", hood_words.COMPARE_INVITATION)
    html(wiring, "hood-numbers")
    parts = PairParts(query, document, _build_reads(wiring), models)
    _ask_pair(engine, wiring, parts, [score.click, query.part.submit, document.part.submit], swap, chips)
    return parts


def _box(wiring: Wiring, field: str, label: str, value: str) -> Control:
    # One line to begin with, so that Enter scores; the box grows with a long text.
    name = f"hood-{label.lower()}"
    box = gr.Textbox(value, label=label, lines=1, max_lines=MOST_LINES, min_width=280, elem_id=name)
    return wiring.control(Control(field, box, lambda text: text or ""))


def _build_reads(wiring: Wiring) -> Control:
    """The strips of tokens, and the batch that can be asked for."""
    with gr.Accordion("What each model reads", open=True, elem_id="hood-reads"):
        html(wiring, "hood-reads-about", Markup("<p>{}</p>").format(hood_words.READS))
        html(wiring, "hood-strips")
        wanted = gr.Checkbox(label=hood_words.BATCH_LABEL, value=False, elem_id="hood-batch-wanted")
        html(wiring, "hood-batch")
    return wiring.control(Control("batch", wanted, bool))


def _ask_pair(
    engine: Engine, wiring: Wiring, parts: PairParts, submits: list[Any], swap: gr.Button, chips: gr.Dataset
) -> None:
    """Enter, the buttons, the examples and the box for a batch compare the two texts."""
    about: dict[str, Any] = {"tab": HOOD, "look": PAIR, "swapped": False}
    wiring.ask([*submits, parts.batch.part.input], parts.reads, change=lambda state: typed(engine, state), **about)
    others, boxes = [parts.batch, *parts.models], [parts.query.part, parts.document.part]
    wiring.ask([chips.click], others, sent=[chips], change=_example, **about)
    wiring.ask([swap.click], others, sent=boxes, change=_swapped, **about)


def _example(state: PageState, number: Any) -> PageState:
    example = chosen(EXAMPLES, number)
    return state.with_changes(doc="", text_a=example.query, text_b=example.document)


def _swapped(state: PageState, query: Any, document: Any) -> PageState:
    return state.with_changes(doc="", text_a=document or "", text_b=query or "", swapped=True)
