"""A control of the page and the field of the state that it shows, and what a part of the page can send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import gradio as gr

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Control:
    """A part that shows one field of the state. `read` makes the field's value of the part's, `show` the reverse.

    With `look`, it follows the field only while the state looks at that section.
    """

    field: str
    part: Any
    read: Callable[[Any], Any] = lambda value: value
    show: Callable[[Any], Any] = lambda value: gr.update(value=value)
    look: str = ""


def whole(number: Any) -> Any:
    """A slider's number as a whole one; anything else as it is, for the state to refuse."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def chosen(examples: Sequence[P], number: Any) -> P:
    """The example whose chip was clicked; the first one for what is no number of a chip."""
    return examples[number if isinstance(number, int) and 0 <= number < len(examples) else 0]


def click_sends(attribute: str, names: dict[str, str]) -> str:
    """Script for gr.HTML: a click on an element with `attribute` triggers "select".

    `names` says what is sent: a field for each selector and data attribute, as in {"doc": ".ss-hit|doc"},
    read from the nearest element around the click that matches the selector.
    """
    fields = ", ".join(
        f'{field}: target.closest("{selector}").dataset.{attribute_name}'
        for field, (selector, attribute_name) in ((f, place.split("|")) for f, place in names.items())
    )
    return (
        'element.addEventListener("click", (event) => {'
        f' const target = event.target.closest("{attribute}");'
        f' if (target) trigger("select", {{ {fields} }});'
        " });"
    )


def sends(event: str) -> str:
    """Script for gr.HTML: an event of that name from the page's script triggers "select" with its detail."""
    return f'element.addEventListener("{event}", (event) => trigger("select", event.detail));'
