"""Nobody's text becomes markup, in whatever picture it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from tests.markup import HOSTILE, PLAIN, Reader, all_words, tree
from tests.unit import test_drawing, test_search_drawing

DRAWINGS = {**test_search_drawing.DRAWINGS, **test_drawing.DRAWINGS}


def test_no_two_pictures_have_one_name() -> None:
    assert len(DRAWINGS) == len(test_search_drawing.DRAWINGS) + len(test_drawing.DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_hostile_text_is_drawn_as_text(name: str) -> None:
    hostile, plain = DRAWINGS[name](HOSTILE), DRAWINGS[name](PLAIN)
    assert isinstance(hostile, Markup)
    assert Reader(hostile).shape == Reader(plain).shape
    shown = all_words(tree(hostile))
    assert "script>" in shown
    for again in ("&lt;", "&amp;", "&#3"):
        assert again not in shown, "escaped twice"


@pytest.mark.parametrize("name", DRAWINGS)
@settings(deadline=None, max_examples=20)
@given(text=st.text("<>\"'&;=/{}%$!-[]a \n\0\u2028", min_size=1, max_size=30).filter(str.strip))
def test_no_text_at_all_becomes_markup(name: str, text: str) -> None:
    assert Reader(DRAWINGS[name](f"aaaa{text}")).shape == Reader(DRAWINGS[name]("abcd")).shape
