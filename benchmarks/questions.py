"""What is asked in the benchmarks: queries that nobody has asked before, and the plan of a class."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORDS = 5
FROM_EXAMPLES = 0.75
PAUSE_SECONDS = (3.0, 7.0)


@dataclass(frozen=True, slots=True)
class Question:
    """A query, and how long its student thinks before asking it."""

    pause: float
    query: str


def unseen(passages: Sequence[str], seed: int) -> Iterator[str]:
    """Queries without end, each of five words of the passages, none twice."""
    chance = random.Random(seed)
    words = sorted({word for passage in passages for word in passage.lower().split() if word.isalpha()})
    asked: set[str] = set()
    while True:
        query = " ".join(chance.sample(words, WORDS))
        if query not in asked:
            asked.add(query)
            yield query


def class_plan(
    students: int, queries: int, examples: Sequence[str], own: Iterator[str], seed: int
) -> list[list[Question]]:
    """For each student the questions in order: three quarters from the examples, the others from `own`."""
    chance = random.Random(seed)
    from_examples = round(queries * FROM_EXAMPLES)
    plan = []
    for _ in range(students):
        asked = [chance.choice(examples) for _ in range(from_examples)]
        asked += [next(own) for _ in range(queries - from_examples)]
        chance.shuffle(asked)
        plan.append([Question(chance.uniform(*PAUSE_SECONDS), query) for query in asked])
    return plan
