"""Symmetric or asymmetric? Two experiments on the built-in corpora."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from searchcore.explain import length_experiment_steps, swap_experiment_steps
from ui.hood import words as hood_words
from ui.hood.draw import experiments
from ui.reports import ReportSection, html, lay_out_report
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
    """Lay out the section and say what starts it."""
    with gr.Accordion("Symmetric or asymmetric?", open=False, elem_id="hood-roles"):
        html(
            wiring,
            "hood-roles-about",
            Markup("<p>{}</p><p>{}</p>").format(hood_words.SYMMETRIC, hood_words.ASYMMETRIC),
        )
        swap = lay_out_report(wiring, SWAP_NAME, "Swap roles in twenty pairs", hood_words.SWAP_INVITATION)
        html(
            wiring,
            "hood-length-about",
            Markup("<h3>Short to long, or like to like</h3><p>{}</p>").format(hood_words.LENGTH),
        )
        length = lay_out_report(wiring, LENGTH_NAME, "Compare both searches", hood_words.LENGTH_INVITATION)
    wiring.ask([swap.click], tab=HOOD, look=SWAP)
    wiring.ask([length.click], tab=HOOD, look=LENGTH)
