"""What the answers of this tab are made of: the question as a heading, a sentence, a picture, and what is folded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.running import Work
from ui.draw import status
from ui.draw.template import fill, joined
from ui.hood.pair import PairTexts
from ui.reports import html, live_line
from ui.runner import Drawn, Outcome, View
from ui.state import PageState
from ui.wiring import Wiring

STOP = "hood-stop"
"""The one Stop button of the tab: a page has at most one run."""
RUN = "Answer"


def run_button(name: str) -> gr.Button:
    """The button that asks a section's question."""
    return gr.Button(RUN, variant="primary", elem_id=f"{name}-run", scale=0, min_width=110)


def lay_out_answer(wiring: Wiring, name: str, question: str, invitation: str, script: str | None = None) -> None:
    """The question, its answer as a sentence, and the picture; `name` begins the names of all three.

    `script` runs in the browser when the picture's place is on the page.
    """
    html(wiring, f"{name}-heading", fill('<h2 tabindex="-1">{}</h2>', question))
    live_line(wiring, f"{name}-status", invitation)
    html(wiring, f"{name}-report", script=script)


def lay_out_notes(wiring: Wiring, name: str, *paragraphs: str | Markup) -> None:
    """How to read the picture, folded away below it."""
    said = joined(fill("<p>{}</p>", each) for each in paragraphs)
    notes = fill('<details class="ss-notes"><summary>How to read this</summary>{}</details>', said)
    html(wiring, f"{name}-about", notes)


class ReportSection:
    """Begins work for a state, and shows its result as a sentence and new values for parts.

    Work about a pair may say first which texts it is about (`PairTexts`), for the two boxes to show them.
    """

    def __init__(
        self,
        name: str,
        begin: Callable[[Engine, PageState], Work[Any]],
        show: Callable[[Any], tuple[str, Drawn]],
    ) -> None:
        self._name = name
        self._begin = begin
        self._show = show

    def begin(self, engine: Engine, state: PageState) -> Work[Any]:
        """See Section.begin."""
        return self._begin(engine, state)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        sentence, drawn = self._show(view.result) if view.outcome is Outcome.DONE else ("", {})
        texts = view.result
        filled = {"hood-query": texts.query, "hood-document": texts.document} if isinstance(texts, PairTexts) else {}
        return {f"{self._name}-status": str(status.line(view, sentence)), **filled, **drawn}
