"""HTML is filled as Markup would fill it, and every value in it is escaped once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from ui.draw.template import fill, joined


@given(st.lists(st.one_of(st.text(), st.integers(), st.text().map(Markup.escape)), min_size=3, max_size=3))
def test_places_are_filled_as_markup_fills_them(values: list[object]) -> None:
    for text in ("<p>{}{}{}</p>", "{2}<b>{0}</b>{1}{0}", "<i>{{{}}}</i>{}", "no place"):
        assert fill(text, *values) == Markup(text).format(*values)
    named = dict(zip("abc", values, strict=True))
    assert fill('<a href="{b}">{a}</a>', **named) == Markup('<a href="{b}">{a}</a>').format(**named)


@given(
    st.lists(st.one_of(st.text(), st.integers(), st.text().map(Markup.escape), st.none(), st.floats(), st.booleans()))
)
def test_pieces_are_joined_as_markup_joins_them(pieces: list[object]) -> None:
    assert joined(pieces) == Markup("").join(map(Markup.escape, pieces))
    assert type(joined(pieces)) is Markup


def test_what_is_formatted_is_escaped_and_html_stays_as_it_is() -> None:
    assert fill("{:.2f} {:>5} {}", 1.234, "<", Markup("<b>")) == "1.23     &lt; <b>"


def test_a_value_that_looks_like_a_place_is_left_alone() -> None:
    assert fill("<p>{}</p>", "{0} {name} {") == "<p>{0} {name} {</p>"


def test_a_place_without_a_value_is_an_error() -> None:
    with pytest.raises(IndexError):
        fill("{} {}", "one")
    with pytest.raises(KeyError):
        fill("{name}")
