"""Whose silence a vote fills, counted by hand: per group, refusals and invalid answers apart."""

from __future__ import annotations

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.answered_runs import INVALID, REFUSED
from tests.ensemble.cells import cells
from tests.ensemble.peopled import FEMALE, MALE, NO, VOTE, YES, panels_over, people
from trusteval.ensemble.fairness import fairness_of_votes
from trusteval.types import Unavailable

ASKED = people(20, 20, 20, 20)
"""Forty women, then forty men."""
DENSE = [REFUSED] * 10 + [YES] * 30 + [REFUSED] * 4 + [YES] * 36
EIGHT = [REFUSED] * 8 + [INVALID] * 2 + [NO] * 30 + [YES] * 40
FOUR = [REFUSED] * 2 + [YES] * 38 + [REFUSED] * 2 + [NO] * 38
"""Both members are silent on the first two women, on no man."""


def section():
    return fairness_of_votes(panels_over(ASKED, {"dense": DENSE, "gptq-8": EIGHT, "gptq-4": FOUR}))


@pytest.mark.parametrize(
    ("who", "was", "sex", "silent", "rescued"),
    [
        ("dense", "refused", FEMALE, 10, 8),
        ("dense", "refused", MALE, 4, 4),
        ("gptq-8", "refused", FEMALE, 8, 6),
        ("gptq-8", "refused", MALE, 0, 0),
        ("gptq-8", "invalid", FEMALE, 2, 2),
        ("mean member", "refused", FEMALE, 5, 3),  # (8 + 2) / 2, of which (6 + 0) / 2
        ("mean member", "refused", MALE, 1, 1),
        ("mean member", "invalid", FEMALE, 1, 1),
    ],
)
def test_items_that_the_vote_answers_instead_are_counted_by_group(who, was, sex, silent, rescued):
    row = cells(section(), "rescued", who, was, sex)
    assert (row["items"], row["silent"], row["rescued"]) == (40, silent, rescued)
    if silent:
        assert row["per 100 silent"].value == pytest.approx(100 * rescued / silent)
    else:
        assert row["per 100 silent"] == Unavailable(f"silent on no item of group {sex}")
    assert row["per 100 items"].value == pytest.approx(100 * rescued / 40)


def test_share_of_one_subjects_silence_has_the_exact_interval():
    row = cells(section(), "rescued", "dense", "refused", FEMALE)
    for column, n in (("per 100 silent", 10), ("per 100 items", 40)):
        low, high = proportion_confint(8, n, alpha=0.1, method="beta")
        assert (row[column].low, row[column].high) == pytest.approx((100 * low, 100 * high))


def test_gap_is_the_first_groups_share_minus_the_seconds():
    gap = cells(section(), "rescue_gaps", "dense", "refused")
    assert gap["rescued per 100 silent"].value == pytest.approx(80 - 100)
    assert gap["rescued per 100 items"].value == pytest.approx(20 - 10)
    none = cells(section(), "rescue_gaps", "gptq-8", "refused")
    assert none["rescued per 100 silent"] == Unavailable("silent on no item of group Male")
    assert none["rescued per 100 items"].value == pytest.approx(15)


def test_who_was_never_silent_is_named_and_has_no_row():
    (table,) = (one for one in section().tables if one.name == "rescued")
    assert table.notes[-1] == "vote-gptq on adult, on no item: dense invalid"
    assert not [row for row in table.rows if row[2:4] == ("dense", "invalid")]


def test_where_nobody_is_silent_both_tables_say_so():
    said = dict.fromkeys(("dense", "gptq-8", "gptq-4"), [YES] * 80)
    found = fairness_of_votes(panels_over(ASKED, said))
    (shares, gaps) = (one for one in found.tables if one.name in {"rescued", "rescue_gaps"})
    assert shares.rows == gaps.rows == ()
    assert "on no item: dense refused, dense invalid" in shares.notes[-1]
    assert gaps.notes == ("nobody is silent on any item that has a group",)


def test_filtering_that_serves_one_group_only_is_shown():
    """Eight bit refuses forty of each sex; four bit answers for the men alone."""
    asked = people(50, 50, 50, 50)
    eight = ([REFUSED] * 40 + [YES] * 60) * 2
    four = [REFUSED] * 40 + [YES] * 160
    found = fairness_of_votes(panels_over(asked, {"gptq-8": eight, "gptq-4": four}))
    gap = cells(found, "rescue_gaps", "gptq-8", "refused")["rescued per 100 silent"]
    assert (gap.value, gap.low) == (-100, -100)
    assert gap.high < -85
    assert cells(found, "silence", VOTE)["refused"].low > 0
