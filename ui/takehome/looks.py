"""The looks of what is taken home: our own colours, packed into the file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ui.packed import packed_style

STYLE = Path(__file__).parent.parent / "style"
_BLOCK = re.compile(r"^(:root|\.dark) \{([^}]*)\}", re.MULTILINE)
_VARIABLE = re.compile(r"(--[\w-]+):\s*([^;]+);")


@cache
def page_style() -> str:
    """A page's sheet."""
    return packed_style(colour_rules() + _sheet("picture") + _sheet("takehome"))


def colour_rules() -> str:
    """The colours of a page of its own: the scheme follows the reader's system, and what is printed is light."""
    schemes = _schemes()
    rules = f":root {{ color-scheme: light dark; {schemes[':root']} }}\n"
    return rules + f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {schemes['.dark']} }} }}\n"


@cache
def picture_style() -> str:
    """A picture's sheet, in the light scheme and without variables, which many programs don't know."""
    colours = dict(_VARIABLE.findall(_schemes()[":root"]))
    return packed_style(re.sub(r"var\((--[\w-]+)\)", lambda found: colours[found[1]], _sheet("picture")))


def _schemes() -> dict[str, str]:
    return dict(_BLOCK.findall(_sheet("colours")))


def _sheet(name: str) -> str:
    return (STYLE / f"{name}.css").read_text("utf-8")
