"""Ratios of two sums over the same rows, and how far a subject's is below its reference's."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.stats.clusters import Cell, estimate_ratio, estimate_ratio_difference
from trusteval.stats.proportion import Proportion


def cell(y, *, weight=1.0, units=None) -> Cell:
    n = len(y)
    numbers = np.arange(n) if units is None else np.array(units)
    return Cell(weight, np.array(y, dtype=np.float64), numbers, np.zeros(n, np.int64))


def test_ratio_is_a_proportion_of_what_is_divided_by():
    estimate = estimate_ratio([cell([1, 1, 0, 0])], [cell([1, 1, 1, 0])])
    exact = Proportion(2, 3)
    assert (estimate.low, estimate.value, estimate.high) == pytest.approx(
        (exact.low, exact.value, exact.high)
    )


def test_one_answered_row_of_two_hundred_shows_nothing():
    answered = [1] + [0] * 199
    right = estimate_ratio([cell(answered)], [cell(answered)])
    wrong = estimate_ratio([cell([0] * 200)], [cell(answered)])
    assert (right.low, right.high) == pytest.approx((0.05, 1.0))
    assert (wrong.low, wrong.high) == pytest.approx((0.0, 0.95))


def test_ratio_of_sums_is_no_mean_of_ratios():
    over = [cell([1, 0], weight=0.5), cell([1, 1, 1, 1], weight=0.5)]
    under = [cell([1, 1], weight=0.5), cell([1, 1, 1, 1], weight=0.5)]
    assert estimate_ratio(over, under).value == pytest.approx((0.25 + 0.5) / (0.5 + 0.5))


def test_rows_of_one_unit_count_once():
    over, under = [1, 1, 0, 0, 1], [1, 1, 1, 0, 1]
    once = estimate_ratio([cell(over)], [cell(under)])
    twice = estimate_ratio(
        [cell(over * 2, units=[*range(5)] * 2)], [cell(under * 2, units=[*range(5)] * 2)]
    )
    assert (twice.value, twice.low) == pytest.approx((once.value, once.low))


answers = st.lists(st.sampled_from([(0, 0), (0, 1), (1, 1)]), min_size=2, max_size=30).filter(
    lambda rows: any(under for _, under in rows)
)


@given(answers)
def test_ratio_has_an_interval_that_holds_it_and_never_collapses(rows):
    over, under = zip(*rows, strict=True)
    estimate = estimate_ratio([cell(over)], [cell(under)])
    assert estimate.value == pytest.approx(sum(over) / sum(under))
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.low < estimate.high


def difference(reference, subject):
    as_cells = [([cell(over)], [cell(under)]) for over, under in (reference, subject)]
    return estimate_ratio_difference(*as_cells)


def test_difference_of_ratios_by_hand():
    # 2/3 against 1/2 (one row wrong, one not answered). u: reference (1, 1, -2, 0) / 9, subject
    # (1/2, -1/2, 0, 0) / 2. The pseudo-items are as far off as the farthest of them.
    estimate = difference(([1, 1, 0, 0], [1, 1, 1, 0]), ([1, 0, 0, 0], [1, 1, 0, 0]))
    u = np.array([1 / 9 - 1 / 4, 1 / 9 + 1 / 4, -2 / 9, 0])
    reach = 1 / 9 + 1 / 4
    assert estimate.value == pytest.approx(2 / 3 - 1 / 2)
    assert estimate.standard_error == pytest.approx(sqrt(4 * np.var([*u, -reach, reach], ddof=1)))


def test_equal_answers_have_no_difference_but_an_error():
    same = [1, 1, 0, 0], [1, 1, 1, 0]
    estimate = difference(same, same)
    assert estimate.value == 0.0
    assert estimate.standard_error > 0
    assert estimate.differing == 0


def test_differing_counts_the_units_that_were_answered_otherwise():
    reference = [1, 1, 0, 0, 1, 1], [1, 1, 1, 0, 1, 1]
    subject = [1, 0, 0, 0, 1, 1], [1, 1, 1, 1, 1, 1]
    assert difference(reference, subject).differing == 2


@given(answers, st.randoms(use_true_random=False))
def test_swapping_reference_and_subject_changes_the_sign_alone(rows, random):
    others = random.sample(rows, len(rows))
    one, other = (tuple(zip(*r, strict=True)) for r in (rows, others))
    there, back = difference(one, other), difference(other, one)
    assert back.value == pytest.approx(-there.value)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert back.standard_error == pytest.approx(there.standard_error)
