"""An ensemble against its best member: over all members."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.stats.estimate import ALPHA, Estimate, Normal
from trusteval.stats.losses import Losses
from trusteval.stats.members import BehindBest, p_beats_best, p_worse_than_best
from trusteval.stats.paired import Pairs

leads = st.lists(st.builds(Normal, st.floats(-1, 1), st.floats(0.01, 1)), min_size=1, max_size=7)
AHEAD, EVEN, BEHIND = Pairs(40, 10, 500), Pairs(20, 20, 500), Pairs(10, 40, 500)


# -- claims ------------------------------------------------------------------------------


def test_beats_the_best_takes_every_member():
    assert p_beats_best([AHEAD, AHEAD, EVEN]) == EVEN.p_above(0.0) > 0.05
    assert p_beats_best([AHEAD, AHEAD]) == AHEAD.p_above(0.0) < 0.001


def test_worse_than_the_best_takes_one_member_at_the_price_of_all():
    assert p_worse_than_best([AHEAD, BEHIND, EVEN]) == 3 * BEHIND.p_below(0.0) < 0.05
    assert p_worse_than_best([AHEAD, EVEN]) > 0.5


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


# -- an estimate of it ---------------------------------------------------------------------


def pairs(lost: int, gained: int, more: int) -> Pairs:
    return Pairs(lost, gained, lost + gained + more)


def losses(u: list[float]) -> Losses:
    weight = np.full(len(u), 1 / len(u))
    return Losses(np.array(u) * weight, weight, sum(one != 0 for one in u))


counts = st.integers(0, 40)
estimates: st.SearchStrategy[Estimate] = st.one_of(
    st.builds(pairs, counts, counts, st.integers(1, 400)),
    st.builds(Normal, st.floats(-0.5, 0.5), st.floats(0.01, 0.3)),
    st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.0, 0.0, 0.5, 1.0]), min_size=20, max_size=60).map(
        losses
    ),
)
behinds = st.lists(estimates, min_size=1, max_size=5).map(
    lambda of: BehindBest({f"member-{place}": one for place, one in enumerate(of)})
)


@given(behinds, st.floats(-0.99, 0.99))
def test_bound_is_where_being_behind_stops_to_be_shown(behind: BehindBest, limit: float) -> None:
    if abs(limit - behind.low) > 1e-6:
        assert (behind.p_above(limit) <= ALPHA) is (limit < behind.low)


@given(behinds, st.floats(-0.99, 0.99))
def test_behind_no_member_is_shown_where_every_member_shows_it(behind, limit):
    of_members = behind.behind.values()
    assert (behind.high <= limit) is all(one.high <= limit for one in of_members)
    assert behind.p_below(limit) == max(one.p_below(limit) for one in of_members)


@given(behinds)
def test_value_lies_in_its_interval_which_is_never_narrower_than_the_bests(behind):
    best = behind.behind[behind.best]
    assert behind.value == best.value
    assert behind.low <= behind.value + 1e-9
    assert behind.value <= behind.high + 1e-9
    assert behind.high >= best.high


@given(estimates)
def test_best_of_one_is_that_member(member):
    alone = BehindBest({"gptq-8": member})
    assert alone.low == pytest.approx(max(-1, member.low), abs=1e-6)
    assert (alone.value, alone.high, alone.best) == (member.value, member.high, "gptq-8")


def test_behind_the_best_is_the_claims_turned_round():
    ours = [Pairs(10, 40, 500), Pairs(20, 20, 500), Pairs(40, 10, 500)]
    behind = BehindBest({str(n): one for n, one in enumerate(ours)})
    leads = [Pairs(one.gained, one.lost, one.n) for one in ours]
    assert behind.p_above(0.02) == pytest.approx(p_worse_than_best(leads, margin=0.02))
    assert behind.p_below(0.0) == pytest.approx(p_beats_best(leads))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_member_that_is_no_number_leaves_none(place):
    several: list[Estimate] = [EVEN, AHEAD]
    several.insert(place, Normal(math.nan, math.nan))
    behind = BehindBest({str(n): one for n, one in enumerate(several)})
    assert all(map(math.isnan, (behind.value, behind.low, behind.high)))


def test_no_member_is_none_to_be_behind():
    with pytest.raises(ValueError, match="at least one member"):
        BehindBest({})


def test_even_members_are_taken_to_be_ahead_by_chance_in_no_more_runs_than_stated():
    """Five even members that err apart: none is ahead, and one is said to be in 5 % of runs."""
    random = np.random.default_rng(18)
    said = 0
    for _ in range(1000):
        vote, *members = random.random((6, 400)) < 0.6
        behind = BehindBest(
            {
                str(n): Pairs(int((its & ~vote).sum()), int((vote & ~its).sum()), 400)
                for n, its in enumerate(members)
            }
        )
        said += behind.low > 0
    assert said <= 65
