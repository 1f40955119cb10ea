"""A second reading of a subject's answers: what a judge, and what people, made of some of them.

A judge errs; how often is counted on rows whose answer is also known otherwise: by the labels of
people or, without them, by the reader of the run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from trusteval.answers.table import AnswerTable

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DrawnAnswers:
    """Answers to some rows of a sample table, and how many of its rows each one stands for.

    Raises ValueError unless every row is there once and has a weight above 0.
    """

    answers: AnswerTable
    weights: Weights

    def __post_init__(self) -> None:
        rows = self.answers.rows
        if len(np.unique(rows)) != len(rows):
            raise ValueError("expected every row once")
        if len(self.weights) != len(rows) or not (np.asarray(self.weights) > 0).all():
            raise ValueError(
                f"expected a weight above 0 for each of {len(rows)} rows, got {len(self.weights)}"
            )

    @classmethod
    def evenly(cls, answers: AnswerTable) -> DrawnAnswers:
        """Let every row stand for one: all of them were asked, or all had equal chances."""
        return cls(answers, np.ones(len(answers)))


@dataclass(frozen=True, slots=True, eq=False)
class LabelledAnswers:
    """Rows that people labelled, and what a judge reads there.

    Of `n_given` labels of the subject the others are of other texts, or have no reading. Raises
    ValueError unless the judge has a reading of every row.
    """

    by_people: DrawnAnswers
    by_judge: AnswerTable
    n_given: int

    def __post_init__(self) -> None:
        if self.by_judge.rows.tolist() != self.by_people.answers.rows.tolist():
            raise ValueError("expected a judge's reading of every labelled row, in their order")

    @classmethod
    def where_read(
        cls, labels: DrawnAnswers, by_judge: AnswerTable, *, n_given: int
    ) -> LabelledAnswers | None:
        """Keep the labels of rows that the judge has a reading of; None where there are none."""
        is_read = np.isin(labels.answers.rows, by_judge.rows)
        if not is_read.any():
            return None
        kept = DrawnAnswers(labels.answers.only(is_read), labels.weights[is_read])
        return cls(kept, replace(by_judge, rows=kept.answers.rows), n_given)


@dataclass(frozen=True, slots=True, eq=False)
class JudgedTable:
    """What a judge read in one subject's responses to one benchmark, beside how the run read them.

    `read` are all rows as the reader of the run has them. `judged` are the rows, all or a sample,
    that the judge has a reading of, as it has them. `labels` tell how it errs; without them the
    reader of the run stands in for people. Raises ValueError unless all are of one sample table.
    """

    read: AnswerTable
    judged: DrawnAnswers
    labels: LabelledAnswers | None = None

    def __post_init__(self) -> None:
        others = [self.judged.answers]
        if self.labels is not None:
            others += [self.labels.by_people.answers, self.labels.by_judge]
        if any(one.sample_table is not self.read.sample_table for one in others):
            raise ValueError("expected the answers of one sample table")
