"""What is served is packed, and says the same."""

from __future__ import annotations

import re

from ui.packed import packed_style, short_names
from ui.server import head, script


def test_own_variables_are_numbered_and_others_keep_their_names() -> None:
    sheet = ":root{--ss-ink:#000;--ss-ink-soft:#333}p{color:var(--ss-ink-soft);--tone:var(--ss-ink);width:var(--side)}"
    assert short_names(sheet) == ":root{--0:#000;--1:#333}p{color:var(--1);--tone:var(--0);width:var(--side)}"


def test_every_variable_of_the_page_that_is_used_is_also_set() -> None:
    style = head()
    assert "--ss-" not in style + script()
    used = set(re.findall(r"var\((--[0-9]+)", style))
    assert used == set(re.findall(r"(--[0-9]+):", style))


def test_space_that_says_something_stays() -> None:
    assert packed_style('a > b , c { margin: 0 auto ; }\n.x .y { content: " a  b " }') == (
        'a>b,c{margin:0 auto}.x .y{content:" a  b "}'
    )
