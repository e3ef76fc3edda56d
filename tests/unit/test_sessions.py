"""Of a page's parts Gradio keeps no copies for a session, and an update of it works all the same."""

from __future__ import annotations

import asyncio

import gradio as gr

from ui.page import Page
from ui.sessions import Sessions


def test_a_session_keeps_no_copy_of_any_part_and_its_parts_can_be_updated() -> None:
    with Page(analytics_enabled=False) as page:
        choice, line = gr.Radio(["a", "b"]), gr.HTML()
        gr.on([choice.input], lambda: None, None, [choice, line])
    [function] = page.fns.values()
    session = Sessions(page)["one"]
    asyncio.run(page.postprocess_data(function, {choice: gr.update(choices=["c"]), line: "new"}, session))
    assert session[choice._id].choices == [("c", "c")]
    assert session.config_values == {}


def test_as_many_sessions_are_kept_as_the_page_allows() -> None:
    with Page(analytics_enabled=False) as page:
        gr.HTML()
    page.state_session_capacity = 2
    sessions = Sessions(page)
    first = sessions["one"]
    assert sessions["one"] is first
    sessions["two"], sessions["three"]
    assert list(sessions.session_data) == ["two", "three"]
    assert sessions["one"] is not first
