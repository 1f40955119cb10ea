"""Finds the nearest limit that a sample can resolve, or how many rows would resolve one.

A limit is resolved where a subject as good as assumed passes it with the power, and one that is
twice as bad is found with it: what `trusteval plan` asks of a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, isfinite

from trusteval.gates.aims import Aim
from trusteval.stats.estimate import ALPHA
from trusteval.stats.power import growth_for, smallest_limit
from trusteval.stats.prospects import Prospect


@dataclass(frozen=True, slots=True)
class Resolved:
    """A limit in points; `passes` and `found` are percent of runs.

    `passes`: of a subject as good as assumed. `found`: of one twice as bad, FAIL or SUSPECT.
    """

    limit: float
    passes: float
    found: float


@dataclass(frozen=True, slots=True)
class Unresolved:
    """That no limit up to `farthest` points is resolved; `needed` rows would resolve that one.

    None where no number of rows does.
    """

    farthest: float
    needed: int | None


def nearest_limit(
    aim: Aim, *, truth: float, farthest: float, claims: int, power: float
) -> Resolved | Unresolved:
    """Return the limit nearest to a truth that the rows of an aim resolve with a power.

    `truth` and `farthest` are how bad a subject is, and how bad a limit may let it be, as
    fractions. `claims` share the error of the row. The limit is a round number of points.
    """
    prospect, level = aim.prospect, ALPHA / claims
    if prospect is None or farthest <= truth:
        return Unresolved(aim.points(farthest), None)
    for bad in _candidates(aim, prospect, truth=truth, farthest=farthest, power=power):
        passes = prospect.passes(bad, truth)
        found = prospect.fails(bad, min(1.0, 2 * bad), level=level)
        if aim.floor <= bad and min(passes, found) >= power:
            return Resolved(round(aim.points(bad), 6), 100 * passes, 100 * found)
    growths = (
        growth_for(lambda grown: grown.passes(farthest, truth), prospect, power=power),
        growth_for(
            lambda grown: grown.fails(farthest, min(1.0, 2 * farthest), level=level),
            prospect,
            power=power,
        ),
    )
    rows = aim.rows * max(growths)
    # Whole counts make chances jump: so many rows may do by themselves, and for no round limit.
    needed = max(aim.rows + 1, ceil(rows)) if isfinite(rows) else None
    return Unresolved(aim.points(farthest), needed)


def _candidates(
    aim: Aim, prospect: Prospect, *, truth: float, farthest: float, power: float
) -> Iterator[float]:
    """Yield limits as fractions, away from the truth, that are round as points."""
    nearest = smallest_limit(prospect, truth=truth, power=power)
    if not isfinite(nearest):
        return
    points = aim.points(nearest)
    for step in _steps(100 * (nearest - truth), is_change=aim.is_change):
        rounded = floor(points / step) * step if aim.falls else ceil(points / step) * step
        while (bad := (100 - rounded if aim.falls else rounded) / 100) <= farthest + 1e-9:
            yield bad
            rounded += -step if aim.falls else step


def _steps(distance: float, *, is_change: bool) -> tuple[float, ...]:
    """Return to what points a limit is rounded that lies so far from what is assumed, then else."""
    if is_change:
        return (0.5,) if distance < 10 else (1.0, 0.5)
    return (5.0, 1.0) if distance > 5 else (1.0,)
