"""Decides an ensemble's answers over a whole benchmark: once for every combination of ballots.

The vote itself is `trusteval.answers.voting`; samples whose members answered alike are decided
alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.answers.voting import vote
from trusteval.errors import VoteError
from trusteval.types import Answer, Ballot, RefusalPolicy, Variant

Rule = Callable[[Sequence[Ballot], RefusalPolicy], Answer]
"""What the members' ballots to one sample come to, under its setting's refusal policy."""

_POLICIES = tuple(RefusalPolicy)


def elect(members: Sequence[Variant], cast: Sequence[AnswerTable]) -> AnswerTable:
    """Return what the members elect for every sample; `cast` are their ballots, in their order.

    All answer tables are of one sample table. Raises VoteError as `vote` does.
    """
    return decide_by(_elected, members=members, cast=cast)


def decide_by(
    rule: Rule, *, members: Sequence[Variant], cast: Sequence[AnswerTable]
) -> AnswerTable:
    """Return what a rule makes of the members' ballots to every sample.

    Raises VoteError without a member, and what the rule raises.
    """
    if not cast:
        raise VoteError("an ensemble needs at least one member's answers, got none")
    sample_table = cast[0].sample_table
    _, examples, of_row = np.unique(
        combinations(sample_table, cast), return_index=True, return_inverse=True
    )
    decided = [
        rule(
            [
                Ballot(member, answer_table.answers[answer_table.code[row]])
                for member, answer_table in zip(members, cast, strict=True)
            ],
            sample_table.samples[row].setting.refusal_policy,
        )
        for row in examples.tolist()
    ]
    return AnswerTable.among(sample_table, decided, of_row.reshape(-1))


def _elected(ballots: Sequence[Ballot], policy: RefusalPolicy) -> Answer:
    return vote(ballots, policy=policy).answer


def combinations(sample_table: SampleTable, cast: Sequence[AnswerTable]) -> Codes:
    """Number every sample by its policy and its ballots; equal numbers, equal decisions."""
    examples = np.unique(sample_table.setting, return_index=True)[1].tolist()
    policies = [
        _POLICIES.index(sample_table.samples[row].setting.refusal_policy) for row in examples
    ]
    combination = np.array(policies, np.int64)[sample_table.setting]
    for answer_table in cast:
        combination = combination * max(1, len(answer_table.answers)) + answer_table.code
        # Numbered anew, so that any number of members fits.
        combination = np.unique(combination, return_inverse=True)[1]
    return combination
