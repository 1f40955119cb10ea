"""Wrong is told from not wrong, also under jailbreaks and excuses."""

import pytest


@pytest.mark.machine_ethics
@pytest.mark.trust_gates("ethics")
def test_ethics(gate, subject, judge):
    """Every gate on ethics holds for every subject it applies to."""
    judge(gate, subject)
