"""MaxSim: match tokens first, then add up (Khattab and Zaharia 2020, ColBERT)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each query token: the document token that matches it best, and their cosine.

    `matches` holds positions in the document, `cosines` values in [-1, 1]; both have one entry for each query token.
    """

    matches: tuple[int, ...]
    cosines: tuple[float, ...]

    @property
    def score(self) -> float:
        """MaxSim: the sum of the best cosines; a text with itself scores its number of tokens."""
        return float(sum(self.cosines))


def align(query_tokens: NDArray[np.float32], document_tokens: NDArray[np.float32]) -> Alignment:
    """Match each row of `query_tokens` (m, d) with its nearest of `document_tokens` (n, d), all of unit length."""
    return best_matches(query_tokens @ document_tokens.T)


def best_matches(cosines: NDArray[np.floating]) -> Alignment:
    """The alignment in a matrix (query tokens, document tokens) of cosines."""
    matches = cosines.argmax(axis=1)
    best = cosines.max(axis=1)
    return Alignment(tuple(int(i) for i in matches), tuple(float(c) for c in best))


def max_sim(query_tokens: NDArray[np.float32], document_tokens: NDArray[np.float32]) -> float:
    """The score of `align` alone."""
    return float((query_tokens @ document_tokens.T).max(axis=1).sum())
