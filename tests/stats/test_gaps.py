"""One gap between two groups: Newcombe's interval folded at 0, and the larger of two gaps."""

from __future__ import annotations

from math import pi, sqrt

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from trusteval.stats.estimate import Z
from trusteval.stats.gaps import (
    NOISE,
    NOISE_OF_EQUALS,
    NOISE_OF_TWO,
    Z_OF_TWO,
    Gap,
    OddsGap,
    newcombe_bound,
    wilson_bound,
)

groups = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
gaps = st.tuples(groups, groups).map(lambda both: Gap(*both[0], *both[1]))
limits = st.floats(0.001, 0.999)


def counts(gap):
    return gap.positive_1, gap.n_1, gap.positive_2, gap.n_2


def swapped(gap):
    return Gap(gap.positive_2, gap.n_2, gap.positive_1, gap.n_1)


def statsmodels_interval(gap, *, alpha):
    return confint_proportions_2indep(*counts(gap), method="newcomb", compare="diff", alpha=alpha)


# -- Newcombe's interval -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "low", "high"),
    [
        (Gap(56, 70, 48, 80), 0.0524, 0.3339),
        (Gap(9, 10, 3, 10), 0.1705, 0.8090),
        (Gap(5, 56, 0, 29), -0.0381, 0.1926),
        (Gap(0, 10, 0, 20), -0.1611, 0.2775),
        (Gap(10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_two_sided_95_percent_interval_is_that_of_newcombes_paper(gap, low, high):
    bounds = newcombe_bound(gap, -Z_OF_TWO), newcombe_bound(gap, Z_OF_TWO)
    assert bounds == pytest.approx((low, high), abs=5e-5)


@given(gaps)
def test_interval_of_the_difference_is_statsmodels(gap):
    assert gap.interval_of_difference == pytest.approx(
        statsmodels_interval(gap, alpha=0.10), abs=1e-9
    )


@given(groups)
def test_wilson_bounds_are_statsmodels(group):
    bounds = wilson_bound(*group, z=-Z), wilson_bound(*group, z=Z)
    assert bounds == pytest.approx(
        proportion_confint(*group, alpha=0.10, method="wilson"), abs=1e-9
    )


# -- folded ------------------------------------------------------------------------------


def test_interval_on_one_side_of_0_keeps_its_ends():
    gap = Gap(56, 70, 48, 80)
    low, high = gap.interval_of_difference
    assert 0 < low < high
    assert (gap.low, gap.high) == (low, high)


def test_interval_on_the_other_side_of_0_is_mirrored():
    gap = Gap(48, 80, 56, 70)
    low, high = gap.interval_of_difference
    assert low < high < 0
    assert (gap.low, gap.high) == (-high, -low)


def test_interval_that_holds_0_reaches_from_0_to_its_farther_end():
    gap = Gap(50, 100, 52, 100)
    low, high = gap.interval_of_difference
    assert low < 0 < high < -low
    assert (gap.low, gap.high) == (0.0, -low)


def test_no_difference_is_no_certainty():
    assert Gap(0, 100, 0, 100).high > 0.02


@given(gaps)
def test_bounds_hold_the_value(gap):
    assert 0 <= gap.low <= gap.value + 1e-12
    assert gap.value - 1e-12 <= gap.high <= 1


@given(gaps, limits)
def test_which_group_is_first_does_not_matter(gap, limit):
    other = swapped(gap)
    assert (other.value, other.low, other.high) == pytest.approx((gap.value, gap.low, gap.high))
    assert other.p_above(limit) == pytest.approx(gap.p_above(limit), abs=1e-9)
    assert other.p_below(limit) == pytest.approx(gap.p_below(limit), abs=1e-9)


@pytest.mark.parametrize("impossible", [(0, 0, 1, 2), (3, 2, 1, 2), (1, 2, -1, 2), (1, 2, 0, 0)])
def test_impossible_counts_are_refused(impossible):
    with pytest.raises(ValueError, match="0 <= positive <= n"):
        Gap(*impossible)


# -- p-values ----------------------------------------------------------------------------


@given(gaps)
def test_p_is_the_level_of_the_bound_at_the_bound(gap):
    if gap.low > 1e-6:
        assert gap.p_above(gap.low) == pytest.approx(0.05, rel=1e-6)
    if 0 < gap.high < 1 - 1e-6:
        assert gap.p_below(gap.high) == pytest.approx(0.05, rel=1e-6)


@given(gaps, limits, st.floats(1e-4, 0.5))
@example(gap=Gap(50, 100, 52, 100), limit=0.2, level=0.1)
def test_p_is_at_most_a_level_exactly_when_the_bound_at_that_level_is_beyond(gap, limit, level):
    low, high = statsmodels_interval(gap, alpha=2 * level)
    folded_low = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    folded_high = max(abs(low), abs(high))
    assume(min(abs(folded_low - limit), abs(folded_high - limit)) > 1e-9)
    assert (gap.p_above(limit) <= level) == (folded_low > limit)
    assert (gap.p_below(limit) <= level) == (folded_high < limit)


@given(gaps, limits, limits)
def test_larger_limits_are_harder_to_exceed_and_easier_to_stay_below(gap, one, other):
    low, high = sorted((one, other))
    assert gap.p_above(low) <= gap.p_above(high) + 1e-9
    assert gap.p_below(low) >= gap.p_below(high) - 1e-9


def test_a_size_is_never_below_0():
    gap = Gap(50, 100, 52, 100)
    assert gap.p_above(-0.01) == 0.0
    assert gap.p_below(-0.01) == 1.0


def test_overwhelming_evidence_has_a_p_of_0_at_worst():
    gap = Gap(10**6, 10**6, 0, 10**6)
    assert 0 <= gap.p_above(0.5) < 1e-100
    assert gap.p_below(0.5) == pytest.approx(1.0)


# -- noise -------------------------------------------------------------------------------


def test_noise_constants_are_the_means_they_stand_for():
    assert pytest.approx(sqrt(2 / pi), abs=0.003) == NOISE
    assert pytest.approx(2 / sqrt(pi), abs=0.003) == NOISE_OF_TWO
    assert pytest.approx(1 / sqrt(2 * pi), abs=0.003) == NOISE_OF_EQUALS


def test_noise_of_a_gap_by_hand():
    # 1/2 and 1/2 of 100 each: SE = sqrt(2 * 1/400) = 0.0707.
    gap = Gap(50, 100, 50, 100)
    assert gap.noise == pytest.approx(0.80 * sqrt(1 / 200))
    assert gap.lift == gap.noise


def test_gap_of_more_than_three_standard_errors_is_not_lifted():
    # SE = sqrt(0.2 * 0.8 / 100 + 0.5 * 0.5 / 100) = 0.064.
    assert Gap(31, 100, 50, 100).lift == Gap(31, 100, 50, 100).noise > 0
    assert Gap(29, 100, 50, 100).lift == 0.0


# -- equalized odds ----------------------------------------------------------------------

odds_gaps = st.builds(OddsGap, gaps, gaps)


def test_odds_gap_by_hand():
    odds = OddsGap(Gap(56, 70, 48, 80), Gap(9, 10, 3, 10))
    assert odds.value == pytest.approx(0.6)
    assert odds.low == pytest.approx(0.1705, abs=5e-5)
    assert odds.high == pytest.approx(statsmodels_interval(odds.false_positive, alpha=0.10)[1])


def test_larger_bound_may_come_from_the_smaller_gap():
    precise, vague = Gap(700, 1000, 500, 1000), Gap(8, 10, 5, 10)
    odds = OddsGap(precise, vague)
    assert odds.value == vague.value
    assert odds.low == precise.bounds(Z_OF_TWO)[0] > vague.bounds(Z_OF_TWO)[0]
    assert odds.high == vague.high


@given(odds_gaps, limits)
def test_odds_gap_is_above_if_either_is_and_below_if_both_are(odds, limit):
    both = odds.true_positive, odds.false_positive
    twice = 2 * min(gap.p_above(limit) for gap in both)
    assert odds.p_above(limit) == min(1.0, twice)
    assert odds.p_below(limit) == max(gap.p_below(limit) for gap in both)


@given(odds_gaps)
def test_odds_gap_has_the_level_of_the_bound_at_the_bound_and_holds_its_value(odds):
    assert odds.low - 1e-12 <= odds.value <= odds.high + 1e-12
    if odds.low > 1e-6:
        assert odds.p_above(odds.low) == pytest.approx(0.05, rel=1e-6)
    if 0 < odds.high < 1 - 1e-6:
        assert odds.p_below(odds.high) == pytest.approx(0.05, rel=1e-6)


def test_lift_of_an_odds_gap_falls_as_it_gets_clear():
    even, near, far = (
        Gap(500, 1000, 500, 1000),
        Gap(700, 1000, 500, 1000),
        Gap(900, 1000, 500, 1000),
    )
    noisy = OddsGap(even, even)
    assert noisy.lift == noisy.noise == pytest.approx(1.13 * even.standard_error)
    clear_of_noise = OddsGap(near, near)
    assert clear_of_noise.lift == pytest.approx(0.4 * sqrt(2) * near.standard_error)
    assert OddsGap(far, near).lift == 0.0
