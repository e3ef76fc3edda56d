"""The page: a heading, the tabs, one runner behind all of them, and the endpoints."""

from __future__ import annotations

import gradio as gr
from markupsafe import Markup

from searchcore.engine import Engine
from ui import words
from ui.api import add_endpoints
from ui.evaluate.evaluations import Evaluations
from ui.evaluate.section import CurveSection, MeasuresSection
from ui.evaluate.tab import build_evaluate_tab
from ui.hood.tab import build_hood_tab, hood_sections
from ui.reports import live_line
from ui.runner import Runner, Section
from ui.search.section import SearchSection
from ui.search.tab import build_search_tab
from ui.state import CURVE, EVALUATE, HOOD, PAIR, SEARCH, Known, PageState
from ui.warming import watch
from ui.wiring import Wiring


def build_page(engine: Engine) -> gr.Blocks:
    """The whole page over one engine. Look and behaviour in the browser are added at launch, see ui.server."""
    wiring = _wiring(engine)
    with gr.Blocks(title=words.PAGE_TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        gr.HTML(_heading(), elem_id="heading", elem_classes="ss", js_on_load=None)
        wiring.part("address", gr.Textbox(visible=False, elem_id="address"))
        live_line(wiring, "note", "")
        with wiring.part("tabs", gr.Tabs()):
            with gr.Tab("Search", id=SEARCH):
                build_search_tab(engine, wiring)
            with gr.Tab("Under the hood", id=HOOD):
                build_hood_tab(engine, wiring)
            with gr.Tab("Evaluate", id=EVALUATE):
                build_evaluate_tab(engine, wiring)
        wiring.open_address(page)
        watch(engine, wiring, page)
        wiring.connect()
        add_endpoints(engine)
    return page


def _heading() -> str:
    return str(Markup("<h1>{}</h1><p>{}</p>").format(words.PAGE_TITLE, words.INTRODUCTION))


def _wiring(engine: Engine) -> Wiring:
    """One runner over all sections, found by what a state asks for."""
    search, hood = SearchSection(engine), hood_sections()
    measures, curve = MeasuresSection(engine, Evaluations()), CurveSection(engine)

    def section_of(state: PageState) -> Section:
        if state.tab == HOOD:
            return hood.get(state.look, hood[PAIR])
        if state.tab == EVALUATE:
            return curve if state.look == CURVE else measures
        return search

    models = tuple((spec.role, spec.name) for spec in engine.models.catalogue.values())
    known = Known(tuple(engine.corpora), tuple(engine.methods), models)
    return Wiring(Runner(engine, section_of), known)
