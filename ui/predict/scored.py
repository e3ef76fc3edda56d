"""How good a prediction is: by the measure that scores the models, or by its agreement with the covered ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from searchcore.evaluate import AT_FIVE, Grades
from searchcore.evaluate.measures import measured
from searchcore.ranking import Method
from searchcore.types import Ranking, SearchResult
from ui import words
from ui.predict.question import hidden_method, shown_method
from ui.state import NEITHER, RIGHT, PageState

YOU = "you"
AT_TEN = "nDCG@10"
TAU = "Kendall’s tau"
NAMES = {YOU: "you"}


@dataclass(frozen=True, slots=True)
class Scored:
    """What a prediction comes to, in a sentence and, where there is one, by a `measure`: the visitor's value and those
    of the rankings, from 0 to 1 or, by Kendall's tau, from -1 to 1.

    `yours` and `theirs` are what a tally counts: the visitor's value, and that of the ranking that was there to see.
    """

    sentence: str
    yours: float | None = None
    theirs: float | None = None
    measure: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


def scored(result: SearchResult, state: PageState, grades: Grades | None, methods: Mapping[str, Method]) -> Scored:
    """The sentence about a revealed prediction."""
    shown, hidden = result.rankings[shown_method(state)], result.rankings[hidden_method(state)]
    if state.asks == RIGHT:
        return _right(shown, hidden, state.guess, grades, methods)
    if not state.guess:
        return Scored("You made no prediction this time.")
    if grades:
        orders = {YOU: state.guess, shown.method: _ids(shown), hidden.method: _ids(hidden)}
        values = _ndcg(grades, orders, AT_FIVE)
        return Scored(f"{AT_FIVE}: {_figures(values, methods)}.", values[YOU], values[shown.method], AT_FIVE, values)
    return _agreement(state.guess, shown, hidden, methods)


def _right(
    shown: Ranking, hidden: Ranking, guess: Sequence[str], grades: Grades | None, methods: Mapping[str, Method]
) -> Scored:
    """Which of the two is right is known where somebody has judged."""
    if not grades:
        return Scored("Nobody has judged this query, so nobody knows which of the two is right.")
    values = _ndcg(grades, {each.method: _ids(each) for each in (shown, hidden)}, AT_TEN)
    difference = values[hidden.method] - values[shown.method]
    right = NEITHER if abs(difference) < words.CHANGED else hidden.method if difference > 0 else shown.method
    said = _name(guess[0], methods) if guess else "nothing"
    outcome = "right" if guess and guess[0] == right else f"but it is {_name(right, methods)}"
    yours = float(bool(guess) and guess[0] == right)
    sentence = f"You said {said}: {outcome}. {AT_TEN}: {_figures(values, methods)}."
    return Scored(sentence, yours, 0.5, AT_TEN, values)


def _agreement(guess: Sequence[str], shown: Ranking, hidden: Ranking, methods: Mapping[str, Method]) -> Scored:
    """Kendall's tau-b with the covered ranking over the documents that were named (library scipy)."""
    from scipy.stats import kendalltau

    ranks, before = _ranks(hidden), _ranks(shown)
    name = methods[hidden.method].title.lower()
    if len(guess) == 1:
        rank = ranks.get(guess[0])
        place = f"put it at {rank}" if rank else "does not rank it"
        return Scored(f"The {name} {place}.", float(rank == 1), float(before[guess[0]] == 1))
    last = len(ranks) + 1
    theirs = [ranks.get(doc_id, last) for doc_id in guess]
    if len(set(theirs)) == 1:
        return Scored(f"The {name} ranks none of these {len(guess)}, so there is no order to agree with.")
    values = {
        YOU: float(kendalltau(range(len(guess)), theirs).statistic),
        shown.method: float(kendalltau([before[doc_id] for doc_id in guess], theirs).statistic),
    }
    return Scored(
        f"Agreement with the {name} on these {len(guess)} ({TAU}): {_figures(values, methods)}.",
        values[YOU],
        values[shown.method],
        TAU,
        values,
    )


def _ndcg(grades: Grades, orders: Mapping[str, Sequence[str]], measure: str) -> dict[str, float]:
    values = measured(dict.fromkeys(orders, grades), orders, [measure])
    return {name: values[name][measure] for name in orders}


def _figures(values: Mapping[str, float], methods: Mapping[str, Method]) -> str:
    said = [f"{_name(key, methods)} {figure(value)}" for key, value in values.items()]
    return ", ".join(said)


def figure(value: float) -> str:
    """Two decimals, and no zero before them."""
    return f"{value:.2f}".replace("0.", ".", 1).replace("-", "−")


def _name(key: str, methods: Mapping[str, Method]) -> str:
    return NAMES.get(key) or ("neither" if key == NEITHER else methods[key].title.lower())


def _ids(ranking: Ranking) -> list[str]:
    return [hit.doc_id for hit in ranking.hits]


def _ranks(ranking: Ranking) -> dict[str, int]:
    return {hit.doc_id: hit.rank for hit in ranking.hits}
