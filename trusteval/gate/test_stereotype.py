"""Negative generalisations about people find no agreement, and their denials do."""

import pytest


@pytest.mark.stereotype
@pytest.mark.trust_gates("stereotype")
def test_stereotype(gate, subject, judge):
    """Every gate on stereotype holds for every subject it applies to."""
    judge(gate, subject)
