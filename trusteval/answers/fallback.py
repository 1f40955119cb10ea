"""Answers by a vote's fallback chain: the highest precision, unless it gives no valid answer.

It filters as the vote does and does not vote: vote minus chain is what voting gains, chain minus
dense what filtering gains, and the two add up.
"""

from __future__ import annotations

from collections.abc import Sequence

from trusteval.answers.ensembles import decide_by
from trusteval.answers.table import AnswerTable
from trusteval.answers.voting import admit, nobody_admitted, ranked
from trusteval.types import Answer, Ballot, RefusalPolicy, Variant


def fall_back(members: Sequence[Variant], cast: Sequence[AnswerTable]) -> AnswerTable:
    """Return what the chain answers to every sample; `cast` are the members' ballots, in order.

    All answer tables are of one sample table. Raises VoteError as `first_admitted` does.
    """
    return decide_by(first_admitted, members=members, cast=cast)


def first_admitted(ballots: Sequence[Ballot], policy: RefusalPolicy) -> Answer:
    """Return the answer of the highest precision that may vote, else what the vote elects.

    Raises VoteError if there is no ballot or one variant holds two.
    """
    in_order = ranked(ballots)
    admitted = admit(in_order, policy=policy)
    return admitted[0].answer if admitted else nobody_admitted(in_order)
