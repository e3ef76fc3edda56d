"""What of the page follows a new state, and what is left as the visitor has it."""

from __future__ import annotations

from types import SimpleNamespace

from tests.conftest import MakeEngine
from tests.fakes import corpus_of
from ui.control import Control
from ui.own.corpora import OwnCorpora
from ui.runner import Runner
from ui.state import Known, PageState
from ui.wiring import Wiring

BEFORE, AFTER = PageState(query="before"), PageState(query="after")


def test_a_box_that_was_just_read_is_not_written_again_and_another_follows(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("one"))
    wiring = Wiring(engine, Runner(lambda state: None), Known(), OwnCorpora())  # type: ignore[arg-type,return-value]
    box = wiring.control(Control("query", SimpleNamespace(elem_id="query"), show=lambda text: text))
    wiring.follow("query", "query", lambda engine, state: f"drawn: {state.query}")
    wiring.follow("query", "other", lambda engine, state: state.query)
    wiring.follow("corpus", "unchanged", lambda engine, state: state.corpus)
    # Whoever goes on typing while their search begins keeps what they type.
    typed = wiring._following(engine, BEFORE, AFTER, [box], False)
    assert typed == {"address": AFTER.to_query(), "other": "after"}
    shown = wiring._following(engine, BEFORE, AFTER, [], False)
    assert shown == {"address": AFTER.to_query(), "query": "drawn: after", "other": "after"}
