"""A year of nightly runs of a subject that is quantized anew every night, and retries until green.

The items and what the reference answers stay, as they do. Every build flips answers of its own; a
share of them is common to all builds where tries `agree`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.simulate.aggregates import CORRELATION, RIGHT
from bench.simulate.answers import Flags, uniform
from bench.simulate.identical import shipped_layouts
from bench.simulate.layout import Layout
from bench.simulate.listing import Cell, Listing
from bench.simulate.shares import outcome
from bench.simulate.weighed import Replies, Weighed
from trusteval.gates.gate import Gate
from trusteval.types import Outcome

NIGHTS, BREAK = 365, 180
BENCHMARKS = ("ethics", "ood", "mmlu")
TRIES = (1, 5, 20)
_DISCORDANCE = 0.08
_YEAR_HEAD = (
    *("profile", "what happens", "red nights", "nights with a FAIL", "all PASS"),
    *("bare: red nights", "nights until red, mean", "95 % by"),
)
_RETRIES_HEAD = (
    *("shipped row", "builds agree", *(f"some PASS of {k}" for k in TRIES)),
    *(f"some not red of {k}" for k in TRIES),
)


@dataclass(frozen=True, slots=True)
class Night:
    """What a build was judged: worst word over some rows, and whether a bare limit was red."""

    failed: bool
    red: bool
    passed: bool
    beyond: bool


class Builds:
    """Builds of one subject, held to one row; the reference has answered once for all."""

    def __init__(self, layout: Layout, asked: Gate, m: int, random: np.random.Generator) -> None:
        self._unit, self._random, self._m = layout.sample_table.unit, random, m
        self._weighed, self.gate = Weighed(asked, layout), asked
        self._right: Flags = uniform(self._unit, correlation=CORRELATION, random=random) < RIGHT
        self._share = self._weighed.value(Replies(self._right)) / 100
        self.anew()

    def anew(self) -> None:
        """Begin another series of builds, with other flips in common."""
        self._common = uniform(self._unit, correlation=CORRELATION, random=self._random)

    def night(self, drop: float, *, agree: float = 0.0) -> Night:
        """Build and judge once; the true drop, given the items, is exactly so many points."""
        right = self.flipped(drop, agree=agree)
        evidence = self._weighed.evidence(Replies(right), Replies(self._right))
        alone = outcome(self.gate, evidence)
        red = alone is Outcome.FAIL
        return Night(
            failed=red and outcome(self.gate, evidence, family=self._m) is Outcome.FAIL,
            red=red,
            passed=alone is Outcome.PASS,
            beyond=self.drop_of(right) > (self.gate.max_drop or 0.0),
        )

    def flipped(self, drop: float, *, agree: float = 0.0) -> Flags:
        """Build once: return what is right."""
        discordance = max(_DISCORDANCE, drop / 100)
        lost, gained = (discordance + drop / 100) / 2, (discordance - drop / 100) / 2
        v = uniform(self._unit, correlation=CORRELATION, random=self._random)
        if agree:
            v = np.where(self._random.random(len(v)) < np.sqrt(agree), self._common, v)
        return np.where(self._right, v >= lost / self._share, v < gained / (1 - self._share))

    def drop_of(self, right: Flags) -> float:
        """Return how far a build's score is below the reference's, in points."""
        return 100 * self._share - self._weighed.value(Replies(right))


def builds(profile: str, *, seed: int) -> dict[str, Builds]:
    """Return the builds of a profile, by the benchmark whose shipped row judges them."""
    return {
        asked.benchmark: Builds(layout, asked, m, np.random.default_rng((seed, 13, number)))
        for number, (layout, asked, m) in enumerate(shipped_layouts())
        if asked.benchmark in BENCHMARKS and asked.is_for(profile)
        if ("quick" in layout.name) == (profile == "quick")
    }


def year(*, repeats: int, seed: int) -> Listing:
    """Simulate a year under each profile; `repeats` breaks, to see when they are found."""
    rows: list[tuple[Cell, ...]] = []
    for profile in ("quick", "full"):
        known = builds(profile, seed=seed)
        margins = {name: one.gate.max_drop or 0.0 for name, one in known.items()}
        unchanged = [_all(known, {}) for _ in range(NIGHTS)]
        rows.append((profile, "nothing changes", *_shares(unchanged), None, None))
        for name in known:
            before = unchanged[:BREAK]
            after = [_all(known, {name: 2 * margins[name]}) for _ in range(NIGHTS - BREAK)]
            until = sorted(_until_red(known[name], 2 * margins[name]) for _ in range(repeats))
            what = f"{name} loses twice its margin on day {BREAK}: the nights before"
            rows.append((profile, what, *_shares(before), None, None))
            worst = until[max(0, len(until) * 19 // 20 - 1)]
            mean = sum(until) / len(until)
            rows.append((profile, "and the nights since", *_shares(after), mean, float(worst)))
        at_margins = [_all(known, margins) for _ in range(NIGHTS)]
        rows.append((profile, "all three on their margins", *_shares(at_margins), None, None))
    return Listing("A year of nightly runs", _YEAR_HEAD, tuple(rows), NIGHTS)


def retries(*, runs: int, seed: int) -> Listing:
    """Simulate building until green at a true drop on the margin."""
    rows: list[tuple[Cell, ...]] = []
    for profile in ("quick", "full"):
        for name, one in builds(profile, seed=seed + 1).items():
            for agree in (0.0, 0.5, 0.9):
                series = []
                for _ in range(runs):
                    one.anew()
                    drop = one.gate.max_drop or 0.0
                    series.append([one.night(drop, agree=agree) for _ in range(max(TRIES))])
                passed = [
                    100 / runs * sum(any(night.passed for night in nights[:k]) for nights in series)
                    for k in TRIES
                ]
                spared = [
                    100
                    / runs
                    * sum(any(not night.red for night in nights[:k]) for nights in series)
                    for k in TRIES
                ]
                rows.append((f"{name} {profile}", agree, *passed, *spared))
    return Listing("Building until green, on the margin", _RETRIES_HEAD, tuple(rows), runs)


def _all(known: dict[str, Builds], drops: dict[str, float]) -> Night:
    nights = [one.night(drops.get(name, 0.0)) for name, one in known.items()]
    return Night(
        failed=any(night.failed for night in nights),
        red=any(night.red for night in nights),
        passed=all(night.passed for night in nights),
        beyond=any(night.beyond for night in nights),
    )


def _shares(nights: list[Night]) -> tuple[float, ...]:
    per_night = 100 / len(nights)
    return (
        per_night * sum(night.red for night in nights),
        per_night * sum(night.failed for night in nights),
        per_night * sum(night.passed for night in nights),
        per_night * sum(night.beyond for night in nights),
    )


def _until_red(one: Builds, drop: float) -> int:
    """Count the nights up to the first that is red, at most a year of them."""
    return next((night for night in range(1, NIGHTS) if one.night(drop).red), NIGHTS)
