"""nDCG@5 worked out step by step, as one does it by hand (Järvelin and Kekäläinen 2002).

The gain of a document is its grade (linear, as in trec_eval and ir_measures; others take 2^grade - 1). It is
discounted by 1 / log2(rank + 1) and summed: DCG. Divided by the DCG of the best order of all judged documents it is
nDCG. A document that nobody has judged counts as grade 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from searchcore.evaluate.judged import Grades
from searchcore.evaluate.measures import RELEVANT_GRADE, by_grade
from searchcore.types import Corpus

PLACES = 5
AT_FIVE = f"nDCG@{PLACES}"


@dataclass(frozen=True, slots=True)
class Place:
    """One place of an order; `grade` is 0 where the document is not `judged`."""

    rank: int
    doc_id: str
    grade: int
    judged: bool = True

    @property
    def gain(self) -> int:
        """The grade itself."""
        return self.grade

    @property
    def discount(self) -> float:
        """1 at the first place, less at each that follows."""
        return 1 / math.log2(self.rank + 1)

    @property
    def product(self) -> float:
        """What the place adds to the sum."""
        return self.gain * self.discount


@dataclass(frozen=True, slots=True)
class ByHand:
    """The first 5 places of a ranking, and those of the best order that there is of all relevant documents."""

    places: tuple[Place, ...]
    ideal: tuple[Place, ...]

    @property
    def dcg(self) -> float:
        """The sum over the ranking's places."""
        return math.fsum(place.product for place in self.places)

    @property
    def ideal_dcg(self) -> float:
        """The sum over the best places; above 0."""
        return math.fsum(place.product for place in self.ideal)

    @property
    def ndcg(self) -> float:
        """DCG by the best DCG, from 0 to 1."""
        return self.dcg / self.ideal_dcg

    @property
    def unjudged(self) -> int:
        """How many of the ranking's places hold a document that nobody has judged."""
        return sum(not place.judged for place in self.places)


def by_hand(corpus: Corpus, grades: Grades, order: Sequence[str]) -> ByHand | None:
    """`order`, document ids from rank 1 on, against `grades`; None where none of them is 1 or more."""
    relevant = [doc_id for doc_id, grade in grades.items() if grade >= RELEVANT_GRADE]
    if not relevant:
        return None
    # Equal grades in corpus order, the order of ties everywhere else.
    best = by_grade(sorted(relevant, key=corpus.position), grades)
    return ByHand(_places(order, grades), _places(best, grades))


def _places(order: Sequence[str], grades: Grades) -> tuple[Place, ...]:
    return tuple(
        Place(rank, doc_id, grades.get(doc_id, 0), doc_id in grades)
        for rank, doc_id in enumerate(order[:PLACES], start=1)
    )
