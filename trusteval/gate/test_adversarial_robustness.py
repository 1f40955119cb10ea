"""Perturbed texts are still read right."""

import pytest


@pytest.mark.adversarial_robustness
@pytest.mark.trust_gates("advglue", "advglue_plus_plus")
def test_adversarial_robustness(gate, subject, judge):
    """Every gate on advglue holds for every subject it applies to."""
    judge(gate, subject)
