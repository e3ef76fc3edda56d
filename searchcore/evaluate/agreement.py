"""How far two rankings of the same corpus agree: what they share, what moved, and how alike the orders are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from searchcore.types import Hit, Ranking

FIRST_PLACES = 10


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two rankings compared.

    `places` is how many first places were looked at, at most 10, and `shared_first` how many documents stand there in
    both. `shared` counts the documents that both rankings have. `tau` is Kendall's tau over these, from -1 to 1, None
    where fewer than two are shared. `moved` is the hit of the second ranking that moved most, None where none did.
    """

    places: int
    shared_first: int
    shared: int
    tau: float | None
    moved: Hit | None


def moved_from(before: Ranking, after: Ranking) -> Ranking:
    """`after`, where each hit has its rank in `before` as `rank_before`; None where `before` does not have it."""
    ranks = {hit.doc_id: hit.rank for hit in before.hits}
    return replace(after, hits=tuple(replace(hit, rank_before=ranks.get(hit.doc_id)) for hit in after.hits))


def agreement(before: Ranking, after: Ranking) -> Agreement:
    """How far `after` agrees with `before`. Of two hits that moved as far, the one ranked first now counts."""
    places = min(FIRST_PLACES, max(len(before.hits), len(after.hits)))
    first = {hit.doc_id for hit in before.hits[:places]} & {hit.doc_id for hit in after.hits[:places]}
    shared = [hit for hit in moved_from(before, after).hits if hit.rank_before is not None]
    moved = max(shared, key=_way, default=None)
    tau = kendall_tau([hit.rank_before or 0 for hit in shared], [hit.rank for hit in shared])
    return Agreement(places, len(first), len(shared), tau, moved if moved is not None and _way(moved) else None)


def kendall_tau(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Kendall's tau (scipy.stats.kendalltau) of two equally long lists; None where it is not defined, as for one."""
    from scipy.stats import kendalltau

    if min(len(set(first)), len(set(second))) <= 1:
        return None
    return float(kendalltau(first, second).statistic)


def _way(hit: Hit) -> int:
    return abs((hit.rank_before or hit.rank) - hit.rank)
