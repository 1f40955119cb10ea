"""Records every subject's answers; the gates that follow read them from the store."""

import pytest

from trusteval.types import InvalidReason


@pytest.mark.trust_recording
def test_record(subject, benchmark_name, record_answers):
    """A subject's answers to a benchmark are recorded, all of them."""
    counts = record_answers(subject, benchmark_name).score.counts
    assert counts.n > 0
    assert counts.refused + sum(counts.invalid[reason] for reason in InvalidReason) <= counts.n
