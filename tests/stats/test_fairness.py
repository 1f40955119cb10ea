"""Sums of gaps over settings that share items, and shifts of one group against the other."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm

from trusteval.stats.estimate import Normal, Z
from trusteval.stats.fairness import (
    GapRows,
    Lifted,
    WeightedGap,
    estimate_gap_difference,
    estimate_gaps,
)
from trusteval.stats.gaps import Gap, OddsGap
from trusteval.stats.shifts import ShiftForm, ShiftRows, estimate_shifts, shift_p, within


def gap_rows(called, first_group, positive, units=None) -> GapRows:
    """Build a setting; by default every row is its own unit. Strata are group x label."""
    flags = [np.array(column, dtype=bool) for column in (called, first_group, positive)]
    numbers = np.arange(len(called)) if units is None else np.array(units)
    return GapRows(*flags, units=numbers, strata=2 * flags[1] + flags[2])


def drawn(seed, *, n=100, rates=(0.5, 0.5)) -> GapRows:
    """Draw a setting of n rows per group; both groups have every second row positive."""
    generator = np.random.default_rng(seed)
    first = np.arange(2 * n) < n
    called = generator.random(2 * n) < np.where(first, *rates)
    return gap_rows(called, first, np.arange(2 * n) % 2 == 0)


def mirrored(rows: GapRows) -> GapRows:
    return GapRows(rows.called, ~rows.first_group, rows.positive, rows.units, rows.strata)


settings_of_eight = st.lists(st.booleans(), min_size=8, max_size=8).map(
    lambda called: gap_rows(called, [1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 1, 1, 0, 0])
)
weighted_gaps = st.lists(
    st.builds(WeightedGap, settings_of_eight, st.floats(0.01, 1), st.booleans()),
    min_size=1,
    max_size=4,
)

# -- values ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_value_is_fairlearns(seed):
    rows = drawn(seed, rates=(0.4, 0.6))
    truth, called, groups = (
        column.astype(int) for column in (rows.positive, rows.called, rows.first_group)
    )
    expected = [
        demographic_parity_difference(truth, called, sensitive_features=groups),
        equalized_odds_difference(truth, called, sensitive_features=groups),
    ]
    for odds, of_fairlearn in enumerate(expected):
        value = estimate_gaps([WeightedGap(rows, 1.0, bool(odds))]).value
        assert value == pytest.approx(of_fairlearn)


def test_sum_adds_weighted_gaps():
    one, other = drawn(1, rates=(0.3, 0.6)), drawn(2, rates=(0.6, 0.3))
    total = estimate_gaps([WeightedGap(one, 0.25, False), WeightedGap(other, 0.75, True)])
    expected = (
        0.25 * estimate_gaps([WeightedGap(one, 1.0, False)]).value
        + 0.75 * estimate_gaps([WeightedGap(other, 1.0, True)]).value
    )
    assert total.value == pytest.approx(expected)
    assert total.most == 1.0


# -- errors and bounds -------------------------------------------------------------------


def test_sum_by_hand():
    # Called 3 of 4 in the first group, 1 of 4 in the other: gap 1/2, rows weigh 1/4.
    # First group u = (1, 1, 1, -3) / 16, its stratum's pseudo-items -+3/16: squares
    # (1 + 1 + 1 + 9 + 9 + 9) / 256 = 30/256, mean 0, variance 6/256, four units: 24/256. The
    # other group likewise. SE^2 = 48/256; the binomial one is 2 * 3/16/4 = 24/256.
    rows = gap_rows([1, 1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0], [1] * 8)
    estimate = estimate_gaps([WeightedGap(rows, 1.0, False)])
    lift = 0.80 * sqrt(24 / 256)
    error = sqrt(48 / 256)
    assert estimate.value == pytest.approx(0.5)
    assert estimate.standard_error == pytest.approx(error)
    assert estimate.raised == pytest.approx(lift)
    assert estimate.lowered == 0.0
    assert (estimate.low, estimate.high) == (0.0, 1.0)
    assert estimate.p_above(0.1) == pytest.approx(norm.sf((0.4 - lift) / error))
    assert estimate.p_below(0.9) == pytest.approx(norm.sf(0.4 / error))


def test_error_of_many_separate_rows_is_the_binomial_one():
    rows = drawn(3, n=2000, rates=(0.3, 0.6))
    plain = Gap(
        int((rows.called & rows.first_group).sum()),
        2000,
        int((rows.called & ~rows.first_group).sum()),
        2000,
    ).standard_error
    estimate = estimate_gaps([WeightedGap(rows, 1.0, False)])
    assert estimate.standard_error == pytest.approx(plain, rel=0.02)


def test_more_settings_of_the_same_items_shrink_nothing():
    rows = drawn(4)
    once = estimate_gaps([WeightedGap(rows, 1.0, False)])
    thrice = estimate_gaps([WeightedGap(rows, 1 / 3, False)] * 3)
    assert thrice.value == pytest.approx(once.value)
    assert thrice.standard_error == pytest.approx(once.standard_error)
    assert thrice.raised == pytest.approx(once.raised)


def test_noise_lifts_a_sum_by_the_weighted_mean_of_its_gaps():
    rows = drawn(5)
    counts = {odds: estimate_gaps([WeightedGap(rows, 1.0, odds)]).raised for odds in (False, True)}
    both = estimate_gaps([WeightedGap(rows, 0.5, odds) for odds in (False, True)])
    assert both.raised == pytest.approx((counts[False] + counts[True]) / 2)


def test_odds_gap_has_the_error_and_the_lift_of_its_two_gaps():
    # The first group's true positives are called 9 of 10, the other's 4 of 10; false positives
    # 5 and 5 of 10 each.
    called = [1] * 9 + [0] + [1] * 5 + [0] * 5 + [1] * 4 + [0] * 6 + [1] * 5 + [0] * 5
    rows = gap_rows(called, [1] * 20 + [0] * 20, ([1] * 10 + [0] * 10) * 2)
    odds = OddsGap(Gap(9, 10, 4, 10), Gap(5, 10, 5, 10))
    estimate = estimate_gaps([WeightedGap(rows, 1.0, True)])
    assert estimate.value == pytest.approx(odds.value)
    assert estimate.raised == pytest.approx(odds.lift)
    positive = gap_rows([1] * 9 + [0] + [1] * 4 + [0] * 6, [1] * 10 + [0] * 10, [1] * 20)
    alone = estimate_gaps([WeightedGap(positive, 1.0, False)])
    assert estimate.standard_error == pytest.approx(alone.standard_error)


@given(weighted_gaps)
def test_interval_holds_the_sum_and_never_collapses(gaps):
    estimate = estimate_gaps(gaps)
    assert 0 <= estimate.low <= estimate.value + 1e-9
    assert estimate.value - 1e-9 <= estimate.high <= estimate.most
    assert estimate.low < estimate.high


@given(weighted_gaps)
def test_swapping_the_groups_changes_nothing(gaps):
    swapped = [WeightedGap(mirrored(gap.rows), gap.weight, gap.odds) for gap in gaps]
    one, other = estimate_gaps(gaps), estimate_gaps(swapped)
    assume(all(estimate_gaps([gap]).value > 0 for gap in gaps))
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_gap_of_0_goes_the_way_of_the_others():
    none = gap_rows([0, 1, 0, 1], [1, 1, 0, 0], [1] * 4)
    some = gap_rows([1, 1, 0, 1], [1, 1, 0, 0], [1] * 4)
    gaps = [WeightedGap(rows, 0.5, False) for rows in (none, some)]
    swapped = [WeightedGap(mirrored(gap.rows), gap.weight, gap.odds) for gap in gaps]
    errors = [estimate_gaps(both).standard_error for both in (gaps, swapped)]
    assert errors[0] == pytest.approx(errors[1])


lifted = st.builds(Lifted, st.floats(0, 1), st.floats(0.001, 1), st.floats(0, 1), st.floats(0, 1))


@given(lifted, st.floats(-1, 2), st.floats(-1, 2))
def test_p_is_5_percent_at_the_bound_and_grows_with_the_limit(estimate, one, other):
    low, high = sorted((one, other))
    assert estimate.p_above(estimate.low) == pytest.approx(0.05)
    assert estimate.p_below(estimate.high) == pytest.approx(0.05)
    assert estimate.p_above(low) <= estimate.p_above(high)
    assert estimate.p_below(low) >= estimate.p_below(high)


def test_group_without_rows_has_no_gap():
    rows = gap_rows([1, 0, 1], [1, 1, 1], [1, 0, 1])
    with pytest.raises(ValueError, match="rows of both groups, got 3 and 0"):
        estimate_gaps([WeightedGap(rows, 1.0, False)])


@pytest.mark.parametrize("weight", [0.0, -0.5, float("nan")])
def test_weights_are_positive(weight):
    with pytest.raises(ValueError, match="positive weight"):
        WeightedGap(drawn(0), weight, False)


# -- against a reference -----------------------------------------------------------------


def one_flipped(rows: GapRows) -> GapRows:
    called = rows.called.copy()
    called[0] = ~called[0]
    return GapRows(called, rows.first_group, rows.positive, rows.units, rows.strata)


def test_difference_is_positive_where_the_subject_is_less_fair():
    fair, unfair = drawn(6, rates=(0.5, 0.5)), drawn(6, rates=(0.3, 0.7))
    worse = estimate_gap_difference([WeightedGap(fair, 1, False)], [WeightedGap(unfair, 1, False)])
    assert worse.value > 0.2
    assert worse.low > 0


def test_equal_answers_have_a_difference_of_0_with_an_error_of_one_row():
    # 50 rows of each stratum, all u = 0: two pseudo-items of +-1/100 among 52 each, variance
    # 2 / 100^2 / 51, times 50 units, four strata.
    gaps = [WeightedGap(drawn(7), 1.0, False)]
    same = estimate_gap_difference(gaps, gaps)
    assert same.value == 0.0
    assert same.differing == 0
    assert same.standard_error == pytest.approx(sqrt(4 * 50 * 2 / 100**2 / 51))
    assert same.raised == same.lowered == estimate_gaps(gaps).raised


def test_pairing_makes_a_small_change_certain():
    rows = drawn(8, n=500, rates=(0.45, 0.55))
    reference, subject = ([WeightedGap(r, 1.0, False)] for r in (rows, one_flipped(rows)))
    paired = estimate_gap_difference(reference, subject)
    assert paired.differing == 1
    assert abs(paired.value) == pytest.approx(1 / 500)
    assert paired.standard_error < estimate_gaps(subject).standard_error / 5


def test_each_bound_moves_by_the_noise_of_the_side_it_doubts():
    fair, unfair = drawn(9, n=500, rates=(0.5, 0.5)), drawn(9, n=500, rates=(0.3, 0.7))
    reference, subject = [WeightedGap(fair, 1, False)], [WeightedGap(unfair, 1, False)]
    estimate = estimate_gap_difference(reference, subject)
    assert estimate.raised == estimate_gaps(subject).raised == 0.0
    assert estimate.lowered == estimate_gaps(reference).raised > 0
    assert estimate.low == pytest.approx(estimate.value - Z * estimate.standard_error)
    assert estimate.high == pytest.approx(
        estimate.value + estimate.lowered + Z * estimate.standard_error
    )


@given(weighted_gaps, st.integers(0, 3))
def test_swapping_reference_and_subject_changes_the_sign_alone(gaps, seed):
    order = np.random.default_rng(seed).permutation(8)
    others = [
        WeightedGap(GapRows(g.rows.called[order], *_unchanged(g.rows)), g.weight, g.odds)
        for g in gaps
    ]
    there, back = estimate_gap_difference(gaps, others), estimate_gap_difference(others, gaps)
    assert back.value == pytest.approx(-there.value)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert back.p_below(-0.1) == pytest.approx(there.p_above(0.1))


def _unchanged(rows):
    return rows.first_group, rows.positive, rows.units, rows.strata


def test_subject_may_have_answered_other_rows():
    rows = drawn(10)
    answered = np.arange(200) % 7 != 0
    columns = (rows.called, *_unchanged(rows))
    fewer = GapRows(*(column[answered] for column in columns))
    estimate = estimate_gap_difference(
        [WeightedGap(rows, 1.0, False)], [WeightedGap(fewer, 1.0, False)]
    )
    expected = (
        estimate_gaps([WeightedGap(fewer, 1.0, False)]).value
        - estimate_gaps([WeightedGap(rows, 1.0, False)]).value
    )
    assert estimate.value == pytest.approx(expected)


# -- shifts ------------------------------------------------------------------------------


def shift_rows(change, first_group, positive, *, odds=True, units=None) -> ShiftRows:
    first, truly = np.array(first_group, bool), np.array(positive, bool)
    numbers = np.arange(len(change)) if units is None else np.array(units)
    return ShiftRows(np.array(change), first, truly, numbers, 2 * first + truly, odds)


EVEN = shift_rows([1, 1, 0, 0, -1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 1, 0, 1, 0])


def test_shifts_by_hand():
    # First group: 2 of 4 more called, other: 1 of 4 fewer. Of the positive rows 1 of 2 and -1 of
    # 2; of the negative ones 1 of 2 and none.
    shifts = estimate_shifts([EVEN], list(ShiftForm))
    values = {form: shift.value for form, shift in shifts.items()}
    assert values == {
        ShiftForm.SELECTION: pytest.approx(0.75),
        ShiftForm.TRUE_POSITIVE: pytest.approx(1.0),
        ShiftForm.FALSE_POSITIVE: pytest.approx(0.5),
    }
    assert {form: shift.differing for form, shift in shifts.items()} == {
        ShiftForm.SELECTION: 3,
        ShiftForm.TRUE_POSITIVE: 2,
        ShiftForm.FALSE_POSITIVE: 1,
    }


def test_error_of_a_shift_by_hand():
    # False positives: changes (1, 0) and (0, 0), rows weigh 1/2: u = +-1/4 in one stratum, with
    # pseudo-items +-1/4: variance 4/16/3, two units; the other has u = 0 and full weight +-1/2:
    # variance 2/4/3, two units. SE^2 = 1/6 + 1/3.
    shift = estimate_shifts([EVEN], [ShiftForm.FALSE_POSITIVE])[ShiftForm.FALSE_POSITIVE]
    assert shift.standard_error == pytest.approx(sqrt(1 / 2))


def test_opposite_shifts_of_two_settings_cancel():
    other = shift_rows([-1, -1, 0, 0, 1, 0, 0, 0], EVEN.first_group, EVEN.positive)
    shift = estimate_shifts([EVEN, other], [ShiftForm.SELECTION])[ShiftForm.SELECTION]
    assert shift.value == 0.0


def test_setting_without_odds_counts_for_selection_alone():
    bare = shift_rows([0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], odds=False)
    shifts = estimate_shifts([EVEN, bare], list(ShiftForm))
    assert shifts[ShiftForm.SELECTION].value == pytest.approx(0.75 / 2)
    assert shifts[ShiftForm.TRUE_POSITIVE].value == pytest.approx(1.0)


def test_form_that_no_setting_defines_is_refused():
    bare = shift_rows([0, 0], [1, 0], [1, 0], odds=False)
    with pytest.raises(ValueError, match="defines true_positive, got none of 1"):
        estimate_shifts([bare], [ShiftForm.TRUE_POSITIVE])


def test_rate_that_lost_all_its_rows_is_refused_not_left_out():
    rows = shift_rows([0, 0, 0], [1, 1, 0], [1, 0, 1])
    with pytest.raises(ValueError, match="rows of both groups, got 1 and 0"):
        estimate_shifts([rows], [ShiftForm.FALSE_POSITIVE])


SHIFTS = {
    ShiftForm.TRUE_POSITIVE: Normal(-0.06, 0.02),
    ShiftForm.FALSE_POSITIVE: Normal(0.01, 0.02),
}


def test_p_of_shifts_by_hand():
    alone = norm.cdf((-0.06 - 0.03) / 0.02) + norm.cdf((0.03 - 0.06) / 0.02)
    assert shift_p(SHIFTS, 0.03) == pytest.approx(2 * alone)


def test_shifts_are_within_a_margin_if_every_interval_is():
    assert within(SHIFTS, 0.06 + Z * 0.02 + 1e-9)
    assert not within(SHIFTS, 0.06 + Z * 0.02 - 1e-9)
    assert not within({}, 1.0)


@given(st.floats(-1, 1), st.floats(0.001, 1), st.floats(0.001, 1), st.floats(0.001, 1))
def test_p_of_shifts_ignores_the_direction_and_grows_with_the_margin(value, error, one, other):
    small, large = sorted((one, other))
    there, back = ({ShiftForm.SELECTION: Normal(sign * value, error)} for sign in (1, -1))
    assert shift_p(there, small) == shift_p(back, small)
    assert shift_p(there, small) <= shift_p(there, large) + 1e-12


@given(st.floats(-1, 1), st.floats(0.001, 1), st.floats(0.001, 1))
def test_shifts_that_pass_never_fail(value, error, margin):
    shifts = {ShiftForm.SELECTION: Normal(value, error)}
    assert not within(shifts, margin) or shift_p(shifts, margin) > 0.05


# -- promises ----------------------------------------------------------------------------


def test_equal_rates_are_seldom_called_unfair():
    shown = 0
    for seed in range(300):
        rows = drawn(seed, rates=(0.4, 0.4))
        score = [WeightedGap(rows, 0.5, odds) for odds in (False, True)]
        shown += estimate_gaps(score).p_above(0.0) <= 0.05
    assert shown <= 0.057 * 300 + 6


def test_shift_on_the_margin_is_seldom_shown_and_seldom_cleared():
    # Each row changes with 15 %; the first group's net change is 5 points, the other's none.
    generator = np.random.default_rng(0)
    first = np.arange(400) < 200
    failed = passed = 0
    for _ in range(300):
        net = np.where(first, 0.05, 0.0)
        change = generator.random(400)
        up, down = change < (0.15 + net) / 2, change > 1 - (0.15 - net) / 2
        rows = shift_rows(up.astype(int) - down, first, np.arange(400) % 2)
        shifts = estimate_shifts([rows], [ShiftForm.SELECTION])
        failed += shift_p(shifts, 0.05) <= 0.05
        passed += within(shifts, 0.05)
    assert failed <= 0.05 * 300 + 6
    assert passed <= 0.05 * 300 + 6
