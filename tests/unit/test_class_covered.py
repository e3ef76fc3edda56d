"""Before the reveal no screen tells what the others said, nor anything of the ranking that is covered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import MakeEngine
from tests.markup import tree
from tests.unit.classes import now
from tests.unit.taught import WORDS, Taught, taught
from ui.classroom import lecturer, phone
from ui.classroom.rounds import Phase

Ask = Callable[[Taught], object]
ASKS: dict[str, Ask] = {
    "order": lambda it: it.room.ask(it.order(3)),
    "order of one": lambda it: it.room.ask(it.order(1)),
    "choice": lambda it: it.room.ask(it.choice()),
    "judge": lambda it: it.judge(5),
}
VOTES: dict[str, tuple[Any, ...]] = {
    "order": ((4, 3), (4,), (0, 1, 2)),
    "order of one": ((4,), (4,), (0,)),
    "choice": ("1", "1", "3"),
}


def screens(it: Taught) -> dict[str, Any]:
    """All that the lecturer and an idle student, who has not answered, are shown, without the counts."""
    led = {f"lecturer {part}": html for part, html in lecturer.screen(it.room, it.desk).items() if part != "counts"}
    shared = phone.shared(it.room, it.desk.titles)
    return led | {f"phone {part}": html for part, html in shared.items()}


def fill_in(it: Taught, kind: str) -> None:
    if kind == "judge":
        for at, (word, doc_ids) in enumerate(now(it.room).handed.items()):
            it.room.grade(word, now(it.room).number, doc_ids[0], at % 4)
    else:
        it.answer(*VOTES[kind])


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("kind", VOTES)
def test_many_answers_change_nothing_but_the_count(make_engine: MakeEngine, kind: str, closed: bool) -> None:
    it = taught(make_engine, grades={3: 3})
    ASKS[kind](it)
    if closed:
        it.room.close(1)
    before, idle = screens(it), phone.own(it.room, it.room.seats["dee"])
    now(it.room).phase = Phase.OPEN
    fill_in(it, kind)
    if closed:
        it.room.close(1)
    assert screens(it) == before
    assert phone.own(it.room, it.room.seats["dee"]) == idle
    counts = tree(lecturer.screen(it.room, it.desk)["counts"])
    assert [each.text for each in counts.all(tag="b")] == ["4", "3"]


@pytest.mark.parametrize("kind", VOTES)
def test_a_second_vote_starts_as_the_first_did(make_engine: MakeEngine, kind: str) -> None:
    it = taught(make_engine)
    ASKS[kind](it)
    fill_in(it, kind)
    it.room.close(1)
    it.room.vote_again(1)
    before = screens(it)
    counts = tree(lecturer.screen(it.room, it.desk)["counts"])
    assert [each.text for each in counts.all(tag="b")] == ["4", "0"]
    now(it.room).votes[0] = {}
    assert screens(it) == before


def test_of_a_judging_only_counts_are_told(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.judge(5)
    stage = tree(lecturer.screen(it.room, it.desk)["stage"])
    fill_in(it, "judge")
    with_all = screens(it)
    given = now(it.room).given
    now(it.room).given = {word: dict.fromkeys(grades, 3) for word, grades in given.items()}
    assert screens(it) == with_all, "the grades themselves are not told"
    after = tree(lecturer.screen(it.room, it.desk)["stage"])
    assert stage.one("cl-progress").text != after.one("cl-progress").text
    # None of seven documents has three judgements; there are four.
    assert re.findall(r"\d+", after.one("cl-progress").text) == ["0", "7", "4"]


@pytest.mark.parametrize("kind", ["order", "order of one"])
def test_the_covered_ranking_is_on_no_screen_before_the_reveal(make_engine: MakeEngine, kind: str) -> None:
    made, rights = [], []
    for turned in (True, False):
        it = taught(make_engine, grades={3: 3}, turned=turned)
        ASKS[kind](it)
        fill_in(it, kind)
        # Worked out while the class thinks: whatever it is, it is not shown.
        now(it.room).outcome = it.outcome()
        rights.append(now(it.room).outcome.right)
        # The links of two rooms differ.
        made.append({part: html for part, html in screens(it).items() if part != "lecturer door"})
    assert rights == [(it.id(4),), (it.id(0),)]
    assert made[0] == made[1]


def test_the_outcome_that_is_known_before_the_reveal_is_shown_after_it_alone(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades={3: 3})
    it.room.ask(it.order(3))
    it.answer((4, 3), (0,))
    it.room.close(1)
    without = screens(it)
    now(it.room).outcome = it.outcome()
    assert screens(it) == without
    it.room.reveal(1, now(it.room).outcome)
    after = screens(it)
    changed = {part for part, html in after.items() if html != without[part]}
    assert {"lecturer stage", "lecturer chart", "lecturer said", "phone screen", "phone said"} <= changed


def test_a_judging_s_methods_are_not_told_before_its_reveal(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    found = it.judge(5)
    made = found.outcome
    before = screens(it)
    turned = {key: replace(each, hits=each.hits[::-1]) for key, each in made.result.rankings.items()}
    found.outcome = replace(made, result=replace(made.result, rankings=turned))
    assert screens(it) == before
    for word in WORDS:
        own = phone.own(it.room, it.room.seats[word])
        for title in it.desk.titles.values():
            assert title.lower() not in str(own["cards"]).lower()


@pytest.mark.parametrize("kind", ASKS)
def test_a_student_sees_no_key_of_the_lecturer_and_nobody_s_seat(make_engine: MakeEngine, kind: str) -> None:
    it = taught(make_engine)
    ASKS[kind](it)
    fill_in(it, kind)
    for finish in (lambda: None, lambda: it.room.close(1), it.reveal):
        finish()
        for word in WORDS:
            told = str([phone.shared(it.room, it.desk.titles), phone.own(it.room, it.room.seats[word])])
            led = str(lecturer.screen(it.room, it.desk))
            assert it.room.secret not in told + led
            assert it.room.key not in told
            for other in WORDS:
                assert f">{other}<" not in told + led and f'"{other}"' not in told + led


def test_a_student_sees_their_own_answer_and_nobody_else_s(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.order(3))
    it.answer((4, 3), (0,))
    own = {word: phone.own(it.room, it.room.seats[word]) for word in WORDS}
    assert [own[word]["answer"] for word in WORDS] == [[it.id(4), it.id(3)], [it.id(0)], [], []]
    it.room.close(1)
    it.room.vote_again(1)
    it.answer((1,))
    own = {word: phone.own(it.room, it.room.seats[word]) for word in WORDS}
    assert [own[word]["answer"] for word in WORDS] == [[it.id(1)], [], [], []]
    assert [own[word]["before"] for word in WORDS] == [[it.id(4), it.id(3)], [it.id(0)], [], []]
