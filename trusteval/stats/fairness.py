"""Sums of gaps between two groups, over settings that share units.

A sum of gaps is linear in its rows once each gap's direction is held as observed, so that it has
a cluster standard error; noise only lifts gaps, so that a bound moves by what noise may have
lifted (docs/statistics.md; arXiv 2511.22483, section III-B).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import copysign, inf

import numpy as np

from trusteval.stats.clusters import Cell, Codes, Units, weighted_sum
from trusteval.stats.contrasts import Flags, contrast, members_of
from trusteval.stats.estimate import Z, upper_tail
from trusteval.stats.gaps import Gap, OddsGap


@dataclass(frozen=True, slots=True, eq=False)
class GapRows:
    """One setting's rows that count for a gap.

    `called` says which were called positive, `positive` which are, `first_group` whose they are;
    `units` and `strata` are as in `clusters.Cell`.
    """

    called: Flags
    first_group: Flags
    positive: Flags
    units: Codes
    strata: Codes


@dataclass(frozen=True, slots=True, eq=False)
class WeightedGap:
    """A setting's demographic parity difference or, if `odds`, equalized odds difference.

    Raises ValueError unless the weight is positive.
    """

    rows: GapRows
    weight: float
    odds: bool

    def __post_init__(self) -> None:
        if not self.weight > 0:
            raise ValueError(f"expected a positive weight, got {self.weight}")


def single_gap(rows: GapRows, *, odds: bool) -> Gap | OddsGap:
    """Estimate one setting's gap, whose rows descend from different units."""
    if odds:
        return OddsGap(_count(rows, rows.positive), _count(rows, ~rows.positive))
    return _count(rows, np.ones_like(rows.positive))


@dataclass(frozen=True, slots=True)
class Lifted:
    """An estimate that noise has raised by up to `raised` on average, and lowered by `lowered`.

    The bounds are [value - raised - Z SE, value + lowered + Z SE] within [least, most].
    `differing` is as in `Normal`.
    """

    value: float
    standard_error: float
    raised: float
    lowered: float = 0.0
    least: float = -inf
    most: float = inf
    differing: int | None = None

    @property
    def low(self) -> float:
        return max(self.least, self.value - self.raised - Z * self.standard_error)

    @property
    def high(self) -> float:
        return min(self.most, self.value + self.lowered + Z * self.standard_error)

    def p_above(self, limit: float) -> float:
        return upper_tail(self.value - self.raised - limit, self.standard_error)

    def p_below(self, limit: float) -> float:
        return upper_tail(limit - self.value - self.lowered, self.standard_error)


def estimate_gaps(gaps: Sequence[WeightedGap]) -> Lifted:
    """Estimate the weighted sum of the gaps, from 0 to the sum of the weights.

    Raises ValueError where a rate has no rows.
    """
    cells, lift = _linear(gaps)
    units = Units(cells)
    u = units.sum([cell.centred for cell in cells])
    return Lifted(
        weighted_sum(cells),
        units.standard_error(u, units.reach_of(u)),
        raised=lift,
        least=0.0,
        most=sum(gap.weight for gap in gaps),
    )


def estimate_gap_difference(
    reference: Sequence[WeightedGap], subject: Sequence[WeightedGap]
) -> Lifted:
    """Estimate how much larger the subject's weighted sum of gaps is than its reference's.

    Both number units and strata alike and are paired by unit; the rows that count may differ.
    Raises ValueError where a rate has no rows.
    """
    of_reference, lift_of_reference = _linear(reference)
    of_subject, lift_of_subject = _linear(subject)
    cells = [*of_subject, *(replace(cell, weight=-cell.weight) for cell in of_reference)]
    units = Units(cells)
    u = units.sum([cell.centred for cell in cells])
    called = units.sum([np.sign(cell.weight) * cell.y for cell in cells])
    asked_of_subject = units.sum(
        [np.full(len(c.y), abs(c.share) * (i < len(of_subject))) for i, c in enumerate(cells)]
    )
    weight = np.maximum(asked_of_subject, units.weight - asked_of_subject)
    return Lifted(
        weighted_sum(cells),
        units.standard_error(u, units.reach_of(u, weight)),
        raised=lift_of_subject,
        lowered=lift_of_reference,
        least=-sum(gap.weight for gap in reference),
        most=sum(gap.weight for gap in subject),
        differing=int(np.count_nonzero(called)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Observed:
    """A weighted gap, which rows it is about, which way it goes and how noise has lifted it."""

    gap: WeightedGap
    counted: Flags
    difference: float
    lift: float

    def cells(self, direction: float) -> list[Cell]:
        rows = self.gap.rows
        weight = direction * self.gap.weight
        everyone = Cell(weight, rows.called.astype(float), rows.units, rows.strata)
        return contrast(everyone, rows.first_group, counted=self.counted)


def _linear(gaps: Sequence[WeightedGap]) -> tuple[list[Cell], float]:
    """Return cells that add up to the gaps' sum, and by how much noise may have lifted it.

    A gap of 0 goes no way: it is given that of all together, so that nothing depends on which
    group is called the first.
    """
    observed = [_observe(gap) for gap in gaps]
    together = sum(one.difference for one in observed)
    cells = [
        cell
        for one in observed
        for cell in one.cells(direction=copysign(1, one.difference or together))
    ]
    return cells, sum(one.lift for one in observed)


def _observe(gap: WeightedGap) -> _Observed:
    rows, one = gap.rows, single_gap(gap.rows, odds=gap.odds)
    if isinstance(one, Gap):
        counted, difference = np.ones_like(rows.positive), one.difference
    else:
        counted = rows.positive if one.larger is one.true_positive else ~rows.positive
        difference = one.larger.difference
    return _Observed(gap, counted, gap.weight * difference, gap.weight * one.lift)


def _count(rows: GapRows, counted: Flags) -> Gap:
    called = [rows.called[members] for members in members_of(rows.first_group, counted)]
    counts = [int(count) for of_group in called for count in (of_group.sum(), len(of_group))]
    return Gap(*counts)
