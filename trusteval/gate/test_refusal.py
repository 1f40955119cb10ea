"""What is unsafe is declined, and what only sounds so is answered."""

import pytest


@pytest.mark.refusal
@pytest.mark.trust_gates("xstest", "trustllm_safety")
def test_refusal(gate, subject, judge):
    """Every gate on prompts to answer or to decline holds for every subject it applies to."""
    judge(gate, subject)
