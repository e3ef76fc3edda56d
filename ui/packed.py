"""Our sheets and scripts as they are served: without comments and white space that say nothing to a browser.

Sheets are packed here, since the library that packs scripts does not know nested rules.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import minify

FOLDER = Path(__file__).parent / "style"
STYLES = ("base", "search", "hood", "evaluate", "own", "predict", "lesson", "screens")
_TEXT = re.compile(r"""("[^"]*"|'[^']*')""")
# A space before a colon, a bracket or a sign may separate two selectors or two values; these never do.
_PUNCTUATION = re.compile(r" *([{};,>!]) *|(:) ")


def packed_style(sheet: str) -> str:
    """The same rules in fewer bytes."""
    bare = re.sub(r"/\*.*?\*/", " ", sheet, flags=re.DOTALL)
    parts = _TEXT.split(bare)  # every second one is a text in quotes
    parts[::2] = [_tight(part) for part in parts[::2]]
    return "".join(parts).strip()


def _tight(part: str) -> str:
    return _PUNCTUATION.sub(r"\1\2", re.sub(r"\s+", " ", part)).replace(";}", "}")


def packed_script(script: str) -> str:
    """The same statements in fewer bytes, with short names for what is local.

    Of declarations in a row the library puts those that take an object apart first, so these may not use the others.
    """
    return str(minify.string("application/javascript", script))


@cache
def page_style() -> str:
    """The page's sheet: colours, and all else inside the page's own part."""
    sheets = "\n".join((FOLDER / f"{name}.css").read_text("utf-8") for name in STYLES)
    colours = (FOLDER / "colours.css").read_text("utf-8")
    return packed_style(f"{colours}\n.gradio-container.gradio-container {{\n{sheets}\n}}")
