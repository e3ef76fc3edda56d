"""The page and what is served beside it."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from starlette.routing import Route

from ui.classroom.rooms import Rooms
from ui.known import KnownQuestions
from ui.own.corpora import OwnCorpora


@dataclass(frozen=True, slots=True)
class Site:
    """The page, our own routes, what visitors have given, the classes, and what can be asked before they come."""

    page: gr.Blocks
    routes: tuple[Route, ...]
    own: OwnCorpora
    rooms: Rooms
    known: KnownQuestions
