"""How methods are put together: whose ranking is reranked, what is fused, and which methods expand the query."""

from __future__ import annotations

from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.ranking import BI_ENCODER, FUSION
from searchcore.request import AVERAGE, EXPANDING, RECIPROCAL_RANKS, Options
from ui.control import Control
from ui.own.corpora import Visitor
from ui.search.acts import kept
from ui.state import SEARCH, PageState
from ui.wiring import Wiring


def build_arranging(engine: Engine, wiring: Wiring) -> None:
    """Lay out the controls, and say what they ask for."""
    whole = [(method.title, method.key) for method in engine.methods.values() if method.reranks is None]
    others = [(method.title, method.key) for method in engine.methods.values() if method.key != FUSION]
    with gr.Row():
        first = gr.Dropdown(
            whole, value=BI_ENCODER, label="Rerank the ranking of", filterable=False, elem_id="rerank-first"
        )
        fused = gr.CheckboxGroup(others, label="Fusion of", value=list(Options().fused), elem_id="fused")
        rule = gr.Radio(
            [("reciprocal ranks", RECIPROCAL_RANKS), ("average of min-max scores", AVERAGE)],
            value=RECIPROCAL_RANKS,
            label="Fused by",
            elem_id="fusion-rule",
        )
        able = [(method.title, key) for key, method in engine.methods.items() if key in EXPANDING]
        expanded = gr.CheckboxGroup(able, label="Expand the query", value=[], elem_id="expanded")

    def in_order(keys: Any) -> tuple[str, ...]:
        return tuple(key for key in engine.methods if key in (keys or ()))

    controls = [
        wiring.control(
            Control(
                "first",
                first,
                lambda key: "" if key in (None, BI_ENCODER) else key,
                lambda key: gr.update(value=key or BI_ENCODER),
            )
        ),
        wiring.control(Control("fused", fused, in_order, lambda keys: gr.update(value=list(keys)))),
        wiring.control(Control("rule", rule)),
        wiring.control(Control("expanded", expanded, in_order, lambda keys: gr.update(value=list(keys)))),
    ]
    inputs = [control.part.input for control in controls]
    wiring.ask(inputs, controls, change=_arranged, tab=SEARCH, guess=(), revealed=False)


def _arranged(visitor: Visitor, state: PageState) -> PageState:
    """What is reranked or expanded is shown, and a fusion that was changed is chosen to be seen."""
    plain = PageState().options
    wanted = {*state.columns, state.options.first, *state.expanded}
    wanted |= {FUSION} if (state.options.fused, state.options.rule) != (plain.fused, plain.rule) else set()
    return state.with_changes(look=kept(state), columns=tuple(key for key in visitor.engine.methods if key in wanted))
