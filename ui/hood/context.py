"""The same word in two sentences: its vectors compared."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import WordInContext, word_in_context_steps
from searchcore.types import Stage
from ui.events import QUIET
from ui.hood import text as hood_text
from ui.render import word_in_context
from ui.work import html, lay_out_work, model_choice, wire_work

BERT = "google-bert/bert-base-uncased"
EXAMPLES = (
    ("fire: the sack and the flame", hood_text.FIRE_WORD, hood_text.FIRE_SENTENCES),
    ("fire, four times", hood_text.FIRE_WORD, hood_text.MORE_FIRE),
    ("bank: money and river", hood_text.BANK_WORD, hood_text.BANK_SENTENCES),
)


def build_context(engine: Engine) -> None:
    """Lay out the section and wire it."""
    with gr.Accordion("The same word in two sentences", open=False, elem_id="hood-context"):
        html("hood-context-about", Markup("<p>{}</p>").format(hood_text.CONTEXT))
        with gr.Row():
            with gr.Column(scale=1, min_width=220):
                word = gr.Textbox(hood_text.FIRE_WORD, label="Word", max_lines=1, elem_id="hood-word")
                encoder = model_choice(engine, _encoders(engine), "Model", "hood-context-encoder")
            sentences = gr.Textbox(
                "\n".join(hood_text.FIRE_SENTENCES),
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
            elem_id="hood-context-examples",
        )
        work = lay_out_work("hood-context", "Compare the word", hood_text.CONTEXT_INVITATION)

    def begin(wanted: str, lines: str, name: str) -> Stage[WordInContext]:
        return word_in_context_steps(engine, wanted, text_lines(lines), name)

    chosen = chips.click(_example, chips, [word, sentences], **QUIET)
    wire_work(
        work,
        begin,
        lambda made: (word_in_context.summary(made), str(word_in_context.report(made))),
        [word, sentences, encoder],
        triggers=[word.submit, sentences.submit],
        after=[chosen],
    )


def text_lines(lines: str) -> list[str]:
    """The lines of a box that are not empty."""
    return [line.strip() for line in str(lines).splitlines() if line.strip()]


def _example(number: int) -> tuple[str, str]:
    _, word, sentences = EXAMPLES[number]
    return word, "\n".join(sentences)


def _encoders(engine: Engine) -> list[str]:
    names = engine.models.names("encoder")
    return [name for i, name in enumerate(names) if i == 0 or name == BERT]
