"""An update of the page costs what it changes: the parts that are left as they are aren't made anew."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from ui.page import Page

LEFT = {"__type__": "update"}


class Built:
    """A page of three parts, one function that gives all of them, and a visitor's session."""

    def __init__(self) -> None:
        with Page(analytics_enabled=False) as self.page:
            self.box, self.line, self.choice = gr.Textbox(), gr.HTML(), gr.Radio(["a", "b"])
            gr.on([self.box.submit], lambda: None, None, [self.box, self.line, self.choice])
        [self.function] = self.page.fns.values()
        self.session = SessionState(self.page)

    def told(self, predictions: Any) -> list[Any]:
        return asyncio.run(self.page.postprocess_data(self.function, predictions, self.session))

    def parts(self) -> list[Any]:
        return [self.session[part._id] for part in (self.box, self.line, self.choice)]


@pytest.fixture
def built() -> Built:
    return Built()


def test_only_what_is_new_is_sent_and_made_anew(built: Built) -> None:
    box, line, choice = built.parts()
    told = built.told({built.choice: gr.update(choices=["c"], value="c"), built.line: "<p>new</p>"})
    assert told == [LEFT, "<p>new</p>", {"choices": [["c", "c"]], "value": "c", "__type__": "update"}]
    assert built.parts()[0] is box and built.parts()[1] is line
    assert built.parts()[2] is not choice and built.parts()[2].choices == [("c", "c")]


def test_one_new_part_is_enough_and_so_is_none(built: Built) -> None:
    before = built.parts()
    assert built.told({built.line: "new"}) == [LEFT, "new", LEFT]
    assert built.told({built.line: gr.skip()}) == [LEFT, LEFT, LEFT]
    assert built.parts() == before


def test_a_part_that_is_none_of_the_functions_is_told_as_ever(built: Built) -> None:
    with built.page:
        other = gr.HTML()
    with pytest.raises(ValueError, match="not specified as output"):
        built.told({other: "new"})


def test_values_in_order_are_told_as_ever(built: Built) -> None:
    assert built.told(["a query", "new", "b"]) == ["a query", "new", "b"]


def test_an_update_that_is_an_object_is_sent_whole_and_a_text_as_what_is_added(built: Built) -> None:
    def sent(values: list[Any], *, final: bool = False) -> list[Any]:
        return built.page.handle_streaming_diffs(built.function, values, "session", 1, final)

    first = ["on", "long", {"value": "a", **LEFT}]
    assert sent(list(first)) == first
    assert sent(["on", "longer", dict(LEFT)]) == [[], [["append", [], "er"]], [["replace", [], LEFT]]]
    assert sent([None, None, None], final=True) == ["on", "longer", LEFT]
