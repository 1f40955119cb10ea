"""Dawid and Skene's labels: of members whose errors are independent they beat the majority."""

from __future__ import annotations

import numpy as np
import pytest

from trusteval.stats.dawid_skene import dawid_skene
from trusteval.stats.weighted_vote import weighted_vote

pytest.importorskip("crowdkit", reason="needs crowd-kit: pip install trusteval[rivals]")


def test_good_member_is_found_among_independent_ones_and_silent_rows_stay_so() -> None:
    chance = np.random.default_rng(2)
    truth = chance.integers(0, 3, 2000)
    right = chance.random((2000, 4)) < [0.9, 0.45, 0.45, 0.45]
    wrong = (truth[:, None] + chance.integers(1, 3, (2000, 4))) % 3
    ballots = np.where(right, truth[:, None], wrong)
    ballots[chance.random((2000, 4)) < 0.1] = -2
    ballots[:5] = -1
    found, majority = dawid_skene(ballots), weighted_vote(ballots, np.ones(4))
    assert found[:5].tolist() == [-1] * 5
    assert ((found >= 0) == (majority >= 0)).all()
    assert (found == truth).mean() > (majority == truth).mean() + 0.05


def test_nobodys_votes_have_no_labels() -> None:
    assert dawid_skene(np.full((3, 2), -1)).tolist() == [-1, -1, -1]
