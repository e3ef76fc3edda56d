"""Rankings against judgements: hand-computed values, both pools, progress, and what is refused."""

from __future__ import annotations

import threading
from dataclasses import replace
from math import log2
from typing import Any

import pytest

from searchcore import Corpus, InvalidInput, UnknownName
from searchcore.evaluate import MEASURES, as_json, candidate_curve, evaluate, evaluation_steps, measures_for
from searchcore.evaluate.measures import measured
from searchcore.evaluate.runs import drained
from searchcore.ranking import BUILT_IN, by_key
from searchcore.running import Pause, Work, finish
from searchcore.types import Progress
from tests.conftest import MakeEngine
from tests.fakes import FakeScorer
from tests.unit.judged import TEXTS, CosineEncoder, evaluated, judged_corpus, logit_scorer, orders

NAMES = [measure.name for measure in measures_for(20)]


def values(order: str, grades: dict[str, int]) -> dict[str, float]:
    """Measures of one ranking, given as the letters of its documents in order."""
    return measured({"q": grades}, {"q": list(order)}, NAMES)["q"]


def test_the_measures_of_a_small_ranking_are_those_worked_out_by_hand() -> None:
    found = values("xbya", {"a": 3, "b": 1, "c": 2, "x": 0})
    ideal = 3 / log2(2) + 2 / log2(3) + 1 / log2(4)
    assert found["nDCG@10"] == pytest.approx((1 / log2(3) + 3 / log2(5)) / ideal)
    assert found["RR@10"] == pytest.approx(1 / 2)
    assert found["P@5"] == pytest.approx(2 / 5)
    assert found["R@10"] == found["R@20"] == pytest.approx(2 / 3)


def test_a_perfect_order_scores_one_and_the_same_documents_upside_down_less() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert values("abc", grades)["nDCG@10"] == pytest.approx(1.0)
    upside_down = (1 + 2 / log2(3) + 3 / log2(4)) / (3 + 2 / log2(3) + 1 / log2(4))
    assert values("cba", grades)["nDCG@10"] == pytest.approx(upside_down)


def test_an_empty_ranking_scores_zero_throughout() -> None:
    assert values("", {"a": 1}) == dict.fromkeys(NAMES, 0.0)


def test_an_empty_ranking_among_others_counts_as_zero() -> None:
    found = measured({"q": {"a": 1}, "r": {"a": 1}}, {"q": ["a"], "r": []}, ["nDCG@10"])
    assert found == {"q": {"nDCG@10": 1.0}, "r": {"nDCG@10": 0.0}}


def test_a_relevant_document_beyond_the_tenth_place_counts_for_recall_at_20_alone() -> None:
    found = values("bcdefghijkla", {"a": 1})
    assert found == {"nDCG@10": 0.0, "RR@10": 0.0, "P@5": 0.0, "R@10": 0.0, "R@20": 1.0}


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_order_decides_and_never_the_names_of_the_documents(order: str) -> None:
    """Both orders measured the same way: with equal scores one of them would be reversed by its ids."""
    expected = 1.0 if order[0] == "a" else 0.5
    assert values(order, {"a": 1})["RR@10"] == expected
    assert values(order, {"a": 1})["nDCG@10"] == pytest.approx(1.0 if order[0] == "a" else 1 / log2(3))


def test_every_measure_says_what_it_means_and_where_it_comes_from() -> None:
    for measure in measures_for(37):
        assert measure.meaning.endswith(".") and "\n" not in measure.meaning
        assert any(character.isdigit() for character in measure.citation)


def test_recall_at_the_number_of_candidates_is_not_listed_twice() -> None:
    assert [m.name for m in measures_for(20)] == ["nDCG@10", "RR@10", "P@5", "R@10", "R@20"]
    assert measures_for(10) == MEASURES


