"""One question of a class with everything that was answered to it."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ui.classroom import judging
from ui.classroom.question import Kind, Question
from ui.classroom.votes import Answer


class Phase(StrEnum):
    """How far a question is. What was answered is shown to nobody before it is revealed."""

    OPEN = "open"
    CLOSED = "closed"
    REVEALED = "revealed"


@dataclass(slots=True)
class Round:
    """A question with its answers: one dictionary for each vote, by seat, or the grades by seat and document.

    `handed` are the documents that each phone has been handed, in order. `outcome` is what the models say, worked out
    while the class thinks, and shown at the reveal. `opened` counts how often it was opened.
    """

    number: int
    question: Question
    phase: Phase = Phase.OPEN
    votes: list[dict[str, Answer]] = field(default_factory=lambda: [{}])
    given: dict[str, dict[str, int]] = field(default_factory=dict)
    handed: dict[str, list[str]] = field(default_factory=dict)
    opened: int = 1
    outcome: Any = None
    working: asyncio.Task[Any] | None = None

    @property
    def answered(self) -> int:
        """How many have answered in this vote, or judged a document."""
        return sum(map(bool, self.given.values())) if self.question.kind is Kind.JUDGE else len(self.votes[-1])

    def hand(self, word: str, present: Container[str], *, more: bool = False) -> bool:
        """Hand a phone its next document, unless it is reading one; whether it got one.

        `present` are the phones that are there: what one that has left was reading counts for nothing. With `more` its
        share never ends before the pool does.
        """
        if self.question.kind is not Kind.JUDGE or self.phase is not Phase.OPEN or self._reading(word) is not None:
            return False
        held = [self._reading(other) for other in self.handed if other in present]
        doc_id = judging.next_document(
            judging.own_order(self.question.keys, f"{word} {self.number}"),
            self.given.get(word, {}),
            self.given,
            [doc_id for doc_id in held if doc_id is not None],
            more=more,
        )
        if doc_id is not None:
            self.handed.setdefault(word, []).append(doc_id)
        return doc_id is not None

    def _reading(self, word: str) -> str | None:
        """The document that a phone was handed and has not judged."""
        handed = self.handed.get(word)
        return handed[-1] if handed and handed[-1] not in self.given.get(word, {}) else None
