"""How often a gate decided what, beside a bare threshold on the same answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any

import numpy as np

from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.gate import Gate
from trusteval.gates.verdicts import decide
from trusteval.stats.estimate import Estimate, Normal
from trusteval.types import Counts, Dimension, Outcome, Score

FAMILY = 10
"""The blocking rows of a subject: eight under `quick` and twelve under `full`, as shipped."""
_NOBODY = "subject"
_SCORE = Score("score", 80.0, Counts(n=1000, refused=0, invalid={}))


@dataclass(frozen=True, slots=True)
class Shares:
    """What the gate decided and how often a bare threshold is red: shares of the draws, percent.

    The gate is one of FAMILY: it FAILs in `failed`, and in what `broken` is more, it is SUSPECT.
    `draws` is None where the shares are exact.
    """

    passed: float
    broken: float
    failed: float
    red: float
    draws: int | None = None

    @property
    def suspected(self) -> float:
        return max(0.0, self.broken - self.failed)

    @property
    def inconclusive(self) -> float:
        return max(0.0, 100 - self.passed - self.broken)

    @property
    def green(self) -> float:
        return 100 - self.red

    def error(self, share: float) -> float:
        """Return the Monte-Carlo standard error of one of the shares."""
        return 0.0 if self.draws is None else sqrt(share * (100 - share) / self.draws)


@dataclass(frozen=True, slots=True)
class Row:
    """A gate on some data under three truths: unchanged or well inside, at the limit, beyond.

    `limit` and how far `beyond` it the third truth lies are points, `discordance` percent, None
    where there is no reference.
    """

    what: str
    discordance: float | None
    limit: float
    beyond: float
    unchanged: Shares
    at_limit: Shares
    worse: Shares


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one draw shows: the evidence, and whether the number seen is beyond the limit."""

    evidence: Evidence
    is_beyond: bool


def gate(metric: str = "score", **limits: Any) -> Gate:
    """Make a blocking gate."""
    return Gate(benchmark="simulated", metric=metric, why="to see what it decides", **limits)


def outcome(asked: Gate, evidence: Evidence, *, family: int = 1) -> Outcome:
    """Let the real gate decide."""
    return decide(asked, evidence, subject=_NOBODY, dimension=Dimension.MMLU, family=family).outcome


def compared(worse: Estimate) -> Evidence:
    """Return evidence of a difference; the score beside it plays no part."""
    return Evidence(_SCORE, None, Comparison(worse))


def shifted(shifts: Mapping[str, Normal]) -> Evidence:
    """Return evidence of how far the groups' rates moved apart."""
    return Evidence(_SCORE, None, Comparison(shifts=shifts))


def absolute(estimate: Estimate) -> Evidence:
    """Return evidence of a value."""
    value = 100 * estimate.value
    return Evidence(Score("score", value, _SCORE.counts), estimate)


def count(
    asked: Gate,
    draw: Callable[[np.random.Generator], Drawn],
    *,
    draws: int,
    seed: tuple[int, ...],
) -> Shares:
    """Draw so often, let the gate decide each time, and count."""
    random = np.random.default_rng(seed)
    passed = broken = failed = red = 0
    for _ in range(draws):
        drawn = draw(random)
        decided = outcome(asked, drawn.evidence)
        passed += decided is Outcome.PASS
        red += drawn.is_beyond
        if decided is Outcome.FAIL:
            broken += 1
            failed += outcome(asked, drawn.evidence, family=FAMILY) is Outcome.FAIL
    per_draw = 100 / draws
    return Shares(passed * per_draw, broken * per_draw, failed * per_draw, red * per_draw, draws)


def at_three_truths(
    asked: Gate,
    what: str,
    draw: Callable[[float, np.random.Generator], Drawn],
    *,
    truths: tuple[float, float, float],
    discordance: float | None,
    draws: int,
    seed: tuple[int, ...],
) -> Row:
    """Count under each truth, a quarter as often where it is not at the limit."""
    found = [
        count(
            asked,
            partial(draw, truth),
            draws=draws if part == 1 else max(1, draws // 4),
            seed=(*seed, part),
        )
        for part, truth in enumerate(truths)
    ]
    return Row(what, discordance, truths[1], abs(truths[2] - truths[1]), *found)
