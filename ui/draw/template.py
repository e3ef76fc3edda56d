"""HTML with places for values: each of them is escaped exactly once, unless it is HTML itself.

A page of results has six hundred such pieces, and thirty pages share one event loop: what markupsafe does with care for
every kind of value is done here for texts, numbers and HTML.
"""

from __future__ import annotations

from collections.abc import Iterable
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
            made.append(_escaped(format(value, form) if form else value))
    return _html(made)


def joined(pieces: Iterable[Any]) -> Markup:
    """One after the other, as Markup("").join."""
    return _html([_escaped(piece) for piece in pieces])


def _escaped(value: Any) -> str:
    kind = type(value)
    return value if kind is Markup else str(value) if kind is int else escape(value)


def _html(pieces: list[str]) -> Markup:
    """Markup of them, without asking again whether they are."""
    return str.__new__(Markup, "".join(pieces))


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
