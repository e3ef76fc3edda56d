"""What a lecturer can do with a room, each act by its name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any, TypeVar
from urllib.parse import urlencode

import anyio

from searchcore.engine import Engine
from searchcore.errors import Busy, InvalidInput, quoted
from searchcore.running import Caller, Drive, Work
from searchcore.types import Corpus
from ui.classroom import asking, scores
from ui.classroom.lecturer import Desk
from ui.classroom.question import Kind, Question
from ui.classroom.room import GONE_ON, Room, TooLate
from ui.classroom.rooms import ENDED_BY_LECTURER, Over, Rooms
from ui.classroom.rounds import Phase, Round
from ui.sections import SectionOf
from ui.state import Known, PageState

T = TypeVar("T")
# What of a form goes into the page's state, by its name in an address.
IN_ADDRESS = ("corpus", "q", "k", "of", "from")
# A class counts as so many callers at most in the lines in front of the models.
MOST_PEOPLE = 30
ONE_AT_A_TIME = "The question before is still being prepared; please wait a moment."
Sent = Mapping[str, Any]


class Acts:
    """The acts of lecturers. Used in the server's event loop only; what takes long runs in the engine's lines."""

    def __init__(self, desk: Desk, rooms: Rooms, known: Known, section_of: SectionOf) -> None:
        self._desk = desk
        self._rooms = rooms
        self._known = known
        self._section_of = section_of
        self._acts: dict[str, Callable[[Room, Engine, Sent], Awaitable[None]]] = {
            "ask": self._ask,
            "judge": self._judge,
            "step": self._step,
            "close": self._close,
            "again": self._again,
            "reveal": self._reveal,
            "end": self._end,
        }

    async def do(self, room: Room, engine: Engine, sent: Sent) -> None:
        """Do what was sent, with an engine that knows what the lecturer can search. Raises a SearchError."""
        act = sent.get("act")
        if not isinstance(act, str) or act not in self._acts:
            raise InvalidInput(f"act must be one of {', '.join(self._acts)}, got {quoted(str(act))}.")
        # All who are there wait for it.
        people = min(max(room.joined, 1), MOST_PEOPLE)
        caller = Caller(f"class {room.code}", f"class {room.code}", people=people)
        await self._acts[act](room, engine.for_caller(caller), sent)

    async def _ask(self, room: Room, engine: Engine, sent: Sent) -> None:
        state, picks = self._state(sent), _number(sent, "picks", 1)
        question = await self._prepared(room, asking.order_question(engine, state, picks))
        self._open(room, engine, question)

    async def _step(self, room: Room, engine: Engine, sent: Sent) -> None:
        number = _number(sent, "step", 1)
        question = await self._prepared(room, asking.step_question(engine, self._desk.lesson, number))
        self._open(room, engine, question)

    async def _judge(self, room: Room, engine: Engine, sent: Sent) -> None:
        state, depth = self._state(sent), _number(sent, "depth", 5)
        question, made = await self._prepared(room, asking.judge_question(engine, state, depth))
        room.ask(question).outcome = made

    async def _close(self, room: Room, engine: Engine, sent: Sent) -> None:
        room.close(sent.get("round"))

    async def _again(self, room: Room, engine: Engine, sent: Sent) -> None:
        room.vote_again(sent.get("round"))

    async def _reveal(self, room: Room, engine: Engine, sent: Sent) -> None:
        found = room.at(sent.get("round"), Phase.CLOSED)
        opened = found.opened
        outcome = await self._outcome(room, engine, found)
        # Somebody may have been quicker, in another window.
        if room.at(found.number, Phase.CLOSED).opened != opened:
            raise TooLate(GONE_ON)
        if not isinstance(outcome, scores.Graded):
            for word, said in found.votes[-1].items():
                if said in outcome.by_answer and word in room.seats:
                    room.seats[word].tally[found.number] = outcome.by_answer[said]
        room.reveal(found.number, outcome)

    async def _end(self, room: Room, engine: Engine, sent: Sent) -> None:
        self._rooms.end(room, ENDED_BY_LECTURER)

    def _open(self, room: Room, engine: Engine, question: Question) -> None:
        """Ask it; what the models say of it is worked out while the class thinks, and told to nobody."""
        found = room.ask(question)
        found.working = asyncio.ensure_future(self._models_say(engine, question))
        # Where it fails, the reveal says so.
        found.working.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _models_say(self, engine: Engine, question: Question) -> Any:
        if question.kind is Kind.ORDER:
            return await driven(asking.revealed(engine, question))
        return await driven(asking.told(engine, self._desk.lesson, self._section_of, question))

    async def _outcome(self, room: Room, engine: Engine, found: Round) -> scores.Outcome:
        question = found.question
        if question.kind is Kind.JUDGE:
            predicted = _predicted(room, question, found.outcome.result.corpus)
            return await anyio.to_thread.run_sync(scores.graded, question, found.given, found.outcome, predicted)
        assert found.working is not None
        if found.working.done() and (found.working.cancelled() or found.working.exception()):
            # It was refused then, and may be done now.
            found.working = asyncio.ensure_future(self._models_say(engine, question))
        made = await self._worked_out(room, found.working)
        if question.kind is Kind.ORDER:
            return await anyio.to_thread.run_sync(
                scores.ordered, question, found.votes, made, self._desk.engine.methods
            )
        return scores.chosen(question, found.votes, made)

    async def _worked_out(self, room: Room, working: asyncio.Task[T]) -> T:
        """What comes of it. Raises TooLate or Over where another window asked something else meanwhile, or ended it."""
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            if not working.cancelled():
                raise
            raise (Over(room.over) if room.over else TooLate(GONE_ON)) from None

    async def _prepared(self, room: Room, work: Work[T]) -> T:
        """What the work comes to, for a room that prepares nothing else meanwhile."""
        if room.busy:
            raise Busy(ONE_AT_A_TIME)
        room.busy = True
        try:
            made = await driven(work)
        finally:
            room.busy = False
        if room.over:
            raise Over(room.over)
        return made

    def _state(self, sent: Sent) -> PageState:
        """The state that a form describes. Raises InvalidInput for what can't be used."""
        given = [(name, str(sent[name])) for name in IN_ADDRESS if sent.get(name)]
        state, ignored = PageState.from_query(urlencode(given, errors="replace"), self._known)
        if ignored:
            raise InvalidInput(f"This can’t be asked: {'; '.join(ignored)}.")
        return state


def _predicted(room: Room, question: Question, corpus: Corpus) -> list[str]:
    """The order that the class gave for the same query of this corpus before, in its last such vote."""
    for each in reversed(room.rounds):
        made = each.outcome
        if not isinstance(made, scores.Ordered) or each.question.query != question.query:
            continue
        # A lecturer's own corpora all have one name.
        if made.ranked.result.corpus.first is corpus.first:
            return [place.key for place in made.votes[-1].places]
    return []


def _number(sent: Sent, name: str, default: int) -> int:
    value = sent.get(name, default)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 4:  # noqa: PLR2004
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"{name} must be a whole number, got {quoted(str(value))}.")
    return value


async def driven(work: Work[T]) -> T:
    """What work comes to, in the event loop."""
    drive: Drive[T] = Drive(work)
    async with aclosing(drive.steps()) as steps:
        async for _ in steps:
            pass
    result: Any = drive.result
    made: T = result
    return made
