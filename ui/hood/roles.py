"""Symmetric or asymmetric? Two experiments on the built-in corpora."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.explain import length_experiment_steps, swap_experiment_steps
from ui.hood import text as hood_text
from ui.render import experiments
from ui.work import html, lay_out_work, wire_work


def build_roles(engine: Engine) -> None:
    """Lay out the section and wire it."""
    with gr.Accordion("Symmetric or asymmetric?", open=False, elem_id="hood-roles"):
        html(
            "hood-roles-about",
            Markup("<p>{}</p><p>{}</p>").format(hood_text.SYMMETRIC, hood_text.ASYMMETRIC),
        )
        swap = lay_out_work("hood-swap-roles", "Swap roles in twenty pairs", hood_text.SWAP_INVITATION)
        html("hood-length-about", Markup("<h3>Short to long, or like to like</h3><p>{}</p>").format(hood_text.LENGTH))
        length = lay_out_work("hood-length", "Compare both searches", hood_text.LENGTH_INVITATION)
    wire_work(
        swap,
        lambda: swap_experiment_steps(engine),
        lambda made: (experiments.swap_summary(made), str(experiments.swap_report(made))),
        [],
    )
    wire_work(
        length,
        lambda: length_experiment_steps(engine),
        lambda made: (experiments.length_summary(made), str(experiments.length_report(made))),
        [],
    )
