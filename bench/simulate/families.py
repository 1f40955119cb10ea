"""Seven subjects, each held to rows of its own: how often anything is red that should not be."""

from __future__ import annotations

import numpy as np

from bench.simulate.answers import Truth, uniform
from bench.simulate.listing import Cell, Listing
from bench.simulate.shares import compared, gate, outcome
from trusteval.stats.paired import Pairs
from trusteval.types import Outcome

SUBJECTS, ROWS = 7, 6
_MARGIN, _DISCORDANCE = 3.0, 0.10
_RIGHT = 0.8
_ASKED = gate(max_drop=_MARGIN)
_FAILS, _SUSPECT = "a subject: some FAIL", "some SUSPECT, no FAIL"
_HEAD = (
    *("rows", "N", "true drop", "correlation", _FAILS, _SUSPECT, "all PASS"),
    *("7 subjects: some FAIL", "some red", "bare: a subject red"),
)


def families(*, runs: int, seed: int) -> Listing:
    """Simulate all rows at the margin, and all without any drop."""
    conditions = [
        (rows, n, drop, correlation)
        for drop in (_MARGIN, 0.0)
        for rows in (6, 10)
        for n in (200, 500, 2109)
        for correlation in ((0.0, 0.5, 0.9) if drop else (0.5,))
    ]
    found = tuple(
        _family(*condition, runs=runs, seed=(seed, 11, number))
        for number, condition in enumerate(conditions)
    )
    most = {_FAILS: 5.0, "7 subjects: some FAIL": 5.0 * SUBJECTS}
    return Listing("Rows of a subject, subjects of a run", _HEAD, found, runs, most)


def _family(
    rows: int, n: int, drop: float, correlation: float, *, runs: int, seed: tuple[int, ...]
) -> tuple[Cell, ...]:
    random = np.random.default_rng(seed)
    known: dict[tuple[Pairs, int], Outcome] = {}

    def decided(one: Pairs, family: int) -> Outcome:
        if (one, family) not in known:
            known[one, family] = outcome(_ASKED, compared(one), family=family)
        return known[one, family]

    fails = suspects = passes = some_fail = some_red = bare = 0
    for _ in range(runs):
        pairs = draw_pairs(n, drop / 100, correlation, random, rows=rows)
        of_subjects = [pairs[place : place + rows] for place in range(0, len(pairs), rows)]
        failed = [any(decided(p, rows) is Outcome.FAIL for p in one) for one in of_subjects]
        red = [any(decided(p, 1) is Outcome.FAIL for p in one) for one in of_subjects]
        fails += sum(failed)
        suspects += sum(r and not f for r, f in zip(red, failed, strict=True))
        passes += sum(all(decided(p, 1) is Outcome.PASS for p in one) for one in of_subjects)
        bare += sum(any(100 * p.value > _MARGIN for p in one) for one in of_subjects)
        some_fail += any(failed)
        some_red += any(red)
    per_subject, per_run = 100 / runs / SUBJECTS, 100 / runs
    return (
        *(float(rows), float(n), drop, correlation),
        *(per_subject * times for times in (fails, suspects, passes)),
        *(per_run * times for times in (some_fail, some_red)),
        per_subject * bare,
    )


def draw_pairs(
    n: int, drop: float, correlation: float, random: np.random.Generator, *, rows: int = ROWS
) -> list[Pairs]:
    """Draw what every subject lost and gained in every row, against one reference."""
    right = random.random(rows * n) < _RIGHT
    truth = Truth(_RIGHT, drop, _DISCORDANCE)
    v = uniform(np.tile(np.arange(rows * n), SUBJECTS), correlation=correlation, random=random)
    v = v.reshape(SUBJECTS, rows * n)
    lost = (right & (v < truth.lost / _RIGHT)).reshape(-1, n).sum(axis=1)
    gained = (~right & (v < truth.gained / (1 - _RIGHT))).reshape(-1, n).sum(axis=1)
    return [Pairs(b, c, n) for b, c in zip(lost.tolist(), gained.tolist(), strict=True)]
