"""A search whose arguments have been checked: what a method is asked for, and what it may use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from searchcore.resources import Resources
from searchcore.types import Corpus

BM25 = "bm25"
BI_ENCODER = "bi_encoder"
LATE_INTERACTION = "late_interaction"
CROSS_ENCODER = "cross_encoder"
FUSION = "fusion"
RECIPROCAL_RANKS, AVERAGE = "rrf", "average"
RULES = (RECIPROCAL_RANKS, AVERAGE)
# The methods that can expand a query, see `searchcore.ranking.feedback`.
EXPANDING = (BM25, BI_ENCODER)


@dataclass(frozen=True, slots=True)
class Options:
    """How methods are put together, and which of them expand the query.

    `first` is the method whose ranking the rerankers reorder. `fused` are the methods that fusion makes one ranking
    of, by `rule`: sums of reciprocal ranks ("rrf"), or the average of scores brought to 0 to 1 ("average").
    The methods `expanded`, of EXPANDING, search twice: the second time with a query that was moved towards what the
    first one found.
    """

    first: str = BI_ENCODER
    fused: tuple[str, ...] = (BM25, BI_ENCODER)
    rule: str = RECIPROCAL_RANKS
    expanded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One query over one corpus.

    `candidates` is at most the corpus. `among` leaves only the documents at these positions, all of which are then
    ranked. `encoder`, `scorer` and `matcher` name models; no matcher means the encoder's own tokens. `vector` is
    the query's, where it was made beforehand. `excluded` is the position of a document that no method ranks: that of
    a prepared query's own id, which BEIR leaves out as well (`ignore_identical_ids`); it is never in `among`.
    `options` say how the methods are put together.
    """

    corpus: Corpus
    query: str
    candidates: int
    methods: tuple[str, ...]
    resources: Resources
    encoder: str
    scorer: str
    matcher: str | None = None
    among: tuple[int, ...] | None = None
    vector: NDArray[np.float32] | None = None
    excluded: int | None = None
    options: Options = Options()

    @property
    def most(self) -> int:
        """How many documents a ranking can have."""
        return len(self.corpus) - (self.excluded is not None)

    def __post_init__(self) -> None:
        if self.among is not None and self.excluded in self.among:
            object.__setattr__(self, "among", tuple(place for place in self.among if place != self.excluded))
