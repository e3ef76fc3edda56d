"""How far warming up is, on a line of its own: what a run says stays where it is."""

from __future__ import annotations

import gradio as gr

from searchcore.engine import Engine
from ui.draw import status
from ui.wiring import QUIET, Wiring


def warming(engine: Engine) -> str:
    """How far warming up is, nothing once everything is in memory; and which corpora are left out."""
    now = engine.status()
    lines = []
    if now.problem:
        lines.append(status.error(now.problem))
    elif not now.ready:
        first = status.info("The models are being loaded; you may type already.")
        lines.append(first if now.progress is None else status.working(now.progress))
    lines += [status.error(f"A corpus is left out. {problem}") for problem in engine.problems]
    return "".join(str(line) for line in lines)


def watch(engine: Engine, wiring: Wiring, page: gr.Blocks) -> None:
    """Say it when the page opens, and once a second until the models are there."""
    timer = gr.Timer(1.0)

    def tick() -> tuple[str, gr.Timer]:
        now = engine.status()
        return warming(engine), gr.Timer(active=not (now.ready or now.problem))

    page.load(lambda: warming(engine), outputs=wiring.parts["warm"], **QUIET)
    timer.tick(tick, outputs=[wiring.parts["warm"], timer], **QUIET)
