"""What the benchmarks measure with: percentiles, a class's plan, and the command that chooses one."""

from __future__ import annotations

from itertools import islice

import pytest

from benchmarks.__main__ import BENCHMARKS, chosen
from benchmarks.percentiles import percentile, shown
from benchmarks.questions import PAUSE_SECONDS, class_plan, unseen

PASSAGES = ["The quick brown fox jumps over one lazy dog", "while two cats sleep in 1999, and a third one purrs"]
EXAMPLES = ["vietnam war", "chess"]


@pytest.mark.parametrize(("share", "expected"), [(1, 1), (50, 3), (60, 3), (61, 4), (95, 5), (100, 5)])
def test_a_percentile_is_one_of_the_values(share: float, expected: float) -> None:
    assert percentile([5, 1, 4, 2, 3], share) == expected


@pytest.mark.parametrize(("values", "share"), [([], 50), ([1], 0), ([1], 101)])
def test_a_percentile_of_nothing_or_beyond_all_is_refused(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="must"):
        percentile(values, share)


def test_times_are_shown_in_milliseconds() -> None:
    assert shown([0.5, 1.25]).split() == ["p50", "500", "ms,", "p95", "1,250", "ms"]
    assert shown([]) == "none"


def test_a_query_that_nobody_has_asked_has_five_words_of_the_passages_and_comes_once() -> None:
    queries = list(islice(unseen(PASSAGES, seed=1), 50))
    assert len(set(queries)) == 50
    words = {word for passage in PASSAGES for word in passage.lower().split()}
    assert all(len(query.split()) == 5 and set(query.split()) <= words for query in queries)
    assert queries == list(islice(unseen(PASSAGES, seed=1), 50))


def test_a_class_asks_three_quarters_from_the_examples_and_the_rest_once_each() -> None:
    plan = class_plan(5, 8, EXAMPLES, unseen(PASSAGES, seed=1), seed=2)
    assert [len(questions) for questions in plan] == [8] * 5
    asked = [[question.query for question in questions] for questions in plan]
    assert all(sum(query in EXAMPLES for query in queries) == 6 for queries in asked)
    own = [query for queries in asked for query in queries if query not in EXAMPLES]
    assert len(own) == len(set(own)) == 10
    least, most = PAUSE_SECONDS
    assert all(least <= question.pause <= most for questions in plan for question in questions)


def test_all_benchmarks_run_unless_one_is_named() -> None:
    assert chosen([]) == [(name, {}) for name in BENCHMARKS]
    assert chosen(["class_of_thirty", "students=60", "rounds=1"]) == [
        ("class_of_thirty", {"students": 60, "rounds": 1})
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["speed"], 'There is no benchmark "speed"; choose one of: '),
        (["repeats", "students=3"], '"students=3" is no size of repeats; it has: rounds.'),
        (["start", "rounds=3"], '"rounds=3" is no size of start; it has: none.'),
        (["repeats", "rounds=-1"], 'rounds must be a whole number, as in rounds=5, got "-1".'),
        (["repeats", "rounds"], 'rounds must be a whole number, as in rounds=5, got "".'),
    ],
)
def test_what_can_not_be_run_is_said_in_a_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        chosen(words)
    assert str(refused.value).startswith(sentence)
