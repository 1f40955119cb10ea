"""Decides an ensemble's answers over a whole benchmark: once for every combination of ballots.

The vote itself is `trusteval.answers.voting`; samples whose members answered alike are decided
alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.answers.voting import Rule, decide_in_turn, vote
from trusteval.errors import VoteError
from trusteval.types import Answer, Ballot, RefusalPolicy, Setting, Variant


def elect(
    members: Sequence[Variant],
    cast: Sequence[AnswerTable],
    *,
    policy: RefusalPolicy | None = None,
) -> AnswerTable:
    """Return what the members elect for every sample; `cast` are their ballots, in their order.

    All answer tables are of one sample table. `policy` stands in for that of every setting. Raises
    VoteError as `vote` does.
    """
    return decide_by(_elected, members=members, cast=cast, policy=policy)


def decide_by(
    rule: Rule,
    *,
    members: Sequence[Variant],
    cast: Sequence[AnswerTable],
    policy: RefusalPolicy | None = None,
) -> AnswerTable:
    """Return what a rule makes of the members' ballots to every sample.

    Where several answers decline it is asked in turn whether and how to (`voting`). `policy` stands
    in for that of every setting. Raises VoteError without a member, and what the rule raises.
    """
    if not cast:
        raise VoteError("an ensemble needs at least one member's answers, got none")
    sample_table = cast[0].sample_table
    _, examples, of_row = np.unique(
        combinations(sample_table, cast), return_index=True, return_inverse=True
    )
    decided = [
        decide_in_turn(
            rule,
            [
                Ballot(member, answer_table.answers[answer_table.code[row]])
                for member, answer_table in zip(members, cast, strict=True)
            ],
            setting=_under(policy, sample_table.samples[row].setting),
        )
        for row in examples.tolist()
    ]
    return AnswerTable.among(sample_table, decided, of_row.reshape(-1))


def _elected(ballots: Sequence[Ballot], policy: RefusalPolicy) -> Answer:
    return vote(ballots, policy=policy).answer


def _under(policy: RefusalPolicy | None, setting: Setting) -> Setting:
    return setting if policy is None else replace(setting, refusal_policy=policy)


def combinations(sample_table: SampleTable, cast: Sequence[AnswerTable]) -> Codes:
    """Number every sample by its setting's rule and its ballots; equal numbers, equal decisions."""
    examples = np.unique(sample_table.setting, return_index=True)[1].tolist()
    settings = [sample_table.samples[row].setting for row in examples]
    rules = [(setting.refusal_policy, setting.declining) for setting in settings]
    combination = np.array([rules.index(rule) for rule in rules], np.int64)[sample_table.setting]
    for answer_table in cast:
        combination = combination * max(1, len(answer_table.answers)) + answer_table.code
        # Numbered anew, so that any number of members fits.
        combination = np.unique(combination, return_inverse=True)[1]
    return combination
