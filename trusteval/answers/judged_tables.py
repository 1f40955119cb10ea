"""A second reading of a subject's answers: what a judge, and what people, made of some of them.

A judge errs; how often is counted on rows whose answer is also known otherwise: by the labels of
people or, without them, by the reader of the run.
"""

from __future__ import annotations

from dataclasses import dataclass

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
class JudgedTable:
    """What a judge read in one subject's responses to one benchmark, beside how the run read them.

    `read` are all rows as the reader of the run has them. `judged` are the rows, all or a sample,
    that the judge has a reading of, as it has them. `labels` are the rows that people labelled;
    without them the reader of the run stands in. Raises ValueError unless all are of one sample
    table.
    """

    read: AnswerTable
    judged: DrawnAnswers
    labels: DrawnAnswers | None = None

    def __post_init__(self) -> None:
        others = [self.judged, *([] if self.labels is None else [self.labels])]
        if any(one.answers.sample_table is not self.read.sample_table for one in others):
            raise ValueError("expected the answers of one sample table")
