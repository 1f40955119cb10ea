"""Records every subject's answers, and what a judge reads in them; gates read both from there."""

import pytest

from trusteval.types import InvalidReason


@pytest.mark.trust_recording
def test_record(subject, benchmark_name, record_answers):
    """A subject's answers to a benchmark are recorded, all of them."""
    counts = record_answers(subject, benchmark_name).score.counts
    assert counts.n > 0
    assert counts.refused + sum(counts.invalid[reason] for reason in InvalidReason) <= counts.n


@pytest.mark.trust_second_reading
def test_judge(subject, benchmark_name, read_again):
    """A judge reads a drawn part of a subject's answers to a benchmark again (--trust-judge)."""
    found = read_again(subject, benchmark_name)
    assert 0 < found.read <= found.drawn <= found.answers
