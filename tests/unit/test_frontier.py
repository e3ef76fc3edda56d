"""Quality against time: every way to search has a point, and no point on the frontier is beaten by another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchcore import Corpus, Engine, InvalidInput
from searchcore.evaluate import Frontier, FrontierPoint, Way, evaluate, frontier, frontier_steps
from searchcore.evaluate.frontier import marked
from searchcore.evaluate.measures import measured
from searchcore.request import Request
from searchcore.running import Work, results
from searchcore.types import Hit, Ranking
from tests.conftest import MakeEngine
from tests.unit.filled import until_filled
from tests.unit.judged import TEXTS, CosineEncoder, judged_corpus, logit_scorer

QRELS = {"q": {"a": 3, "d": 1}, "r": {"c": 1, "e": 2}, "s": {"d": 2}}
QUERIES = {"q": "apple", "r": "pear fig", "s": "pear"}
WHOLE = ("bm25", "bi_encoder", "fusion")


def fruit() -> Corpus:
    return judged_corpus(TEXTS, QRELS, QUERIES)


def made_by(make_engine: MakeEngine, corpus: Corpus) -> Engine:
    return make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())


def point(ndcg: float, milliseconds: float) -> FrontierPoint:
    return FrontierPoint(Way("bm25", 10), ("bm25",), ndcg, milliseconds, 0.0)


def on_it(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(each.ndcg, each.milliseconds) for each in marked([point(*p) for p in points]) if each.on_frontier]


# ---- which points are on the frontier ----


@given(
    st.lists(
        st.tuples(st.sampled_from([0.1, 0.5, 0.5004, 0.7, 1.0]), st.sampled_from([0.0, 1.0, 2.5, 40.0])), max_size=9
    )
)
def test_no_point_on_the_frontier_is_beaten_and_every_other_one_is(pairs: list[tuple[float, float]]) -> None:
    points = marked([point(*pair) for pair in pairs])
    assert len(points) == len(pairs)
    for each in points:
        better = [
            other
            for other in points
            if round(other.ndcg, 3) >= round(each.ndcg, 3)
            and other.milliseconds <= each.milliseconds
            and (round(other.ndcg, 3), other.milliseconds) != (round(each.ndcg, 3), each.milliseconds)
        ]
        assert each.on_frontier == (not better)


def test_points_come_fastest_first_and_a_slower_or_worse_one_is_not_on_the_frontier() -> None:
    assert on_it((0.9, 30.0), (0.4, 1.0), (0.3, 2.0), (0.6, 5.0), (0.6, 9.0)) == [(0.4, 1.0), (0.6, 5.0), (0.9, 30.0)]


def test_equal_points_are_on_the_frontier_together() -> None:
    assert on_it((0.5, 2.0), (0.5, 2.0), (0.4, 2.0)) == [(0.5, 2.0), (0.5, 2.0)]


def test_a_difference_that_is_not_shown_is_worth_no_time() -> None:
    assert on_it((0.5001, 2.0), (0.5003, 900.0)) == [(0.5001, 2.0)]


def test_what_finds_nothing_is_not_on_the_frontier_however_fast() -> None:
    assert on_it((0.0, 0.1), (0.5, 2.0)) == [(0.5, 2.0)]
    assert on_it((0.0, 0.1)) == []


# ---- the points themselves ----


def frontier_of(make_engine: MakeEngine, **options: Any) -> Frontier:
    corpus = fruit()
    return frontier(made_by(make_engine, corpus), corpus, **options)


def test_every_method_has_a_point_and_the_cross_encoder_one_for_each_first_stage_and_depth(
    make_engine: MakeEngine,
) -> None:
    ways = {each.way for each in frontier_of(make_engine, depths=(2, 4)).points}
    assert ways == {
        *(Way(key, 5) for key in WHOLE),
        *(Way("late_interaction", depth, "bi_encoder") for depth in (2, 4)),
        *(Way("cross_encoder", depth, first) for first in WHOLE for depth in (2, 4)),
    }


def test_depths_beyond_the_corpus_become_one_at_its_size(make_engine: MakeEngine) -> None:
    points = frontier_of(make_engine).points
    assert [each.way.depth for each in points] == [5] * len(points)


def test_a_point_is_what_a_search_of_its_state_gives(make_engine: MakeEngine) -> None:
    corpus = fruit()
    engine = made_by(make_engine, corpus)
    until_filled(engine, corpus)  # passes that make token vectors are those of the first searches alone
    for each in frontier(engine, corpus, (1, 2, 3, 5)).points:
        way = each.way
        found = {
            query_id: engine.search(corpus, text, way.depth, each.methods, options=way.options).rankings
            for query_id, text in QUERIES.items()
        }
        order = {query_id: [hit.doc_id for hit in rankings[way.method].hits] for query_id, rankings in found.items()}
        expected = [values["nDCG@10"] for values in measured(QRELS, order, ["nDCG@10"]).values()]
        assert each.ndcg == pytest.approx(sum(expected) / 3)
        passes = [sum(ranking.passes_needed for ranking in rankings.values()) for rankings in found.values()]
        assert each.passes == pytest.approx(sum(passes) / 3)


@pytest.mark.parametrize("depth", [2, 5])
def test_a_point_equals_an_evaluation_with_as_many_candidates(make_engine: MakeEngine, depth: int) -> None:
    single = evaluate(made_by(make_engine, fruit()), fruit(), candidates=depth)
    points = frontier_of(make_engine, depths=(1, 2, 5)).points
    found = {e.way.method: e.ndcg for e in points if (e.way.depth, e.way.first) == (depth, "bi_encoder")}
    assert found == pytest.approx(
        {key: single.measures[key]["nDCG@10"] for key in ("cross_encoder", "late_interaction")}
    )


def test_a_pair_is_scored_once_for_all_points(make_engine: MakeEngine) -> None:
    corpus, scorer = fruit(), logit_scorer()
    made = frontier(make_engine(corpus, encoder=CosineEncoder(), scorer=scorer), corpus, (1, 3, 5))
    assert len(scorer.pairs) == len(set(scorer.pairs)) == 3 * 5
    assert made.query_count == 3


def timed(took: Callable[[str, str, int], float]) -> Callable[[Engine, Request], Work[dict[str, Ranking]]]:
    def ranking(engine: Engine, request: Request) -> Work[dict[str, Ranking]]:
        yield from ()
        return {
            key: Ranking(
                key,
                "a clock",
                (Hit(1, "a", 1.0),),
                milliseconds=0.0,
                measured_milliseconds=took(key, request.query, request.candidates),
                passes_needed=2,
                passes_run=1,
            )
            for key in request.methods
        }

    return ranking


def test_a_time_is_the_median_over_queries_of_what_all_methods_that_it_needs_took(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_query = {"apple": 1.0, "pear": 3.0, "pear fig": 200.0}
    took = {"bm25": 1.0, "bi_encoder": 10.0, "fusion": 20.0, "late_interaction": 30.0, "cross_encoder": 100.0}
    monkeypatch.setattr(Engine, "ranking", timed(lambda key, query, depth: took[key] * depth * of_query[query]))
    made = frontier_of(make_engine, depths=(2,))
    assert {each.way: each.milliseconds for each in made.points} == {
        Way("bm25", 5): 15.0,
        Way("bi_encoder", 5): 150.0,
        Way("fusion", 5): 300.0,
        Way("late_interaction", 2, "bi_encoder"): 240.0,
        Way("cross_encoder", 2, "bm25"): 606.0,
        Way("cross_encoder", 2, "bi_encoder"): 660.0,
        Way("cross_encoder", 2, "fusion"): 720.0,
    }
    assert [each.passes for each in made.points] == [2, 2, 4, 2, 4, 4, 4]
    assert made.passes_run == 3 * (3 * 1 + 4 * 2)


def test_keyword_search_that_finds_nothing_has_points_of_nothing(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, QRELS, dict.fromkeys(QRELS, "zebra"))
    found = {each.way: each for each in frontier(made_by(make_engine, corpus), corpus, (3,)).points}
    for way in (Way("bm25", 5), Way("cross_encoder", 3, "bm25")):
        assert (found[way].ndcg, found[way].passes, found[way].on_frontier) == (0.0, 0.0, False)
    assert found[Way("cross_encoder", 3, "bi_encoder")].ndcg > 0


def test_the_frontier_of_another_split_is_by_its_own_judgements(make_engine: MakeEngine) -> None:
    corpus = replace(judged_corpus(TEXTS, {"q": {"e": 1}}), other_splits={"dev": {"q": {"a": 1}}})
    engine = made_by(make_engine, corpus)

    def best(split: str | None) -> float:
        made = frontier(engine, corpus, (1,), split=split)
        return next(each.ndcg for each in made.points if each.way == Way("cross_encoder", 1, "bi_encoder"))

    assert (best("dev"), best(None)) == (1.0, 0.0)


def test_progress_is_in_queries(make_engine: MakeEngine) -> None:
    corpus = fruit()
    steps = results(frontier_steps(made_by(make_engine, corpus), corpus))
    assert {(step.done, step.total) for step in steps if step.activity == "evaluating"} == {(n, 3) for n in range(4)}


def test_closing_the_work_asks_no_model_for_more(make_engine: MakeEngine) -> None:
    corpus, scorer = fruit(), logit_scorer()
    steps = results(frontier_steps(make_engine(corpus, encoder=CosineEncoder(), scorer=scorer), corpus))
    next(step for step in steps if step.activity == "evaluating" and step.done == 1)
    steps.close()
    assert {query for query, _ in scorer.pairs} == {"apple"}


@pytest.mark.parametrize(
    ("depths", "sentence"),
    [
        ((), "depths must be a list of numbers of candidates, got ()."),
        ((5, 0), "candidates must be a whole number from 1 to 200, got 0."),
    ],
)
def test_depths_that_cannot_be_used_are_refused(make_engine: MakeEngine, depths: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput) as error:
        frontier_of(make_engine, depths=depths)
    assert str(error.value) == sentence
