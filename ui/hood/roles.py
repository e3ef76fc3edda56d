"""Do direction and length matter? Two experiments on the built-in corpora."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from searchcore.explain import length_experiment_steps, swap_experiment_steps
from ui.hood import words as hood_words
from ui.hood.draw import experiments
from ui.hood.questions import QUESTIONS, shown_for
from ui.hood.section import ReportSection, lay_out_answer, lay_out_notes, run_button
from ui.state import HOOD, LENGTH, SWAP
from ui.wiring import Wiring

SWAP_NAME, LENGTH_NAME = "hood-swap-roles", "hood-length"


def swap_section() -> ReportSection:
    """What swapping query and document does to twenty pairs."""
    return ReportSection(
        SWAP_NAME,
        lambda engine, state: swap_experiment_steps(engine),
        lambda made: (experiments.swap_summary(made), {f"{SWAP_NAME}-report": str(experiments.swap_report(made))}),
    )


def length_section() -> ReportSection:
    """Short query to passage, and sentence to sentence."""
    return ReportSection(
        LENGTH_NAME,
        lambda engine, state: length_experiment_steps(engine),
        lambda made: (
            experiments.length_summary(made),
            {f"{LENGTH_NAME}-report": str(experiments.length_report(made))},
        ),
    )


def build_roles(wiring: Wiring) -> None:
    """Lay out both experiments and say what starts them."""
    symmetric = (hood_words.SYMMETRIC, hood_words.ASYMMETRIC)
    swap = _experiment(wiring, SWAP, SWAP_NAME, hood_words.SWAP_INVITATION, *symmetric)
    length = _experiment(wiring, LENGTH, LENGTH_NAME, hood_words.LENGTH_INVITATION, hood_words.LENGTH)
    wiring.ask([swap.click], tab=HOOD, look=SWAP)
    wiring.ask([length.click], tab=HOOD, look=LENGTH)


def _experiment(wiring: Wiring, look: str, name: str, invitation: str, *notes: str | Markup) -> gr.Button:
    with gr.Column(elem_classes=shown_for(look)):
        with gr.Row(elem_classes="ss-form"):
            run = run_button(name)
        lay_out_answer(wiring, name, QUESTIONS[look], invitation)
        lay_out_notes(wiring, name, *notes)
    return run
