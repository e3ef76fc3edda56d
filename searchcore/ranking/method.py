"""What a method is: one class that knows its name, its scale, its cost and how it ranks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from searchcore.request import BI_ENCODER, BM25, CROSS_ENCODER, FUSION, LATE_INTERACTION, Request
from searchcore.running import Work
from searchcore.types import Hit, Ranking

__all__ = [
    "BI_ENCODER",
    "BM25",
    "CROSS_ENCODER",
    "FUSION",
    "LATE_INTERACTION",
    "Fusing",
    "Method",
    "Reranking",
    "Scale",
    "reordered",
]


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores of a method are read.

    `low` and `high` are the ends of the range that is worth drawing; without a `high`, a score is drawn as a share
    of the best one. `unit` names the number, `reading` says how to take it. `probability` turns a score into
    a number from 0 to 1, where a method has such a reading; it is not calibrated.
    """

    unit: str
    reading: str
    low: float = 0.0
    high: float | None = None
    decimals: int = 2
    probability: Callable[[float], float] | None = None


@runtime_checkable
class Method(Protocol):
    """One way to rank documents for a query. Safe to share between threads; keeps nothing of a request."""

    @property
    def key(self) -> str:
        """Its name in code and addresses."""
        ...

    @property
    def title(self) -> str:
        """Its name on the page."""
        ...

    @property
    def citation(self) -> str:
        """Where it comes from."""
        ...

    @property
    def reranks(self) -> str | None:
        """The key of the method whose ranking it reorders; None: it reads the corpus."""
        ...

    @property
    def scale(self) -> Scale:
        """How its scores are read."""
        ...

    @property
    def models(self) -> tuple[str, ...]:
        """The roles of the models that it needs: "encoder", "scorer", "matcher"."""
        ...

    def passes(self, n: int) -> int:
        """How often a transformer has to run for a query with `n` candidates, with nothing remembered of it."""
        ...

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Ranking | Work[Ranking]:
        """The ranking, or work that yields what is known on the way and returns it.

        `before` holds by key the rankings that were made before, that of `reranks` among them. The document at
        `request.excluded` has no place in it.
        """
        ...


@runtime_checkable
class Reranking(Method, Protocol):
    """A method that can reorder the ranking of any other."""

    def of(self, first: str) -> Method:
        """The same, which reorders the ranking of the method `first`."""
        ...


@runtime_checkable
class Fusing(Method, Protocol):
    """A method that needs the rankings of others, by their keys, beside those that it makes itself."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The keys."""
        ...


def reordered(hits: Sequence[Hit], scores: Mapping[str, float], position: Callable[[str], int]) -> tuple[Hit, ...]:
    """`hits` sorted by `scores` (one for each doc_id), highest first; ties in corpus order.

    Each new hit remembers its rank in `hits` as `rank_before`. The input stays as it is.
    """
    ordered = sorted(hits, key=lambda hit: (-scores[hit.doc_id], position(hit.doc_id)))
    return tuple(
        Hit(rank, hit.doc_id, scores[hit.doc_id], rank_before=hit.rank) for rank, hit in enumerate(ordered, start=1)
    )
