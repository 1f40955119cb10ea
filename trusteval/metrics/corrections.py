"""Corrects a measurement for the errors of the judge that read it too (docs/judge-error.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trusteval.answers.judged_tables import JudgedTable
from trusteval.errors import UndefinedError
from trusteval.metrics.aggregation import WeightedSum
from trusteval.metrics.judged_cells import CellOfRate, judged_cells
from trusteval.metrics.measuring import Measurement
from trusteval.stats.judged import Corrected, correct, correct_drop
from trusteval.stats.undefined import Undefined
from trusteval.types import Correction, Interval


@dataclass(frozen=True, slots=True, eq=False)
class SecondMeasure:
    """A measurement, and what a judge read of the answers behind it."""

    measured: Measurement
    table: JudgedTable

    def cells(self) -> list[CellOfRate]:
        """Return the cells of the value; raises UndefinedError where it cannot be corrected."""
        metric, formula = self.measured.metric, self.measured.formula
        if metric.of_members:
            raise UndefinedError(f"{metric.name} is of a vote's members, not of its answers")
        if not isinstance(formula, WeightedSum):
            raise UndefinedError(f"{metric.name} is no share of rows")
        if self.measured.score.value is None:
            raise UndefinedError(f"{metric.name} is undefined as read")
        return judged_cells(formula.terms, self.measured.rows, self.table)


@dataclass(frozen=True, slots=True)
class Amended:
    """An estimate corrected for a judge's errors, as a fraction, and what is told of it.

    There is none where what is told is why it is undefined.
    """

    estimate: Corrected | None
    told: Correction


def amend(second: SecondMeasure, *, name: str) -> Amended:
    """Correct a value, which is told under the name of a metric."""
    told = _begun(name, [second.table])
    try:
        cells = second.cells()
    except UndefinedError as undefined:
        return Amended(None, replace(told, undefined=str(undefined)))
    told = replace(
        told,
        judged=100 * _judged(cells),
        errors=tuple(of.errors for of in cells),
    )
    return _amended(correct([of.cell for of in cells]), told)


def amend_drop(reference: SecondMeasure, subject: SecondMeasure, *, name: str) -> Amended:
    """Correct how far a subject is below its reference, each for the judge's errors on its own."""
    both = [reference, subject]
    told = _begun(name, [one.table for one in both])
    try:
        ours, its = (one.cells() for one in both)
    except UndefinedError as undefined:
        return Amended(None, replace(told, undefined=str(undefined)))
    told = replace(
        told,
        judged=100 * (_judged(ours) - _judged(its)),
        errors=tuple(of.errors for of in its),
        of_reference=tuple(of.errors for of in ours),
    )
    found = correct_drop([of.cell for of in ours], [of.cell for of in its])
    return _amended(found, told)


def _begun(name: str, tables: Sequence[JudgedTable]) -> Correction:
    """Tell what a correction rests on; it is one by people where all of its labels are theirs."""
    labels = [table.labels for table in tables if table.labels is not None]
    used = sum(len(one.by_judge) for one in labels)
    given = sum(one.n_given for one in labels)
    return Correction(
        name,
        n_judged=min(len(table.judged.answers) for table in tables),
        by_people=len(labels) == len(tables),
        n_labels=given,
        n_unused=given - used,
    )


def _judged(cells: Sequence[CellOfRate]) -> float:
    return sum(of.cell.weight * of.cell.said.share for of in cells)


def _amended(found: Corrected | Undefined, told: Correction) -> Amended:
    if isinstance(found, Undefined):
        return Amended(None, replace(told, undefined=found.reason))
    points = Interval(100 * found.low, 100 * found.high)
    shown = replace(told, value=100 * found.value, interval=points, is_clipped=found.is_clipped)
    return Amended(found, shown)
