"""Scores recorded answers: what the sheets of a run hold is what their settings have to bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.formulas import Formula
from trusteval.metrics import SCORE, evaluate
from trusteval.scoring import Scoring
from trusteval.sheet import Sheet
from trusteval.types import Declared, Score


@dataclass(frozen=True, slots=True)
class Measured:
    """A benchmark's score over the same items in several sheets, with what it is made of."""

    formula: Formula
    declared: Mapping[str, Declared]
    rows: tuple[Sheet, ...]
    scores: tuple[Score, ...]


def measured(scoring: Scoring, *sheets: Sheet) -> Measured:
    """Score sheets of one order; the last says which rows there are."""
    rows = tuple(scoring.counted(sheet) for sheet in sheets)
    declared = {
        name: Declared(len(part), part.targets)
        for name, part in rows[-1].by_setting().items()
        if name in scoring.settings
    }
    formula = scoring.formula(SCORE, rows[-1], declared=declared)
    scores = tuple(evaluate(SCORE, formula, part, declared=declared) for part in rows)
    return Measured(formula, declared, rows, scores)
