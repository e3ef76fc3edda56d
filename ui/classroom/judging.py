"""The class judges: who is handed which document, what the grades come to, and how far they agree.

Each document is to be judged three times. A phone is handed the document that lacks most, in an order of its own.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

GRADES = (0, 1, 2, 3)
WANTED = 3
# Everybody gets at least so many, also where a few had been enough.
LEAST_SHARE = 3
# Grades so far apart are no slip.
FAR_APART = 2

Given = Mapping[str, Mapping[str, int]]
"""Grades by seat and document."""


def own_order(pool: Sequence[str], seed: str) -> list[str]:
    """The pool as one phone goes through it."""
    order = list(pool)
    random.Random(seed).shuffle(order)
    return order


def next_document(
    order: Sequence[str], mine: Mapping[str, int], given: Given, held: Iterable[str], *, more: bool = False
) -> str | None:
    """What a phone is handed next: of what it has not judged, the document with the fewest judgements.

    `held` are the documents that other phones are reading now. None where this phone has done its share and no
    document lacks a judgement; with `more` its share never ends before the pool does.
    """
    left = [doc_id for doc_id in order if doc_id not in mine]
    if not left:
        return None
    counted = Counter(doc_id for grades in given.values() for doc_id in grades)
    counted.update(held)
    wanted = min(left, key=lambda doc_id: counted[doc_id])  # the first of equals, in the phone's own order
    share = min(LEAST_SHARE, len(order))
    return wanted if more or len(mine) < share or counted[wanted] < WANTED else None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the class says of one document: how many gave each grade, and the grade that counts."""

    doc_id: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many judged it."""
        return sum(self.counts)

    @property
    def grade(self) -> int:
        """The grade that most gave; of several, that which is nearest to the middle of all, the lower one in doubt."""
        given = [grade for grade in GRADES for _ in range(self.counts[grade])]
        middle = median_low(given)
        most = [grade for grade in GRADES if self.counts[grade] == max(self.counts)]
        return min(most, key=lambda grade: abs(grade - middle))

    @property
    def disputed(self) -> bool:
        """Whether grades lie far apart, or no grade has more than another."""
        seen = [grade for grade in GRADES if self.counts[grade]]
        ahead = sorted(self.counts)[-2:]
        return bool(seen) and (seen[-1] - seen[0] >= FAR_APART or ahead[0] == ahead[1])

    @property
    def spread(self) -> float:
        """The variance of its grades: what is disputed most has the largest."""
        mean = sum(grade * n for grade, n in enumerate(self.counts)) / max(self.total, 1)
        return sum(n * (grade - mean) ** 2 for grade, n in enumerate(self.counts)) / max(self.total, 1)


def judged(pool: Sequence[str], given: Given) -> tuple[Judged, ...]:
    """What was said of each document of the pool that somebody judged."""
    counts: dict[str, list[int]] = {doc_id: [0] * len(GRADES) for doc_id in pool}
    for grades in given.values():
        for doc_id, grade in grades.items():
            counts[doc_id][grade] += 1
    return tuple(Judged(doc_id, tuple(count)) for doc_id, count in counts.items() if any(count))


def agreement(documents: Sequence[Judged]) -> float | None:
    """Krippendorff's alpha of ordinal grades (library krippendorff): 1 is full agreement, 0 what chance would give.

    None where nothing can be compared: no document has two judgements, or all judgements are the same grade.
    """
    import krippendorff  # with numpy, which the start of the program need not wait for

    compared = [each.counts for each in documents if each.total > 1]
    used = {grade for counts in compared for grade in GRADES if counts[grade]}
    if len(used) < 2:  # noqa: PLR2004 - one grade alone has nothing to differ from
        return None
    return float(krippendorff.alpha(value_counts=compared, level_of_measurement="ordinal", value_domain=list(GRADES)))
