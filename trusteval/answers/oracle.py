"""Answers as one that knows which member is right, or which does harm: the bounds of every vote.

No vote, cascade or router over the same members is right on more items than the oracle; what the
oracle gets wrong all of them get wrong (arXiv 2606.27288). None does harm on more than any member.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trusteval.answers.table import AnswerTable, Flags
from trusteval.errors import VoteError


def oracle(cast: Sequence[AnswerTable]) -> AnswerTable:
    """Return the first right answer to every sample, else the first member's.

    `cast` are the members' answers to all samples of one sample table. Raises VoteError without a
    member.
    """
    return _first_of(cast, [answer_table.correct for answer_table in cast])


def worst(cast: Sequence[AnswerTable]) -> AnswerTable:
    """Return the first harmful answer to every sample, else the first member's.

    `cast` and what is raised are as for `oracle`.
    """
    return _first_of(cast, [answer_table.harmful for answer_table in cast])


def _first_of(cast: Sequence[AnswerTable], wanted: Sequence[Flags]) -> AnswerTable:
    if not cast:
        raise VoteError("an oracle needs at least one member's answers, got none")
    # argmax is the first that is wanted, and the first of all where none is.
    chosen = np.argmax(wanted, axis=0)
    return AnswerTable.of(
        cast[0].sample_table,
        (
            cast[member].answers[cast[member].code[row]]
            for row, member in enumerate(chosen.tolist())
        ),
    )
