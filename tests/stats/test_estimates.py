"""The intervals gates decide by: against statsmodels, against hand-worked numbers, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from trusteval.stats.clusters import Cell, estimate_score
from trusteval.stats.estimate import Z
from trusteval.stats.proportion import Proportion


def cell(y, units=None, *, weight=1.0, strata=None) -> Cell:
    """Build a cell; by default every row is its own unit of one stratum.

    Units and strata may be letters.
    """
    units = range(len(y)) if units is None else map(number, units)
    strata = map(number, strata or [0] * len(y))
    columns = (np.fromiter(numbers, np.int64) for numbers in (units, strata))
    return Cell(weight, np.array(y, dtype=np.float64), *columns)


def number(name) -> int:
    return name if isinstance(name, int) else ord(name)


def proportion_interval(successes, n):
    return interval(Proportion(successes, n))


def linear_interval(cells):
    return interval(estimate_score(cells))


def interval(estimate):
    return estimate.low, estimate.high


# -- one proportion ----------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 7, 36, 200, 2109, 14042])
def test_proportion_interval_is_clopper_and_pearsons(n):
    for k in sorted({0, 1, 2, n // 10, n // 4, n // 2, n - 2, n - 1, n} & set(range(n + 1))):
        expected = proportion_confint(k, n, alpha=0.10, method="beta")
        assert proportion_interval(k, n) == pytest.approx(expected, abs=1e-12)


def test_nothing_right_bounds_the_proportion_from_above_only():
    low, high = proportion_interval(0, 20)
    assert low == 0.0
    assert high == pytest.approx(1 - 0.05 ** (1 / 20))


def test_everything_right_bounds_the_proportion_from_below_only():
    low, high = proportion_interval(20, 20)
    assert low == pytest.approx(0.05 ** (1 / 20))
    assert high == 1.0


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (-1, 5), (6, 5), (1, 0), (0, -1)])
def test_impossible_counts_are_refused(successes, n):
    with pytest.raises(ValueError, match=f"got {successes} of {n}"):
        proportion_interval(successes, n)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_proportion_interval_holds_the_proportion_and_mirrors(counts):
    k, n = counts
    low, high = proportion_interval(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert proportion_interval(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


# -- how many items rows that share them are worth ---------------------------------------


def worth(cells) -> float:
    return estimate_score(cells).n


def test_items_of_one_weight_are_worth_their_number_by_hand():
    assert worth([cell([1, 1, 0, 0], "aabb")]) == pytest.approx(2)
    assert worth([cell([1, 0], "ab", weight=0.5), cell([1, 1], "ab", weight=0.5)]) == pytest.approx(
        2
    )


def test_uneven_items_are_worth_fewer_by_hand():
    # Weights 1/2, 1/4, 1/4: 1 / (1/4 + 1/16 + 1/16) = 8/3.
    assert worth([cell([1, 1, 0, 0], "aabc")]) == pytest.approx(8 / 3)
    assert worth([cell([1], "a", weight=0.5), cell([1, 0], "bc", weight=0.5)]) == pytest.approx(
        8 / 3
    )


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(2, 5))
def test_asking_the_same_items_again_is_worth_nothing(y, times):
    once = cell(y)
    repeated = cell(y * times, once.units.tolist() * times)
    settings = [cell(y, weight=1 / times) for _ in range(times)]
    assert linear_interval([repeated]) == pytest.approx(linear_interval([once]))
    assert linear_interval(settings) == pytest.approx(linear_interval([once]))


def test_nothing_depends_on_the_order_of_rows_or_cells():
    cells = [cell([1, 1, 0, 0, 1], "aabbc", weight=0.5), cell([1, 0], "de", weight=0.5)]
    turned = [cell([1, 0], "de", weight=0.5), cell([1, 0, 1, 0, 1], "cbaba", weight=0.5)]
    assert linear_interval(turned) == pytest.approx(linear_interval(cells))


def test_same_unit_name_in_two_strata_is_two_units():
    assert worth([cell([1, 0], "aa", strata=["x", "z"])]) == pytest.approx(2)


def test_rows_without_a_unit_each_are_refused():
    with pytest.raises(ValueError, match="got 2 and 3 for 3"):
        cell([1, 0, 1], "ab", strata="xxx")


# -- the exact interval of what they are worth ---------------------------------------


def test_distinct_units_of_one_cell_are_a_proportion():
    rows = cell([1] * 15 + [0] * 5)
    assert linear_interval([rows]) == pytest.approx(proportion_interval(15, 20))


def test_distinct_units_of_cells_pooled_by_rows_are_a_proportion():
    pooled = [
        cell([1, 1, 0], "abc", weight=0.3),
        cell([1, 1, 0, 1, 1, 0, 1], "defghij", weight=0.7),
    ]
    assert linear_interval(pooled) == pytest.approx(proportion_interval(7, 10))


weighted_cells = st.lists(
    st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef")), min_size=1, max_size=12),
    min_size=1,
    max_size=4,
).map(
    lambda cells: [
        cell([y for y, _ in rows], [unit for _, unit in rows], weight=1 / len(cells))
        for rows in cells
    ]
)


@given(weighted_cells)
def test_interval_holds_the_value_and_never_collapses(cells):
    value = sum(c.weight * c.y.mean() for c in cells)
    low, high = linear_interval(cells)
    assert 0 <= low <= value + 1e-9
    assert value - 1e-9 <= high <= 1
    assert low < high


def test_z_is_the_one_sided_95_percent_quantile():
    from scipy.stats import norm

    assert pytest.approx(norm.ppf(0.95)) == Z
