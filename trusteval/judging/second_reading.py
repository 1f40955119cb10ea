"""What a judge read of a subject's answers to a benchmark, beside the run's own reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from trusteval.answers.table import AnswerTable
from trusteval.judging.drawing import Stratum
from trusteval.types import DECLINED, Answer, Invalid, InvalidReason, Label, Refusal

_UNREAD = Invalid(InvalidReason.UNPARSEABLE)
"""What stands in a column where there is no reading; no row of a table points to it."""


class Unread(StrEnum):
    """Why a judge has no reading of an answer that it was to read."""

    GARBAGE = "its reply is none of the readings"
    REJECTED = "its server rejects the question"
    UNASKED = "it could not be asked"
    MEMBER = "a member's answer has no reading"


@dataclass(frozen=True, slots=True, eq=False)
class SecondReading:
    """Two readings of one subject's answers to one benchmark, over one sample table.

    `first` holds the answers that were drawn, as the run's protocol reads them, `second` those of
    them that the judge read; of a vote, what the members' ballots come to as the judge reads
    them. `strata` say what was drawn of how many. `unread` counts by reason what is missing, and
    `why` is the first of what went wrong. Where it `is_binary`, the judge tells refusing from not
    refusing alone. `n_cut` answers were too long to be shown to the judge in full.
    """

    subject: str
    benchmark: str
    first: AnswerTable
    second: AnswerTable
    strata: tuple[Stratum, ...]
    unread: Mapping[Unread, int] = field(default_factory=dict)
    why: str = ""
    is_binary: bool = False
    n_cut: int = 0
    fingerprint: str = ""

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """How many of the subject's answers each read one stands for, in the order of `second`."""
        of_row = np.zeros(len(self.second.code))
        is_read = np.zeros(len(self.second.code), np.bool_)
        is_read[self.second.rows] = True
        for stratum in self.strata:
            rows = np.array(stratum.rows, np.int64)
            n_read = int(is_read[rows].sum())
            of_row[rows] = stratum.size / n_read if n_read else 0.0
        weights: npt.NDArray[np.float64] = of_row[self.second.rows]
        return weights

    @property
    def compared(self) -> tuple[AnswerTable, AnswerTable]:
        """Both readings of what was read, the first as coarse as the judge's where it is binary."""
        first = only_rows(self.first, self.second.rows.tolist())
        return (_coarse(first) if self.is_binary else first), self.second


def read_among(first: AnswerTable, answers: Mapping[int, Answer]) -> AnswerTable:
    """Return readings of some rows of a sample table, by row, as an answer table of these rows."""
    n = len(first.sample_table.samples)
    whole = AnswerTable.of(first.sample_table, (answers.get(row, _UNREAD) for row in range(n)))
    return only_rows(whole, sorted(answers))


def only_rows(answers: AnswerTable, rows: Sequence[int]) -> AnswerTable:
    """Return the answers to rows of the sample table, in that order."""
    return AnswerTable(
        answers.sample_table, answers.answers, answers.code, np.array(rows, np.int64)
    )


def _coarse(answers: AnswerTable) -> AnswerTable:
    """Return answers with refusals in the place of labels that count as one."""
    right_for = answers.sample_table.right_for

    def standing(answer: Answer) -> Answer:
        is_declining = isinstance(answer, Label) and right_for.get(answer.value) == DECLINED
        return Refusal() if is_declining else answer

    coarse = [standing(answer) for answer in answers.answers]
    return AnswerTable.among(answers.sample_table, coarse, answers.code).only(answers.rows)
