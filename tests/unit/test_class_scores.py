"""What a reveal is scored by: the class's order by the models' measure, its choices, and its own judgements."""

from __future__ import annotations

import math

import pytest

from searchcore.evaluate import against
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.unit.taught import keywords_apart, taught
from ui.classroom import asking
from ui.classroom.scores import STUDENTS, Chosen, Graded, Ordered, ranking_of
from ui.classroom.votes import Moved, Place
from ui.predict.scored import AT_TEN, TAU, scored

JUDGED = {3: 3, 4: 1, 0: 0}


def ordered(made: object) -> Ordered:
    assert isinstance(made, Ordered)
    return made


def graded(made: object) -> Graded:
    assert isinstance(made, Graded)
    return made


def by_hand(*grades: int, ideal: tuple[int, ...]) -> float:
    """nDCG of documents with these grades in order: the sum of grade / log2(rank + 1), over the best sum."""
    gain = [sum(grade / math.log2(rank + 1) for rank, grade in enumerate(each, start=1)) for each in (grades, ideal)]
    return gain[0] / gain[1]


def test_the_order_of_the_class_is_scored_as_those_of_the_models(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades=JUDGED)
    it.room.ask(it.order(3))
    it.answer((4, 3, 0), (4, 3), (3, 4, 1))
    made = ordered(it.outcome())
    (vote,) = made.votes
    assert [(place.key, place.points, place.first) for place in vote.places] == [
        (it.id(4), 8, 2), (it.id(3), 7, 1), (it.id(0), 1, 0), (it.id(1), 1, 0), (it.id(2), 0, 0),
    ]  # fmt: skip
    assert vote.measure == AT_TEN
    # The bi-encoder has 0 1 2 3 4, the cross-encoder 4 3 2 1 0, the class 4 3 0 1 2; 3 and 1 are the grades of 3 and 4.
    assert vote.values == {
        STUDENTS: pytest.approx(by_hand(1, 3, ideal=(3, 1))),
        "bi_encoder": pytest.approx(by_hand(0, 0, 0, 3, 1, ideal=(3, 1))),
        "cross_encoder": pytest.approx(by_hand(1, 3, ideal=(3, 1))),
    }
    grades = made.ranked.grades
    assert grades is not None
    assert vote.values[STUDENTS] == against(it.corpus, grades, ranking_of(vote.places)).ndcg
    for key, ranking in made.ranked.result.rankings.items():
        assert vote.values[key] == against(it.corpus, grades, ranking).ndcg


def test_how_many_had_the_first_one_is_counted_by_first_choices(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.order(3))
    it.answer((4, 0), (0, 4), (4,), (1, 2, 3))
    made = ordered(it.outcome())
    assert made.right == (it.id(4),)
    assert (made.votes[0].right, made.votes[0].total) == (2, 4)


