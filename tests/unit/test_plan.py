"""The plan: which methods run and in which order, for any forest of methods; and how a ranking is reordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import InvalidInput
from searchcore.ranking import BUILT_IN, Method, Scale, by_key, plan
from searchcore.ranking.method import reordered
from searchcore.request import Request
from searchcore.types import Hit, Ranking

shortly = settings(deadline=None, max_examples=50)


@dataclass(frozen=True)
class Tiny:
    """A method that is never run."""

    key: str
    reranks: str | None = None
    title = "Tiny"
    citation = "nobody"
    scale = Scale("points", "no bar")
    models: tuple[str, ...] = ()

    def passes(self, n: int) -> int:
        return 0

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Ranking:
        raise AssertionError("a plan runs nothing")


@st.composite
def forests(draw: st.DrawFn) -> list[Tiny]:
    """Methods in any order, each reranking none or one of the others, without a circle."""
    count = draw(st.integers(0, 12))
    methods = [
        Tiny(f"m{i}", draw(st.none() | st.integers(0, i - 1).map(lambda j: f"m{j}")) if i else None)
        for i in range(count)
    ]
    return draw(st.permutations(methods))


def keys(methods: list[Method]) -> list[str]:
    return [method.key for method in methods]


def test_a_tiny_method_is_a_method() -> None:
    assert isinstance(Tiny("a"), Method)


@shortly
@given(forests())
def test_each_method_comes_once_and_after_the_one_that_it_reranks(forest: list[Tiny]) -> None:
    ordered = by_key(forest)
    assert sorted(ordered) == sorted(method.key for method in forest)
    assert all(ordered[method.key] is method for method in forest)
    places = {key: place for place, key in enumerate(ordered)}
    assert all(places[m.reranks] < places[m.key] for m in forest if m.reranks is not None)


@shortly
@given(forests())
def test_methods_that_already_stand_in_running_order_stay_as_given(forest: list[Tiny]) -> None:
    ordered = list(by_key(forest).values())
    assert list(by_key(ordered).values()) == ordered


@shortly
@given(forests(), st.data())
def test_a_plan_has_what_was_asked_for_and_what_that_reranks_and_nothing_needless(
    forest: list[Tiny], data: st.DataObject
) -> None:
    methods = by_key(forest)
    asked = data.draw(st.lists(st.sampled_from(sorted(methods)), max_size=6)) if methods else []
    planned = keys(plan(methods, asked))
    needed = set(asked)
    while more := {r for key in needed if (r := methods[key].reranks) is not None} - needed:
        needed |= more
    assert planned == [key for key in methods if key in needed]


@shortly
@given(forests(), st.data())
def test_in_a_plan_over_methods_in_running_order_each_comes_after_the_one_it_reranks(
    forest: list[Tiny], data: st.DataObject
) -> None:
    methods = by_key(forest)
    asked = data.draw(st.lists(st.sampled_from(sorted(methods)), unique=True)) if methods else []
    done: set[str] = set()
    for method in plan(methods, asked):
        assert method.reranks is None or method.reranks in done
        done.add(method.key)
    assert plan(methods, list(reversed(asked))) == plan(methods, asked)


@pytest.mark.parametrize("depth", [1, 2, 5, 300])
def test_a_chain_may_be_as_deep_as_it_likes(depth: int) -> None:
    chain = [Tiny(f"m{i}", f"m{i - 1}" if i else None) for i in range(depth)]
    methods = by_key(reversed(chain))
    assert list(methods) == [f"m{i}" for i in range(depth)]
    assert keys(plan(methods, [f"m{depth - 1}"])) == list(methods)
    assert keys(plan(methods, ["m0"])) == ["m0"]


def test_a_method_moves_no_further_than_it_has_to() -> None:
    assert list(by_key([Tiny("c", "a"), Tiny("b"), Tiny("a")])) == ["a", "c", "b"]


def test_the_built_in_methods_run_retrieval_first() -> None:
    methods = by_key(reversed(BUILT_IN))
    assert sorted(methods) == ["bi_encoder", "bm25", "cross_encoder", "fusion", "late_interaction"]
    assert keys(plan(methods, ["cross_encoder"])) == ["bi_encoder", "cross_encoder"]
    assert keys(plan(methods, ["bm25"])) == ["bm25"]


def refusal(*methods: Tiny) -> str:
    with pytest.raises(InvalidInput) as caught:
        by_key(methods)
    return str(caught.value)


def test_a_key_that_is_there_twice_is_refused() -> None:
    sentence = 'methods must each have a key of their own, got "b" twice.'
    assert refusal(Tiny("a"), Tiny("b"), Tiny("b", "a")) == sentence


def test_a_method_that_reranks_what_is_not_there_is_refused() -> None:
    assert refusal(Tiny("a"), Tiny("b", "nobody")) == 'method "b" reranks "nobody", which is not there.'
    assert refusal(Tiny("c", "b"), Tiny("b", "nobody")) == 'method "b" reranks "nobody", which is not there.'


@pytest.mark.parametrize(
    ("methods", "circle"),
    [
        ([Tiny("a", "a")], "a → a"),
        ([Tiny("a", "b"), Tiny("b", "a")], "a → b → a"),
        ([Tiny("a", "b"), Tiny("b", "c"), Tiny("c", "a"), Tiny("d")], "a → b → c → a"),
    ],
)
def test_methods_that_rerank_each_other_in_a_circle_are_refused(methods: list[Tiny], circle: str) -> None:
    assert refusal(*methods) == f"methods must not rerank each other in a circle, got {circle}."


def test_a_method_that_leads_into_a_circle_is_not_called_part_of_it() -> None:
    sentence = refusal(Tiny("x", "a"), Tiny("a", "b"), Tiny("b", "a"))
    assert sentence.startswith("methods must not rerank each other in a circle, got ")
    assert sentence.endswith("a → b → a.")


@st.composite
def rankings(draw: st.DrawFn) -> tuple[list[Hit], dict[str, float], dict[str, int]]:
    """Hits in any order of a corpus, new scores with many ties, and the documents' positions."""
    positions = draw(st.permutations(range(draw(st.integers(0, 15)))))
    numbers = st.sampled_from([-1.0, -0.0, 0.0, 0.5]) | st.floats(-100, 100)
    hits = [Hit(rank, f"d{place}", -float(rank)) for rank, place in enumerate(positions, start=1)]
    return hits, {hit.doc_id: draw(numbers) for hit in hits}, {f"d{place}": place for place in positions}


