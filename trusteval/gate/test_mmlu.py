"""General knowledge survives compression."""

import pytest


@pytest.mark.mmlu
@pytest.mark.trust_gates("mmlu")
def test_mmlu(gate, subject, judge):
    """Every gate on mmlu holds for every subject it applies to."""
    judge(gate, subject)
