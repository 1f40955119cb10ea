"""Votes by other rules than the vote's own: who may vote and what a tie means are asked apart.

The vote's own rule is `trusteval.answers.voting`; with the standard parameters `plurality` is it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from enum import StrEnum

from trusteval.answers.voting import nobody_admitted, ranked
from trusteval.types import Answer, Ballot, Invalid, Label, Refusal, RefusalPolicy

Admit = Callable[[Answer, RefusalPolicy], bool]
"""Whether an answer may vote, under its setting's refusal policy."""


class Tie(StrEnum):
    """Whose answer counts where several have most votes; ABSTAIN makes a refusal of a tie."""

    HIGHEST = "highest precision"
    LOWEST = "lowest precision"
    ABSTAIN = "abstain"


def standard(answer: Answer, policy: RefusalPolicy) -> bool:
    """Admit labels, and refusals where the setting keeps them: the vote's own rule."""
    return isinstance(answer, Label) or _kept(answer, policy)


def labels_and_refusals(answer: Answer, policy: RefusalPolicy) -> bool:
    """Admit labels, and refusals whatever the setting says."""
    return not isinstance(answer, Invalid)


def everything(answer: Answer, policy: RefusalPolicy) -> bool:
    """Admit whatever was answered; all invalid answers are one choice, as all refusals are."""
    return True


def plurality(
    ballots: Sequence[Ballot],
    policy: RefusalPolicy,
    *,
    admit: Admit = standard,
    tie: Tie = Tie.HIGHEST,
) -> Answer:
    """Return the answer that most admitted members gave; where none is, what the vote makes of it.

    Raises VoteError if there is no ballot or one variant holds two.
    """
    in_order = ranked(ballots)
    admitted = [ballot.answer for ballot in in_order if admit(ballot.answer, policy)]
    if not admitted:
        return nobody_admitted(in_order)
    votes = Counter(map(_choice, admitted))
    most = max(votes.values())
    leading = [answer for answer in admitted if votes[_choice(answer)] == most]
    if tie is Tie.ABSTAIN and len(set(map(_choice, leading))) > 1:
        return Refusal()
    return leading[-1] if tie is Tie.LOWEST else leading[0]


def _kept(answer: Answer, policy: RefusalPolicy) -> bool:
    return isinstance(answer, Refusal) and policy is RefusalPolicy.KEEP


def _choice(answer: Answer) -> Hashable:
    """Return what two votes for the same thing share."""
    return Invalid if isinstance(answer, Invalid) else answer
