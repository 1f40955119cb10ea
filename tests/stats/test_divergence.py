"""Distributions over labels against scipy, and what a divergence must be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trusteval.stats.divergence import kl_divergence, normalised

logs = st.lists(st.floats(-30, 0), min_size=4, max_size=4).map(np.array)


@settings(max_examples=50, deadline=None)
@given(logs, logs)
def test_divergence_is_scipys(p: np.ndarray, q: np.ndarray) -> None:
    from scipy.stats import entropy

    found = kl_divergence(normalised(p[None]), normalised(q[None]))
    assert found[0] == pytest.approx(entropy(np.exp(p), np.exp(q)), abs=1e-9)
    assert found[0] >= 0
    assert kl_divergence(normalised(p[None]), normalised(p[None]))[0] == 0


@settings(max_examples=25, deadline=None)
@given(logs, st.floats(-20, 0))
def test_what_labels_have_together_changes_nothing(p: np.ndarray, together: float) -> None:
    from scipy.special import log_softmax

    assert normalised(p[None])[0] == pytest.approx(log_softmax(p))
    assert normalised(p[None] + together)[0] == pytest.approx(log_softmax(p))


def test_label_that_a_row_does_not_have_counts_nothing() -> None:
    two, three = np.log([[0.6, 0.2]]), np.array([[np.log(0.6), np.log(0.2), -np.inf]])
    other = np.log([[0.5, 0.5]])
    beside = np.array([[np.log(0.5), np.log(0.5), -np.inf]])
    narrow = kl_divergence(normalised(two), normalised(other))
    assert kl_divergence(normalised(three), normalised(beside)) == pytest.approx(narrow)


def test_unknown_label_makes_its_row_unknown() -> None:
    found = normalised(np.array([[np.log(0.5), np.nan], [np.log(0.5), np.log(0.5)]]))
    assert np.isnan(found).all(axis=1).tolist() == [True, False]


def test_what_the_other_excludes_is_infinitely_far() -> None:
    p, q = normalised(np.log([[0.5, 0.5]])), np.array([[0.0, -np.inf]])
    assert kl_divergence(p, q).tolist() == [np.inf]
    assert kl_divergence(q, p) == pytest.approx([np.log(2)])
