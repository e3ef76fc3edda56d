"""The panel of the Search tab in which a visitor gives a corpus of their own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import gradio as gr

from searchcore.corpora import OWN, Columns
from searchcore.errors import InvalidInput, quoted
from ui.own.corpora import ABSENT, OwnCorpora, Visitor
from ui.own.preview import form, in_use, preview
from ui.reports import html
from ui.runner import Drawn
from ui.state import SEARCH, PageState
from ui.wiring import Wiring

# What concerns the corpus that is searched asks for it; what concerns the one to come only draws.
SENDS = """
element.addEventListener("ss-own", (event) => trigger("select", event.detail));
element.addEventListener("ss-own-asks", (event) => trigger("submit", event.detail));
"""


def build_own(wiring: Wiring) -> None:
    """Lay out the panel, which the style sheet shows while "Your own" is chosen, and say what its buttons ask for."""
    with gr.Column(elem_id="own"):
        html(wiring, "own-give", form())
        shown = html(wiring, "own-preview", script=SENDS)
    wiring.glance([shown.select], partial(_told, wiring.own), event=True)
    wiring.ask([shown.submit], change=_asked, event=True, tab=SEARCH, look="", query="", grades=(), judging=False)


def draw_own(visitor: Visitor, state: PageState) -> Drawn:
    """What the panel shows for a state: the corpus in use, or the form and what was given last.

    A late call knows less than the page shows.
    """
    if not state.own or visitor.late:
        return {}
    own = visitor.own
    if own is None or own.draft is None:
        return {"own-give": str(form()), "own-preview": ""}
    if own.corpus is None:
        return {"own-give": str(form()), "own-preview": str(preview(own.draft))}
    return {"own-give": "", "own-preview": str(in_use(own.draft, own.corpus))}


async def _told(kept: OwnCorpora, visitor: Visitor, state: PageState, event: gr.EventData) -> Drawn:
    """A file was read, a column chosen, or other texts are to be given."""
    own, act, value = visitor.own, str(getattr(event, "act", "")), str(getattr(event, "value", ""))
    if own is None or own.draft is None:
        raise InvalidInput(ABSENT)
    before = own.draft
    if act not in ("given", "again"):
        changed = await anyio.to_thread.run_sync(before.with_columns, _columns(before.columns, act, value))
        if own.draft is before:  # another file may have been given meanwhile
            kept.give(own.secret, changed)
    return {"note": "", "own-give": str(form()), "own-preview": str(preview(own.draft or before))}


def _columns(now: Columns | None, act: str, value: str) -> Columns:
    if now is None:
        raise InvalidInput("A BEIR archive has no columns to choose.")
    if act == "passages":
        return replace(now, passages=value == "1")
    plain = value.isascii() and value.isdecimal() and len(value) < 4  # noqa: PLR2004
    if act not in ("text", "title") or not (plain or (act == "title" and not value)):
        raise InvalidInput(f"column must be a number, got {quoted(value)}.")
    changed: dict[str, Any] = {act: int(value) if value else None}
    return replace(now, **changed)


def _asked(visitor: Visitor, state: PageState, event: gr.EventData) -> PageState:
    """What was given is to be searched, or forgotten."""
    act = str(getattr(event, "act", ""))
    if visitor.own is None:
        raise InvalidInput(ABSENT)
    if act == "delete":
        visitor.forget()
    elif act == "use":
        visitor.own.use()
    return state.with_changes(corpus=OWN, against="")
