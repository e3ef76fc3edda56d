"""The page: a heading, the tabs, one runner behind all of them, and the endpoints."""

from __future__ import annotations

from dataclasses import replace

import gradio as gr
from markupsafe import Markup

from searchcore.corpora import OWN
from searchcore.engine import Engine
from ui import words
from ui.api import add_endpoints
from ui.classroom.desk import Acts
from ui.classroom.lecturer import Desk
from ui.classroom.rooms import Rooms
from ui.classroom.routes import class_routes
from ui.classroom.tab import build_class_tab
from ui.draw.template import fill, joined
from ui.draw.terms import definitions
from ui.evaluate.downloads import evaluation_route
from ui.evaluate.evaluations import Evaluations
from ui.evaluate.section import MeasuresSection
from ui.evaluate.tab import build_evaluate_tab
from ui.hood.tab import build_hood_tab
from ui.known import KnownQuestions, known_states
from ui.lesson.routes import handout_route
from ui.lesson.section import LessonSection
from ui.lesson.setting import lesson_from_environment
from ui.lesson.tab import build_lesson_tab
from ui.neighbours.tab import build_neighbours_tab
from ui.own.corpora import OwnCorpora
from ui.own.panel import draw_own
from ui.own.routes import archive_route, upload_route
from ui.page import Page
from ui.reports import live_line
from ui.runner import Runner
from ui.search.acts import acted
from ui.search.prepared import settled
from ui.search.tab import build_search_tab
from ui.sections import views
from ui.site import Site
from ui.state import CLASS, EVALUATE, HOOD, LESSON, NEIGHBOURS, SEARCH, Known
from ui.takehome.routes import take_route
from ui.warming import watch
from ui.wiring import Wiring


def build_site(engine: Engine, public: str = "", worker: str = "") -> Site:
    """The whole page over one engine. Look and behaviour in the browser are added at launch, see ui.server.

    `public` is the address at which others can open it, empty where nobody else can; `worker` is the letter of this
    process where there are several.
    """
    own, evaluations = OwnCorpora(), Evaluations()
    measures = MeasuresSection(engine, evaluations)
    models = tuple((spec.role, spec.name) for spec in engine.models.catalogue.values())
    known = Known((*engine.corpora, OWN), tuple(engine.methods), models)
    lesson, note = lesson_from_environment(known)
    known = replace(known, steps=max(len(lesson), 1))
    viewed = views(engine, measures)
    taught = LessonSection(lesson, viewed)
    runner = Runner(lambda state: taught if state.tab == LESSON else viewed(state))
    wiring = Wiring(engine, runner, known, own, settled, draw_own, public)
    with Page(title=words.PAGE_TITLE, analytics_enabled=False) as page:
        gr.HTML(_heading(), elem_id="heading", elem_classes="ss", js_on_load=None)
        wiring.open_address(page)
        live_line(wiring, "note", "")
        with wiring.part("tabs", gr.Tabs()):
            with gr.Tab("Search", id=SEARCH):
                build_search_tab(engine, wiring)
            with gr.Tab("Under the hood", id=HOOD):
                build_hood_tab(engine, wiring)
            with gr.Tab("Evaluate", id=EVALUATE) as evaluate:
                build_evaluate_tab(engine, wiring)
            with gr.Tab("Nearest neighbours", id=NEIGHBOURS):
                build_neighbours_tab(wiring)
            with gr.Tab("Lesson", id=LESSON):
                build_lesson_tab(lesson, note, wiring, acted)
            with gr.Tab("Class", id=CLASS):
                build_class_tab(wiring)
            wiring.glance([evaluate.select], lambda visitor, state: measures.turned_to(visitor.engine, state))
        gr.HTML(_tools(), elem_id="tools", elem_classes="ss", js_on_load=None)
        watch(engine, wiring, page)
        wiring.connect()
        add_endpoints(engine)
    rooms, desk = Rooms(worker), Desk(engine, lesson, public)
    routes = (
        upload_route(own),
        archive_route(own),
        evaluation_route(engine, evaluations, own),
        take_route(engine, evaluations, own, known),
        handout_route(engine, lesson, viewed),
        *class_routes(rooms, desk, Acts(desk, rooms, known, viewed), own),
    )
    return Site(page, routes, own, rooms, KnownQuestions(engine, viewed, known_states(engine, lesson)))


def _heading() -> str:
    skip = Markup('<a class="ss-skip" href="#query">Skip to the query</a>')
    return str(skip + fill('<h1>{}</h1><p class="ss-lost" role="alert"></p>', words.NAME))


def _tools() -> str:
    """What concerns the whole page: how it is shown, its keys, and the words that are explained on it."""
    keys = joined(fill("<dt><kbd>{}</kbd></dt><dd>{}</dd>", key, does) for key, does in words.KEYS)
    return str(
        fill(
            '<p class="ss-tools"><button type="button" data-act="projector" aria-pressed="false">Projector</button>'
            '<button type="button" data-act="keys" aria-label="Keys and help">?</button></p>'
            '<dialog class="ss-keys" aria-label="Keys and help"><h2>Keys</h2><dl>{}</dl><p><label>'
            '<input type="checkbox" class="ss-keys-on" checked> Keys without Ctrl or Alt are on</label></p>'
            "<h2>What this is</h2><p>{}</p><h2>Words</h2>{}"
            '<form method="dialog"><button>Close</button></form></dialog>',
            keys,
            words.INTRODUCTION,
            definitions(),
        )
    )
