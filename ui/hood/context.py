"""The same word in several sentences: its vectors compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.explain import WordInContext, word_in_context_steps
from searchcore.running import Work
from searchcore.text import visible
from ui.control import Control, chosen
from ui.hood import words as hood_words
from ui.hood.draw import word_in_context
from ui.hood.questions import QUESTIONS, shown_for
from ui.hood.section import ReportSection, lay_out_answer, lay_out_notes, run_button
from ui.own.corpora import Visitor
from ui.reports import chips
from ui.runner import Drawn
from ui.state import CONTEXT, HOOD, PageState
from ui.wiring import Wiring

NAME = "hood-context"
EXAMPLES = (
    ("fire: the sack and the flame", hood_words.FIRE_WORD, hood_words.FIRE_SENTENCES),
    ("fire, four times", hood_words.FIRE_WORD, hood_words.MORE_FIRE),
    ("bank: money and river", hood_words.BANK_WORD, hood_words.BANK_SENTENCES),
)


@dataclass(frozen=True, slots=True)
class ContextForm:
    """The section's boxes and what starts it."""

    word: Control
    sentences: Control
    run: gr.Button
    chips: gr.Dataset


def context_section() -> ReportSection:
    """Compare one word across sentences."""
    return ReportSection(NAME, _begin, _show)


def build_context(wiring: Wiring) -> ContextForm:
    """Lay out the form and the answer."""
    with gr.Column(elem_classes=shown_for(CONTEXT)):
        with gr.Row(elem_classes="ss-form"):
            word = gr.Textbox(hood_words.FIRE_WORD, label="Word", max_lines=1, min_width=140, elem_id="hood-word")
            sentences = gr.Textbox(
                "\n".join(hood_words.FIRE_SENTENCES),
                label="Sentences, one a line",
                lines=2,
                max_lines=10,
                scale=4,
                min_width=240,
                elem_id="hood-sentences",
            )
            run = run_button(NAME)
        examples = chips(word, [title for title, _, _ in EXAMPLES], f"{NAME}-examples")
        lay_out_answer(wiring, NAME, QUESTIONS[CONTEXT], hood_words.CONTEXT_INVITATION)
        lay_out_notes(wiring, NAME, hood_words.CONTEXT, hood_words.STATIC)
    of_word = Control("word", word, _word, lambda text: gr.update(value=text or hood_words.FIRE_WORD), CONTEXT)
    of_sentences = lines_control(sentences, hood_words.FIRE_SENTENCES, CONTEXT)
    return ContextForm(wiring.control(of_word), wiring.control(of_sentences), run, examples)


def ask_context(wiring: Wiring, form: ContextForm, encoder: Control) -> None:
    """Say what starts the section."""
    about: dict[str, Any] = {"tab": HOOD, "look": CONTEXT}
    starts = [form.run.click, form.word.part.submit, form.sentences.part.submit]
    wiring.ask(starts, [form.word, form.sentences, encoder], **about)
    wiring.ask([form.chips.click], [encoder], sent=[form.chips], change=_example, **about)


def _word(text: Any) -> str:
    """A box's word; what stands there from the start needs no place in the address."""
    return "" if text == hood_words.FIRE_WORD else text or " "


def _example(visitor: Visitor, state: PageState, number: Any) -> PageState:
    _, word, texts = chosen(EXAMPLES, number)
    return state.with_changes(word=word, texts=tuple(texts))


def lines_control(box: gr.Textbox, first: tuple[str, ...], look: str) -> Control:
    """A box whose lines are the state's texts; `first`, which stand there from the start, are none in the state."""

    def read(lines: Any) -> tuple[str, ...]:
        texts = tuple(text_lines(lines))
        return () if texts == first else texts or (" ",)

    return Control("texts", box, read, lambda texts: gr.update(value="\n".join(texts or first)), look)


def text_lines(lines: Any) -> list[str]:
    """The lines of a box that are not empty."""
    return [line.strip() for line in str(lines or "").splitlines() if visible(line)]


def _begin(engine: Engine, state: PageState) -> Work[WordInContext]:
    sentences = list(state.texts or hood_words.FIRE_SENTENCES)
    return word_in_context_steps(engine, state.word or hood_words.FIRE_WORD, sentences, state.encoder or None)


def _show(made: WordInContext) -> tuple[str, Drawn]:
    return word_in_context.summary(made), {f"{NAME}-report": str(word_in_context.report(made))}
