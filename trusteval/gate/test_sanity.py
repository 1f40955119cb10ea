"""A variant is whole: its perplexity is a sane number and the engine runs it right."""

import pytest


@pytest.mark.trust_sanity
def test_sanity(subject, trust_evaluation):
    """What a broken checkpoint answers says nothing about trust, so it is not judged."""
    trust_evaluation.require_whole(subject)
