"""Second stage: the same documents in the order of new scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from searchcore.types import Hit


def reordered(hits: Sequence[Hit], scores: Mapping[str, float], position: Callable[[str], int]) -> tuple[Hit, ...]:
    """`hits` sorted by `scores` (one for each doc_id), highest first; ties in corpus order.

    Each new hit remembers its rank in `hits` as `rank_before`. The input stays as it is.
    """
    ordered = sorted(hits, key=lambda hit: (-scores[hit.doc_id], position(hit.doc_id)))
    return tuple(
        Hit(rank, hit.doc_id, scores[hit.doc_id], rank_before=hit.rank) for rank, hit in enumerate(ordered, start=1)
    )
