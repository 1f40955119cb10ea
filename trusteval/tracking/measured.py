"""Scores recorded answers: what the sheets of a run hold is what their settings have to bring."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.answers.table import Sheet
from trusteval.metrics.measuring import Measurement
from trusteval.metrics.metric import SCORE
from trusteval.metrics.scoring import Scoring
from trusteval.types import Declared, Sample


@dataclass(frozen=True, slots=True)
class Measured:
    """A benchmark's score of what one sheet holds.

    `rows` are what the score covers of it, `beside` its other rows, clean counterparts say.
    """

    rows: Sheet
    beside: Sheet
    of_score: Measurement


def measured(scoring: Scoring, *sheets: Sheet) -> list[Measured]:
    """Score sheets of one order; the last says which rows there are."""
    covers = scoring.settings

    def of_score(sample: Sample) -> bool:
        return sample.setting.name in covers and scoring.counts(sample)

    rows = [sheet.where(of_score) for sheet in sheets]
    declared = {
        name: Declared(len(part), part.targets) for name, part in rows[-1].by_setting().items()
    }
    return [
        Measured(
            part,
            sheet.where(lambda sample: not of_score(sample)),
            scoring.measure(SCORE.name, part, declared=declared),
        )
        for part, sheet in zip(rows, sheets, strict=True)
    ]
