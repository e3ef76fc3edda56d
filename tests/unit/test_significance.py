"""Whether a difference could be chance: the paired randomisation test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from searchcore import Corpus, InvalidInput
from searchcore.evaluate import Evaluation, QueryEvaluation, significance
from searchcore.evaluate.significance import p_value
from tests.fakes import corpus_of


def evaluation_of(first: list[float], second: list[float], corpus: Corpus | None = None) -> Evaluation:
    """An evaluation with one measure: the values of a cross-encoder and of a bi-encoder, query by query."""
    names = ("nDCG@10", "RR@10", "P@5", "R@10")
    queries = tuple(
        QueryEvaluation(
            str(i),
            "text",
            "",
            {"cross_encoder": dict.fromkeys(names, a), "bi_encoder": dict.fromkeys(names, b)},
            {},
        )
        for i, (a, b) in enumerate(zip(first, second, strict=True))
    )
    return Evaluation(corpus or corpus_of("x"), 10, "retrieved", ("bi_encoder", "cross_encoder"), {}, queries)


def test_few_queries_give_the_exact_p_worked_out_by_hand() -> None:
    """Four gains of the same size: of the 16 ways to swap, two are as extreme as all one way."""
    assert p_value([1.0] * 4, [0.0] * 4) == pytest.approx(2 / 16)


def test_a_gain_and_an_equal_loss_prove_nothing() -> None:
    assert p_value([1.0, 0.0], [0.0, 1.0]) == 1.0


def test_equal_values_throughout_give_p_of_one() -> None:
    assert p_value([0.3, 0.4, 0.5], [0.3, 0.4, 0.5]) == 1.0


def test_one_query_proves_nothing() -> None:
    assert p_value([1.0], [0.0]) == 1.0


def test_a_clear_difference_over_many_queries_is_significant_and_noise_is_not() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, size=(2, 60))
    clear = p_value(list(0.6 + noise[0]), list(0.4 + noise[1]))
    assert clear == pytest.approx(2 / 10_000)
    assert p_value(list(noise[0]), list(noise[1])) > 0.05


def test_the_same_values_give_the_same_p_every_time() -> None:
    values = np.random.default_rng(2).random(size=(2, 40))
    assert p_value(list(values[0]), list(values[1])) == p_value(list(values[0]), list(values[1]))


def test_the_direction_of_the_difference_does_not_matter() -> None:
    a, b = [0.9, 0.8, 0.1, 0.7, 0.6], [0.2, 0.3, 0.3, 0.1, 0.5]
    assert p_value(a, b) == pytest.approx(p_value(b, a))


def test_every_measure_gets_its_own_p() -> None:
    evaluation = evaluation_of([1.0] * 4, [0.0] * 4)
    query = evaluation.queries[0]
    same = {method: {**values, "P@5": 0.5} for method, values in query.measures.items()}
    mixed = replace(evaluation, queries=tuple(replace(q, measures=same) for q in evaluation.queries))
    assert significance(mixed, "cross_encoder") == pytest.approx(
        {"nDCG@10": 0.125, "RR@10": 0.125, "P@5": 1.0, "R@10": 0.125}
    )


def test_a_method_against_itself_does_not_differ() -> None:
    assert set(significance(evaluation_of([1.0, 0.5], [0.0, 0.2]), "bi_encoder").values()) == {1.0}


@pytest.mark.parametrize(("method", "baseline"), [("bm25", "bi_encoder"), ("bi_encoder", "bm25")])
def test_a_method_that_was_not_evaluated_is_refused(method: str, baseline: str) -> None:
    with pytest.raises(InvalidInput, match='"bm25" was not evaluated; choose from: bi_encoder, cross_encoder'):
        significance(evaluation_of([1.0], [0.0]), method, baseline)
