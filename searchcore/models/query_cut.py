"""What of a long query a model does not read."""

from __future__ import annotations

from collections.abc import Collection

from searchcore.models.protocols import Encoder
from searchcore.types import PairScore, QueryCut


def cut_by_encoder(encoder: Encoder, query: str) -> QueryCut | None:
    """What falls beyond a bi-encoder's window, which a prompt shares with the query; None where it is nothing."""
    dropped = encoder.read(query, as_query=True).dropped
    if not dropped:
        return None
    read = sum(place is not None for place in encoder.offsets(query, as_query=True))
    return QueryCut(read + dropped, dropped)


def cut_in_pairs(scores: Collection[PairScore]) -> QueryCut | None:
    """What a cross-encoder did not read of the query that these pairs share; None where it read all of it in each.

    Of a pair that is too long, the longer text loses tokens first: the query only where both are long.
    """
    cut = [score for score in scores if score.query_dropped]
    if not cut:
        return None
    return QueryCut(cut[0].query_tokens, max(score.query_dropped for score in cut), len(cut))
