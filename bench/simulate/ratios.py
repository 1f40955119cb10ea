"""Ratios of few: most rows refused, the few that are left right as often as the limit says."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.simulate.answers import Values
from bench.simulate.layout import Layout
from bench.simulate.layouts import advglue, ood, quick
from bench.simulate.shares import Drawn, Row, at_three_truths, gate
from trusteval.benchmarks.advglue import CLEAN
from trusteval.gates.evidence import gather
from trusteval.gates.gate import Gate

_ANSWERED, _SUCCESS = "answered_accuracy", "attack_success_rate"


def limits(*, draws: int, seed: int) -> list[Row]:
    """Simulate true ratios half as far from 0 or 100 as the limit, at it, and twice as far."""
    two_hundred, many = ood(1, 1, 200), ood(1, 1, 855)
    conditions = [
        *(
            (gate(_ANSWERED, setting="qa_2020", at_least=limit), layout, share)
            for layout in (two_hundred, many)
            for share in (0.1, 0.3)
            for limit in (95.0, 98.0)
        ),
        *((gate(_ANSWERED, at_least=limit), quick("ood"), 0.15) for limit in (80.0, 95.0)),
        (gate(_ANSWERED, at_least=95.0), quick("ood"), 0.5),
        *((gate(_SUCCESS, at_most=limit), advglue(), 0.15) for limit in (5.0, 20.0)),
        (gate(_SUCCESS, at_most=20.0), quick("advglue"), 0.5),
    ]
    return [
        _row(asked, layout, share, draws=draws, seed=(seed, 7, number))
        for number, (asked, layout, share) in enumerate(conditions)
    ]


def _row(asked: Gate, layout: Layout, share: float, *, draws: int, seed: tuple[int, ...]) -> Row:
    draw = partial(_answered if asked.metric == _ANSWERED else _attacked, asked, layout, share)
    limit = asked.limits[0]
    far = min(limit, 100 - limit)
    truths = (far / 2, far, 2 * far) if limit < 50 else (100 - far / 2, limit, 100 - 2 * far)
    sign = ">=" if asked.at_least is not None else "<="
    counts = "answered" if asked.metric == _ANSWERED else "right unharmed"
    part = f", {asked.setting}" if asked.setting else ""
    what = f"{layout.name}{part}: {asked.metric} {sign} {limit:g}, {100 * share:g} % {counts}"
    found = at_three_truths(
        asked, what, draw, truths=truths, discordance=None, draws=draws, seed=seed
    )
    return Row(what, None, limit, far, found.unchanged, found.at_limit, found.worse)


def _of_units(layout: Layout, random: np.random.Generator) -> Values:
    return random.random(int(layout.sample_table.unit.max()) + 1)[layout.sample_table.unit]


def _answered(
    asked: Gate, layout: Layout, share: float, true: float, random: np.random.Generator
) -> Drawn:
    refused = _of_units(layout, random) >= share
    right = (_of_units(layout, random) < true / 100) & ~refused
    return _drawn(asked, layout, right, refused)


def _attacked(
    asked: Gate, layout: Layout, share: float, true: float, random: np.random.Generator
) -> Drawn:
    known = _of_units(layout, random) < share
    beaten = _of_units(layout, random) < true / 100
    right = known & (layout.asked_in(*CLEAN) | ~beaten)
    return _drawn(asked, layout, right, np.zeros(len(right), bool))


def _drawn(asked: Gate, layout: Layout, right: np.ndarray, refused: np.ndarray) -> Drawn:
    answer_table = layout.answer_table(right, refused=refused)
    evidence = gather(asked, layout.measured(asked, answer_table))
    value, limit = evidence.score.value, asked.limits[0]
    if value is None:
        return Drawn(evidence, False)
    return Drawn(evidence, value < limit if asked.at_least is not None else value > limit)
