"""Holds an ensemble's votes over a whole benchmark: once for every combination of ballots.

The vote itself is `trusteval.answers.voting`; samples whose members answered alike are decided
alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trusteval.answers.table import Codes, Roll, Sheet
from trusteval.answers.voting import vote
from trusteval.types import Ballot, RefusalPolicy, Variant

_POLICIES = tuple(RefusalPolicy)


def elect(members: Sequence[Variant], cast: Sequence[Sheet]) -> Sheet:
    """Return what the members elect for every sample; `cast` are their ballots, in their order.

    All sheets are of one roll. Raises VoteError as `vote` does.
    """
    roll = cast[0].roll
    _, examples, of_row = np.unique(
        _combinations(roll, cast), return_index=True, return_inverse=True
    )
    decided = [
        vote(
            [
                Ballot(member, sheet.answers[sheet.code[row]])
                for member, sheet in zip(members, cast, strict=True)
            ],
            policy=roll.samples[row].setting.refusal_policy,
        ).answer
        for row in examples.tolist()
    ]
    return Sheet.of(roll, (decided[number] for number in of_row.tolist()))


def _combinations(roll: Roll, cast: Sequence[Sheet]) -> Codes:
    """Number every sample by its policy and its ballots; equal numbers, equal votes."""
    policies = [_POLICIES.index(sample.setting.refusal_policy) for sample in roll.samples]
    combination = np.array(policies, np.int64)
    for sheet in cast:
        combination = combination * max(1, len(sheet.answers)) + sheet.code
        # Numbered anew, so that any number of members fits.
        combination = np.unique(combination, return_inverse=True)[1]
    return combination
