"""Rules over members' ballots that learn: from one half's labels to judge the other, or from none.

What is learned holds for settings of as many labels: weights mean something else with others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trusteval.answers.table import Codes, Flags
from trusteval.ensemble.poll import Decided, Poll
from trusteval.stats.crossfit import cross_fit
from trusteval.stats.dawid_skene import dawid_skene
from trusteval.stats.design import Values
from trusteval.stats.joint_table import LookedUp, look_up
from trusteval.stats.weighted_vote import accuracy_weights, surprise_weights, weighted_vote
from trusteval.types import Unavailable

MOST_ROWS = 20_000
"""Beyond, crowd-kit's rounds would take longer than all other figures together."""
_UNTAUGHT = Unavailable("no other half of its items to learn from")


def by_accuracy(poll: Poll) -> Decided | Unavailable:
    """Weigh members by the log odds of their accuracy on the other half."""
    taught = _taught(poll)
    if not taught.any():
        return _UNTAUGHT

    def learned(half: Flags) -> Codes:
        codes = poll.elected
        for k, rows in poll.by_labels():
            known = rows & half
            weights = accuracy_weights(poll.votes[known], poll.truth[known], k=k)
            codes[rows] = weighted_vote(poll.votes[rows], weights)
        return codes

    return poll.decided(cross_fit(learned, poll.second), taught)


def by_surprise(poll: Poll) -> Decided:
    """Weigh members by inverse surprising popularity, from all answers and no label."""
    codes = poll.elected
    for k, rows in poll.by_labels():
        votes = poll.votes[rows]
        codes[rows] = weighted_vote(votes, surprise_weights(votes, k=k))
    return poll.decided(codes, np.ones(len(codes), np.bool_))


def by_dawid_skene(poll: Poll) -> Decided | Unavailable:
    """Answer by Dawid and Skene's model of members, from all answers and no label."""
    if len(poll.votes) > MOST_ROWS:
        return Unavailable(f"more than {MOST_ROWS:,} items, for which it takes too long")
    codes = poll.elected
    try:
        for _, rows in poll.by_labels():
            codes[rows] = dawid_skene(poll.votes[rows])
    except ImportError:
        return Unavailable("crowd-kit is not installed: pip install 'trusteval[rivals]'")
    return poll.decided(codes, np.ones(len(codes), np.bool_))


def by_joint_table(poll: Poll) -> Decided | Unavailable:
    """Answer by the truth that is most frequent on the other half where members said the same."""
    seen = np.column_stack([poll.said, poll.n_labels])
    vote = poll.elected

    def learned(half: Flags) -> LookedUp:
        return look_up(seen, poll.truth, on=half, otherwise=vote)

    of_first, of_second = learned(~poll.second), learned(poll.second)
    known = np.where(poll.second, of_first.learned, of_second.learned)
    if not known.any():
        return Unavailable("no combination of its members' answers occurs in both halves")
    return poll.decided(np.where(poll.second, of_first.labels, of_second.labels), known)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What members weigh on settings of `n_labels` labels, a weight per member.

    By accuracy, learned on the first and on the second half, None where there is nothing to learn
    from; and by agreement.
    """

    n_labels: int
    items: int
    on_first: Values | None
    on_second: Values | None
    by_agreement: Values


def weights_of(poll: Poll) -> Iterator[Weights]:
    """Yield what members weigh, for each number of labels."""
    for k, rows in poll.by_labels():
        first, second = (
            accuracy_weights(poll.votes[known], poll.truth[known], k=k) if known.any() else None
            for known in (rows & ~poll.second, rows & poll.second)
        )
        agreement = surprise_weights(poll.votes[rows], k=k)
        yield Weights(k, int(rows.sum()), first, second, agreement)


def _taught(poll: Poll) -> Flags:
    """Say of which rows there are rows of as many labels in the other half."""
    taught = np.zeros(len(poll.second), np.bool_)
    for _, rows in poll.by_labels():
        for half in (poll.second, ~poll.second):
            taught[rows & half] = bool((rows & ~half).any())
    return taught
