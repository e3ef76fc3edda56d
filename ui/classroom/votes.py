"""What answers come to: the class's order, how many chose what first, and who changed their mind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Answer = tuple[str, ...]
"""What one student said: the keys of options, the first choice first."""


@dataclass(frozen=True, slots=True)
class Place:
    """An option in the class's order: its points, and how many have it first."""

    key: str
    points: int
    first: int


def borda(answers: Iterable[Answer], options: Sequence[str], picks: int) -> tuple[Place, ...]:
    """The class's order by Borda's count (1781): of `picks` places the first gives so many points, the next one less.

    Of equals, that comes first which stands first in `options`: so does, after all others, what nobody named. Where
    nobody named anything there is no order.
    """
    given = list(answers)
    points: Counter[str] = Counter()
    for answer in given:
        for place, key in enumerate(answer[:picks]):
            points[key] += picks - place
    first = Counter(answer[0] for answer in given if answer)
    order = sorted(options, key=lambda key: -points[key]) if any(points[key] for key in options) else []
    return tuple(Place(key, points[key], first[key]) for key in order)


@dataclass(frozen=True, slots=True)
class Moved:
    """Of `both` students who answered twice, how many have another first choice, and what they turned to."""

    both: int
    changed: int
    to: tuple[tuple[str, int], ...]


def moved(before: Mapping[str, Answer], after: Mapping[str, Answer]) -> Moved:
    """What changed between two votes, by whoever answered in both."""
    both = [(before[seat][0], answer[0]) for seat, answer in after.items() if answer and before.get(seat)]
    turned = Counter(now for was, now in both if was != now)
    return Moved(len(both), sum(turned.values()), tuple(turned.most_common()))
