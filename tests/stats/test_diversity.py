"""Likeness of two members: counted by hand, against scikit-learn, and simulated intervals."""

from __future__ import annotations

from collections.abc import Callable
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trusteval.stats.association import Association, associate, kappa, phi, yule_q
from trusteval.stats.design import Design
from trusteval.stats.diversity import agreement_when_both_wrong, concordance, likeness
from trusteval.stats.estimate import Z
from trusteval.stats.undefined import Undefined

BOTH, ONLY_A, ONLY_B, NEITHER = 40, 10, 20, 30
RIGHT_A = np.repeat([True, True, False, False], [BOTH, ONLY_A, ONLY_B, NEITHER])
RIGHT_B = np.repeat([True, False, True, False], [BOTH, ONLY_A, ONLY_B, NEITHER])


def rows(n: int) -> Design:
    return Design.of(n)


def value(found: Association | Undefined) -> float:
    assert isinstance(found, Association)
    assert -1 <= found.low <= found.value <= found.high <= 1
    return found.value


def test_statistics_of_kuncheva_and_whitaker_counted_by_hand() -> None:
    found = likeness(RIGHT_A, RIGHT_B, design=rows(100))
    assert found.agreement.value == pytest.approx(0.7)
    assert found.disagreement.value == pytest.approx(0.3)
    assert found.double_fault.value == pytest.approx(0.3)
    assert value(found.yule_q) == pytest.approx((40 * 30 - 10 * 20) / (40 * 30 + 10 * 20))
    assert value(found.phi) == pytest.approx((40 * 30 - 10 * 20) / sqrt(50 * 50 * 60 * 40))
    assert value(found.kappa) == pytest.approx(2 * (40 * 30 - 10 * 20) / (50 * 40 + 60 * 50))


def test_interval_of_yules_q_is_that_of_the_log_odds_ratio_with_half_a_row_more_per_cell() -> None:
    found = likeness(RIGHT_A, RIGHT_B, design=rows(100)).yule_q
    log_odds = log(40.5 * 30.5 / (10.5 * 20.5))
    error = sqrt(1 / 40.5 + 1 / 30.5 + 1 / 10.5 + 1 / 20.5)
    expected = [np.tanh((log_odds + side * Z * error) / 2) for side in (-1, 1)]
    assert isinstance(found, Association)
    assert [found.low, found.high] == pytest.approx(expected)
    assert found.p_above(found.low) == pytest.approx(0.05)
    assert found.p_below(found.high) == pytest.approx(0.05)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-2, 3), st.integers(-2, 3), st.integers(1, 5)), min_size=2))
