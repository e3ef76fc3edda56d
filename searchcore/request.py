"""A search whose arguments have been checked: what a method is asked for, and what it may use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from searchcore.resources import Resources
from searchcore.types import Corpus


@dataclass(frozen=True, slots=True)
class Request:
    """One query over one corpus.

    `candidates` is at most the corpus. `among` leaves only the documents at these positions, all of which are then
    ranked. `encoder`, `scorer` and `matcher` name models; no matcher means the encoder's own tokens. `vector` is
    the query's, where it was made beforehand. `excluded` is the position of a document that no method ranks: that of
    a prepared query's own id, which BEIR leaves out as well (`ignore_identical_ids`); it is never in `among`.
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

    def __post_init__(self) -> None:
        if self.among is not None and self.excluded in self.among:
            object.__setattr__(self, "among", tuple(place for place in self.among if place != self.excluded))
