"""The page: a heading, the tabs and the ways between them, and the endpoints."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from ui import text
from ui.api import add_endpoints
from ui.errors import api_errors
from ui.evaluate_tab import build_evaluate_tab
from ui.events import QUIET
from ui.hood.tab import HoodTab, build_hood_tab
from ui.search_tab import SearchTab, build_search_tab, warming


def build_page(engine: Engine) -> gr.Blocks:
    """The whole page over one engine. Look and behaviour in the browser are added at launch, see ui.server."""
    with gr.Blocks(title=text.PAGE_TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        gr.HTML(_heading(), elem_id="heading", elem_classes="ss", js_on_load=None)
        with gr.Tabs() as tabs:
            with gr.Tab("Search", id="search"):
                search = build_search_tab(engine)
            with gr.Tab("Under the hood", id="hood"):
                hood = build_hood_tab(engine)
            with gr.Tab("Evaluate", id="evaluate"):
                build_evaluate_tab(engine, search, tabs)
        _look_inside(engine, search, hood, tabs)
        page.load(partial(warming, engine), outputs=search.warm, **QUIET)
        add_endpoints(engine)
    return page


def _heading() -> str:
    return str(Markup("<h1>{}</h1><p>{}</p>").format(text.PAGE_TITLE, text.INTRODUCTION))


def _look_inside(engine: Engine, search: SearchTab, hood: HoodTab, tabs: gr.Tabs) -> None:
    """A click on "look inside" at a result takes its query and passage to the other tab and compares them there."""

    def fill(event: gr.EventData) -> tuple[Any, str, str]:
        with api_errors():
            sent = {name: str(getattr(event, name, "")) for name in ("corpus", "query", "doc")}
            corpus = engine.corpus(sent["corpus"])
            try:
                document = corpus.document(sent["doc"])
            except KeyError:
                raise InvalidInput(f"{quoted(corpus.name)} has no document {quoted(sent['doc'])}.") from None
            return gr.Tabs(selected="hood"), sent["query"], document.passage

    search.results.select(fill, None, [tabs, hood.query, hood.document], **QUIET).success(
        hood.run, hood.inputs, hood.outputs, **QUIET
    )
