"""Scores recorded answers: what the sheets of a run hold is what their settings have to bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.answers.table import Sheet
from trusteval.metrics.aggregation import Formula
from trusteval.metrics.measuring import SCORE, evaluate
from trusteval.metrics.scoring import Scoring
from trusteval.types import Declared, Sample, Score


@dataclass(frozen=True, slots=True)
class Measured:
    """A benchmark's score over the same items in several sheets, with what it is made of.

    `rows` are what the score covers of each sheet, `beside` its other rows, clean counterparts
    say.
    """

    formula: Formula
    declared: Mapping[str, Declared]
    rows: tuple[Sheet, ...]
    beside: tuple[Sheet, ...]
    scores: tuple[Score, ...]


def measured(scoring: Scoring, *sheets: Sheet) -> Measured:
    """Score sheets of one order; the last says which rows there are."""
    covers = scoring.settings

    def of_score(sample: Sample) -> bool:
        return sample.setting.name in covers and scoring.counts(sample)

    rows = tuple(sheet.where(of_score) for sheet in sheets)
    beside = tuple(sheet.where(lambda sample: not of_score(sample)) for sheet in sheets)
    declared = {
        name: Declared(len(part), part.targets) for name, part in rows[-1].by_setting().items()
    }
    formula = scoring.formula(SCORE, rows[-1], declared=declared)
    scores = tuple(evaluate(SCORE, formula, part, declared=declared) for part in rows)
    return Measured(formula, declared, rows, beside, scores)
