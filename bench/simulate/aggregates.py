"""Scores over settings that share items: ethics and ood, whole and in a small sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.simulate.answers import Truth, answers, uniform
from bench.simulate.layouts import Layout, PlacedCell, ethics, ood
from bench.simulate.shares import Drawn, Row, Shares, absolute, compared, count, gate
from trusteval.stats.clusters import estimate_difference, estimate_score, weighted_sum

RIGHT = 0.8
CORRELATION = 0.5
_BEYOND = 3.0
_FEW_ALIKE, _TEN = (2.0, 0.9, 1.0), (10.0, CORRELATION, 3.0)
_CONDITIONS = (_FEW_ALIKE, (5.0, CORRELATION, 3.0), _TEN, (20.0, CORRELATION, 3.0))
_LEVELS = (
    *((limit, CORRELATION) for limit in (55.0, 80.0, 90.0, 95.0)),
    (90.0, 0.9),
)


def layouts() -> tuple[Layout, ...]:
    """Return the layouts simulated: published, and a fast profile's sizes."""
    return ethics(), ethics(93, 107, 25), ood(), ood(100, 60, 100)


def drops(layout: Layout, *, draws: int, seed: int) -> list[Row]:
    """Simulate `max_drop` on the score."""
    placed = layout.placed_cells()
    return [
        _row(layout, placed, condition, draws=draws, seed=(seed, number))
        for number, condition in enumerate(_CONDITIONS)
    ]


def drops_of_separate_rows(layout: Layout, *, draws: int, seed: int) -> list[Row]:
    """Simulate what came out if each row were taken for an item of its own."""
    placed = [
        replace(one, cell=replace(one.cell, units=one.places)) for one in layout.placed_cells()
    ]
    return [
        _row(layout, placed, condition, draws=draws, seed=(seed, number))
        for number, condition in enumerate((_FEW_ALIKE, _TEN))
    ]


def _row(
    layout: Layout,
    placed: list[PlacedCell],
    condition: tuple[float, float, float],
    *,
    draws: int,
    seed: tuple[int, ...],
) -> Row:
    discordance, correlation, limit = condition

    def shares(drop: float, part: int) -> Shares:
        truth = Truth(RIGHT, drop / 100, discordance / 100)
        asked = gate(max_drop=limit)

        def draw(random: np.random.Generator) -> Drawn:
            u = uniform(layout.roll.unit, correlation=correlation, random=random)
            reference, subject = answers(truth, u)
            change = reference.astype(float) - subject
            worse = estimate_difference([one.holding(change) for one in placed])
            return Drawn(compared(worse), 100 * worse.value > limit)

        few = draws if drop == limit else draws // 4
        return count(asked, draw, draws=few, seed=(*seed, part))

    truths = (0.0, limit, limit + _BEYOND)
    return Row(
        f"{layout.name}, correlation {correlation:g}",
        discordance,
        limit,
        _BEYOND,
        *(shares(drop, part) for part, drop in enumerate(truths)),
    )


def levels(layout: Layout, *, draws: int, seed: int) -> list[Row]:
    """Simulate `at_least` on the score, true values 3 points above the limit, at it, 3 below."""
    placed = layout.placed_cells()

    def shares(limit: float, correlation: float, value: float, part: int) -> Shares:
        def draw(random: np.random.Generator) -> Drawn:
            u = uniform(layout.roll.unit, correlation=correlation, random=random)
            right = (u < value / 100).astype(float)
            cells = [one.holding(right) for one in placed]
            return Drawn(absolute(estimate_score(cells)), 100 * weighted_sum(cells) < limit)

        few = draws if value == limit else draws // 4
        return count(gate(at_least=limit), draw, draws=few, seed=(seed, int(limit), part))

    return [
        Row(
            f"{layout.name}, correlation {correlation:g}",
            None,
            limit,
            _BEYOND,
            *(
                shares(limit, correlation, limit + more, part)
                for part, more in enumerate((_BEYOND, 0.0, -_BEYOND))
            ),
        )
        for limit, correlation in _LEVELS
    ]
