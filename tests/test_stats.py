"""The intervals gates decide by: against statsmodels, against hand-worked numbers, and laws."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from trusteval.stats.clusters import Cell, estimate_score
from trusteval.stats.clusters import standard_error as cluster_standard_error
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


# -- the standard error of items that rows share -----------------------------------------


def test_cluster_standard_error_by_hand():
    # Mean 1/2, share 1/4 a row: unit a has u = 2 * 1/4 * 1/2 = 1/4, unit b has -1/4, and the
    # pseudo-items of two rows the same. Variance of (1/4, -1/4, 1/4, -1/4) with ddof 1:
    # 4 * 1/16 / 3 = 1/12; two units: SE^2 = 1/6.
    rows = cell([1, 1, 0, 0], "aabb")
    assert cluster_standard_error([rows]) == pytest.approx(sqrt(1 / 6))


def test_cluster_standard_error_over_cells_by_hand():
    # Two settings of weight 1/2 ask the same two items, means 1/2 and 1, share 1/4 a row.
    # u_a = 1/4 * 1/2 + 0 = 1/8, u_b = -1/8; the pseudo-items have one row in each setting:
    # all wrong -1/4 * (1/2 + 1) = -3/8, all right 1/8. Mean -1/16; squared distances
    # (9 + 1 + 25 + 9) / 256 = 44/256; variance 44/768; two units: SE^2 = 88/768.
    settings = [cell([1, 0], "ab", weight=0.5), cell([1, 1], "ab", weight=0.5)]
    assert cluster_standard_error(settings) == pytest.approx(sqrt(88 / 768))


def test_strata_add_their_variances():
    # Each stratum alone: share 1/8 a row. Stratum x, y = (1, 0), mean of the cell 1/2:
    # u = 1/8 * (1/2, -1/2) and the pseudo-items the same, variance 4 / 256 / 3, two units.
    rows = cell([1, 0, 1, 0], weight=0.5, strata=["x", "x", "z", "z"])
    one_stratum = 2 * (4 / 256 / 3)
    assert cluster_standard_error([rows]) == pytest.approx(sqrt(2 * one_stratum))


@pytest.mark.parametrize(("k", "n"), [(0, 5), (3, 10), (36, 72), (150, 200), (2000, 2109)])
def test_distinct_units_have_the_binomial_error_up_to_the_pseudo_items(k, n):
    p = k / n
    squares = n * p * (1 - p) + p**2 + (1 - p) ** 2
    with_pseudo_items = sqrt((squares - (1 - 2 * p) ** 2 / (n + 2)) / n / (n + 1))
    error = cluster_standard_error([cell([1] * k + [0] * (n - k))])
    assert error == pytest.approx(with_pseudo_items)
    assert error >= sqrt(p * (1 - p) / (n + 1))
    if n > 1000:
        assert error == pytest.approx(sqrt(p * (1 - p) / n), rel=0.01)


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(2, 5))
def test_repeating_rows_within_units_does_not_shrink_the_error(y, times):
    once = cell(y)
    repeated = cell(y * times, once.units.tolist() * times)
    assert cluster_standard_error([repeated]) == pytest.approx(cluster_standard_error([once]))


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(2, 5))
def test_asking_the_same_items_in_more_settings_does_not_shrink_the_error(y, times):
    once = cell(y)
    settings = [cell(y, weight=1 / times) for _ in range(times)]
    assert cluster_standard_error(settings) == pytest.approx(cluster_standard_error([once]))


def test_asking_other_items_shrinks_the_error():
    few, many = cell([1, 0] * 10), cell([1, 0] * 40)
    assert cluster_standard_error([many]) < 0.6 * cluster_standard_error([few])


@pytest.mark.parametrize("right", [0, 1])
@pytest.mark.parametrize("n", [1, 2, 12, 2109])
def test_unanimous_rows_still_have_an_error(n, right):
    assert cluster_standard_error([cell([right] * n)]) > 0


def test_error_does_not_depend_on_the_order_of_rows():
    rows = cell([1, 1, 0, 0, 1], "aabbc")
    assert cluster_standard_error([cell([1, 0, 1, 0, 1], "cbaba")]) == pytest.approx(
        cluster_standard_error([rows])
    )


def test_error_does_not_depend_on_the_order_of_cells():
    cells = [cell([1, 1, 1, 1], "abcd", weight=0.5), cell([1, 1, 0, 0], "efgh", weight=0.5)]
    assert cluster_standard_error(cells[::-1]) == pytest.approx(cluster_standard_error(cells))


def test_same_unit_name_in_two_strata_is_two_units():
    rows = cell([1, 0], "aa", strata=["x", "z"])
    renamed = cell([1, 0], "ab", strata=["x", "z"])
    assert cluster_standard_error([rows]) == pytest.approx(cluster_standard_error([renamed]))


def test_rows_without_a_unit_each_are_refused():
    with pytest.raises(ValueError, match="got 2 and 3 for 3"):
        cell([1, 0, 1], "ab", strata="xxx")


# -- which of the two --------------------------------------------------------------------


def cluster_interval(cells):
    value = sum(c.weight * c.y.mean() for c in cells)
    reach = Z * cluster_standard_error(cells)
    return max(0.0, value - reach), min(1.0, value + reach)


def test_distinct_units_of_one_cell_are_a_proportion():
    rows = cell([1] * 15 + [0] * 5)
    assert linear_interval([rows]) == proportion_interval(15, 20)


@pytest.mark.parametrize(
    "cells",
    [
        [cell([1] * 15 + [0] * 5, [i // 2 for i in range(20)])],
        [cell([0.5, 1, 0, 0.25])],
        [cell([1, 0, 1], "abc", weight=0.5), cell([1, 0, 1], "abc", weight=0.5)],
        [cell([1, 0, 1], "abc", weight=0.5), cell([1, 1], "de", weight=0.5)],
    ],
    ids=["repeated units", "not 0 or 1", "shared units", "unequal shares"],
)
def test_anything_else_has_the_cluster_interval(cells):
    assert linear_interval(cells) == pytest.approx(cluster_interval(cells))


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
