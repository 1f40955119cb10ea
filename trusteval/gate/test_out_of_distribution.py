"""Unusual styles and questions beyond the training data are handled."""

import pytest


@pytest.mark.out_of_distribution
@pytest.mark.trust_gates("ood")
def test_ood(gate, subject, judge):
    """Every gate on ood holds for every subject it applies to."""
    judge(gate, subject)
