"""Foretold flips against every pair of rows, scikit-learn and leaving rows out."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trusteval.stats.averages import estimate_share
from trusteval.stats.design import Design
from trusteval.stats.flips import foretell, growth_of_noise, told_apart
from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined

SEED = 11
steps = st.lists(
    st.tuples(st.integers(0, 6), st.integers(-6, 6), st.booleans()), min_size=2, max_size=25
)


@settings(max_examples=50, deadline=None)
@given(steps, st.floats(0.5, 3.0))
def test_share_is_that_of_the_pairs_whose_loss_exceeds_the_margin(
    rows: list[tuple[int, int, bool]], growth: float
) -> None:
    margins, lost = (np.array([row[n] for row in rows], float) for n in (0, 1))
    found = foretell(margins, lost, growth=growth, design=Design.of(len(rows)))
    pairs = [growth * loss > margin for margin in margins for loss in lost]
    assert found.mean() == pytest.approx(np.mean(pairs), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(steps)
def test_chance_to_be_closer_is_the_area_under_the_curve(
    rows: list[tuple[int, int, bool]],
) -> None:
    margins, flipped = np.array([row[0] for row in rows], float), np.array([r[2] for r in rows])
    found = told_apart(margins, flipped, design=Design.of(len(rows)))
    if flipped.all() or not flipped.any():
        assert isinstance(found, Undefined)
        return
    closer = [
        1.0 if a < b else 0.5 if a == b else 0.0
        for a in margins[flipped]
        for b in margins[~flipped]
    ]
    assert isinstance(found, Proportion)
    assert found.value == pytest.approx(np.mean(closer))


def test_area_is_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    chance = np.random.default_rng(SEED)
    margins, flipped = chance.exponential(size=300), chance.random(300) < 0.3
    found = told_apart(margins, flipped, design=Design.of(300))
    assert isinstance(found, Proportion)
    assert found.value == pytest.approx(metrics.roc_auc_score(flipped, -margins))


def test_errors_are_those_of_leaving_each_unit_out() -> None:
    chance = np.random.default_rng(SEED)
    n, units = 400, np.arange(400) // 2
    margins = chance.exponential(size=n)
    lost = chance.normal(0.2, 1.0, n)
    flipped = chance.normal(0.0, 0.8, n) > margins

    def both_of(rows: np.ndarray) -> tuple[Proportion, Proportion]:
        design = Design.of(len(rows), units=units[rows])
        foretold = foretell(margins[rows], lost[rows], growth=1.5, design=design)
        share = estimate_share(foretold, design=design)
        apart = told_apart(margins[rows], flipped[rows], design=design)
        assert isinstance(share, Proportion)
        assert isinstance(apart, Proportion)
        return share, apart

    told = both_of(np.arange(n))
    without = [[one.value for one in both_of(np.flatnonzero(units != u))] for u in range(200)]
    off = np.array(without) - np.mean(without, axis=0)
    for one, error in zip(told, np.sqrt(199 / 200 * (off**2).sum(axis=0)), strict=True):
        assert sqrt(one.value * (1 - one.value) / one.n) == pytest.approx(error, rel=0.03)


def test_margins_that_tell_all_flips_are_no_certainty() -> None:
    margins, flipped = np.arange(20.0), np.arange(20) < 4
    found = told_apart(margins, flipped, design=Design.of(20))
    assert isinstance(found, Proportion)
    assert (found.value, found.n) == (1, pytest.approx(4))
    assert found.low < 0.5


def test_each_bit_less_doubles_what_a_step_moves() -> None:
    assert growth_of_noise(wide=5, middle=4, narrow=3) == pytest.approx(2)
    assert growth_of_noise(wide=8, middle=4, narrow=3) == pytest.approx(
        sqrt((1 / 64 + 1 / 256) / (1 / 256 + 1 / 65536))
    )


def test_rule_is_right_where_its_assumptions_hold() -> None:
    chance = np.random.default_rng(SEED)
    n = 40_000
    scores = {bits: 4.0 * 2.0**-bits * chance.normal(size=n) for bits in (5, 4, 3)}
    lead = chance.uniform(-20, 20, n)  # even, so that a margin tells nothing of a loss
    signed = {bits: lead + noise for bits, noise in scores.items()}
    lost = np.abs(signed[5]) - np.sign(signed[5]) * signed[4]
    growth = growth_of_noise(wide=5, middle=4, narrow=3)
    found = foretell(np.abs(signed[4]), lost, growth=growth, design=Design.of(n))
    seen = np.sign(signed[4]) != np.sign(signed[3])
    assert found.mean() == pytest.approx(seen.mean(), abs=0.001)
