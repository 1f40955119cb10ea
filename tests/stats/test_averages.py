"""Means and products of means by units, against statsmodels, numpy and leaving units out."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trusteval.stats.averages import (
    Factor,
    estimate_mean,
    estimate_product,
    estimate_share,
    powers_per_step,
)
from trusteval.stats.design import Design, Values
from trusteval.stats.estimate import Normal, Z
from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined

SEED = 20


def rows_of_units(n: int, *, columns: int = 1) -> tuple[Values, np.ndarray]:
    """Draw positive rows, three to a unit, that go together."""
    chance = np.random.default_rng(SEED)
    units = np.arange(n) // 3
    shared = chance.normal(size=(n // 3 + 1, columns))[units]
    return np.exp(0.6 * shared + 0.4 * chance.normal(size=(n, columns))), units


def test_mean_has_the_cluster_error_of_statsmodels() -> None:
    from statsmodels.api import OLS

    y, units = rows_of_units(90)
    found = estimate_mean(y[:, 0], design=Design.of(90, units=units))
    fit = OLS(y[:, 0], np.ones(90)).fit(cov_type="cluster", cov_kwds={"groups": units})
    assert isinstance(found, Normal)
    assert found.value == pytest.approx(fit.params[0])
    assert found.standard_error == pytest.approx(fit.bse[0])
    assert found.low == pytest.approx(fit.params[0] - Z * fit.bse[0])


def test_bounds_stay_where_values_can_be() -> None:
    found = estimate_mean(np.array([0.0, 0.0, 1.0]), design=Design.of(3), least=0.0, most=1.0)
    assert isinstance(found, Normal)
    assert (found.low, found.high) == (0.0, pytest.approx(1 / 3 + Z / 3))


def test_one_unit_has_no_interval() -> None:
    one = Design.of(3, units=np.zeros(3, np.int64))
    assert isinstance(estimate_mean(np.arange(3.0), design=one), Undefined)
    assert isinstance(estimate_product(np.ones((3, 2)), (1, -1), design=one), Undefined)


def test_error_of_a_product_is_that_of_leaving_each_unit_out() -> None:
    y, units = rows_of_units(600, columns=3)
    powers = (0.5, 0.25, -0.75)
    found = estimate_product(y, powers, design=Design.of(600, units=units))
    without = [
        float(np.log(y[units != unit].mean(axis=0)) @ powers) for unit in np.unique(units).tolist()
    ]
    n = len(without)
    jackknife = sqrt((n - 1) / n * ((np.array(without) - np.mean(without)) ** 2).sum())
    assert isinstance(found, Factor)
    assert found.value == pytest.approx(np.prod(y.mean(axis=0) ** powers))
    assert found.of_log.standard_error == pytest.approx(jackknife, rel=0.02)
    assert found.low < found.value < found.high
    assert found.p_below(1.0) == pytest.approx(found.of_log.p_below(0.0))


def test_mean_of_nothing_has_no_logarithm() -> None:
    found = estimate_product(np.array([[1.0, 0.0], [2.0, 0.0]]), (1, -1), design=Design.of(2))
    assert isinstance(found, Undefined)


def test_share_of_flags_has_the_number_of_a_sample() -> None:
    found = estimate_share(np.arange(20.0) < 5, design=Design.of(20))
    assert isinstance(found, Proportion)
    assert (found.value, found.n) == (0.25, pytest.approx(19))


def test_share_that_never_varies_is_that_of_all_even_units() -> None:
    found = estimate_share(np.zeros(20), design=Design.of(20, units=np.arange(20) // 2))
    assert isinstance(found, Proportion)
    assert (found.value, found.n, found.low) == (0, pytest.approx(10), 0)
    assert found.high > 0.2


def test_powers_are_the_slope_of_a_straight_line() -> None:
    bits, means = [8.0, 4.5, 4.0, 3.0], np.array([2.0, 1.7, 1.8, 1.1])
    slope, _ = np.polyfit(bits, np.log(means), 1)
    assert np.log(means) @ powers_per_step(bits) == pytest.approx(-slope)


def test_line_through_one_place_is_refused() -> None:
    with pytest.raises(ValueError, match="two places"):
        powers_per_step([4, 4])


@settings(max_examples=50, deadline=None)
@given(
    st.floats(0.3, 1.5),
    st.lists(st.floats(0.01, 10), min_size=2, max_size=20),
    st.lists(st.integers(2, 16), min_size=2, max_size=5, unique=True),
)
def test_margins_scaled_by_a_power_of_a_factor_have_that_factor(
    factor: float, margins: list[float], bits: list[int]
) -> None:
    y = np.column_stack([np.array(margins) * factor ** (16 - one) for one in bits])
    found = estimate_product(y, powers_per_step(bits), design=Design.of(len(margins)))
    assert isinstance(found, Factor)
    assert log(found.value) == pytest.approx(log(factor), abs=1e-9)
    assert found.high == pytest.approx(found.low)
