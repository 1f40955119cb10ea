"""Estimates a value from its parts, and how far two subjects lie apart, paired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from trusteval.answers.table import AnswerTable
from trusteval.errors import UndefinedError
from trusteval.metrics.parts import (
    GapParts,
    LesserParts,
    Parts,
    RateParts,
    RatioParts,
    Rows,
    first_group,
    units,
)
from trusteval.stats.clusters import (
    Cell,
    estimate_difference,
    estimate_ratio,
    estimate_ratio_difference,
    estimate_score,
    weighted_sum,
)
from trusteval.stats.contrasts import contrast
from trusteval.stats.estimate import Complement, Estimate, Normal
from trusteval.stats.fairness import (
    WeightedGap,
    estimate_gap_difference,
    estimate_gaps,
    single_gap,
)
from trusteval.stats.lesser import estimate_lesser, estimate_lesser_difference
from trusteval.stats.shifts import ShiftForm, ShiftRows, estimate_shifts, shift_cells


def estimate(parts: Parts | None) -> Estimate | None:
    """Estimate a value, as a fraction; None where it has no estimate."""
    match parts:
        case None:
            return None
        case RateParts():
            return estimate_score(parts.cells)
        case LesserParts(fixed, two):
            return estimate_lesser(fixed, two)
        case RatioParts(over, under):
            return estimate_ratio(over, under) if weighted_sum(under) else None
        case GapParts(gaps, whole, is_complement):
            of_gaps = _estimate_gaps(gaps)
            return Complement(of_gaps, whole=whole) if is_complement else of_gaps


def estimate_drop(*, reference: Parts | None, subject: Parts | None) -> Estimate | None:
    """Estimate how far a subject's value is below its reference's, as a fraction, in [-1, 1].

    Both are parts of the same rows under one formula. None where it has no estimate.
    """
    match reference, subject:
        case RateParts() as ours, RateParts() as its:
            return estimate_difference(_differences(ours.cells, its.cells))
        case LesserParts() as ours, LesserParts() as its:
            return estimate_lesser_difference(
                _differences(ours.fixed, its.fixed), reference=ours.two, subject=its.two
            )
        case RatioParts() as ours, RatioParts() as its:
            sums = [(ours.over, ours.under), (its.over, its.under)]
            if not all(weighted_sum(under) for _, under in sums):
                return None
            return estimate_ratio_difference(*sums)
        case GapParts() as ours, GapParts() as its:
            if ours.is_complement:
                return estimate_gap_difference(reference=ours.gaps, subject=its.gaps)
            return estimate_gap_difference(reference=its.gaps, subject=ours.gaps)
        case _:
            return None


def _differences(reference: Sequence[Cell], subject: Sequence[Cell]) -> list[Cell]:
    pairs = zip(reference, subject, strict=True)
    return [replace(ours, y=ours.y - its.y) for ours, its in pairs]


def estimate_gap_shifts(
    forms: Sequence[ShiftForm], settings: Sequence[str], *, reference: Rows, subject: Rows
) -> Mapping[str, Normal]:
    """Estimate how the groups' rates moved apart, mean over settings, by the rate's name.

    Each form twice: over the rows both answered, and over all rows with silence counted as no yes,
    which hears a group that gets no answer. Raises UndefinedError where a group has no rows.
    """
    pairs = [(reference[name], subject[name]) for name in settings]
    try:
        answered = estimate_shifts([shift_rows(*pair) for pair in pairs], forms)
        heard = estimate_shifts([shift_rows(*pair, silence_is_no=True) for pair in pairs], forms)
    except ValueError as error:
        raise UndefinedError(f"of the rows both answered: {error}") from error
    return {
        **{f"{_words(form)} gap": shift for form, shift in answered.items()},
        **{f"{_words(form)} gap with silence as no": shift for form, shift in heard.items()},
    }


def gap_contrasts(
    forms: Sequence[ShiftForm], settings: Sequence[str], rows: Rows
) -> list[list[Cell]]:
    """Return what each row weighs in each shift.

    Raises UndefinedError where a group has no rows.
    """
    same = [shift_rows(rows[name], rows[name]) for name in settings]
    try:
        return [shift_cells(same, form) for form in forms]
    except ValueError as error:
        raise UndefinedError(str(error)) from error


def gap_cells(parts: GapParts) -> list[tuple[float, list[list[Cell]]]]:
    """Return each gap of a sum with its weight: what each row weighs in it, in either form of odds.

    Raises UndefinedError where a group has no rows.
    """
    try:
        return [(gap.weight, _forms(gap)) for gap in parts.gaps]
    except ValueError as error:
        raise UndefinedError(str(error)) from error


def _forms(gap: WeightedGap) -> list[list[Cell]]:
    rows = gap.rows
    everyone = Cell(gap.weight, rows.called.astype(np.float64), rows.units, rows.strata)
    counted = [rows.positive, ~rows.positive] if gap.odds else [np.ones_like(rows.positive)]
    return [contrast(everyone, rows.first_group, counted=flags) for flags in counted]


def _estimate_gaps(gaps: Sequence[WeightedGap]) -> Estimate:
    match gaps:
        case [WeightedGap(rows, weight, odds)] if weight == 1.0:
            return single_gap(rows, odds=odds)
        case _:
            return estimate_gaps(gaps)


def shift_rows(
    reference: AnswerTable, subject: AnswerTable, *, silence_is_no: bool = False
) -> ShiftRows:
    """Return a setting's rows that both answered, or all of them with silence counted as no yes.

    Raises UndefinedError unless they are of two groups.
    """
    both = reference.answered & subject.answered
    counted = np.ones_like(both) if silence_is_no else both
    ours, its = (answer_table.only(counted) for answer_table in (reference, subject))
    change = its.called_positive.astype(np.int64) - ours.called_positive.astype(np.int64)
    return ShiftRows(change, first_group(its), its.truly_positive, *units(its))


def _words(form: ShiftForm) -> str:
    return form.value.replace("_", " ")
