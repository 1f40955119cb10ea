"""Answers as an oracle that knows which member is right: the ceiling of every rule that picks one.

No vote, cascade or router over the same members is right on more items; what the oracle gets wrong
all of them get wrong (arXiv 2606.27288).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trusteval.answers.table import AnswerTable
from trusteval.errors import VoteError


def oracle(cast: Sequence[AnswerTable]) -> AnswerTable:
    """Return the first right answer to every sample, else the first member's.

    `cast` are the members' answers to all samples of one sample table. Raises VoteError without a
    member.
    """
    if not cast:
        raise VoteError("an oracle needs at least one member's answers, got none")
    # argmax is the first that is right, and the first of all where none is.
    chosen = np.argmax([answer_table.correct for answer_table in cast], axis=0)
    return AnswerTable.of(
        cast[0].sample_table,
        (
            cast[member].answers[cast[member].code[row]]
            for row, member in enumerate(chosen.tolist())
        ),
    )
