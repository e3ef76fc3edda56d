"""What does it cost? Passes and time of three ways to answer many queries over many documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from searchcore.checks import MAX_CANDIDATES, check_number
from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.explain import MOST_TEXTS, Price, price_steps
from searchcore.running import Work
from ui.control import Control
from ui.hood import words as hood_words
from ui.hood.draw import price
from ui.hood.questions import QUESTIONS, shown_for
from ui.hood.section import ReportSection, lay_out_answer, lay_out_notes, run_button
from ui.runner import Drawn
from ui.state import DEFAULTS, HOOD, PRICE, PageState
from ui.wiring import Wiring

NAME = "hood-price"


@dataclass(frozen=True, slots=True)
class PriceForm:
    """The section's boxes, for queries, documents and candidates, and what starts it."""

    boxes: tuple[Control, ...]
    run: gr.Button


def price_section() -> ReportSection:
    """Work out passes and time."""
    return ReportSection(NAME, _begin, _show)


def build_price(wiring: Wiring) -> PriceForm:
    """Lay out the form and the answer."""
    with gr.Column(elem_classes=shown_for(PRICE)):
        with gr.Row(elem_classes="ss-form"):
            boxes = (
                _box("queries", "Queries", MOST_TEXTS),
                _box("documents", "Documents", MOST_TEXTS),
                _box("candidates", "Candidates for reranking", MAX_CANDIDATES),
            )
            run = run_button(NAME)
        lay_out_answer(wiring, NAME, QUESTIONS[PRICE], hood_words.PRICE_INVITATION)
        lay_out_notes(wiring, NAME, hood_words.PRICE, hood_words.PRICE_TIME)
    return PriceForm(tuple(wiring.control(box) for box in boxes), run)


def _box(field: str, label: str, most: int) -> Control:
    def read(value: Any) -> int:
        if value is None:
            raise InvalidInput(f"{field} must be a whole number from 1 to {most:,}, got an empty box.")
        return check_number(value, field, most)

    number = gr.Number(DEFAULTS[field], label=label, min_width=120, elem_id=f"{NAME}-{field}")
    return Control(field, number, read)


def ask_price(wiring: Wiring, form: PriceForm, models: Sequence[Control]) -> None:
    """Say what starts the section."""
    starts = [form.run.click, *(box.part.submit for box in form.boxes)]
    wiring.ask(starts, [*form.boxes, *models], tab=HOOD, look=PRICE)


def _begin(engine: Engine, state: PageState) -> Work[Price]:
    return price_steps(
        engine, state.queries, state.documents, state.candidates, state.encoder or None, state.scorer or None
    )


def _show(made: Price) -> tuple[str, Drawn]:
    return price.summary(made), {f"{NAME}-report": str(price.report(made))}
