"""What is served is packed, and says the same."""

from __future__ import annotations

import re

from ui.packed import packed_style
from ui.server import head


def test_every_variable_of_the_page_that_is_used_is_also_set() -> None:
    style = head()
    used = set(re.findall(r"var\((--ss-[\w-]+)", style))
    assert used == set(re.findall(r"(--ss-[\w-]+):", style))


def test_space_that_says_something_stays() -> None:
    assert packed_style('a > b , c { margin: 0 auto ; }\n.x .y { content: " a  b " }') == (
        'a>b,c{margin:0 auto}.x .y{content:" a  b "}'
    )
