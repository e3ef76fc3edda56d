"""The same word in two sentences: its vectors compared."""

from __future__ import annotations

from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import WordInContext, word_in_context_steps
from searchcore.running import Work
from ui.hood import words as hood_words
from ui.hood.draw import word_in_context
from ui.reports import ReportSection, html, lay_out_report, model_choice
from ui.runner import Drawn
from ui.state import CONTEXT, HOOD, PageState
from ui.wiring import Control, Wiring, chosen

NAME = "hood-context"
EXAMPLES = (
    ("fire: the sack and the flame", hood_words.FIRE_WORD, hood_words.FIRE_SENTENCES),
    ("fire, four times", hood_words.FIRE_WORD, hood_words.MORE_FIRE),
    ("bank: money and river", hood_words.BANK_WORD, hood_words.BANK_SENTENCES),
)


def context_section() -> ReportSection:
    """Compare one word across sentences."""
    return ReportSection(NAME, _begin, _show)


def build_context(engine: Engine, wiring: Wiring) -> None:
    """Lay out the section and say what starts it."""
    with gr.Accordion("The same word in two sentences", open=False, elem_id=NAME):
        html(wiring, f"{NAME}-about", Markup("<p>{}</p>").format(hood_words.CONTEXT))
        with gr.Row():
            with gr.Column(scale=1, min_width=220):
                word = gr.Textbox(hood_words.FIRE_WORD, label="Word", max_lines=1, elem_id="hood-word")
                model = model_choice(wiring, engine, "encoder", "Model", f"{NAME}-encoder")
            sentences = gr.Textbox(
                "\n".join(hood_words.FIRE_SENTENCES),
                label="Sentences, one a line",
                lines=4,
                max_lines=10,
                scale=2,
                min_width=260,
                elem_id="hood-sentences",
            )
        chips = gr.Dataset(
            components=[word],
            samples=[[title] for title, _, _ in EXAMPLES],
            label="Try",
            layout="gallery",
            type="index",
            elem_id=f"{NAME}-examples",
        )
        start = lay_out_report(wiring, NAME, "Compare the word", hood_words.CONTEXT_INVITATION)
    reads = [
        wiring.control(Control("word", word, lambda text: text or "")),
        wiring.control(lines_control(sentences, CONTEXT)),
        model,
    ]
    about: dict[str, Any] = {"tab": HOOD, "look": CONTEXT}
    wiring.ask([start.click, word.submit, sentences.submit], reads, **about)
    wiring.ask([chips.click], [model], sent=[chips], change=_example, **about)


def _example(state: PageState, number: Any) -> PageState:
    _, word, texts = chosen(EXAMPLES, number)
    return state.with_changes(word=word, texts=tuple(texts))


def lines_control(box: gr.Textbox, look: str) -> Control:
    """A box whose lines are the state's texts."""
    return Control(
        "texts",
        box,
        lambda lines: tuple(text_lines(lines)),
        lambda texts: gr.update(value="\n".join(texts)),
        look,
    )


def text_lines(lines: Any) -> list[str]:
    """The lines of a box that are not empty."""
    return [line.strip() for line in str(lines or "").splitlines() if line.strip()]


def _begin(engine: Engine, state: PageState) -> Work[WordInContext]:
    return word_in_context_steps(engine, state.word, list(state.texts), state.encoder or None)


def _show(made: WordInContext) -> tuple[str, Drawn]:
    return word_in_context.summary(made), {f"{NAME}-report": str(word_in_context.report(made))}
