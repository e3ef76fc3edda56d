"""How this page's events are wired: no overlay of Gradio's, no queue between users, not listed as endpoints."""

from __future__ import annotations

from typing import Any

QUIET: dict[str, Any] = {"show_progress": "hidden", "concurrency_limit": None, "api_visibility": "private"}


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
