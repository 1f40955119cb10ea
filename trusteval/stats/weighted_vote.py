"""Votes whose members count by weights, and where the weights come from.

Ballots are whole numbers, rows x members, highest precision first: a label's code from 0 on, or
a negative code where a member does not vote. Weights are learned on some rows and judged on others
(`crossfit`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from trusteval.stats.design import Codes, Values

NO_BALLOT = -1
"""What a vote of nobody gives."""
_SAME = 1e-9


def weighted_vote(ballots: Codes, weights: npt.ArrayLike) -> Codes:
    """Return the label with the largest sum of weights per row, -1 where nobody votes.

    Sums that differ by rounding alone are a tie; of tied labels the one that the first member
    with any of them gave. Only labels that somebody gave can win, also where weights are
    negative.
    """
    w = np.asarray(weights, np.float64)
    _refuse_other_shapes(ballots, w)
    behind = np.stack(
        [(ballots == ballots[:, [one]]) @ w for one in range(ballots.shape[1])], axis=1
    )
    behind[ballots < 0] = -np.inf
    most = behind.max(axis=1, keepdims=True)
    first = (behind >= most - _SAME * np.abs(w).sum()).argmax(axis=1)
    elected: Codes = np.maximum(ballots[np.arange(len(ballots)), first], NO_BALLOT)
    return elected


def accuracy_weights(ballots: Codes, truth: Codes, *, k: int) -> Values:
    """Return log(p (k - 1) / (1 - p)) per member, p being its accuracy where it votes.

    The Bayes rule for k labels, equally likely beforehand, of members that err independently and
    evenly among the wrong labels (Nitzan and Paroush 1982 for k = 2; "optimal weight" in arXiv
    2510.01499, theorem 1). p is (right + 1) / (ballots + k), so that a member without ballots
    weighs 0, and none weighs infinitely much; a member worse than 1 / k weighs less than 0.
    With a vote's labels in place of the truth these are weights without labels (there OW-I).
    """
    _refuse_few_labels(k)
    voted = ballots >= 0
    right = (voted & (ballots == truth[:, None])).sum(axis=0)
    wrong = voted.sum(axis=0) - right
    # A quotient of whole numbers, so that guessing weighs 0 and not what rounding leaves of it.
    return np.asarray(np.log((right + 1) * (k - 1) / (wrong + k - 1)))


def surprise_weights(ballots: Codes, *, k: int) -> Values:
    """Return 1 + the mean over other members of (k c - 1) / (k - 1)^2 per member, no truth needed.

    c is how often two members agree where both vote, 1 / k where they never do; a member alone
    weighs 1. This is "inverse surprising popularity" (arXiv 2510.01499, equations 4 and 5): the
    label s with the largest sum over members i of [a_i = s] minus the mean over others j of the
    mean over labels a other than a_j of P(A_i = s | A_j = a). There the labels are shuffled first,
    so that P is c where s = a and (1 - c) / (k - 1) elsewhere; then the rule is a weighted vote,
    with these weights. Read in reviews and summaries of the paper, not in the paper; with
    c = xy + (1 - x)(1 - y) / (k - 1) it gains over the majority what its theorem 2 says. That
    members who do not vote are left out is ours. The weights lie within 1 / (k - 1) of 1, so that
    with many labels little changes but how ties fall.
    """
    _refuse_few_labels(k)
    voted = ballots >= 0
    members = ballots.shape[1]
    weights = np.ones(members)
    for one in range(members):
        for other in set(range(members)) - {one}:
            both = voted[:, one] & voted[:, other]
            if both.any():
                agreement = float((ballots[both, one] == ballots[both, other]).mean())
                weights[one] += (k * agreement - 1) / (k - 1) ** 2 / (members - 1)
    return weights


def _refuse_few_labels(k: int) -> None:
    if k < 2:
        raise ValueError(f"expected at least 2 labels, got {k}")


def _refuse_other_shapes(ballots: Codes, weights: Values) -> None:
    if ballots.shape[1:] != weights.shape or not len(weights) or not np.isfinite(weights).all():
        raise ValueError(
            f"expected a finite weight for each of {ballots.shape[1:]} members, got {weights}"
        )
