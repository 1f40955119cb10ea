"""An ensemble against its best member: over all members."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trusteval.stats.estimate import Normal
from trusteval.stats.members import p_beats_best, p_worse_than_best
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
