"""Scores recorded answers: what a run's tables hold is what their settings have to bring."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.answers.table import AnswerTable
from trusteval.metrics.measuring import Measurement
from trusteval.metrics.metric import SCORE
from trusteval.metrics.scoring import Scoring
from trusteval.types import Declared, Sample


@dataclass(frozen=True, slots=True)
class Measured:
    """A benchmark's score of what one answer table holds.

    `rows` are what the score covers of it, `beside` its other rows, clean counterparts say.
    """

    rows: AnswerTable
    beside: AnswerTable
    of_score: Measurement


def measured(scoring: Scoring, *answer_tables: AnswerTable) -> list[Measured]:
    """Score answer tables of one order; the last says which rows there are."""
    covers = scoring.settings

    def of_score(sample: Sample) -> bool:
        return sample.setting.name in covers and scoring.counts(sample)

    rows = [answer_table.where(of_score) for answer_table in answer_tables]
    declared = {
        name: Declared(len(part), part.targets) for name, part in rows[-1].by_setting().items()
    }
    return [
        Measured(
            part,
            answer_table.where(lambda sample: not of_score(sample)),
            scoring.measure(SCORE.name, part, declared=declared),
        )
        for part, answer_table in zip(rows, answer_tables, strict=True)
    ]
