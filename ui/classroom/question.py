"""What a class is asked: options to put in order or to choose from, or documents to judge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from markupsafe import Markup

from searchcore.errors import InvalidInput, quoted
from ui.classroom.judging import GRADES
from ui.classroom.votes import Answer
from ui.state import PageState


class Kind(StrEnum):
    """What is done with the options."""

    ORDER = "order"
    CHOICE = "choice"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its key, its name, and what more there is to read of it."""

    key: str
    title: Markup
    text: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the class sees it. Nothing in it tells what the answer is.

    `asked` is the question, `about` what it is about: the query. `picks` are the places of an order. The options of an
    ORDER stand as the ranking that is seen has them; `seen` is its name. `state` is the page's state that the answer is
    found by.
    """

    kind: Kind
    state: PageState
    asked: Markup
    about: Markup
    options: tuple[Option, ...]
    picks: int = 1
    seen: str = ""
    query: str = ""
    step: int = 0
    depth: int = 0
    corpus: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the options in order."""
        return tuple(option.key for option in self.options)

    def option(self, key: str) -> Option:
        """The option of that key."""
        return next(option for option in self.options if option.key == key)

    def checked(self, given: Any) -> Answer:
        """An answer as a browser sends it. Raises InvalidInput for what is none."""
        if not isinstance(given, list) or not all(isinstance(key, str) for key in given):
            raise InvalidInput("answer must be a list of options.")
        if not 1 <= len(given) <= self.picks:
            raise InvalidInput(f"answer must have from 1 to {self.picks} options, got {len(given)}.")
        for at, key in enumerate(given):
            if key not in self.keys:
                raise InvalidInput(f"answer names {quoted(key)}, which is no option of this question.")
            if key in given[:at]:
                raise InvalidInput(f"answer names {quoted(key)} twice.")
        return tuple(given)


def checked_grade(given: Any) -> int:
    """A grade as a browser sends it. Raises InvalidInput."""
    if isinstance(given, bool) or given not in GRADES or not isinstance(given, int):
        raise InvalidInput(f"grade must be 0, 1, 2 or 3, got {quoted(str(given))}.")
    return given
