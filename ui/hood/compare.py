"""The two boxes for a pair of texts, and the first question about it: what does each model read?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.explain import EXAMPLES, Comparison, compare_steps, padded_batch_steps
from searchcore.running import Work
from searchcore.types import ModelInput
from ui.control import Control, chosen
from ui.draw import status
from ui.draw.template import fill
from ui.hood import words as hood_words
from ui.hood.draw import comparison, tokens
from ui.hood.pair import pair_steps, typed
from ui.hood.questions import QUESTIONS, shown_for
from ui.hood.section import ReportSection, lay_out_answer, lay_out_notes, run_button
from ui.own.corpora import Visitor
from ui.reports import chips, html
from ui.runner import Drawn
from ui.state import HOOD, PAIR, TOKENS, WHY, PageState
from ui.wiring import Wiring

MOST_LINES = 5
# What is said about a pair, by question: it goes when other texts or models are asked about.
SAID = {
    PAIR: {"hood-status": hood_words.COMPARE_INVITATION, "hood-report": "", "hood-batch": ""},
    WHY: {"hood-why-status": hood_words.WHY_INVITATION, "hood-why-report": ""},
    TOKENS: {"hood-tokens-status": hood_words.TOKENS_INVITATION, "hood-tokens-report": ""},
}
# Scoring one pair takes a moment, and an empty page shows nothing: so the first question is asked as soon as it is
# looked at and nothing else runs. An address that asks something itself is left alone.
FIRST = """
const asked = () => document.querySelector('#hood-question input[value="pair"]:checked');
const first = () => {
  const invites = document.querySelector("#hood-status")?.textContent.includes(INVITATION);
  if (!element.isConnected || !asked() || element.textContent.trim() || !invites) return;
  const button = document.querySelector("#hood-run");
  const busy = ".ss-live:not(#warm) .ss-working, .overflow-dropdown:not(.hide)";
  // Whoever has left the tab or opens the menu to leave is not asked for (a click would close the menu), and whatever
  // runs is not ended for it.
  const free = button?.checkVisibility() && !document.querySelector(busy);
  if (free) button.click();
  // Until this question is being answered: another one may have been chosen at the moment of the click.
  setTimeout(first, free ? 3000 : 300);
};
if (!LOOKS.includes(new URLSearchParams(location.search).get("look"))) setTimeout(first, 100);
document.addEventListener("change", (event) => event.target.closest("#hood-question") && setTimeout(first, 100));
""".replace("LOOKS", json.dumps(list(QUESTIONS))).replace("INVITATION", json.dumps(hood_words.COMPARE_INVITATION))


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison, which tokens the model put into the query itself, and the padded batch if it was asked for.

    `swapped`: the two texts have just changed places.
    """

    made: Comparison
    put_there: tuple[bool, ...]
    batch: tuple[ModelInput, ...]
    swapped: bool


def pair_section() -> ReportSection:
    """Both scores of two texts, and the tokens that the models read."""
    return ReportSection("hood", _begin, _show)


def _begin(engine: Engine, state: PageState) -> Work[Compared]:
    texts = yield from pair_steps(engine, state)
    query, document = texts.query, texts.document
    made = yield from compare_steps(engine, query, document, state.encoder or None, state.scorer or None)
    pairs = [(query, document), (query, hood_words.BATCH_PARTNER)]
    places = engine.encoder(made.encoder).offsets(made.text_a, as_query=True)
    batch = (yield from padded_batch_steps(engine, pairs, state.scorer or None)) if state.batch else ()
    return Compared(made, tuple(place is None for place in places), batch, state.swapped)


def _show(compared: Compared) -> tuple[str, Drawn]:
    made = compared.made
    report = fill("{}{}", tokens.report(made, compared.put_there), comparison.report(made, swapped=compared.swapped))
    batch = str(tokens.batch(compared.batch)) if compared.batch else ""
    return comparison.summary(made), {"hood-report": str(report), "hood-batch": batch}


