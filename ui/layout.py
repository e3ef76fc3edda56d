"""The page: a heading, the tabs, and the endpoints."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from ui import text
from ui.api import add_endpoints
from ui.evaluate_tab import build_evaluate_tab
from ui.search_tab import build_search_tab


def build_page(engine: Engine) -> gr.Blocks:
    """The whole page over one engine. Look and behaviour in the browser are added at launch, see ui.server."""
    with gr.Blocks(title=text.PAGE_TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        gr.HTML(_heading(), elem_id="heading", elem_classes="ss", js_on_load=None)
        with gr.Tabs() as tabs:
            with gr.Tab("Search", id="search"):
                search = build_search_tab(engine)
            with gr.Tab("Evaluate", id="evaluate"):
                build_evaluate_tab(engine, search, tabs)
        add_endpoints(engine)
    return page


def _heading() -> str:
    return str(Markup("<h1>{}</h1><p>{}</p>").format(text.PAGE_TITLE, text.INTRODUCTION))
