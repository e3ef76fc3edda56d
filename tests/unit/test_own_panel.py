"""The panel of one's own corpus: what a choice of columns does to what was given, and what a forged one does."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from searchcore import Busy, Engine, InvalidInput
from tests.conftest import MakeEngine
from tests.fakes import corpus_of
from tests.markup import tree
from ui.own import corpora as bounds
from ui.own import panel
from ui.own.corpora import Own, OwnCorpora, Visitor
from ui.own.draft import Draft, drafted
from ui.state import PageState

TABLE = b"name,plot\nJaws,A great fish frightens a town.\nHeat,Two men meet in a diner at night.\n"


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine(corpus_of("one", "two"))


def told(kept: OwnCorpora, own: Own, engine: Engine, act: str, value: str = "") -> dict[str, Any]:
    """What the panel shows once the page has sent this."""
    event = SimpleNamespace(act=act, value=value)
    return asyncio.run(panel._told(kept, Visitor(engine, own), PageState(corpus="own"), event))  # type: ignore[arg-type]


def given(engine: Engine) -> tuple[OwnCorpora, Own]:
    kept = OwnCorpora()

    async def give() -> Own:
        return kept.give("", drafted("films.csv", TABLE))

    return kept, asyncio.run(give())


def test_a_column_that_is_chosen_is_read_instead(engine: Engine) -> None:
    kept, own = given(engine)
    shown = tree(told(kept, own, engine, "title")["own-preview"])
    assert own.draft is not None and own.draft.columns is not None
    assert own.draft.columns.title is None
    assert shown.texts(tag="th") == ["Id", "Text"]


def test_a_call_from_before_the_page_knew_its_secret_leaves_what_was_given_alone(engine: Engine) -> None:
    kept, own = given(engine)
    page, state = "a page", PageState(corpus="own")
    assert "own-preview" in panel.draw_own(kept.visitor(engine, "", page), state)
    assert "films.csv" in panel.draw_own(kept.visitor(engine, own.secret, page), state)["own-preview"]
    assert panel.draw_own(kept.visitor(engine, "", page), state) == {}
    assert "own-preview" in panel.draw_own(kept.visitor(engine, "", "another page"), state)


def test_a_file_that_was_given_meanwhile_is_never_replaced_by_an_older_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, own = given(engine)
    newer = drafted("newer.txt", b"one line\n")
    with_columns = Draft.with_columns

    def slowly(draft: Draft, columns: Any) -> Draft:
        own.draft = newer
        return with_columns(draft, columns)

    monkeypatch.setattr(Draft, "with_columns", slowly)
    shown = told(kept, own, engine, "passages", "1")["own-preview"]
    assert own.draft is newer
    assert "newer.txt" in shown


def test_columns_are_bounded_as_files_are(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, own = given(engine)
    before = own.draft
    monkeypatch.setattr(bounds, "MAX_CHARACTERS", 10)
    with pytest.raises(Busy):
        told(kept, own, engine, "passages", "1")
    assert own.draft is before


@pytest.mark.parametrize(
    ("act", "value"),
    [
        ("text", ""),
        ("text", "9"),
        ("title", "-1"),
        ("title", "1.0"),
        ("text", "\u0663"),
        ("other", "1"),
        ("text", "9999"),
    ],
)
def test_a_forged_choice_is_a_sentence_and_changes_nothing(engine: Engine, act: str, value: str) -> None:
    kept, own = given(engine)
    before = own.draft
    with pytest.raises(InvalidInput, match="column must be"):
        told(kept, own, engine, act, value)
    assert own.draft is before


def test_an_archive_has_no_columns_and_nothing_given_is_a_sentence(engine: Engine) -> None:
    kept, own = given(engine)
    own.draft = Draft("a.zip", corpus_of("one"))
    with pytest.raises(InvalidInput, match="no columns to choose"):
        told(kept, own, engine, "text", "0")
    own.draft = None
    with pytest.raises(InvalidInput, match="There is no corpus of your own"):
        told(kept, own, engine, "given")
