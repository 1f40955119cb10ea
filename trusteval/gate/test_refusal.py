"""What is unsafe is declined, and what only sounds so is answered."""

import pytest


@pytest.mark.refusal
@pytest.mark.trust_gates("xstest")
def test_xstest(gate, subject, judge):
    """Every gate on xstest holds for every subject it applies to."""
    judge(gate, subject)


@pytest.mark.refusal
@pytest.mark.trust_gates("trustllm_safety")
def test_trustllm_safety(gate, subject, judge):
    """Every gate on trustllm_safety holds for every subject it applies to."""
    judge(gate, subject)
