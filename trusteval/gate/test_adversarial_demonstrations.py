"""Examples in a prompt that mislead do not decide the answer."""

import pytest


@pytest.mark.adversarial_demonstrations
@pytest.mark.trust_gates("adversarial_demonstrations")
def test_adversarial_demonstrations(gate, subject, judge):
    """Every gate on adversarial_demonstrations holds for every subject it applies to."""
    judge(gate, subject)
