"""Quality, passes and the ceiling over the number of candidates."""

from __future__ import annotations

from dataclasses import replace
from math import log2
from typing import Any

import pytest

from searchcore import InvalidInput
from searchcore.evaluate import CandidateCurve, candidate_curve, curve_steps, evaluate
from searchcore.ranking import BUILT_IN, by_key
from searchcore.running import results
from tests.conftest import MakeEngine
from tests.unit.filled import until_filled
from tests.unit.judged import CosineEncoder, judged_corpus, logit_scorer

METHODS = by_key(BUILT_IN)
# By cosine a b c d e f; by logit f e d c b a.
TEXTS = [f"{0.9 - i / 10:.1f} {i} apple" for i in range(6)]
QRELS = {"q": {"c": 3, "f": 1, "a": 0}}


def curve_of(make_engine: MakeEngine, qrels: Any = None, **options: Any) -> CandidateCurve:
    corpus = judged_corpus(TEXTS, qrels or QRELS)
    return candidate_curve(make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer()), corpus, **options)


def test_the_ceiling_is_the_best_that_the_candidates_allow(make_engine: MakeEngine) -> None:
    ideal = 3 + 1 / log2(3)
    ceilings = {point.depth: point.ceiling for point in curve_of(make_engine, depths=(2, 3, 5, 6)).points}
    assert ceilings == pytest.approx({2: 0.0, 3: 3 / ideal, 5: 3 / ideal, 6: 1.0})


def test_recall_is_the_share_of_relevant_documents_among_the_candidates(make_engine: MakeEngine) -> None:
    recall = {point.depth: point.recall for point in curve_of(make_engine, depths=(2, 3, 6)).points}
    assert recall == pytest.approx({2: 0.0, 3: 0.5, 6: 1.0})


def test_the_curve_of_another_split_is_by_its_own_judgements(make_engine: MakeEngine) -> None:
    corpus = replace(judged_corpus(TEXTS, QRELS), other_splits={"dev": {"q": {"a": 1}}})
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    assert candidate_curve(engine, corpus, (1,), split="dev").points[0].ceiling == 1.0
    assert candidate_curve(engine, corpus, (1,)).points[0].ceiling == 0.0


def test_no_method_passes_the_ceiling(make_engine: MakeEngine) -> None:
    for point in curve_of(make_engine, depths=(1, 2, 3, 4, 5, 6)).points:
        for method in METHODS.values():
            if method.reranks:
                assert point.ndcg[method.key] <= point.ceiling + 1e-9


@pytest.mark.parametrize("depth", [1, 3, 4, 6])
def test_a_point_equals_an_evaluation_with_as_many_candidates(make_engine: MakeEngine, depth: int) -> None:
    qrels = {**QRELS, "r": {"b": 1, "e": 2}}
    corpora = [judged_corpus(TEXTS, qrels), judged_corpus(TEXTS, qrels)]
    engines = [make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer()) for corpus in corpora]
    for engine, corpus in zip(engines, corpora, strict=True):
        until_filled(engine, corpus)  # passes that make token vectors are those of the first searches alone
    point = next(p for p in candidate_curve(engines[0], corpora[0], (1, 3, 4, 6)).points if p.depth == depth)
    single = evaluate(engines[1], corpora[1], candidates=depth)
    assert point.ndcg == pytest.approx({method: single.measures[method]["nDCG@10"] for method in METHODS})
    assert point.passes == {method: single.queries[0].rankings[method].passes_needed for method in METHODS}


def test_every_pair_is_scored_once_at_the_largest_depth(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, QRELS)
    scorer = logit_scorer()
    candidate_curve(make_engine(corpus, encoder=CosineEncoder(), scorer=scorer), corpus, depths=(5, 2, 4))
    assert len(scorer.pairs) == 5


def test_passes_grow_with_the_candidates_for_the_cross_encoder_alone(make_engine: MakeEngine) -> None:
    points = curve_of(make_engine, depths=(2, 5), methods=["bm25", "bi_encoder", "cross_encoder"]).points
    assert [dict(point.passes) for point in points] == [
        {"bm25": 0, "bi_encoder": 1, "cross_encoder": 2},
        {"bm25": 0, "bi_encoder": 1, "cross_encoder": 5},
    ]


def test_late_interaction_without_kept_tokens_costs_a_pass_a_candidate(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchcore.ranking.late_interaction.MAX_TOKEN_DOCUMENTS", 0)
    points = curve_of(make_engine, depths=(2, 5), methods=["late_interaction"]).points
    assert [point.passes["late_interaction"] for point in points] == [3, 6]


def test_depths_beyond_the_corpus_become_one_point_at_its_size(make_engine: MakeEngine) -> None:
    assert [point.depth for point in curve_of(make_engine).points] == [5, 6]


def test_only_the_methods_asked_for_are_drawn(make_engine: MakeEngine) -> None:
    found = curve_of(make_engine, methods=["cross_encoder"])
    assert found.methods == ("cross_encoder",)
    assert list(found.points[0].ndcg) == list(found.points[0].passes) == ["cross_encoder"]
    assert found.points[0].recall == 0.5


def test_progress_is_in_queries(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {**QRELS, "r": {"a": 1}})
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    seen = {(step.done, step.total) for step in results(curve_steps(engine, corpus)) if step.activity == "evaluating"}
    assert seen == {(0, 2), (1, 2), (2, 2)}


@pytest.mark.parametrize(
    ("depths", "sentence"),
    [
        ((), "depths must be a list of numbers of candidates, got ()."),
        ("5", 'depths must be a list of numbers of candidates, got "5".'),
        ((5, 500), "candidates must be a whole number from 1 to 200, got 500."),
        ((0,), "candidates must be a whole number from 1 to 200, got 0."),
    ],
)
def test_depths_that_cannot_be_used_are_refused(make_engine: MakeEngine, depths: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput) as error:
        curve_of(make_engine, depths=depths)
    assert str(error.value) == sentence
