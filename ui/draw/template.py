"""HTML with places for values: each of them is escaped exactly once, unless it is HTML itself."""

from __future__ import annotations

from functools import cache
from string import Formatter
from typing import Any

from markupsafe import Markup, escape

Part = tuple[str, int | str | None, str]


def fill(text: str, /, *values: Any, **named: Any) -> Markup:
    """`text`, a constant of the code, with values in its places {}, {1}, {name}, with a format behind a colon if any.

    As Markup(text).format, which reads the text anew each time, in Python.
    """
    made: list[str] = []
    for literal, place, form in _parts(text):
        made.append(literal)
        if place is not None:
            value = values[place] if isinstance(place, int) else named[place]
            made.append(escape(format(value, form) if form else value))
    return Markup("".join(made))  # noqa: S704 (every part is escaped, or a constant of the code)


@cache
def _parts(text: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    places = 0
    for literal, name, form, _ in Formatter().parse(text):
        place: int | str | None = int(name) if name and name.isdigit() else name
        if name == "":
            place, places = places, places + 1
        parts.append((literal, place, form or ""))
    return tuple(parts)