def test_values_are_those_of_scikit_learn(found: list[tuple[int, int, int]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="the reference is scikit-learn")
    a, b, weights = np.array(found).T
    design = Design.of(len(a), weights=weights)
    of_answers = associate(a, b, kappa, design=design)
    if not isinstance(of_answers, Undefined):
        expected = metrics.cohen_kappa_score(a, b, sample_weight=weights)
        assert value(of_answers) == pytest.approx(expected, abs=1e-9)
    else:
        assert len(set(a) | set(b)) == 1
    right = likeness(a > 0, b > 0, design=design)
    if not isinstance(right.phi, Undefined):
        expected = metrics.matthews_corrcoef(a > 0, b > 0, sample_weight=weights)
        assert value(right.phi) == pytest.approx(expected, abs=1e-9)
    else:
        assert len(set(a > 0)) == 1 or len(set(b > 0)) == 1


def test_what_would_be_0_by_0_is_undefined_with_a_reason() -> None:
    always, mixed = np.ones(4, bool), np.array([True, True, False, False])
    found = likeness(always, mixed, design=rows(4))
    assert isinstance(found.phi, Undefined)
    assert isinstance(found.yule_q, Undefined)
    assert "diagonals" in found.yule_q.reason
    assert value(found.kappa) == 0
    same = concordance(np.full(3, 7), np.full(3, 7), design=rows(3))
    assert same.agreement.value == 1
    assert isinstance(same.kappa, Undefined)


def test_members_that_never_differ_are_one_with_a_bound_that_few_rows_leave_low() -> None:
    few = likeness(RIGHT_A[::10], RIGHT_A[::10], design=rows(10))
    many = likeness(RIGHT_A, RIGHT_A, design=rows(100))
    for name in ("phi", "yule_q", "kappa"):
        of_few, of_many = getattr(few, name), getattr(many, name)
        assert value(of_few) == value(of_many) == of_few.high == 1
        assert of_few.low < of_many.low < 1


def test_a_row_repeated_within_its_unit_adds_no_knowledge() -> None:
    once = likeness(RIGHT_A, RIGHT_B, design=rows(100))
    units = np.tile(np.arange(100), 3)
    thrice = likeness(np.tile(RIGHT_A, 3), np.tile(RIGHT_B, 3), design=Design.of(300, units=units))
    for name in ("agreement", "double_fault", "phi", "yule_q", "kappa"):
        a, b = getattr(once, name), getattr(thrice, name)
        assert [b.value, b.low, b.high] == pytest.approx([a.value, a.low, a.high])


def test_weights_count_as_so_many_rows_but_no_more_knowledge() -> None:
    counts = np.array([BOTH, ONLY_A, ONLY_B, NEITHER])
    a, b = np.array([True, True, False, False]), np.array([True, False, True, False])
    found = likeness(a, b, design=Design.of(4, weights=counts))
    expected = likeness(RIGHT_A, RIGHT_B, design=rows(100))
    assert value(found.phi) == pytest.approx(value(expected.phi))
    assert found.agreement.value == pytest.approx(expected.agreement.value)
    assert found.agreement.n == pytest.approx(100**2 / (counts**2).sum())


def test_wrong_labels_are_compared_where_both_gave_one() -> None:
    truth = np.array([0, 0, 0, 0, 0, 0, 0])
    a = np.array([1, 1, 2, 0, -1, -1, 3])
    b = np.array([1, 2, 2, 1, -1, 2, 3])
    labels = np.array([2, 3, 4, 4, 4, 4, 5])
    found = agreement_when_both_wrong(a, b, truth, labels=labels, design=rows(7))
    assert (found.both_wrong, found.labelled) == (6, 4)
    assert not isinstance(found.agreement, Undefined)
    assert found.agreement.value == pytest.approx(3 / 4)
    assert found.chance == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)


def test_members_never_wrong_together_have_no_agreement_in_error() -> None:
    truth = np.array([0, 1])
    found = agreement_when_both_wrong(truth, 1 - truth, truth, labels=2, design=rows(2))
    assert found.both_wrong == 0
    assert isinstance(found.agreement, Undefined)
    assert isinstance(found.chance, Undefined)


def test_wrong_label_of_a_single_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 labels"):
        agreement_when_both_wrong(
            np.array([1]), np.array([1]), np.array([0]), labels=1, design=rows(1)
        )


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0, -1.0], [1.0, float("nan")], [1.0]])
def test_weights_that_weigh_nothing_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Design.of(2, weights=weights)


def _drawn(units: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray, Design]:
    """Draw units of 1 to 3 rows, alike within a unit, with a common and an own part per member."""
    sizes = chance.integers(1, 4, units)
    common, unit = chance.normal(size=(2, units))
    n = sizes.sum()
    own = chance.normal(size=(2, n))
    shared = np.repeat(common + 0.7 * unit, sizes)
    a, b = shared + own[0] > -0.5, shared + own[1] > 0.3
    return a, b, Design.of(n, units=np.repeat(np.arange(units), sizes))


@pytest.mark.parametrize("statistic", [phi, yule_q, kappa])
def test_intervals_of_clustered_rows_hold_the_truth_in_about_90_of_100(
    statistic: Callable,
) -> None:
    chance = np.random.default_rng(5)
    a, b, design = _drawn(200_000, chance)
    truth = value(associate(a, b, statistic, design=design))
    held = below = 0
    for _ in range(600):
        a, b, design = _drawn(80, chance)
        found = associate(a, b, statistic, design=design)
        assert isinstance(found, Association)
        held += found.low <= truth <= found.high
        below += truth < found.low
    assert 0.87 <= held / 600 <= 0.94
    assert 0.01 <= below / 600 <= 0.09
