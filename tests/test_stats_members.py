"""An ensemble against its best member: over all members, and without selection bias."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.stats.clusters import Cell
from trusteval.stats.estimate import Normal
from trusteval.stats.members import (
    cross_fitted_lead,
    lead_over_best_lower_bound,
    p_beats_best,
    p_worse_than_best,
)
from trusteval.stats.paired import Pairs

leads = st.lists(st.builds(Normal, st.floats(-1, 1), st.floats(0.01, 1)), min_size=1, max_size=7)
AHEAD, EVEN, BEHIND = Pairs(40, 10, 500), Pairs(20, 20, 500), Pairs(10, 40, 500)


def cells(y, units=None):
    numbers = np.arange(len(y)) if units is None else np.array(units)
    return [Cell(1.0, np.array(y, float), numbers, np.zeros(len(y), np.int64))]


# -- claims ------------------------------------------------------------------------------


def test_beats_the_best_takes_every_member():
    assert p_beats_best([AHEAD, AHEAD, EVEN]) == EVEN.p_above(0.0) > 0.05
    assert p_beats_best([AHEAD, AHEAD]) == AHEAD.p_above(0.0) < 0.001


def test_worse_than_the_best_takes_one_member_at_the_price_of_all():
    assert p_worse_than_best([AHEAD, BEHIND, EVEN]) == 3 * BEHIND.p_below(0.0) < 0.05
    assert p_worse_than_best([AHEAD, EVEN]) > 0.5


def test_lower_bound_is_that_of_the_closest_member():
    assert lead_over_best_lower_bound([AHEAD, EVEN]) == EVEN.low


@given(leads, st.floats(-1, 1))
def test_beats_the_best_exactly_when_the_lower_bound_does(several, margin):
    bound = lead_over_best_lower_bound(several)
    if abs(bound - margin) > 1e-9:
        assert (p_beats_best(several, margin=margin) <= 0.05) == (bound > margin)


@given(leads)
def test_no_ensemble_beats_the_best_and_is_worse(several):
    assert p_beats_best(several) > 0.05 or p_worse_than_best(several) > 0.05


@given(leads, st.randoms(use_true_random=False))
def test_order_of_members_does_not_matter(several, random):
    shuffled = random.sample(several, len(several))
    assert p_beats_best(shuffled) == p_beats_best(several)
    assert p_worse_than_best(shuffled) == p_worse_than_best(several)


@given(leads)
def test_further_member_makes_neither_claim_easier(several):
    assert p_beats_best(several) >= p_beats_best(several[:-1] or several)
    fewer = several[:-1] or several
    if several[-1].p_below(0.0) >= min(lead.p_below(0.0) for lead in fewer):
        assert p_worse_than_best(several) >= p_worse_than_best(fewer)


# -- cross-fitted ------------------------------------------------------------------------


def test_one_member_needs_no_fitting():
    ensemble, member = [1, 1, 1, 0], [1, 0, 1, 0]
    assert cross_fitted_lead(cells(ensemble), [cells(member)], seed=0) == pytest.approx(0.25)


def test_ties_are_shared_whatever_the_order_of_members():
    generator = np.random.default_rng(1)
    members = [cells(y) for y in generator.integers(0, 2, (3, 12))]
    ensemble = cells(generator.integers(0, 2, 12))
    there = cross_fitted_lead(ensemble, members, seed=0)
    assert cross_fitted_lead(ensemble, members[::-1], seed=0) == pytest.approx(there)


def test_estimate_is_a_function_of_the_seed():
    y = np.random.default_rng(2).integers(0, 2, (4, 50))
    found = [cross_fitted_lead(cells(y[0]), [*map(cells, y[1:])], seed=s) for s in (5, 5, 6)]
    assert found[0] == found[1] != found[2]


def test_weights_of_settings_count():
    # Two settings of one row each, weights 3/4 and 1/4, both of the same two units.
    def settings(first, second):
        return [
            Cell(weight, np.array(y, float), np.arange(2), np.zeros(2, np.int64))
            for weight, y in ((0.75, first), (0.25, second))
        ]

    lead = cross_fitted_lead(settings([1, 1], [0, 0]), [settings([0, 0], [1, 1])], seed=0)
    assert lead == pytest.approx(0.5)


def test_choosing_the_best_by_its_own_luck_is_repaired():
    # Five equal members and an ensemble as good: the lead is 0. Taking the best as it looks makes
    # it seem a loss of about two standard errors.
    generator = np.random.default_rng(3)
    naive, fitted = [], []
    for seed in range(60):
        y = (generator.random((6, 200)) < 0.7).astype(float)
        naive.append(y[0].mean() - y[1:].mean(axis=1).max())
        fitted.append(cross_fitted_lead(cells(y[0]), [*map(cells, y[1:])], seed=seed, repeats=10))
    assert np.mean(naive) < -0.03
    assert abs(np.mean(fitted)) < 0.012


def test_clearly_best_member_is_compared_with():
    ensemble, best, worst = [1] * 80 + [0] * 20, [1] * 90 + [0] * 10, [0] * 100
    lead = cross_fitted_lead(cells(ensemble), [cells(worst), cells(best)], seed=0)
    assert lead == pytest.approx(-0.1)


def test_rows_of_one_unit_stay_in_one_half():
    # Each unit's two rows are right once: every half scores 1/2, so that both members tie always.
    units = [i // 2 for i in range(20)]
    member = [1, 0] * 10
    lead = cross_fitted_lead(
        cells([1] * 20, units), [cells(member, units), cells(member[::-1], units)], seed=0
    )
    assert lead == pytest.approx(0.5)


def test_nothing_to_halve_or_to_compare_is_refused():
    with pytest.raises(ValueError, match="two units or more"):
        cross_fitted_lead(cells([1, 0], [0, 0]), [cells([1, 0], [0, 0])], seed=0)
    with pytest.raises(ValueError, match="got none"):
        cross_fitted_lead(cells([1, 0]), [], seed=0)
