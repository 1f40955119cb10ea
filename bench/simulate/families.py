"""Seven subjects held to six gates: how often any of the 42 fails that should not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.simulate.answers import Truth, uniform
from bench.simulate.shares import FAMILY, compared, gate, outcome
from trusteval.gates import Gate
from trusteval.stats.paired import Pairs
from trusteval.types import Outcome

SUBJECTS, GATES = 7, 6
_MARGIN, _DISCORDANCE = 3.0, 0.10
_RIGHT = 0.8
_ASKED = gate(max_drop=_MARGIN)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Runs in which some gate failed, in percent: with the error shared, and with 5 % each.

    `red` are those in which a bare threshold was red; `correlation` is that of the subjects.
    """

    n: int
    drop: float
    correlation: float
    failed: float
    failed_uncorrected: float
    red: float
    runs: int


def ladders(*, runs: int, seed: int) -> list[Ladder]:
    """Simulate all gates at the margin, and all without any drop."""
    conditions = [
        (n, drop, correlation)
        for drop in (_MARGIN, 0.0)
        for n in (200, 500, 2109)
        for correlation in (0.0, 0.5, 0.9)
    ]
    return [
        _ladder(*condition, runs=runs, seed=(seed, number))
        for number, condition in enumerate(conditions)
    ]


def _ladder(n: int, drop: float, correlation: float, *, runs: int, seed: tuple[int, ...]) -> Ladder:
    random = np.random.default_rng(seed)
    known: dict[tuple[Pairs, int], bool] = {}

    def fails(pairs: Sequence[Pairs], family: int) -> bool:
        for one in pairs:
            if (one, family) not in known:
                known[one, family] = _fails(_ASKED, one, family)
        return any(known[one, family] for one in pairs)

    failed = failed_uncorrected = red = 0
    for _ in range(runs):
        pairs = draw_pairs(n, drop / 100, correlation, random)
        failed += fails(pairs, FAMILY)
        failed_uncorrected += fails(pairs, 1)
        red += any(100 * one.value > _MARGIN for one in pairs)
    shares = (100 * times / runs for times in (failed, failed_uncorrected, red))
    return Ladder(n, drop, correlation, *shares, runs)


def draw_pairs(n: int, drop: float, correlation: float, random: np.random.Generator) -> list[Pairs]:
    """Draw what every subject lost and gained at every gate, against one reference."""
    right = random.random(GATES * n) < _RIGHT
    truth = Truth(_RIGHT, drop, _DISCORDANCE)
    v = uniform(np.tile(np.arange(GATES * n), SUBJECTS), correlation=correlation, random=random)
    v = v.reshape(SUBJECTS, GATES * n)
    lost = (right & (v < truth.lost / _RIGHT)).reshape(-1, n).sum(axis=1)
    gained = (~right & (v < truth.gained / (1 - _RIGHT))).reshape(-1, n).sum(axis=1)
    return [Pairs(b, c, n) for b, c in zip(lost.tolist(), gained.tolist(), strict=True)]


def _fails(asked: Gate, pairs: Pairs, family: int) -> bool:
    return outcome(asked, compared(pairs), family=family) is Outcome.FAIL
