"""The row of questions. One of them is shown at a time; the style sheet shows the section of the chosen one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import gradio as gr

from ui.control import Control
from ui.hood import words as hood_words
from ui.hood.section import STOP
from ui.reports import stop_button
from ui.state import (
    CONTEXT,
    DEFAULTS,
    LENGTH,
    MATRIX,
    MAX_ADDRESS_CHARACTERS,
    PAIR,
    PARAMETERS,
    PRICE,
    SWAP,
    TOKENS,
    WHY,
)
from ui.wiring import QUIET, Wiring

NAME = "hood-question"
QUESTIONS = {
    PAIR: "What do models read?",
    WHY: "Why this score?",
    TOKENS: "Which word meets which?",
    CONTEXT: "One word, one meaning?",
    MATRIX: "What is like what?",
    SWAP: "Does direction matter?",
    LENGTH: "Does length matter?",
    PRICE: "What does it cost?",
}

# What the boxes of the chosen question hold goes into the address with it, so that the address opens what is seen.
# What stands in them from the start needs no place there, and the texts of a visitor's own corpus get none.
TURNED = """(address, look, word, sentences, lines, ...numbers) => {
  const all = new URLSearchParams(address);
  all.set("tab", "hood");
  all.set("look", look);
  ["word", "text"].forEach((name) => all.delete(name));
  const counts = ["queries", "documents", "k"];
  if (look === "price") counts.forEach((name, i) => {
    if (numbers[i] === FIRST[name]) all.delete(name);
    else if (numbers[i]) all.set(name, numbers[i]);
  });
  const texts = { context: sentences, matrix: lines }[look] ?? "";
  const short = all.toString();
  if (look === "context" && word !== FIRST.word) all.set("word", word);
  const kept = texts === FIRST[look] ? [] : texts.split("\\n").filter((line) => line.trim());
  kept.forEach((line) => all.append("text", line));
  const own = /^own(-|$)/.test(all.get("corpus"));
  return own || all.toString().length > MOST ? short : all.toString();
}"""
_FIRST = {
    "word": hood_words.FIRE_WORD,
    CONTEXT: "\n".join(hood_words.FIRE_SENTENCES),
    MATRIX: "\n".join(hood_words.WEATHER),
    **{PARAMETERS[field].name: DEFAULTS[field] for field in ("queries", "documents", "candidates")},
}
TURNED = TURNED.replace("FIRST", json.dumps(_FIRST)).replace("MOST", str(MAX_ADDRESS_CHARACTERS))


def build_questions(wiring: Wiring) -> Control:
    """Lay out the row, and Stop beside it. Returns what says which question is shown."""
    with gr.Row(elem_id="hood-questions"):
        choice = gr.Radio(
            [(words, look) for look, words in QUESTIONS.items()],
            value=PAIR,
            label="Question",
            show_label=False,
            container=False,
            elem_id=NAME,
        )
        stop_button(wiring, STOP, scale=0)
    return wiring.control(
        Control(
            "look",
            choice,
            lambda look: look or PAIR,
            lambda look: gr.update(value=look if look in QUESTIONS else PAIR),
        )
    )


def ask_questions(wiring: Wiring, question: Control, boxes: Sequence[Control]) -> None:
    """Choosing a question runs nothing, so the server is not asked: the browser writes it into the address.

    `boxes` are those for a word, sentences, lines, queries, documents and candidates.
    """
    parts = [box.part for box in boxes]
    address = wiring.parts["address"]
    turned = partial(question.part.input, None, [address, question.part, *parts], address, js=TURNED, **QUIET)
    wiring.later(turned)


def shown_for(*looks: str) -> list[str]:
    """The classes of a part that is shown for these questions alone."""
    return ["ss-asked", *(f"ss-asked-{look}" for look in looks)]
