"""What one limit can show: how often it passes, fails or ends a run, and what more rows would."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isfinite

from trusteval.gates.aims import Aim
from trusteval.stats.estimate import ALPHA
from trusteval.stats.power import growth_for, largest_passing, smallest_found, smallest_limit


@dataclass(frozen=True, slots=True)
class Figures:
    """What one limit can show of some subjects; shares are percent, limits points.

    `decided` is the smallest margin that no change passes in 80 % of runs, or how good the truth
    must be to pass an absolute limit so often; None where nothing can. `twice` is the truth that is
    twice as bad as allowed, `floor` the smallest margin, or the limit nearest to perfect, that the
    best answers could pass. `needed` are the rows for 80 % of PASS, FAIL and red.
    """

    rows: int
    effective: float
    decided: float | None
    unchanged: float | None
    twice: float
    fails: float
    red: float
    floor: float
    can_pass: bool
    needed: tuple[int | None, int | None, int | None]


def figures_of(aim: Aim, *, family: int, claims: int) -> Figures | None:
    """Return what a limit can show, one of a row's `claims` in a `family` of rows.

    None where it has no prospect.
    """
    prospect, limit, twice = aim.prospect, aim.limit, aim.twice
    if prospect is None:
        return None
    level, alone = ALPHA / family / claims, ALPHA / claims
    if aim.key == "detect_drop":
        decided = 100 * smallest_found(prospect, 0.0, level=level)
        return Figures(
            aim.rows, aim.effective, decided, 0.0, inf, 0.0, 0.0, 0.0, True, (None, None, None)
        )
    unchanged, decided_at = None, None
    if aim.is_change:
        unchanged = 100 * prospect.passes(limit, 0.0)
        decided = 100 * smallest_limit(prospect)
    else:
        decided_at = largest_passing(prospect, limit)
        decided = inf if decided_at is None else aim.points(decided_at)
    growths = (
        growth_for(lambda grown: grown.passes(limit, 0.0), prospect) if aim.is_change else inf,
        growth_for(lambda grown: grown.fails(limit, twice, level=level), prospect),
        growth_for(lambda grown: grown.fails(limit, twice, level=alone), prospect),
    )
    return Figures(
        rows=aim.rows,
        effective=aim.effective,
        decided=decided if isfinite(decided) else None,
        unchanged=unchanged,
        twice=aim.points(twice) if not aim.is_change else 100 * twice,
        fails=100 * prospect.fails(limit, twice, level=level),
        red=100 * prospect.fails(limit, twice, level=alone),
        floor=100 * aim.floor if aim.is_change else aim.points(aim.floor),
        can_pass=aim.floor <= limit,
        needed=tuple(_rows(aim.rows * growth) for growth in growths),  # type: ignore[arg-type]
    )


def _rows(number: float) -> int | None:
    return max(1, ceil(number)) if isfinite(number) else None
