"""Expanding a query by pseudo-relevance: what is found first is taken for relevant, and the query moved towards it.

RM3 for words: Abdul-Jaleel et al. 2004, after Lavrenko and Croft 2001. Rocchio for vectors: Rocchio 1971.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

# The usual values of RM3: the documents that are taken for relevant, the terms that they give, the query's own weight.
DOCUMENTS, TERMS, ORIGINAL = 10, 10, 0.5
# A word in more than this share of all documents is too common to be added, as in Anserini.
COMMON = 0.1
# Those of Rocchio: Manning, Raghavan and Schütze 2008, section 9.1.1; so many nearest vectors: Li et al. 2023.
ALPHA, BETA, NEAREST = 1.0, 0.75, 3
# Words are taken from the beginning of a document, so that a long one costs no more than a short one.
READ_CHARACTERS = 5_000
ONLY_ONE = "Nothing was added to the query: there is only one document."


def relevance_model(
    documents: Sequence[Mapping[str, int]],
    scores: Sequence[float],
    usable: Callable[[str], bool] = lambda term: True,
    terms: int = TERMS,
) -> dict[str, float]:
    """The `terms` likeliest `usable` terms of a relevant document, best first; their probabilities sum to 1.

    A document is how often it has each term. It counts by its score, which stands for its query likelihood, and each
    of its terms by the share of the document that it is. Empty where no document has such a term.
    """
    found: dict[str, float] = {}
    for counts, score in zip(documents, scores, strict=True):
        length = sum(counts.values())
        for term, count in counts.items():
            found[term] = found.get(term, 0.0) + score * count / length
    best = list(islice(filter(usable, sorted(found, key=lambda term: -found[term])), terms))
    total = sum(found[term] for term in best)
    return {term: found[term] / total for term in best}


def interpolated(asked: Sequence[str], model: Mapping[str, float], original: float = ORIGINAL) -> dict[str, float]:
    """RM3: the weight of each term, which sum to 1: so much of it by the query `asked`, the rest by the `model`."""
    own = {term: count / len(asked) for term, count in Counter(asked).items()}
    terms = dict.fromkeys([*own, *model])
    return {term: original * own.get(term, 0.0) + (1 - original) * model.get(term, 0.0) for term in terms}


def moved(
    query: NDArray[np.float32], documents: NDArray[np.float32], alpha: float = ALPHA, beta: float = BETA
) -> NDArray[np.float32]:
    """Rocchio without a negative part: a unit vector (dimensions,) between the query's and the mean of `documents`.

    All vectors are of unit length; `documents` is (n, dimensions) with n of at least 1.
    """
    towards = alpha * query.astype(np.float64) + beta * documents.astype(np.float64).mean(axis=0)
    unit: NDArray[np.float32] = (towards / np.linalg.norm(towards)).astype(np.float32)
    return unit
