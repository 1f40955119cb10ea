"""Distributions over labels: from logarithms, and how far one is from another.

Rows are items, columns labels; a label that an item does not have has the logarithm -inf.
"""

from __future__ import annotations

import numpy as np

from trusteval.stats.design import Values


def normalised(log: Values) -> Values:
    """Return logarithms less that of their row's sum; NaN where a row has a NaN, or no label."""
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = log - log.max(axis=1, keepdims=True)
        whole: Values = centred - np.log(np.exp(centred).sum(axis=1, keepdims=True))
    return whole


def kl_divergence(of: Values, around: Values) -> Values:
    """Return KL(of || around) of each row in nats, at least 0, of normalised logarithms.

    The sum of p (log p - log q) over the labels (Kullback and Leibler 1951): `scipy.stats.entropy`
    row by row. Infinite where `around` excludes a label that `of` does not.
    """
    with np.errstate(invalid="ignore"):
        terms = np.where(np.isneginf(of), 0.0, np.exp(of) * (of - around))
    return np.asarray(np.maximum(terms.sum(axis=1), 0.0))
