"""Holds an ensemble's votes over a whole benchmark: once for every combination of ballots.

The vote itself is `trusteval.answers.voting`; samples whose members answered alike are decided
alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.answers.voting import vote
from trusteval.types import Ballot, RefusalPolicy, Variant

_POLICIES = tuple(RefusalPolicy)


def elect(members: Sequence[Variant], cast: Sequence[AnswerTable]) -> AnswerTable:
    """Return what the members elect for every sample; `cast` are their ballots, in their order.

    All answer tables are of one sample table. Raises VoteError as `vote` does.
    """
    sample_table = cast[0].sample_table
    _, examples, of_row = np.unique(
        _combinations(sample_table, cast), return_index=True, return_inverse=True
    )
    decided = [
        vote(
            [
                Ballot(member, answer_table.answers[answer_table.code[row]])
                for member, answer_table in zip(members, cast, strict=True)
            ],
            policy=sample_table.samples[row].setting.refusal_policy,
        ).answer
        for row in examples.tolist()
    ]
    return AnswerTable.of(sample_table, (decided[number] for number in of_row.tolist()))


def _combinations(sample_table: SampleTable, cast: Sequence[AnswerTable]) -> Codes:
    """Number every sample by its policy and its ballots; equal numbers, equal votes."""
    policies = [_POLICIES.index(sample.setting.refusal_policy) for sample in sample_table.samples]
    combination = np.array(policies, np.int64)
    for answer_table in cast:
        combination = combination * max(1, len(answer_table.answers)) + answer_table.code
        # Numbered anew, so that any number of members fits.
        combination = np.unique(combination, return_inverse=True)[1]
    return combination