@shortly
@given(rankings())
def test_a_reordered_ranking_falls_by_score_then_rises_by_position(
    case: tuple[list[Hit], dict[str, float], dict[str, int]],
) -> None:
    hits, scores, positions = case
    before = list(hits)
    made = reordered(hits, scores, positions.__getitem__)
    assert hits == before
    assert [hit.rank for hit in made] == list(range(1, len(hits) + 1))
    assert sorted(hit.doc_id for hit in made) == sorted(hit.doc_id for hit in hits)
    assert all(hit.score == scores[hit.doc_id] for hit in made)
    assert all(hits[hit.rank_before - 1].doc_id == hit.doc_id for hit in made if hit.rank_before)
    assert all(hit.rank_before is not None for hit in made)
    for one, next_ in pairwise(made):
        assert one.score >= next_.score
        assert one.score > next_.score or positions[one.doc_id] < positions[next_.doc_id]


@shortly
@given(rankings())
def test_reordering_by_the_same_scores_again_changes_no_place(
    case: tuple[list[Hit], dict[str, float], dict[str, int]],
) -> None:
    hits, scores, positions = case
    once = reordered(hits, scores, positions.__getitem__)
    twice = reordered(once, scores, positions.__getitem__)
    assert [hit.doc_id for hit in twice] == [hit.doc_id for hit in once]
    assert all(hit.rank_before == hit.rank for hit in twice)
