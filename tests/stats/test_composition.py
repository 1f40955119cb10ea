"""Moves between standings: their table, and Stuart and Maxwell's test by permutation."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import SquareTable

from trusteval.stats.composition import STANDINGS, Moves, Standing, stuart_maxwell

CORRECT, WRONG, REFUSED, INVALID = range(4)


def moves(reference, subject, units=None) -> Moves:
    numbers = np.arange(len(reference)) if units is None else np.array(units)
    return Moves(np.array(reference, np.int64), np.array(subject, np.int64), numbers)


def moves_of(table) -> Moves:
    """Write a table of counts out as rows, each its own unit."""
    pairs = [pair for pair in product(range(4), range(4)) for _ in range(table[pair])]
    return moves(*zip(*pairs, strict=True))


def drawn_table(seed, *, size=20):
    return np.random.default_rng(seed).poisson(size, (4, 4))


rows_of_moves = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=30
).map(lambda rows: moves(*zip(*rows, strict=True)))


def test_standings_are_numbered_in_their_order():
    assert STANDINGS[REFUSED] is Standing.REFUSED


def test_table_counts_moves_from_row_to_column():
    table = moves([CORRECT, CORRECT, CORRECT, WRONG], [CORRECT, REFUSED, REFUSED, CORRECT]).table
    assert table[CORRECT, REFUSED] == 2
    assert table[WRONG, CORRECT] == 1
    assert table[CORRECT, CORRECT] == 1
    assert table.sum() == 4


@pytest.mark.parametrize("seed", range(4))
def test_statistic_is_statsmodels_where_every_standing_occurs(seed):
    table = drawn_table(seed)
    expected = SquareTable(table, shift_zeros=False).homogeneity(method="stuart_maxwell")
    assert stuart_maxwell(moves_of(table), seed=0).statistic == pytest.approx(expected.statistic)


@pytest.mark.parametrize("seed", range(4))
def test_p_approaches_that_of_chi_square_for_many_moves(seed):
    table = drawn_table(seed, size=60)
    expected = SquareTable(table, shift_zeros=False).homogeneity(method="stuart_maxwell")
    assert stuart_maxwell(moves_of(table), seed=1).p == pytest.approx(expected.pvalue, abs=0.02)


def test_two_standings_are_the_exact_two_sided_sign_test():
    # 7 correct became wrong and 1 the reverse: P(|X - 4| >= 3) of X binomial(8, 1/2).
    expected = 2 * (comb(8, 0) + comb(8, 1)) / 2**8
    one_way = stuart_maxwell(moves([CORRECT] * 7 + [WRONG], [WRONG] * 7 + [CORRECT]), seed=0)
    assert one_way.statistic == pytest.approx((7 - 1) ** 2 / 8)
    assert one_way.p == pytest.approx(expected, abs=0.01)


def test_empty_standing_is_no_obstacle():
    # Nobody is invalid: the statistic is that of the three standings that occur.
    table = drawn_table(5)
    table[INVALID] = table[:, INVALID] = 0
    expected = SquareTable(table[:3, :3], shift_zeros=False).homogeneity(method="stuart_maxwell")
    found = stuart_maxwell(moves_of(table), seed=0)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue, abs=0.03)


def test_without_a_move_p_is_1():
    assert stuart_maxwell(moves([CORRECT, REFUSED], [CORRECT, REFUSED]), seed=0).p == 1.0


def test_moves_that_balance_within_each_unit_are_no_evidence():
    balanced = moves([CORRECT, WRONG] * 50, [WRONG, CORRECT] * 50, [i // 2 for i in range(100)])
    assert stuart_maxwell(balanced, seed=0).p == 1.0


def test_rows_of_one_unit_move_together():
    # Ten rows all moved the same way, as ten units and as one, which either way moves all ten.
    ways = [CORRECT] * 10, [REFUSED] * 10
    assert stuart_maxwell(moves(*ways), seed=0).p < 0.01
    assert stuart_maxwell(moves(*ways, [0] * 10), seed=0).p == 1.0


def test_repeating_rows_within_units_changes_nothing():
    once = moves_of(drawn_table(6, size=4))
    thrice = moves(
        *(np.tile(codes, 3) for codes in (once.reference, once.subject)), np.tile(once.units, 3)
    )
    one, other = stuart_maxwell(once, seed=3), stuart_maxwell(thrice, seed=3)
    assert (other.statistic, other.p) == pytest.approx((one.statistic, one.p))


@given(rows_of_moves)
def test_swapping_reference_and_subject_keeps_the_statistic(rows):
    swapped = Moves(rows.subject, rows.reference, rows.units)
    there, back = (stuart_maxwell(one, seed=0, draws=99) for one in (rows, swapped))
    assert back.statistic == pytest.approx(there.statistic, abs=1e-9)
    assert back.p == there.p


@given(rows_of_moves, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, random):
    order = random.sample(range(len(rows.units)), len(rows.units))
    shuffled = Moves(rows.reference[order], rows.subject[order], rows.units[order])
    there, back = (stuart_maxwell(one, seed=0, draws=99) for one in (rows, shuffled))
    assert (back.statistic, back.p) == pytest.approx((there.statistic, there.p))


def test_p_is_a_function_of_the_seed():
    rows = moves_of(drawn_table(7))
    assert stuart_maxwell(rows, seed=4) == stuart_maxwell(rows, seed=4)


def test_balanced_moves_are_found_in_about_5_percent_of_samples():
    generator = np.random.default_rng(8)
    found = 0
    for seed in range(300):
        pairs = generator.choice(4, (120, 2), p=[0.5, 0.3, 0.15, 0.05])
        found += stuart_maxwell(moves(*pairs.T), seed=seed, draws=199).p <= 0.05
    assert 3 <= found <= 27


@pytest.mark.parametrize(
    ("reference", "subject", "units", "message"),
    [
        ([0, 1], [0], [0, 1], r"\[2, 1, 2\]"),
        ([0, 4], [0, 1], [0, 1], "correct, wrong, refused, invalid"),
        ([0, 1], [0, -1], [0, 1], "0 to 3"),
    ],
)
def test_impossible_codes_are_refused(reference, subject, units, message):
    with pytest.raises(ValueError, match=message):
        moves(reference, subject, units)
