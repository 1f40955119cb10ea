"""What gates can resolve: the spec's figures, scipy's quantiles, and exact enumeration."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multinomial, norm

from trusteval.stats.paired import Pairs
from trusteval.stats.power import (
    chance_of_fail,
    chance_of_pass,
    fail_is_resolvable,
    minimum_detectable_effect,
    minimum_detectable_effect_of_aggregate,
    minimum_detectable_shift,
    pass_is_resolvable,
    power_per_gate,
    rows_to_pass,
    smallest_failing_drop,
    smallest_margin,
)

discordances = st.floats(0.02, 0.3)
sizes = st.integers(500, 20_000)

# -- formulas ----------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "points"), [(2109, 1.5), (200, 5.0)])
def test_smallest_margin_that_no_drop_passes(n, points):
    assert 100 * minimum_detectable_effect(0.08, n) == pytest.approx(points, abs=0.05)


def test_aggregates_take_2_49_standard_errors_and_shifts_2_93():
    assert minimum_detectable_effect_of_aggregate(0.01) == pytest.approx(0.0249, abs=5e-5)
    assert minimum_detectable_shift(0.01) == pytest.approx(0.0293, abs=5e-5)


def test_six_gates_to_pass_together_take_96_percent_each():
    each = power_per_gate(6)
    assert each == pytest.approx(0.96, abs=0.005)
    factor = minimum_detectable_effect_of_aggregate(1.0, power=each)
    assert factor == pytest.approx(3.44, abs=0.01)


@pytest.mark.parametrize("n", [20, 200, 2109])
def test_smallest_margin_is_the_upper_bound_of_identical_answers(n):
    assert smallest_margin(n) == pytest.approx(Pairs(0, 0, n).high, abs=1e-9)
    assert smallest_margin(n) == pytest.approx(2.71 / (n + 2.71), rel=2e-3)


def test_rows_needed_by_hand():
    # 8 % discordant and a margin of 3 points: 0.08 * (2.4865 / 0.03)^2 = 549.6.
    assert rows_to_pass(0.08, margin=0.03) == 550
    assert rows_to_pass(0.08, margin=0.03, drop=0.01) == 1237


@given(discordances, st.floats(0.005, 0.1))
def test_rows_needed_are_the_first_that_resolve_no_drop(discordance, margin):
    n = rows_to_pass(discordance, margin=margin)
    assert minimum_detectable_effect(discordance, n) <= margin + 1e-12
    assert minimum_detectable_effect(discordance, n - 1) > margin if n > 1 else True


def test_no_number_of_rows_passes_a_drop_on_the_margin():
    with pytest.raises(ValueError, match=r"below the margin 0\.03, got 0\.03"):
        rows_to_pass(0.1, margin=0.03, drop=0.03)
    assert not pass_is_resolvable(margin=0.03, discordance=0.1, n=10**9, drop=0.03)


@given(discordances, sizes, st.floats(0.005, 0.1))
def test_pass_is_resolvable_from_the_minimum_detectable_effect_on(discordance, n, margin):
    effect = minimum_detectable_effect(discordance, n)
    if abs(effect - margin) > 1e-9 and n * discordance >= 10:
        found = pass_is_resolvable(margin=margin, discordance=discordance, n=n)
        assert found == (margin > effect)


@pytest.mark.parametrize(("gates", "factor"), [(1, 2.49), (42, 3.88)])
def test_failing_one_of_many_gates_takes_a_larger_factor(gates, factor):
    # 10 % discordant of 10,000: the drop solves drop - 0.03 = factor sqrt((0.1 - drop^2) / 10,000)
    drop = smallest_failing_drop(margin=0.03, discordance=0.1, n=10_000, gates=gates)
    assert drop - 0.03 == pytest.approx(factor * sqrt((0.1 - drop**2) / 10_000), rel=2e-3)
    assert norm.isf(0.05 / gates) + norm.isf(0.2) == pytest.approx(factor, abs=0.005)


@given(discordances, sizes, st.floats(0.005, 0.1), st.integers(1, 60))
def test_fail_is_resolvable_from_the_smallest_failing_drop_on(discordance, n, margin, gates):
    drop = smallest_failing_drop(margin=margin, discordance=discordance, n=n, gates=gates)
    asked = {"margin": margin, "discordance": discordance, "n": n, "gates": gates}
    if n * discordance >= 10:
        assert fail_is_resolvable(drop=min(1.0, drop + 1e-6), **asked)
        assert not fail_is_resolvable(drop=drop - 1e-6, **asked)


@given(discordances, sizes, st.floats(0.005, 0.1))
def test_more_rows_resolve_smaller_drops(discordance, n, margin):
    few, many = (
        smallest_failing_drop(margin=margin, discordance=discordance, n=size) for size in (n, 4 * n)
    )
    assert margin < many < few <= 1


# -- enumeration -------------------------------------------------------------------------


def chances_of_scipy(n, discordance, drop, decides):
    """Enumerate every pair of counts with scipy's multinomial."""
    lost, gained = (discordance + drop) / 2, (discordance - drop) / 2
    counts = [(b, c) for b in range(n + 1) for c in range(n + 1 - b) if decides(Pairs(b, c, n))]
    table = np.array([[b, c, n - b - c] for b, c in counts])
    return multinomial.pmf(table, n, [lost, gained, 1 - lost - gained]).sum()