def test_each_method_ranks_its_candidates_and_the_means_are_over_the_queries(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q1": {"d": 2, "a": 1}, "q2": {"a": 1}})
    found = evaluated(make_engine, corpus, candidates=4)
    assert orders(found)["bi_encoder"] == "abcd"
    assert orders(found)["cross_encoder"] == "dcba"
    assert set(orders(found)["bm25"]) == {"a", "b"}
    assert found.queries[0].measures["cross_encoder"]["nDCG@10"] == pytest.approx((2 + 1 / log2(5)) / (2 + 1 / log2(3)))
    assert found.measures["bi_encoder"]["RR@10"] == 1.0
    assert found.measures["cross_encoder"]["RR@10"] == pytest.approx((1 + 1 / 4) / 2)
    for measures in (found.measures, found.queries[0].measures):
        assert list(measures["bm25"]) == ["nDCG@10", "RR@10", "P@5", "R@10", "R@4"]


def test_without_a_choice_every_method_is_measured(make_engine: MakeEngine) -> None:
    found = evaluated(make_engine, judged_corpus(TEXTS, {"q": {"a": 1}}))
    assert found.methods == tuple(by_key(BUILT_IN)) == tuple(found.measures)


def test_only_the_methods_asked_for_are_measured(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q": {"a": 1}})
    for pool in ("retrieved", "judged"):
        found = evaluated(make_engine, corpus, methods=["cross_encoder"], pool=pool)
        assert found.methods == ("cross_encoder",)
        assert list(found.queries[0].rankings) == ["cross_encoder"]


def test_candidates_are_clamped_to_the_corpus(make_engine: MakeEngine) -> None:
    found = evaluated(make_engine, judged_corpus(TEXTS, {"q": {"a": 1}}), candidates=20)
    assert found.candidates == 5
    assert found.measure_list[-1].name == "R@5"


def test_queries_without_a_relevant_document_are_left_out_and_counted(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q1": {"a": 1}, "only zeros": {"a": 0}, "empty": {}})
    found = evaluated(make_engine, corpus)
    assert [query.query_id for query in found.queries] == ["q1"]
    assert found.left_out == 2
    assert found.measures["bi_encoder"]["nDCG@10"] == 1.0


def of_splits(**changes: Any) -> Corpus:
    """Three queries: the first split judges q1 and no_hit, dev judges q1 otherwise and q2."""
    corpus = judged_corpus(TEXTS, {"q1": {"a": 1}, "no_hit": {"a": 0}, "q2": {}})
    qrels = {"q1": {"a": 1}, "no_hit": {"a": 0}}
    return replace(corpus, qrels=qrels, other_splits={"dev": {"q1": {"b": 1}, "q2": {"c": 1}}}, **changes)


def test_another_split_is_measured_by_its_own_judgements(make_engine: MakeEngine) -> None:
    first = evaluated(make_engine, of_splits(), methods=["bi_encoder"])
    assert (first.split, [q.query_id for q in first.queries], first.left_out) == ("test", ["q1"], 1)
    assert first.queries[0].measures["bi_encoder"]["RR@10"] == 1.0
    assert evaluated(make_engine, of_splits(), methods=["bi_encoder"], split="test").measures == first.measures
    for pool, places in (("retrieved", [1 / 2, 1 / 3]), ("judged", [1.0, 1.0])):
        dev = evaluated(make_engine, of_splits(), methods=["bi_encoder"], split="dev", pool=pool)
        assert (dev.split, [q.query_id for q in dev.queries], dev.left_out) == ("dev", ["q1", "q2"], 0)
        assert [q.measures["bi_encoder"]["RR@10"] for q in dev.queries] == pytest.approx(places)


def test_the_splits_of_a_corpus_share_its_vectors(make_engine: MakeEngine) -> None:
    encoder = CosineEncoder()
    corpus = of_splits()
    engine = make_engine(corpus, encoder=encoder, scorer=logit_scorer())
    for split in corpus.splits:
        evaluate(engine, corpus, methods=["bi_encoder"], split=split)
    assert encoder.documents_encoded == len(corpus)


def test_an_unknown_split_is_told_with_those_there_are(make_engine: MakeEngine) -> None:
    for split in ("train", ""):
        with pytest.raises(
            UnknownName, match=f'^split "{split}" is not in corpus "fruit"; choose one of: test, dev\\.$'
        ):
            evaluated(make_engine, of_splits(), split=split)
    with pytest.raises(InvalidInput, match=r"^split must be the name of a split, got 3\.$"):
        evaluated(make_engine, of_splits(), split=3)
    with pytest.raises(UnknownName, match=r'^split "dev" is not in corpus "fruit"; it has no judgements\.$'):
        evaluated(make_engine, judged_corpus(TEXTS, {}), split="dev")


def test_a_corpus_whose_first_split_is_empty_is_measured_by_the_next(make_engine: MakeEngine) -> None:
    assert evaluated(make_engine, replace(of_splits(), qrels={})).split == "dev"


def test_a_document_without_a_judgement_is_not_relevant(make_engine: MakeEngine) -> None:
    found = evaluated(make_engine, judged_corpus(TEXTS, {"q": {"e": 1}}), methods=["bi_encoder"])
    assert found.measures["bi_encoder"]["RR@10"] == pytest.approx(1 / 5)


def test_ties_break_by_corpus_order_in_both_pools(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(["0.5 1 apple"] * 3, {"q": {"c": 1, "b": 0, "a": 0}})
    for pool in ("retrieved", "judged"):
        assert set(orders(evaluated(make_engine, corpus, pool=pool)).values()) == {"abc"}


def test_a_kind_of_query_is_measured_by_itself(make_engine: MakeEngine) -> None:
    qrels = {"q1": {"a": 1}, "q2": {"b": 1}, "q3": {"c": 1}}
    corpus = judged_corpus(TEXTS, qrels, kinds={"q1": "theme", "q2": "trap", "q3": "trap"})
    found = evaluated(make_engine, corpus)
    assert found.kinds == ("theme", "trap")
    traps = found.of_kind("trap")
    assert [query.query_id for query in traps.queries] == ["q2", "q3"]
    assert traps.measures["bi_encoder"]["RR@10"] == pytest.approx((1 / 2 + 1 / 3) / 2)
    with pytest.raises(InvalidInput, match='kind must be one of: "theme", "trap"; got "plot"'):
        found.of_kind("plot")


def test_progress_counts_queries_from_none_to_all(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q1": {"a": 1}, "q2": {"a": 1}, "q3": {"a": 0}})
    seen: list[tuple[int, int]] = []
    evaluated(make_engine, corpus, on_progress=lambda done, total: seen.append((done, total)))
    assert sorted(set(seen)) == [(0, 2), (1, 2), (2, 2)]
    assert seen == sorted(seen)


def test_what_the_progress_callback_raises_stops_the_work(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q1": {"a": 1}, "q2": {"a": 1}}, queries={"q2": "pear"})
    scorer = logit_scorer()
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=scorer)

    def stop(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(engine, corpus, on_progress=stop)
    assert {query for query, passage in scorer.pairs} == {"apple"}


def test_the_steps_are_closed_even_while_somebody_holds_the_error() -> None:
    closed: list[bool] = []

    def steps() -> Work[None]:
        try:
            yield Progress("evaluating", "Fruit", 0, 1)
        finally:
            closed.append(True)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as error:
        drained(steps(), stop)
    assert closed and error.traceback


def until_called(steps: Work[Any], scorer: FakeScorer) -> list[Any]:
    """Drive `steps` until the scorer has begun and is held at its gate; what they told on the way."""
    told = []
    while not scorer.started.is_set():
        step = next(steps)
        if isinstance(step, Pause):
            # Only a moment at a time: once the scorer is held, nothing changes any more.
            step.job.wait_beyond(step.version, 0.005)
        else:
            told.append(step)
    return told


@pytest.mark.parametrize("pool", ["retrieved", "judged"])
def test_closing_the_steps_gives_up_the_pairs_of_the_query_that_runs(make_engine: MakeEngine, pool: str) -> None:
    corpus = judged_corpus(TEXTS, {"q1": dict.fromkeys("abcde", 1)})
    gate = threading.Event()
    scorer = FakeScorer(gate=gate)
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=scorer)
    steps = evaluation_steps(engine, corpus, pool=pool)
    told = until_called(steps, scorer)
    # What goes on inside of a query is told as progress over all of them.
    assert told[0] == Progress("evaluating", "Fruit", 0, 1)
    assert not {step.activity for step in told} & {"scoring", "matching"}
    steps.close()
    gate.set()
    # This waits in the same line, so that the stopped work is over when it returns.
    engine.rerank("after", ["that"])
    assert [query for query, _ in scorer.pairs] == ["apple", "after"]


def test_the_same_evaluation_again_scores_no_pair_anew(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q1": {"a": 1}})
    scorer = logit_scorer()
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=scorer)
    first, again = evaluate(engine, corpus), evaluate(engine, corpus)
    assert first.measures == again.measures
    assert len(scorer.pairs) == len(TEXTS)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"pool": "all"}, 'pool must be one of: retrieved, judged; got "all".'),
        ({"pool": None}, "pool must be one of: retrieved, judged; got None."),
        ({"candidates": 0}, "candidates must be a whole number from 1 to 200, got 0."),
        ({"candidates": "ten"}, 'candidates must be a whole number from 1 to 200, got "ten".'),
        ({"methods": []}, "methods must be a list of names such as bi_encoder, got []."),
    ],
)
def test_an_argument_that_cannot_be_used_is_named(
    make_engine: MakeEngine, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        evaluated(make_engine, judged_corpus(TEXTS, {"q": {"a": 1}}), **options)
    assert str(error.value) == sentence


@pytest.mark.parametrize("option", ["encoder", "scorer", "matcher"])
def test_an_unknown_model_is_refused_before_any_work(make_engine: MakeEngine, option: str) -> None:
    with pytest.raises(UnknownName, match=f'{option} "nobody/nothing" is not known'):
        evaluated(make_engine, judged_corpus(TEXTS, {"q": {"a": 1}}), **{option: "nobody/nothing"})


def test_arguments_are_checked_when_the_steps_are_made_and_not_at_the_first(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q": {"a": 1}})
    with pytest.raises(InvalidInput):
        evaluation_steps(make_engine(corpus), corpus, pool="all")


@pytest.mark.parametrize("qrels", [{}, {"q": {}}, {"q": {"a": 0}}])
def test_a_corpus_without_a_relevant_document_is_refused(make_engine: MakeEngine, qrels: Any) -> None:
    with pytest.raises(InvalidInput, match='corpus "fruit" has no query with a relevant document'):
        evaluated(make_engine, judged_corpus(TEXTS, qrels))


@pytest.mark.parametrize("grade", [0.5, -1, "1", True, None])
def test_a_grade_that_is_no_whole_number_is_refused(make_engine: MakeEngine, grade: Any) -> None:
    with pytest.raises(InvalidInput, match='grade of "b" for query "q" must be a whole number from 0 on'):
        evaluated(make_engine, judged_corpus(TEXTS, {"q": {"a": 1, "b": grade}}))


def test_a_judgement_of_a_document_that_is_not_there_is_refused(make_engine: MakeEngine) -> None:
    with pytest.raises(InvalidInput, match='a grade for "zebra", which is not in the corpus'):
        evaluated(make_engine, judged_corpus(TEXTS, {"q": {"zebra": 1}}))


def test_a_query_that_no_model_may_read_is_left_out_with_the_reason_and_the_others_are_run(
    make_engine: MakeEngine,
) -> None:
    texts = {"long": "word " * 801, "blank": "\u200b"}
    corpus = judged_corpus(TEXTS, {"q1": {"a": 1}, "long": {"a": 1}, "blank": {"a": 1}, "none": {}}, queries=texts)
    found = evaluated(make_engine, corpus)
    assert [query.query_id for query in found.queries] == ["q1"]
    assert found.measures["bi_encoder"]["nDCG@10"] == 1.0
    assert found.unusable == {
        "long": 'query "long" must have at most 4,000 characters, got 4,004; please shorten it.',
        "blank": 'query "blank" is empty; please type some text.',
    }
    assert found.left_out == 1
    assert as_json(found)["left_out"] == found.unusable
    assert candidate_curve(make_engine(corpus, encoder=CosineEncoder()), corpus, (2,)).query_count == 1


def test_a_corpus_of_which_no_judged_query_can_be_run_is_refused_with_the_first_reason(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q1": {"a": 1}, "q2": {"a": 1}}, queries={"q1": " ", "q2": "w" * 4_001})
    with pytest.raises(InvalidInput, match='query "q1" is empty'):
        evaluated(make_engine, corpus)


def test_while_the_first_query_is_scored_it_is_said_how_far_all_queries_are(make_engine: MakeEngine) -> None:
    corpus = judged_corpus(TEXTS, {"q1": {"a": 1}})
    scorer = logit_scorer()
    scorer.gate = threading.Event()
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=scorer)
    told: list[tuple[str, int]] = []

    def tell(step: Progress) -> None:
        told.append((step.activity, step.done))
        # Said once before anything begins, and again while the scorer waits: only then may it go on.
        if told.count(("evaluating", 0)) > 1:
            scorer.gate.set()

    finish(evaluation_steps(engine, corpus, 5), tell)
    assert told[-1] == ("evaluating", 1)
    assert {"scoring", "matching"} & {activity for activity, _ in told} == set()
