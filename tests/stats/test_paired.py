"""A drop against a reference: Tango above, Bonett and Price below, McNemar for any drop."""

from __future__ import annotations

from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import binomtest

from trusteval.stats.estimate import Z
from trusteval.stats.paired import Pairs, bonett_price_lower_bound, tango_upper_bound, tango_z

COUNTS = [(12, 4, 200), (4, 12, 200), (0, 7, 50), (7, 0, 50), (1, 1, 20), (300, 250, 14042)]
pairs = st.integers(1, 2000).flatmap(
    lambda n: st.integers(0, n).flatmap(
        lambda k: st.integers(0, k).map(lambda lost: Pairs(lost, k - lost, n))
    )
)


def mirrored(drop: Pairs) -> Pairs:
    return Pairs(drop.gained, drop.lost, drop.n)


# -- Tango -------------------------------------------------------------------------------


def score_statistic(lost, gained, n, drop):
    """Maximise the likelihood of the counts under a drop, numerically, and standardise."""

    def surprise(q):
        terms = ((lost, q + drop), (gained, q), (n - lost - gained, 1 - 2 * q - drop))
        return -sum(count * log(p) for count, p in terms if count)

    least, most = max(0.0, -drop) + 1e-15, (1 - drop) / 2 - 1e-15
    q = minimize_scalar(surprise, bounds=(least, most), method="bounded", options={"xatol": 1e-14})
    variance = (2 * q.x + drop - drop**2) / n
    return ((lost - gained) / n - drop) / sqrt(variance)


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize("drop", [-0.05, -0.01, 0.005, 0.03, 0.1])
def test_tango_statistic_is_the_score_statistic_of_maximum_likelihood(counts, drop):
    assert tango_z(*counts, drop=drop) == pytest.approx(score_statistic(*counts, drop), rel=1e-4)


def test_tango_interval_is_that_of_the_published_example():
    # Airway hyper-responsiveness before and after transplantation, (1, 1; 7, 12) of 21, in
    # Fagerland, Lydersen and Laake 2017, chapter 8: -0.517 to -0.026 at 95 %.
    low, high = (
        brentq(lambda drop, z=z: tango_z(1, 7, 21, drop=drop) - z, -0.9, 0.9)
        for z in (1.959964, -1.959964)
    )
    assert (low, high) == pytest.approx((-0.517, -0.026), abs=5e-4)


def test_twelve_lost_and_four_gained_of_200():
    drop = Pairs(12, 4, 200)
    assert drop.value == 0.04
    assert drop.low == bonett_price_lower_bound(12, 4, 200) == pytest.approx(0.0054, abs=5e-5)
    assert drop.high == tango_upper_bound(12, 4, 200) == pytest.approx(0.0767, abs=5e-5)
    tangos_own_lower = brentq(lambda d: tango_z(12, 4, 200, drop=d) - Z, 0, 0.04)
    assert tangos_own_lower == pytest.approx(0.0077, abs=5e-5)


@pytest.mark.parametrize("n", [1, 20, 200, 2109])
def test_identical_answers_have_a_positive_upper_bound(n):
    assert tango_upper_bound(0, 0, n) == pytest.approx(Z * Z / (n + Z * Z), abs=1e-9)


def test_identical_answers_to_200_samples_leave_1_point_3_points_open():
    assert Pairs(0, 0, 200).high == pytest.approx(0.0133, abs=5e-5)


def test_everything_lost_is_bounded_from_below_only():
    drop = Pairs(50, 0, 50)
    assert 0.85 < drop.low < 1
    assert drop.high == 1.0


# -- Bonett and Price --------------------------------------------------------------------


def test_lower_bound_by_hand():
    # 3 of 8 lost, 1 gained: 4/10 and 2/10 after the adjustment, variance (0.6 - 0.04) / 10.
    assert bonett_price_lower_bound(3, 1, 8) == pytest.approx(0.2 - Z * sqrt(0.056))


@pytest.mark.parametrize(
    ("margin", "flips", "n"),
    [
        *[(0.03, 13, 200), (0.03, 24, 500), (0.03, 78, 2109), (0.03, 456, 14042)],
        *[(0.01, 7, 200), (0.01, 11, 500), (0.01, 31, 2109), (0.01, 162, 14042)],
    ],
)
def test_planted_flips_are_shown_from_that_many_on(margin, flips, n):
    assert Pairs(flips, 0, n).p_above(margin) <= 0.05
    assert Pairs(flips - 1, 0, n).p_above(margin) > 0.05


@given(pairs, st.floats(-0.9, 0.9))
def test_p_is_at_most_5_percent_exactly_when_the_lower_bound_is_beyond(drop, limit):
    if abs(drop.low - limit) > 1e-9 and drop.low > -1:
        assert (drop.p_above(limit) <= 0.05) == (drop.low > limit)


@given(pairs)
def test_p_is_5_percent_at_the_lower_bound(drop):
    if drop.low > -1:
        assert drop.p_above(drop.low) == pytest.approx(0.05)


@given(pairs, st.floats(-1, 1))
def test_a_gain_is_a_drop_of_the_reference(drop, limit):
    assert drop.value == -mirrored(drop).value
    assert drop.p_below(limit) == mirrored(drop).p_above(-limit)
    assert tango_z(drop.lost, drop.gained, drop.n, drop=0.0) == pytest.approx(
        -tango_z(drop.gained, drop.lost, drop.n, drop=0.0)
    )


@given(pairs)
def test_bounds_hold_the_drop(drop):
    assert -1 <= drop.low < drop.value + 2 / drop.n
    assert drop.value <= drop.high <= 1


@given(pairs, st.floats(-1, 1), st.floats(-1, 1))
def test_larger_limits_are_harder_to_exceed(drop, one, other):
    low, high = sorted((one, other))
    assert drop.p_above(low) <= drop.p_above(high)
    assert drop.p_below(low) >= drop.p_below(high)


# -- McNemar -----------------------------------------------------------------------------


@pytest.mark.parametrize(("lost", "gained"), [(1, 0), (0, 1), (12, 4), (4, 12), (300, 250)])
def test_any_drop_is_mcnemars_exact_test(lost, gained):
    expected = binomtest(lost, lost + gained, 0.5, "greater").pvalue
    assert Pairs(lost, gained, 14042).p_of_any_drop() == pytest.approx(expected)


def test_without_discordant_samples_there_is_no_evidence_of_a_drop():
    assert Pairs(0, 0, 200).p_of_any_drop() == 1.0


@pytest.mark.parametrize("counts", [(0, 0, 0), (-1, 0, 5), (3, 3, 5), (0, 0, -1)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match=r"lost \+ gained <= n"):
        Pairs(*counts)
