"""The answer of Evaluate: its sentence, and the chart of what reranking gains on each query."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import pytest

from searchcore.evaluate import Evaluation, QueryEvaluation
from tests.markup import HOSTILE, METHODS, PLAIN, Reader, corpus_saying, tree
from ui.evaluate import gains

NDCG = gains.MEASURE


def scored(*pairs: tuple[float, float]) -> Evaluation:
    """An evaluation whose queries q0, q1, ... have these nDCG@10, before and after reranking."""
    queries = tuple(
        QueryEvaluation(f"q{i}", f"query {i}", "", {"bi_encoder": {NDCG: before}, "cross_encoder": {NDCG: after}}, {})
        for i, (before, after) in enumerate(pairs)
    )
    means = {
        method: {NDCG: fmean(query.measures[method][NDCG] for query in queries)}
        for method in ("bi_encoder", "cross_encoder")
    }
    return Evaluation(corpus_saying(PLAIN), 5, "retrieved", ("bi_encoder", "cross_encoder"), means, queries)


def test_the_bars_are_sorted_and_stand_on_the_zero_line() -> None:
    page = tree(gains.picture(scored((0.5, 0.25), (0.5, 0.5), (0, 1), (0.4, 0.6)), "said"))
    bars = page.all("ss-gain-bar")
    assert [bar.attributes["data-text"] for bar in bars] == ["query 2", "query 3", "query 1", "query 0"]
    assert [bar.classes[1] for bar in bars] == [gains.WON, gains.WON, gains.SAME, gains.LOST]
    # The scale goes from -.25 to 1: zero is at 80%.
    assert [bar.one(tag="span").attributes["style"] for bar in bars] == [
        "top:0.00%;height:80.00%",
        "top:64.00%;height:16.00%",
        "top:80.00%;height:0.00%",
        "top:80.00%;height:20.00%",
    ]
    assert [bar.attributes["tabindex"] for bar in bars] == ["0", "-1", "-1", "-1"]
    assert [bar.attributes["aria-selected"] for bar in bars] == ["true", "false", "false", "false"]
    assert bars[0].attributes["title"] == bars[0].attributes["aria-label"] == "query 2: .000 → 1.000 (+1.000)"
    assert bars[3].attributes["data-figures"] == ".500 → .250 (−.250)"
    assert page.one("ss-reading").text == "query 2 .000 → 1.000 (+1.000) Open in Search"
    assert page.one("ss-reading").one(tag="button").attributes["data-query"] == "q2"
    assert page.one("ss-lead").text == "said"


def test_a_chart_of_nothing_but_zeros_has_room_on_both_sides() -> None:
    page = tree(gains.picture(scored((0.5, 0.5), (1, 1.0004)), "said"))
    assert [bar.classes[1] for bar in page.all("ss-gain-bar")] == [gains.SAME, gains.SAME]
    assert page.texts("ss-level") == ["−.25", "0", "+.25"]
    assert page.one("ss-zero").attributes["style"] == "top:50.00%"


@pytest.mark.parametrize(
    ("pairs", "p", "said"),
    [
        (((0, 1), (0.5, 0.5)), 0.0002, "helps: mean nDCG@10 .250 → .750 (★ hardly chance, p = .0002)"),
        (((1, 0), (0.5, 0.5)), 0.049, "hurts: mean nDCG@10 .750 → .250 (★ hardly chance, p = .049)"),
        (((0, 1), (0.5, 0.4)), 0.05, "is ahead: mean nDCG@10 .250 → .700, but that could be chance (p = .050)"),
        (((1, 0), (0.5, 0.5)), 1.0, "is behind: mean nDCG@10 .750 → .250, but that could be chance (p = 1.000)"),
        (((1, 0), (0, 1)), 1.0, "changes nothing on average: mean nDCG@10 .500 → .500"),
    ],
)
def test_the_sentence_says_who_is_right_and_whether_that_may_be_chance(
    pairs: tuple[tuple[float, float], ...], p: float, said: str
) -> None:
    tests = {"cross_encoder": {NDCG: p}}
    found = scored(*pairs)
    outcomes = [gain.outcome for gain in gains.gains(found)]
    won, lost, same = map(outcomes.count, (gains.WON, gains.LOST, gains.SAME))
    said += f". It wins on {won}, loses on {lost} and changes nothing on {same}."
    assert gains.sentence(found, tests, METHODS) == f"Over 2 judged queries reranking {said}"
    assert gains.sentence(found, tests, METHODS, "trap") == f"Over 2 judged queries of the kind “trap” reranking {said}"


def test_a_method_that_is_ahead_of_both_is_named() -> None:
    found = scored((0.4, 0.5), (0.4, 0.5))
    found = replace(found, methods=("bm25", *found.methods), measures={**found.measures, "bm25": {NDCG: 0.8}})
    assert gains.sentence(found, {}, METHODS).endswith(" Keyword search is ahead of both: .800.")


def test_hostile_text_in_the_chart_is_drawn_as_text() -> None:
    shapes = []
    for text in (HOSTILE, PLAIN):
        found = scored((0.5, 0.25), (0, 1))
        queries = tuple(replace(q, query_id=f"{q.query_id} {text}", text=text, kind=text) for q in found.queries)
        corpus = replace(found.corpus, name=text)
        made = gains.picture(replace(found, queries=queries, corpus=corpus), gains.sentence(found, {}, METHODS, text))
        assert tree(made).all("ss-gain-bar")[0].attributes["data-text"] == text
        shapes.append(Reader(made).shape)
    assert shapes[0] == shapes[1]
