"""Weighted shares: against statsmodels where nothing is weighted, and where the truth is known."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from trusteval.audit.drawing import draw
from trusteval.stats.weighted import Drawn, Share, equal_shares_p

LARGE = 10**12


def drawn(*strata: tuple[int, list[int]]) -> Drawn:
    """Build what was seen of strata: how many units each has, and what the drawn ones are."""
    return Drawn(
        y=np.array([y for _, seen in strata for y in seen], bool),
        stratum=np.array([place for place, (_, seen) in enumerate(strata) for _ in seen]),
        sizes=np.array([size for size, _ in strata]),
        drawn=np.array([len(seen) for _, seen in strata]),
    )


def whole(found: Drawn) -> Share:
    share = found.share(np.ones(len(found.y), bool))
    assert share is not None
    return share


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (7, 20), (20, 20), (99, 100)])
def test_even_draw_has_the_interval_of_clopper_and_pearson(successes: int, n: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    share = whole(drawn((LARGE, [1] * successes + [0] * (n - successes))))
    low, high = proportion_confint(successes, n, alpha=0.1, method="beta")
    # The variance within a stratum is over n - 1: a sample of n knows as much as n - 1 at best.
    wider = proportion_confint(successes * (n - 1) / n, n - 1, alpha=0.1, method="beta")
    assert share.value == successes / n
    assert wider[0] - 1e-6 <= share.low <= low + 1e-6
    assert high - 1e-6 <= share.high <= wider[1] + 1e-6


def test_strata_count_by_their_sizes() -> None:
    share = whole(drawn((900, [1, 1, 1, 0]), (100, [0, 0, 1, 0, 0])))
    assert share.value == pytest.approx(0.9 * 0.75 + 0.1 * 0.2)
    assert share.n == 9
    assert share.effective_n < 5


def test_whole_population_leaves_nothing_open() -> None:
    share = whole(drawn((3, [1, 1, 0]), (1, [1])))
    assert (share.value, share.low, share.high, share.effective_n) == (0.75, 0.75, 0.75, inf)


def test_stratum_seen_whole_adds_no_doubt_and_takes_none_away() -> None:
    open_one = whole(drawn((1000, [1, 1, 0, 1, 1])))
    both = whole(drawn((1000, [1, 1, 0, 1, 1]), (5, [1, 1, 1, 1, 1])))
    assert both.effective_n == pytest.approx(open_one.effective_n, rel=0.05)


def test_agreement_within_every_stratum_is_no_certainty() -> None:
    share = whole(drawn((10_000, [1] * 10), (10, [0] * 5)))
    assert share.value == pytest.approx(1000 / 1001)
    assert share.low < 0.8


@pytest.mark.parametrize("sizes", [(7, 10, 13), (3, 10**6, 17), (1, 1, 97)])
def test_agreement_everywhere_is_exactly_one(sizes: tuple[int, ...]) -> None:
    share = whole(drawn(*((size, [1]) for size in sizes)))
    assert (share.value, share.high) == (1.0, 1.0)


def test_part_is_estimated_by_its_own_rows() -> None:
    found = drawn((100, [1, 0, 1, 1]), (10, [0, 1]))
    share = found.share(np.array([True, True, False, False, True, False]))
    assert share is not None
    assert share.value == pytest.approx(25 / (25 + 25 + 5))
    assert found.share(np.zeros(6, bool)) is None


def test_rows_that_are_missing_leave_the_weights_of_the_others() -> None:
    seen = Drawn(
        y=np.array([True, False]),
        stratum=np.array([0, 1]),
        sizes=np.array([90, 10]),
        drawn=np.array([3, 1]),
    )
    assert whole(seen).value == pytest.approx(30 / 40)


def test_equal_shares_are_not_told_apart_and_different_ones_are() -> None:
    same = [Share(0.9, 50, 50.0), Share(0.9, 50, 50.0), Share(0.88, 50, 50.0)]
    assert equal_shares_p(same, seed=0) > 0.5
    assert equal_shares_p([*same, Share(0.3, 50, 50.0)], seed=0) == 1 / 10_000
    # What few units know, weighted ones at that, is not told apart.
    assert equal_shares_p([Share(1.0, 50, 3.0), Share(0.5, 50, 2.0)], seed=0) > 0.3


def test_test_of_equal_shares_is_fishers_for_two_parts() -> None:
    from scipy.stats import fisher_exact

    shares = [Share(18 / 20, 20, 20.0), Share(9 / 16, 16, 16.0)]
    exact = fisher_exact([[18, 2], [9, 7]]).pvalue
    assert equal_shares_p(shares, seed=3) == pytest.approx(exact, abs=0.01)


def test_shares_without_any_difference_have_p_1() -> None:
    assert equal_shares_p([], seed=0) == 1.0
    assert equal_shares_p([Share(1.0, 9, 9.0)], seed=0) == 1.0
    assert equal_shares_p([Share(1.0, 9, inf), Share(1.0, 5, inf)], seed=0) == 1.0


def test_weighted_share_is_unbiased_where_the_truth_is_known() -> None:
    """A reader that errs on rare rules and on the broken subject, and is contested there."""
    chance = np.random.default_rng(1)
    n = 3_000
    subject = chance.choice(["dense", "gptq-8", "gptq-3"], n)
    rare = chance.random(n) < np.where(subject == "gptq-3", 0.4, 0.1)
    right = chance.random(n) > np.where(rare, 0.3, 0.02)
    contested = chance.random(n) < np.where(right, 0.05, 0.6)
    paths = [
        ("refusal" if odd else "label", "rare" if odd else "exact", who)
        for odd, who in zip(rare.tolist(), subject.tolist(), strict=True)
    ]
    truth = right.mean()
    found = []
    for seed in range(300):
        strata = draw(paths, contested=contested.tolist(), n=100, seed=seed)
        rows = [row for stratum in strata for row in stratum.rows]
        seen = drawn(*((one.size, right[list(one.rows)].tolist()) for one in strata))
        found.append((whole(seen), right[rows].mean()))
    estimates = np.array([share.value for share, _ in found])
    error = estimates.std(ddof=1) / np.sqrt(len(estimates))
    assert abs(estimates.mean() - truth) < 3 * error
    # Counting the drawn rows alone would be far off.
    assert abs(np.mean([plain for _, plain in found]) - truth) > 0.1
    assert np.mean([share.low <= truth for share, _ in found]) >= 0.95
    assert np.mean([truth <= share.high for share, _ in found]) >= 0.95
