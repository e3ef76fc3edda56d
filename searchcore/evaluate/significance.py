"""Whether a difference between two methods could be chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from searchcore.errors import InvalidInput, quoted
from searchcore.evaluate.results import Evaluation
from searchcore.ranking import BI_ENCODER

RESAMPLES = 9_999
SEED = 2007
BATCH = 500
TEST_NAME = "paired randomisation test, two-sided"
TEST_LIBRARY = "scipy.stats.permutation_test"
TEST_CITATION = (
    "Smucker, Allan and Carterette 2007, A comparison of statistical significance tests for information "
    "retrieval evaluation, CIKM"
)


def significance(evaluation: Evaluation, method: str, baseline: str = BI_ENCODER) -> dict[str, float]:
    """The p-value of the mean difference between `method` and `baseline`, by measure.

    A paired randomisation test (Smucker, Allan and Carterette 2007) by scipy.stats.permutation_test:
    how often would swapping the two methods, query by query at random, give a difference at least as
    large, either way? 9,999 swaps from a fixed seed, or all of them where there are fewer. One test
    a measure, not corrected for their number. Raises InvalidInput for a method not evaluated.
    """
    for name, value in (("method", method), ("baseline", baseline)):
        if value not in evaluation.methods:
            known = ", ".join(evaluation.methods)
            raise InvalidInput(f"{name} {quoted(value)} was not evaluated; choose from: {known}.")
    return {
        measure.name: p_value(
            [query.measures[method][measure.name] for query in evaluation.queries],
            [query.measures[baseline][measure.name] for query in evaluation.queries],
        )
        for measure in evaluation.measure_list
    }


def p_value(first: list[float], second: list[float]) -> float:
    """Two-sided p of the paired randomisation test on two equally long lists of values, one a query."""
    from scipy.stats import permutation_test

    if len(first) == 1:  # both outcomes of the only swap are as large, and scipy wants two values
        return 1.0
    result = permutation_test(
        (np.asarray(first), np.asarray(second)),
        _mean_difference,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=BATCH,
        rng=np.random.default_rng(SEED),
    )
    return float(result.pvalue)


def _mean_difference(x: NDArray[np.float64], y: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    difference: NDArray[np.float64] = np.mean(x - y, axis=axis)
    return difference
