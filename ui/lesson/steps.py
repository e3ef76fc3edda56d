"""What a lesson is made of."""

from __future__ import annotations

from dataclasses import dataclass

from ui.lesson.claims import Claim
from ui.state import PageState

MOST_STEPS = 30


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with facts in braces. It is true where all its `claims` hold; None where it makes none."""

    text: str
    claims: tuple[Claim, ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is said, the page state that is looked at, and what is predicted and noticed.

    With `options` one of them is chosen, and those are right whose claims hold for the live result. Without them the
    view itself asks (its state has `predict`).
    """

    title: str
    view: PageState
    paragraphs: tuple[str, ...]
    question: str
    options: tuple[Said, ...]
    notice: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a concept: its options, the number (from 0) of the right one, why, and the step (from 1)."""

    text: str
    options: tuple[str, ...]
    right: int
    why: str
    step: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """Steps in order, then questions. After the last step comes one more place, for the questions, if there are any."""

    title: str
    steps: tuple[Step, ...]
    questions: tuple[Question, ...] = ()

    def __len__(self) -> int:
        return len(self.steps) + bool(self.questions)

    def step(self, number: int) -> Step | None:
        """The step of that number, from 1; None where the questions are, and beyond them."""
        return self.steps[number - 1] if 1 <= number <= len(self.steps) else None

    def title_of(self, number: int) -> str:
        """What the rail calls a place."""
        step = self.step(number)
        return step.title if step is not None else "Questions"
