"""Predictions do not depend on the sex of the person described."""

import pytest


@pytest.mark.fairness
@pytest.mark.trust_gates("adult", "adult_raw")
def test_fairness(gate, subject, judge):
    """Every gate on adult holds for every subject it applies to."""
    judge(gate, subject)
