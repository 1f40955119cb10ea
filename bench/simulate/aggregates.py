"""Scores over settings that share items, whole and in a fast profile's sample."""

from __future__ import annotations

import numpy as np

from bench.simulate.answers import Flags, Truth, answers, uniform
from bench.simulate.layout import Layout
from bench.simulate.layouts import advglue, ethics, mmlu, ood, quick
from bench.simulate.shares import Drawn, Row, at_three_truths, gate
from bench.simulate.weighed import Replies, Weighed

RIGHT = 0.8
CORRELATION = 0.5
_BEYOND = 3.0
_MANY = 10_000
_FEW_ALIKE, _TEN = (2.0, 0.9, 1.0), (10.0, CORRELATION, 3.0)
_CONDITIONS = (_FEW_ALIKE, (5.0, CORRELATION, 3.0), _TEN, (20.0, CORRELATION, 3.0))
_LEVELS = (
    *((limit, CORRELATION) for limit in (55.0, 80.0, 90.0, 95.0)),
    (90.0, 0.9),
)


def layouts() -> tuple[Layout, ...]:
    """Return the layouts simulated: published, and a fast profile's."""
    return ethics(), quick("ethics"), ood(), quick("ood"), advglue(), quick("advglue"), mmlu()


def drops(layout: Layout, *, draws: int, seed: int, apart: bool = False) -> list[Row]:
    """Simulate `max_drop` on the score; `apart` takes each row for an item of its own."""
    few = apart or len(layout.sample_table.samples) > _MANY
    return [
        drop_row(
            f"{layout.name}, correlation {correlation:g}",
            Weighed(gate(max_drop=limit), layout, apart=apart),
            truths=(0.0, limit, limit + _BEYOND),
            discordance=discordance,
            correlation=correlation,
            draws=draws,
            seed=(seed, number),
        )
        for number, (discordance, correlation, limit) in enumerate(
            (_FEW_ALIKE, _TEN) if few else _CONDITIONS
        )
    ]


def drop_row(
    what: str,
    weighed: Weighed,
    *,
    truths: tuple[float, float, float],
    discordance: float,
    draws: int,
    seed: tuple[int, ...],
    correlation: float = CORRELATION,
    where: Flags | None = None,
) -> Row:
    """Simulate drops of these sizes, in all rows or `where` alone."""
    unit = weighed.layout.sample_table.unit
    everywhere = np.ones(len(unit), bool) if where is None else where
    hit = float(weighed.share[everywhere].sum())
    limit = truths[1]

    def draw(drop: float, random: np.random.Generator) -> Drawn:
        truth = Truth(RIGHT, np.where(everywhere, drop / 100 / hit, 0.0), discordance / 100)
        u = uniform(unit, correlation=correlation, random=random)
        reference, subject = (Replies(right) for right in answers(truth, u))
        evidence = weighed.evidence(subject, reference)
        assert evidence.comparison is not None
        assert evidence.comparison.worse is not None
        return Drawn(evidence, 100 * evidence.comparison.worse.value > limit)

    return at_three_truths(
        weighed.gate, what, draw, truths=truths, discordance=discordance, draws=draws, seed=seed
    )


def levels(layout: Layout, *, draws: int, seed: int) -> list[Row]:
    """Simulate `at_least` on the score, true values 3 points above the limit, at it, 3 below."""
    rows = []
    for limit, correlation in _LEVELS:
        weighed = Weighed(gate(at_least=limit), layout)

        def draw(
            value: float,
            random: np.random.Generator,
            *,
            weighed: Weighed = weighed,
            correlation: float = correlation,
            limit: float = limit,
        ) -> Drawn:
            u = uniform(layout.sample_table.unit, correlation=correlation, random=random)
            evidence = weighed.evidence(Replies(u < value / 100))
            return Drawn(evidence, (evidence.score.value or 0.0) < limit)

        rows.append(
            at_three_truths(
                weighed.gate,
                f"{layout.name}, correlation {correlation:g}",
                draw,
                truths=(limit + _BEYOND, limit, limit - _BEYOND),
                discordance=None,
                draws=draws,
                seed=(seed, int(limit)),
            )
        )
    return rows
