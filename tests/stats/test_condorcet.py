"""Condorcet's prediction: against enumeration of every outcome, and rows of known chances."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trusteval.stats.condorcet import Condorcet, condorcet, majority_accuracy
from trusteval.stats.design import Design


def by_brute_force(right: list[float], wrong: list[float], labels: int = 2) -> float:
    """Add up the chances of all ballots whose first leading label is 0, the right one."""
    total = 0.0
    for ballots in product((*range(labels), None), repeat=len(right)):
        chance = prod(
            1 - p - q if ballot is None else q / (labels - 1) if ballot else p
            for ballot, p, q in zip(ballots, right, wrong, strict=True)
        )
        votes = [ballot for ballot in ballots if ballot is not None]
        leaders = [label for label in votes if votes.count(label) == max(map(votes.count, votes))]
        total += chance * (leaders[:1] == [0])
    return total


members = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(members, st.integers(2, 5))
@example([(0.5, 1.0)] * 2, 2)
@example([(0.7, 0.0), (0.2, 0.5)], 3)
@example([(0.6, 0.1)] * 6, 2)
def test_prediction_is_the_sum_over_every_outcome(
    found: list[tuple[float, float]], labels: int
) -> None:
    right = [p * (1 - silent) for p, silent in found]
    wrong = [(1 - p) * (1 - silent) for p, silent in found]
    expected = by_brute_force(right, wrong, labels)
    assert majority_accuracy(right, wrong, labels=labels) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_without_silence_right_and_wrong_are_all(right: list[float]) -> None:
    wrong = [1 - p for p in right]
    assert majority_accuracy(right) == pytest.approx(by_brute_force(right, wrong), abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.integers(2, 5))
def test_more_labels_to_err_with_make_no_vote_worse(right: list[float], labels: int) -> None:
    fewer, more = (majority_accuracy(right, labels=k) for k in (labels, labels + 1))
    assert fewer <= more + 1e-9


def test_known_majorities() -> None:
    assert majority_accuracy([0.6, 0.6, 0.6]) == pytest.approx(3 * 0.36 - 2 * 0.216)
    assert majority_accuracy([0.9, 0.6]) == pytest.approx(0.9)
    assert majority_accuracy([0.5, 0.3], [0.0, 0.0]) == pytest.approx(1 - 0.5 * 0.7)
    # Three labels: one right vote of the first member wins where the two wrong ones differ.
    assert majority_accuracy([1.0, 0.0, 0.0], labels=3) == pytest.approx(0.5)


def test_vote_of_nobody_or_over_one_label_is_refused() -> None:
    with pytest.raises(ValueError, match="a member and 2 labels"):
        majority_accuracy([])
    with pytest.raises(ValueError, match="a member and 2 labels"):
        majority_accuracy([0.5], labels=1)


@pytest.mark.parametrize("wrong", [[0.6], [-0.1]])
def test_chances_that_are_none_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="at most 1"):
        majority_accuracy([0.5], wrong)


def _ballots(n: int, labels: int, *, common: float, chance: np.random.Generator) -> np.ndarray:
    """Draw members that are right (label 0) at 0.8, 0.7 and 0.6, silent at 0.2, some rows alike."""
    alike = (chance.random(n) < common)[:, None]
    draw = np.where(alike, chance.random((n, 1)), chance.random((n, 3)))
    wrong = np.where(alike, 1, chance.integers(1, labels, (n, 3)))
    return np.where(chance.random((n, 3)) < 0.8, np.where(draw < [0.8, 0.7, 0.6], 0, wrong), -1)


def _first_leader(row: list[int]) -> int:
    votes = [ballot for ballot in row if ballot >= 0]
    return max(votes, key=votes.count, default=-1)


def _compared(ballots: np.ndarray, labels: int) -> Condorcet:
    vote_right = np.array([_first_leader(row) == 0 for row in ballots.tolist()])
    design = Design.of(len(ballots))
    return condorcet(ballots == 0, ballots >= 0, vote_right, design=design, labels=labels)


@pytest.mark.parametrize("labels", [2, 4])
def test_independent_members_show_what_condorcet_predicts_and_alike_ones_less(labels: int) -> None:
    chance = np.random.default_rng(3)
    held, less = 0, 0
    for _ in range(300):
        found = _compared(_ballots(400, labels, common=0.0, chance=chance), labels)
        alike = _compared(_ballots(400, labels, common=0.8, chance=chance), labels)
        assert found.excess.value == pytest.approx(found.seen.value - found.predicted)
        held += found.excess.low <= 0 <= found.excess.high
        less += alike.excess.high < 0
    assert 0.86 <= held / 300 <= 0.94
    assert less / 300 > 0.5


def test_prediction_is_that_of_the_members_own_shares() -> None:
    ballots = np.array([[0, 0, 1], [0, -1, 1], [1, 1, 0], [-1, 0, 0]])
    found = _compared(ballots, 3)
    expected = majority_accuracy([0.5, 0.5, 0.5], [0.25, 0.25, 0.5], labels=3)
    assert found.predicted == pytest.approx(expected)
    assert found.seen.value == 3 / 4
