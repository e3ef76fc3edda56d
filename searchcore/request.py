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
    the query's, where it was made beforehand.
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
