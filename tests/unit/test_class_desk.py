"""What a lecturer does, from what is asked to what is revealed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from math import log2
from typing import Any

import pytest

from searchcore import Engine, Query
from searchcore.errors import Busy, SearchError
from tests.conftest import MakeEngine
from tests.fakes import FakeScorer
from tests.unit.classes import Clock, now
from tests.unit.taught import WORDS, Falling, Taught, taught
from ui.classroom.desk import Acts
from ui.classroom.rooms import ENDED_BY_LECTURER, Rooms
from ui.classroom.rounds import Phase
from ui.classroom.scores import STUDENTS, Graded
from ui.state import Known

Do = Callable[..., Coroutine[None, None, None]]


def acting(it: Taught, test: Callable[[Do], Coroutine[None, None, None]]) -> None:
    """Run a test with what the lecturer can do, by the names of their acts."""

    async def main() -> None:
        rooms = Rooms("", Clock())
        it.room = rooms.start("192.0.2.1")
        for word in WORDS:
            it.room.enter(word)
        acts = Acts(it.desk, rooms, Known(), lambda view: None)  # type: ignore[arg-type, return-value]

        async def do(act: str, engine: Engine | None = None, **sent: Any) -> None:
            await acts.do(it.room, engine or it.engine, {"act": act, **sent})

        async with asyncio.timeout(60):
            await test(do)

    asyncio.run(main())


def test_a_question_goes_its_way_and_everybody_s_tally_grows(make_engine: MakeEngine) -> None:
    it = taught(make_engine)

    async def test(do: Do) -> None:
        await do("ask", corpus="small", q=it.state().query, k="5", picks="1")
        assert (now(it.room).phase, now(it.room).question.picks) == (Phase.OPEN, 1)
        it.answer((4,), (0,))
        await do("close", round=1)
        await do("again", round=1)
        it.answer((4,), (4,), (0,))
        await do("close", round=1)
        await do("reveal", round=1)
        assert [(vote.right, vote.total) for vote in now(it.room).outcome.votes] == [(1, 2), (2, 3)]
        tallies = [it.room.seats[word].tally for word in WORDS]
        assert tallies == [{1: (1.0, 0.0)}, {1: (1.0, 0.0)}, {1: (0.0, 0.0)}, {}]
        await do("end")
        assert it.room.over == ENDED_BY_LECTURER

    acting(it, test)


def test_the_class_s_own_prediction_is_scored_by_its_judgements_of_that_query(make_engine: MakeEngine) -> None:
    it = taught(make_engine)

    async def test(do: Do) -> None:
        for query in (it.state().query, "another query"):
            await do("ask", corpus="small", q=query, k="5", picks="3")
            it.answer((4, 3) if query == "another query" else (0, 1))
            await do("close", round=now(it.room).number)
            await do("reveal", round=now(it.room).number)
        await do("judge", corpus="small", q=it.state().query, depth="5")
        it.grade({0: (3,), 4: (1,)})
        await do("close", round=3)
        await do("reveal", round=3)
        made = now(it.room).outcome
        assert isinstance(made, Graded)
        # It had 0 before 1 for this query, and the others in corpus order: what is right stands first and last.
        assert made.by_class[STUDENTS] == pytest.approx((3 + 1 / log2(6)) / (3 + 1 / log2(3)))

    acting(it, test)


def test_what_was_predicted_of_another_corpus_of_that_name_is_not_scored(make_engine: MakeEngine) -> None:
    # A lecturer's own corpora are all called the same.
    it = taught(make_engine)
    other = replace(it.corpus, documents=it.corpus.documents[::-1], queries=(Query("q", it.state().query),))
    second = taught(make_engine, corpus=other)

    async def test(do: Do) -> None:
        await do("ask", corpus="small", q=it.state().query, k="5", picks="1")
        it.answer((0,))
        await do("close", round=1)
        await do("reveal", round=1)
        await do("judge", second.engine, corpus="small", q=it.state().query, depth="5")
        it.grade({0: (3,)})
        await do("close", round=2)
        await do("reveal", round=2)
        assert STUDENTS not in now(it.room).outcome.by_class
        assert now(it.room).outcome.by_class

    acting(it, test)


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "nothing"},
        {"act": None},
        {"act": ["ask"]},
        {"act": "ask", "picks": 2},
        {"act": "ask", "picks": True},
        {"act": "ask", "picks": "three"},
        {"act": "ask", "picks": "9" * 9},
        {"act": "ask", "k": "0"},
        {"act": "ask", "of": "magic"},
        {"act": "ask", "q": "x" * 100_000},
        {"act": "judge", "depth": 4},
        {"act": "step", "step": 2},
        {"act": "step", "step": 0},
        {"act": "step", "step": -1},
        {"act": "ask", "corpus": "nowhere"},
    ],
)
def test_what_can_not_be_asked_gets_a_sentence_and_changes_nothing(
    make_engine: MakeEngine, sent: dict[str, Any]
) -> None:
    it = taught(make_engine)

    async def test(do: Do) -> None:
        given = {"corpus": "small", "q": "words"} | {key: value for key, value in sent.items() if key != "act"}
        with pytest.raises(SearchError):
            await do(sent["act"], **given)
        assert it.room.round is None
        assert not it.room.busy

    acting(it, test)


def test_one_question_is_prepared_at_a_time(make_engine: MakeEngine) -> None:
    it = taught(make_engine)

    async def test(do: Do) -> None:
        first = asyncio.ensure_future(do("ask", corpus="small", q="words", k="5"))
        while not it.room.busy:
            await asyncio.sleep(0)
        with pytest.raises(Busy):
            await do("judge", corpus="small", q="words")
        await first
        assert len(it.room.rounds) == 1

    acting(it, test)


def test_what_failed_while_the_class_thought_is_tried_again_at_the_reveal(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    scorer = FakeScorer(score=lambda query, passage: -float(len(passage)), error=OSError("broken"))
    it.desk = replace(it.desk, engine=make_engine(it.corpus, encoder=Falling(), scorer=scorer))

    async def test(do: Do) -> None:
        await do("ask", corpus="small", q="words", k="5")
        it.answer((0,))
        await do("close", round=1)
        for _ in range(2):
            with pytest.raises(Exception):  # noqa: B017 - whatever a broken model makes of it
                await do("reveal", round=1)
            assert now(it.room).phase is Phase.CLOSED
        scorer.error = None
        await do("reveal", round=1)
        assert now(it.room).phase is Phase.REVEALED

    acting(it, test)
