"""The calibration error against counting by hand, and what chance makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trusteval.stats.calibration import Calibration, calibration
from trusteval.stats.undefined import Undefined

SEED = 3


def known(confidence: np.ndarray, right: np.ndarray, **how: int) -> Calibration:
    found = calibration(confidence, right, **how)
    assert isinstance(found, Calibration)
    return found


def test_error_is_the_mean_distance_of_bins() -> None:
    confidence = np.array([0.9, 0.5, 0.6, 0.8, 0.7])
    right = np.array([True, False, True, True, False])
    # (0.5, 0.6, 0.7) with 1 of 3 right, (0.8, 0.9) with 2 of 2
    expected = (3 * abs(0.6 - 1 / 3) + 2 * abs(0.85 - 1.0)) / 5
    assert known(confidence, right, bins=2).error == pytest.approx(expected)


def test_one_confidence_for_all_leaves_the_distance_of_the_means() -> None:
    right = np.arange(20) < 12
    assert known(np.full(20, 0.75), right).error == pytest.approx(0.75 - 0.6)


def test_fewer_rows_than_bins_have_none() -> None:
    assert isinstance(calibration(np.full(9, 0.5), np.zeros(9, np.bool_)), Undefined)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([0.3, 0.5, 0.9]), st.booleans()), min_size=10, max_size=40),
    st.randoms(use_true_random=False),
)
def test_order_of_rows_changes_nothing(rows: list[tuple[float, bool]], chance: object) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = (
        known(np.array([c for c, _ in some]), np.array([r for _, r in some]))
        for some in (rows, mixed)
    )
    assert second.error == pytest.approx(first.error, abs=1e-12)
    assert second.by_chance == pytest.approx(first.by_chance, abs=1e-12)
    assert 0 <= first.error <= 1


def test_exact_probabilities_err_by_chance_as_much_as_is_said() -> None:
    chance = np.random.default_rng(SEED)
    confidence = chance.uniform(0.3, 0.95, 1000)
    drawn = [known(confidence, chance.random(1000) < confidence) for _ in range(300)]
    said = drawn[0].by_chance
    assert np.mean([one.error for one in drawn]) == pytest.approx(said, rel=0.05)
