"""The fold in which another wording is typed and what ranks for both is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.control import Control
from ui.own.corpora import Visitor
from ui.state import BY_BI_ENCODER, BY_CROSS_ENCODER, SEARCH, PageState
from ui.wiring import Wiring

INVITATION = "The same query in other words, then press Enter"


@dataclass(frozen=True, slots=True)
class WordingsFold:
    """Its controls."""

    against: Control
    by: Control
    compare: gr.Button

    def connect(self, wiring: Wiring, asked: Sequence[Control]) -> None:
        """Compare on Enter and on the button; `asked` hold the query, its corpus and the options."""
        reads = [*asked, self.against, self.by]
        # The visitor's grades are of one query.
        asks: dict[str, Any] = {"tab": SEARCH, "look": "", "grades": (), "judging": False}
        wiring.ask([self.against.part.submit, self.compare.click], reads, change=_compared, **asks)
        wiring.ask([self.by.part.input], [self.against, self.by], change=_ranked_by, tab=SEARCH, look="")


def build_wordings(wiring: Wiring) -> WordingsFold:
    """Lay them out. What was typed stays there when one query is shown again."""
    with gr.Row():
        box = gr.Textbox(
            label="Another wording", placeholder=INVITATION, elem_id="against", max_lines=1, scale=3, min_width=240
        )
        by = gr.Radio(
            [("cross-encoder", BY_CROSS_ENCODER), ("bi-encoder", BY_BI_ENCODER)],
            value=BY_CROSS_ENCODER,
            label="Both ranked by",
            elem_id="by",
            min_width=320,
        )
        compare = gr.Button("Compare", elem_id="compare", min_width=90, scale=0)
    # An empty box that is sent is a wording, if a bad one; an empty one in the state is none.
    against = Control("against", box, lambda text: text or " ", lambda text: text.strip() or gr.skip())
    return WordingsFold(wiring.control(against), wiring.control(Control("by", by)), compare)


def _compared(visitor: Visitor, state: PageState) -> PageState:
    """What is compared is not predicted; what is covered stays so."""
    return state.with_changes(predict=False, guess=(), revealed=False) if state.revealed else state


def _ranked_by(visitor: Visitor, state: PageState) -> PageState:
    """Another method ranks for both wordings, where there are two."""
    return state.with_changes(against=state.against.strip())
