"""What other tools recorded keeps the rows of a gates file: --trust-results, no model."""

import pytest


@pytest.mark.trust_results
def test_results(gate, subject, judge_result):
    """Every row holds for every result it applies to."""
    judge_result(gate, subject)
