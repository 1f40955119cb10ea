"""The rule that averages what members give each label before it picks one: no ballots, no filter.

Quantization ensembles before the paper did so (LPE-BSR, arXiv 2411.14860).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trusteval.answers.probabilities import Floats, LabelProbabilities
from trusteval.answers.table import Codes
from trusteval.ensemble.poll import Decided, Poll
from trusteval.stats.weighted_vote import NO_BALLOT
from trusteval.types import Unavailable

_SAME = 1e-9


def by_mean_probability(poll: Poll) -> Decided | Unavailable:
    """Answer by the label with the largest mean probability; the vote's where one is unknown.

    A member's probabilities of a setting's labels are divided by their sum. Equal means go to the
    label that the highest precision finds likeliest.
    """
    panel = poll.panel
    absent = [name for name in panel.names if name not in panel.probabilities]
    if len(absent) == len(panel.names):
        return Unavailable("the run recorded no probabilities (--trust-probabilities)")
    if absent:
        return Unavailable(f"no probabilities of {', '.join(absent)} are recorded")
    samples = [panel.sample_table.samples[row] for row in panel.rows.tolist()]
    told = [panel.probabilities[name].only(panel.rows) for name in panel.names]
    known = np.logical_and.reduce([one.known(samples) for one in told])
    if not known.any():
        why = dict.fromkeys(reason for one in told for reason in one.unknown)
        return Unavailable(f"no item has all labels' probabilities: {'; '.join(why)}")
    codes = np.full(len(samples), NO_BALLOT)
    codes[known] = _likeliest([_shares(one, poll.names)[known] for one in told])
    return poll.decided(codes, known)


def _likeliest(shares: Sequence[Floats]) -> Codes:
    """Return the label with the largest mean share per row, of equals the first member's."""
    mean = np.mean(shares, axis=0)
    leading = mean >= mean.max(axis=1, keepdims=True) - _SAME
    return np.asarray(np.where(leading, shares[0], -1.0).argmax(axis=1))


def _shares(told: LabelProbabilities, names: Sequence[str]) -> Floats:
    """Return what each label has of the sum over a row's labels, 0 of labels it does not have."""
    log = np.full((len(told), len(names)), -np.inf)
    log[:, [names.index(name) for name in told.labels]] = np.nan_to_num(told.log, nan=-np.inf)
    most = log.max(axis=1, keepdims=True)
    odds = np.exp(log - np.where(np.isfinite(most), most, 0.0))
    return np.asarray(odds / np.maximum(odds.sum(axis=1, keepdims=True), np.finfo(float).tiny))