@pytest.mark.parametrize(("discordance", "drop"), [(0.1, 0.0), (0.2, 0.05), (0.05, 0.05)])
def test_chances_are_those_of_the_multinomial(discordance, drop):
    asked = {"margin": 0.1, "discordance": discordance, "n": 40, "drop": drop}
    passing = chances_of_scipy(40, discordance, drop, lambda pairs: pairs.high <= 0.1)
    failing = chances_of_scipy(40, discordance, drop, lambda pairs: pairs.p_above(0.1) <= 0.05)
    assert chance_of_pass(**asked) == pytest.approx(passing, abs=1e-9)
    assert chance_of_fail(**asked) == pytest.approx(failing, abs=1e-9)


@pytest.mark.parametrize(
    ("discordance", "margin", "n", "percent"),
    [(0.02, 0.01, 200, 22), (0.02, 0.01, 500, 44), (0.05, 0.03, 50, 12), (0.05, 0.03, 200, 54)],
)
def test_chance_to_pass_without_a_drop_is_that_of_the_documentation(
    discordance, margin, n, percent
):
    chance = chance_of_pass(margin=margin, discordance=discordance, n=n)
    assert 100 * chance == pytest.approx(percent, abs=0.6)


@pytest.mark.parametrize(
    ("discordance", "n", "percent"),
    [(0.05, 50, 1.3), (0.05, 200, 4.3), (0.05, 500, 4.8), (0.10, 200, 4.9), (0.20, 50, 4.8)],
)
def test_false_passes_at_the_margin_are_those_of_the_documentation(discordance, n, percent):
    chance = chance_of_pass(margin=0.03, discordance=discordance, n=n, drop=0.03)
    assert 100 * chance == pytest.approx(percent, abs=0.06)


@pytest.mark.parametrize(
    ("discordance", "n", "percent"),
    [(0.05, 50, 0.3), (0.05, 200, 2.0), (0.05, 500, 3.4), (0.10, 200, 3.8), (0.20, 50, 3.5)],
)
def test_false_fails_at_the_margin_are_those_of_the_documentation(discordance, n, percent):
    chance = chance_of_fail(margin=0.03, discordance=discordance, n=n, drop=0.03)
    assert 100 * chance == pytest.approx(percent, abs=0.06)


def test_formula_is_close_for_500_rows_and_hopeful_for_200():
    for n, least in ((500, 0.785), (200, 0.72)):
        margin = minimum_detectable_effect(0.1, n)
        assert least <= chance_of_pass(margin=margin, discordance=0.1, n=n) <= 0.81


def test_identical_answers_always_pass_a_margin_above_the_smallest_and_never_one_below():
    margin = smallest_margin(200)
    assert chance_of_pass(margin=margin + 1e-6, discordance=0.0, n=200) == 1.0
    assert chance_of_pass(margin=margin - 1e-6, discordance=0.0, n=200) == 0.0


def test_few_discordant_samples_are_enumerated():
    # The formula would promise 2.8 points for 1 % of 80; at most 3 points are never resolved,
    # since even identical answers leave 3.3 points open.
    assert minimum_detectable_effect(0.01, 80) < 0.03 < smallest_margin(80)
    assert not pass_is_resolvable(margin=0.03, discordance=0.01, n=80)
    assert pass_is_resolvable(margin=0.08, discordance=0.01, n=80)
    assert not fail_is_resolvable(margin=0.01, discordance=0.01, n=80, drop=0.05)
    assert fail_is_resolvable(margin=0.01, discordance=0.01, n=80, drop=0.12)


def test_drop_larger_than_the_discordance_is_impossible():
    with pytest.raises(ValueError, match=r"\|drop\| <= discordance <= 1, got 0.1 and 0.05"):
        chance_of_pass(margin=0.1, discordance=0.05, n=50, drop=0.1)


@given(st.floats(0.01, 0.3), st.integers(5, 60), st.floats(0.01, 0.3), st.floats(0.01, 0.3))
def test_larger_margins_pass_more_and_fail_less(discordance, n, one, other):
    low, high = sorted((one, other))
    passing = [chance_of_pass(margin=m, discordance=discordance, n=n) for m in (low, high)]
    failing = [
        chance_of_fail(margin=m, discordance=discordance, n=n, drop=0.0) for m in (low, high)
    ]
    assert 0 <= passing[0] <= passing[1] + 1e-12 <= 1 + 1e-9
    assert 0 <= failing[1] <= failing[0] + 1e-12 <= 1 + 1e-9