@dataclass(frozen=True, slots=True)
class PairBoxes:
    """The form that the questions about a pair share."""

    query: Control
    document: Control
    run: gr.Button
    swap: gr.Button
    chips: gr.Dataset


def build_pair(wiring: Wiring) -> PairBoxes:
    """The boxes, their buttons, and the examples."""
    with gr.Column(elem_id="hood-pair", elem_classes=shown_for(PAIR, WHY, TOKENS)):
        with gr.Row(elem_classes="ss-form"):
            query = _box(wiring, "text_a", "Query", EXAMPLES[0].query)
            document = _box(wiring, "text_b", "Document", EXAMPLES[0].document)
            run = run_button("hood")
            swap = gr.Button("Swap", elem_id="hood-swap", scale=0, min_width=90)
        examples = chips(query.part, [each.title for each in EXAMPLES], "hood-examples")
        return PairBoxes(query, document, run, swap, examples)


def _box(wiring: Wiring, field: str, label: str, value: str) -> Control:
    # One line to begin with, so that Enter asks; the box grows with a long text.
    name = f"hood-{label.lower()}"
    box = gr.Textbox(value, label=label, lines=1, max_lines=MOST_LINES, min_width=240, elem_id=name)
    # An empty box that is sent is a text, if a bad one; an empty text in the state is none, and leaves the box alone.
    return wiring.control(Control(field, box, lambda text: text or " ", lambda text: text or gr.skip()))


def build_reads(wiring: Wiring) -> Control:
    """The tokens of a pair, and the batch that can be asked for."""
    with gr.Column(elem_classes=shown_for(PAIR)):
        lay_out_answer(wiring, "hood", QUESTIONS[PAIR], hood_words.COMPARE_INVITATION, FIRST)
        wanted = gr.Checkbox(
            label=hood_words.BATCH_LABEL, value=False, container=False, min_width=160, elem_id="hood-batch-wanted"
        )
        html(wiring, "hood-batch")
        lay_out_notes(wiring, "hood", hood_words.COMPARE, hood_words.READS, hood_words.LOGIT, hood_words.COSINE)
    return wiring.control(Control("batch", wanted, bool))


def ask_pair(wiring: Wiring, boxes: PairBoxes, question: Control, batch: Control, models: list[Control]) -> None:
    """Enter, the buttons and the examples ask the question that is shown; the box for a batch asks the first one."""
    reads, others = [boxes.query, boxes.document, batch, *models], [batch, *models]
    parts = [boxes.query.part, boxes.document.part]
    about: dict[str, Any] = {"tab": HOOD, "swapped": False}

    def change(visitor: Visitor, state: PageState) -> PageState:
        return typed(visitor.engine, state)

    starts = [boxes.run.click, *(part.submit for part in parts)]
    wiring.ask(starts, [question, *reads], change=change, **about)
    wiring.ask([batch.part.input], reads, change=change, look=PAIR, **about)
    wiring.ask([boxes.chips.click], [question, *others], sent=[boxes.chips], change=_example, **about)
    wiring.ask([boxes.swap.click], [question, *others], sent=parts, change=_swapped, **about)
    _forget_other_pairs(wiring)


def _forget_other_pairs(wiring: Wiring) -> None:
    """Where other texts or models are asked about, what the other questions about a pair have said goes."""
    for field in ("text_a", "text_b", "doc", "encoder", "scorer"):
        for asked in SAID:
            for name, said in ((n, s) for look, parts in SAID.items() if look != asked for n, s in parts.items()):
                value = str(status.info(said)) if said else ""
                wiring.control(Control(field, wiring.parts[name], show=_always(value), look=asked))


def _always(value: str) -> Callable[[Any], str]:
    return lambda _: value


def _example(visitor: Visitor, state: PageState, number: Any) -> PageState:
    example = chosen(EXAMPLES, number)
    return state.with_changes(doc="", text_a=example.query, text_b=example.document)


def _swapped(visitor: Visitor, state: PageState, query: Any, document: Any) -> PageState:
    return state.with_changes(doc="", text_a=document or " ", text_b=query or " ", swapped=True)
