"""How far a subject shifts one group's rates against the other's, compared with its reference.

A gap's size is lifted by noise; a shift, the subject's answers minus its reference's, is linear in
the rows and unbiased, so that far fewer rows decide it (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from trusteval.stats.clusters import Cell, Codes, estimate_change
from trusteval.stats.contrasts import Flags, contrast
from trusteval.stats.estimate import Normal, upper_tail


class ShiftForm(StrEnum):
    """Whose answers a shift is about: all rows', or those truly positive, or truly negative."""

    SELECTION = "selection"
    TRUE_POSITIVE = "true_positive"
    FALSE_POSITIVE = "false_positive"


@dataclass(frozen=True, slots=True, eq=False)
class ShiftRows:
    """One setting's rows that both the subject and its reference answered.

    `change` is 1 where only the subject called the row positive, -1 where only the reference did,
    else 0. The rest as in `GapRows`. A setting without `odds` defines no rates by true label.
    """

    change: Codes
    first_group: Flags
    positive: Flags
    units: Codes
    strata: Codes
    odds: bool = True


def estimate_shifts(
    settings: Sequence[ShiftRows], forms: Sequence[ShiftForm]
) -> dict[ShiftForm, Normal]:
    """Estimate by how much the difference of the groups' rates has shifted, in [-2, 2].

    Mean change of the first group minus mean change of the other, averaged over the settings
    that define the form. Linear and unbiased; the error is that of the cluster rule. Raises
    ValueError where a mean has no rows, or a form no setting.
    """
    return {form: estimate_change(shift_cells(settings, form), most=2.0) for form in forms}


def shift_p(shifts: Mapping[str, Normal], margin: float) -> float:
    """Return the p-value of "some shift is larger than the margin, whichever way".

    The smallest of the forms' p-values times their number; each is the chance, were the shift on
    the margin, of one at least as large: Phi((-|D| - margin) / SE) + Phi((margin - |D|) / SE).
    """
    smallest = min(
        upper_tail(abs(shift.value) + margin, shift.standard_error)
        + upper_tail(abs(shift.value) - margin, shift.standard_error)
        for shift in shifts.values()
    )
    return min(1.0, len(shifts) * smallest)


def within(shifts: Mapping[str, Normal], margin: float) -> bool:
    """Whether the 90 % interval of every shift, one at least, lies inside [-margin, margin]."""
    inside = [-margin <= shift.low and shift.high <= margin for shift in shifts.values()]
    return bool(inside) and all(inside)


def shift_cells(settings: Sequence[ShiftRows], form: ShiftForm) -> list[Cell]:
    """Return the cells that add up to a shift: of each group in each setting that defines it."""
    defining = [rows for rows in settings if rows.odds or form is ShiftForm.SELECTION]
    if not defining:
        raise ValueError(f"expected a setting that defines {form}, got none of {len(settings)}")
    cells: list[Cell] = []
    for rows in defining:
        counted = {
            ShiftForm.SELECTION: np.ones_like(rows.positive),
            ShiftForm.TRUE_POSITIVE: rows.positive,
            ShiftForm.FALSE_POSITIVE: ~rows.positive,
        }[form]
        everyone = Cell(1 / len(defining), rows.change.astype(float), rows.units, rows.strata)
        cells += contrast(everyone, rows.first_group, counted=counted)
    return cells
