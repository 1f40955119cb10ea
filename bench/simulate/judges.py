"""Shares that an erring judge counts: how often the corrected bounds miss the truth.

Beside them stand the bounds of the judge's share as it is, which take every error for the truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.simulate.answers import Codes, Flags
from bench.simulate.listing import Listing
from trusteval.stats.judge_errors import Calibration, JudgedCell, Said, spread_over
from trusteval.stats.judged import Corrected, correct, correct_drop
from trusteval.stats.proportion import Proportion

Labels = tuple[Flags, Flags, Codes]
"""Labelled rows: what the judge says of them, the truth, and their units."""
_HEAD = (
    *("what", "true", "sensitivity", "specificity", "rows", "labels"),
    *("low above truth", "high below truth", "either, uncorrected", "no estimate", "width"),
)
_JUDGES = ((0.95, 0.9), (0.8, 0.7))
_SHARES = (0.05, 0.3, 0.9)


@dataclass(frozen=True, slots=True)
class World:
    """Rows of settings that are judged, and labels of people; the truth is known.

    The labels are among the judged rows where they are `within`. `seen` of the rows are judged, one
    in so many, drawn by what a reader makes of them that is right in nine of ten. `pooled` settings
    share the judge's errors. Where there is a `drop`, the reference is so much better, and half of
    the answers are the same as its.
    """

    what: str
    share: float
    sensitivity: float
    specificity: float
    n: int
    labels: int
    settings: int = 1
    within: bool = False
    pooled: bool = False
    seen: int = 1
    drop: float | None = None


def coverage(*, draws: int, seed: int) -> Listing:
    """Simulate every world."""
    rows = [
        _row(world, draws=draws, random=np.random.default_rng((seed, 21, place)))
        for place, world in enumerate(_worlds())
    ]
    return Listing("Scores corrected for a judge's errors", _HEAD, tuple(rows), draws)


def _worlds() -> Iterator[World]:
    for judge in _JUDGES:
        for share in _SHARES:
            for n, labels in ((200, 40), (200, 100), (450, 200)):
                yield World("one setting, labels apart", share, *judge, n, labels)
            yield World("one setting, labels among the rows", share, *judge, 200, 100, within=True)
            yield World("four settings", share, *judge, 200, 100, settings=4)
            yield World("four settings, pooled", share, *judge, 200, 25, settings=4, pooled=True)
            yield World("one row in three judged", share, *judge, 450, 100, seen=3)
        yield World("drop of 5 points", 0.8, *judge, 450, 150, drop=0.05)
        yield World("no drop", 0.8, *judge, 450, 150, drop=0.0)


def _row(world: World, *, draws: int, random: np.random.Generator) -> tuple[str | float, ...]:
    above = below = uncorrected = none = 0
    widths = []
    truth = world.share if world.drop is None else world.drop
    for _ in range(draws):
        found, alone = _drawn(world, random) if world.drop is None else _dropped(world, random)
        uncorrected += alone
        if found is None:
            none += 1
            continue
        above += found.low > truth
        below += found.high < truth
        widths.append(found.high - found.low)
    known = max(1, draws - none)
    return (
        *(world.what, 100 * truth, 100 * world.sensitivity, 100 * world.specificity),
        *(world.n, world.labels, 100 * above / known, 100 * below / known),
        *(100 * uncorrected / draws, 100 * none / draws),
        100 * float(np.mean(widths)) if widths else "-",
    )


# -- one draw ------------------------------------------------------------------------------


def _drawn(world: World, random: np.random.Generator) -> tuple[Corrected | None, bool]:
    """Return the corrected share, and whether the judge's own bounds miss the truth."""
    parts = [_part(world, place, random) for place in range(world.settings)]
    mean = float(np.mean([said.share for said, _ in parts]))
    n = world.settings * world.n / world.seen
    alone = Proportion(mean * n, n)
    misses = not alone.low <= world.share <= alone.high
    labels = [of for _, of in parts]
    known = [_labelled(_joined(labels))] if world.pooled else list(map(_labelled, labels))
    cells = [
        JudgedCell(1 / world.settings, said, one)
        for (said, _), one in zip(parts, known * (world.settings // len(known)), strict=True)
        if one is not None
    ]
    found = correct(cells) if len(cells) == len(parts) else None
    return (found if isinstance(found, Corrected) else None), misses


def _part(world: World, place: int, random: np.random.Generator) -> tuple[Said, Labels]:
    holds = random.random(world.n) < world.share
    yes, units = _said(world, holds, random), np.arange(world.n) + place * 10**6
    said = Said(yes.astype(float), np.ones(world.n), units)
    if world.seen > 1:
        reader = holds ^ (random.random(world.n) < 0.1)
        drawn = np.sort(random.choice(world.n, world.n // world.seen, replace=False))
        said = spread_over(
            units, drawn=drawn, yes=yes[drawn], weights=np.ones(len(drawn)), like=reader
        )
    if world.within:
        return said, (yes[: world.labels], holds[: world.labels], units[: world.labels])
    truth = random.random(world.labels) < world.share
    apart = np.arange(world.labels) + place * 10**6 + 10**5
    return said, (_said(world, truth, random), truth, apart)


def _dropped(world: World, random: np.random.Generator) -> tuple[Corrected | None, bool]:
    """Return the corrected drop of a subject half of whose texts are its reference's."""
    drop = world.drop or 0.0
    n = world.n
    reference = random.random(n) < world.share
    same = random.random(n) < 0.5
    lower = np.where(reference, 1 - 2 * drop / world.share, 0.0)
    subject = np.where(same, reference, random.random(n) < lower)
    ours, its = _said(world, reference, random), _said(world, subject, random)
    its = np.where(same, ours, its)
    labelled = np.arange(n) < world.labels
    units = np.arange(n)
    cells = []
    for yes, holds in ((ours, reference), (its, subject)):
        known = _labelled((yes[labelled], holds[labelled], units[labelled]))
        if known is None:
            return None, False
        cells.append([JudgedCell(1.0, Said(yes.astype(float), np.ones(n), units), known)])
    found = correct_drop(*cells)
    spread = float((ours.astype(float) - its).std()) / np.sqrt(n)
    off = abs(float(ours.mean() - its.mean()) - drop)
    return (found if isinstance(found, Corrected) else None), off > 1.645 * spread


def _said(world: World, holds: Flags, random: np.random.Generator) -> Flags:
    u = random.random(len(holds))
    return np.where(holds, u < world.sensitivity, u >= world.specificity)


def _labelled(labels: Labels) -> Calibration | None:
    yes, holds, units = labels
    if holds.all() or not holds.any():
        return None
    return Calibration.of(Said(yes.astype(float), np.ones(len(yes)), units), holds)


def _joined(labels: Sequence[Labels]) -> Labels:
    yes, holds, units = (np.concatenate(of) for of in zip(*labels, strict=True))
    return yes, holds, units
