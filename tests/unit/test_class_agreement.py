"""How far a class agrees: Krippendorff's alpha, against the formula."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ui.classroom import words
from ui.classroom.judging import Judged, agreement

# Krippendorff's own example (2011): four observers, twelve units, 0 where somebody gave nothing.
PUBLISHED = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)


def by_formula(counts: Sequence[Sequence[int]]) -> float:
    """1 - observed over expected disagreement, by the coincidence matrix and the ordinal metric."""
    grades = range(len(counts[0]))
    matrix = [[0.0 for _ in grades] for _ in grades]
    for unit in (each for each in counts if sum(each) > 1):
        for c in grades:
            for k in grades:
                pairs = unit[c] * (unit[k] - (c == k))
                matrix[c][k] += pairs / (sum(unit) - 1)
    n = [sum(row) for row in matrix]

    def metric(c: int, k: int) -> float:
        low, high = sorted((c, k))
        return float(sum(n[low : high + 1]) - (n[low] + n[high]) / 2) ** 2

    pairs_of_grades = [(c, k) for c in grades for k in grades if c != k]
    observed = sum(matrix[c][k] * metric(c, k) for c, k in pairs_of_grades)
    expected = sum(n[c] * n[k] * metric(c, k) for c, k in pairs_of_grades) / (sum(n) - 1)
    return 1 - observed / expected


def counted(ratings: Sequence[Sequence[int]], grades: Sequence[int]) -> list[tuple[int, ...]]:
    return [tuple(unit.count(grade) for grade in grades) for unit in zip(*ratings, strict=True)]


def judged(*counts: Sequence[int]) -> list[Judged]:
    return [Judged(f"d{n}", tuple(each)) for n, each in enumerate(counts)]


def test_the_formula_here_gives_the_published_value() -> None:
    assert by_formula(counted(PUBLISHED, (1, 2, 3, 4, 5))) == pytest.approx(0.815, abs=0.0005)


def test_alpha_is_that_of_the_formula_for_a_class_by_hand() -> None:
    # The published ratings without the two units that have a 5 or one judgement alone; grades are from 0 here.
    kept = [at for at in range(12) if at not in (9, 11)]
    counts = counted([[row[at] for at in kept] for row in PUBLISHED], (1, 2, 3, 4))
    made = agreement(judged(*counts))
    assert made == pytest.approx(by_formula(counts))
    assert made is not None and 0.7 < made < 0.85


counts_of_a_document = st.tuples(*[st.integers(0, 3)] * 4)


@given(st.lists(counts_of_a_document, min_size=1, max_size=15))
def test_alpha_is_that_of_the_formula_for_any_class(counts: list[tuple[int, ...]]) -> None:
    compared = [each for each in counts if sum(each) > 1]
    assume(len({grade for each in compared for grade in range(4) if each[grade]}) > 1)
    assert agreement(judged(*counts)) == pytest.approx(by_formula(counts), abs=1e-9)


def test_full_agreement_is_one_and_what_chance_would_give_is_none_of_it() -> None:
    assert agreement(judged((3, 0, 0, 0), (0, 0, 0, 3))) == pytest.approx(1)
    split = agreement(judged((1, 0, 0, 1), (1, 0, 0, 1)))
    assert split is not None and split < 0


def test_grades_that_lie_near_one_another_disagree_less() -> None:
    rest = [(3, 0, 0, 0), (0, 3, 0, 0), (0, 0, 3, 0), (0, 0, 0, 3)]
    near, far = agreement(judged((2, 1, 0, 0), *rest)), agreement(judged((2, 0, 0, 1), *rest))
    assert near is not None and far is not None and near > far


@pytest.mark.parametrize(
    "counts",
    [
        [],
        [(1, 0, 0, 0)],
        [(1, 0, 0, 0), (0, 0, 0, 1)],
        [(0, 3, 0, 0), (0, 2, 0, 0)],
        # The other grade is one judgement alone, which is compared with nothing.
        [(0, 3, 0, 0), (1, 0, 0, 0)],
    ],
)
def test_where_nothing_can_be_compared_there_is_no_alpha(counts: list[tuple[int, ...]]) -> None:
    made = agreement(judged(*counts))
    assert made is None
    assert "alpha" in words.agreement(made)


@pytest.mark.parametrize(
    ("alpha", "figure"), [(1.0, "1.00"), (0.8, ".80"), (0.667, ".67"), (0.1, ".10"), (-0.5, "−.50")]
)
def test_alpha_is_said_as_a_number_with_how_it_is_read(alpha: float, figure: str) -> None:
    assert f"is {figure}: " in words.agreement(alpha)


def test_it_is_read_by_krippendorff_s_bounds() -> None:
    readings = [words.agreement(alpha).partition(": ")[2] for alpha in (0.9, 0.8, 0.799, 0.667, 0.666, 0.01, 0.0, -1.0)]
    same = [readings[at] == readings[at + 1] for at in range(7)]
    assert same == [True, False, True, False, True, False, True]