def test_equals_in_the_order_of_the_class_stand_in_corpus_order(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    # The options stand from the last to the first here: that is not the order of ties.
    it.room.ask(it.order(1, of="bi_encoder", seen="cross_encoder"))
    it.answer((3,), (1,), (2,))
    assert [place.key for place in ordered(it.outcome()).votes[0].places] == [it.id(n) for n in (1, 2, 3, 0, 4)]


def test_without_judgements_the_class_is_measured_by_its_agreement(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.order(3))
    it.answer((0, 1, 2), (0, 2, 1))
    (vote,) = ordered(it.outcome()).votes
    # The class has 0 1 2 (1 before 2 by corpus order), the cross-encoder 2 1 0, the bi-encoder 0 1 2.
    assert (vote.measure, vote.values) == (TAU, {STUDENTS: pytest.approx(-1), "bi_encoder": pytest.approx(-1)})


def test_one_place_alone_has_no_agreement(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.order(1))
    it.answer((4,), (4,))
    (vote,) = ordered(it.outcome()).votes
    assert (vote.measure, vote.values, vote.right) == ("", {}, 2)


def test_nobody_s_order_is_not_measured(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades=JUDGED)
    it.room.ask(it.order(3))
    made = ordered(it.outcome())
    assert [(vote.places, vote.total, vote.right, vote.values) for vote in made.votes] == [((), 0, 0, {})]
    assert made.by_answer == {}


def test_every_vote_is_counted_and_the_second_says_what_moved(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades=JUDGED)
    it.room.ask(it.order(1))
    it.answer((0,), (0,), (4,))
    it.room.close(1)
    it.room.vote_again(1)
    it.answer((4,), (0,), (4,), (4,))
    made = ordered(it.outcome())
    assert [(vote.right, vote.total) for vote in made.votes] == [(1, 3), (3, 4)]
    assert [vote.moved for vote in made.votes] == [None, Moved(3, 1, ((it.id(4), 1),))]
    assert made.votes[0].values[STUDENTS] < made.votes[1].values[STUDENTS]
    assert set(made.by_answer) == {(it.id(4),), (it.id(0),)}


def test_one_pick_is_right_or_wrong_and_so_is_the_ranking_that_was_seen(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades=JUDGED)
    it.room.ask(it.order(1))
    it.answer((4,), (0,))
    assert ordered(it.outcome()).by_answer == {(it.id(4),): (1.0, 0.0), (it.id(0),): (0.0, 0.0)}


@pytest.mark.parametrize("grades", [None, JUDGED])
def test_an_order_scores_what_a_prediction_does(make_engine: MakeEngine, grades: dict[int, int] | None) -> None:
    it = taught(make_engine, grades=grades)
    question = it.order(3)
    it.room.ask(question)
    it.answer((4, 3, 2), (0, 1, 3), (4, 3, 2), (3,))
    made = ordered(it.outcome())
    assert len(made.by_answer) == 3
    for answer, (mine, theirs) in made.by_answer.items():
        one = scored(
            made.ranked.result, question.state.with_changes(guess=answer), made.ranked.grades, it.engine.methods
        )
        assert (mine, theirs) == (one.yours, one.theirs)
    best = made.by_answer[(it.id(4), it.id(3), it.id(2))]
    assert best[0] > best[1]


@pytest.mark.parametrize(("also", "right"), [(("d3", "d7"), ("d3",)), (("d7",), ())])
def test_right_is_only_what_there_was_to_choose(
    make_engine: MakeEngine, also: tuple[str, ...], right: tuple[str, ...]
) -> None:
    it = taught(make_engine, corpus=keywords_apart(*also))
    it.room.ask(it.order(1, of="bm25", seen="bi_encoder"))
    it.answer((0,), (3,))
    made = ordered(it.outcome())
    assert made.ranked.result.rankings["bm25"].hits[0].doc_id == "d6"
    assert "d6" not in it.room.rounds[0].question.keys
    assert made.right == right
    assert made.votes[0].right == len(right)


def test_choices_are_counted_and_right_by_what_the_live_result_says(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.choice())
    it.answer("1", "2", "2")
    it.room.close(1)
    it.room.vote_again(1)
    it.answer("2", "2", "3")
    made = it.outcome(right=("2", "3"))
    assert isinstance(made, Chosen)
    assert [(vote.right, vote.total, vote.measure) for vote in made.votes] == [(2, 3, ""), (3, 3, "")]
    assert made.votes[0].places == (Place("2", 2, 2), Place("1", 1, 1), Place("3", 0, 0))
    assert made.by_answer == {("2",): (1.0, 1.0), ("3",): (1.0, 1.0)}
    assert made.votes[1].moved == Moved(3, 2, (("2", 1), ("3", 1)))


def test_a_wrong_choice_scores_nothing(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.choice())
    it.answer("1")
    made = it.outcome(right=())
    assert isinstance(made, Chosen)
    assert (made.by_answer, made.votes[0].right) == ({("1",): (0.0, 1.0)}, 0)


def test_the_judgements_of_a_class_score_every_method_and_its_own_prediction(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.judge(5)
    it.grade({0: (3, 3, 2), 1: (0, 0, 1), 6: (1, 1, 1)})
    made = graded(it.outcome(predicted=[it.id(0), it.id(6)]))
    assert made.measure == "nDCG@5"
    assert made.grades == {it.id(0): 3, it.id(1): 0, it.id(6): 1}
    assert set(made.by_class) == {*it.engine.methods, STUDENTS}
    assert made.by_class[STUDENTS] == pytest.approx(1)
    assert made.by_class["bi_encoder"] == pytest.approx(by_hand(3, ideal=(3, 1)))
    assert made.by_class["cross_encoder"] == pytest.approx(by_hand(1, ideal=(3, 1)))
    assert (made.pool, made.lacking, made.built_in) == (7, 4, None)


def test_judgements_that_the_corpus_has_stand_beside_those_of_the_class(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades={6: 3})
    it.judge(5)
    it.grade({0: (3, 3, 3)})
    made = graded(it.outcome())
    assert (made.by_class["bi_encoder"], made.built_in and made.built_in["bi_encoder"]) == (1.0, 0.0)
    assert (made.by_class["cross_encoder"], made.built_in and made.built_in["cross_encoder"]) == (0.0, 1.0)
    assert STUDENTS not in made.by_class


@pytest.mark.parametrize("grades", [{}, {0: (0, 0, 0), 1: (0,)}])
def test_without_a_relevant_document_nothing_is_measured(
    make_engine: MakeEngine, grades: dict[int, tuple[int, ...]]
) -> None:
    it = taught(make_engine, grades=JUDGED)
    it.judge(5)
    it.grade(grades)
    made = graded(it.outcome(predicted=[it.id(0)]))
    assert made.by_class == {}
    assert made.built_in is not None and STUDENTS in made.built_in
    assert len(made.documents) == len(grades)
    assert made.alpha is None


def test_the_pool_is_what_any_method_has_among_its_first(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    question, made = finish(asking.judge_question(it.engine, it.state(), 3))
    first = {hit.doc_id for ranking in made.result.rankings.values() for hit in ranking.hits[:3]}
    assert {it.id(n) for n in (0, 1, 2, 4, 5, 6)} <= first
    assert list(question.keys) == sorted(first, key=it.corpus.position)
    assert not question.seen, "it is not said which method found what"
