"""Near-duplicates: texts that are no units in common and flip together all the same."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.simulate.answers import Codes, Truth, answers
from bench.simulate.shares import Drawn, Row, at_three_truths, compared, gate
from trusteval.stats.paired import Pairs

_LARGEST = 10
_MARGIN, _DISCORDANCE, _RIGHT = 3.0, 0.08, 0.8


def drops(*, draws: int, seed: int) -> list[Row]:
    """Simulate `max_drop` where topics of up to ten texts flip whole."""
    asked = gate(max_drop=_MARGIN)
    return [
        at_three_truths(
            asked,
            f"{'topics of up to 10 texts' if together else 'each text for itself'}, N = {n:,}",
            partial(_drawn, n, together),
            truths=(0.0, _MARGIN, 2 * _MARGIN),
            discordance=100 * _DISCORDANCE,
            draws=draws,
            seed=(seed, 10, n, together),
        )
        for n in (200, 500, 2109)
        for together in (False, True)
    ]


def _drawn(n: int, together: bool, drop: float, random: np.random.Generator) -> Drawn:
    topic = _topics(n, random) if together else np.arange(n)
    u = random.random(n)[topic]
    reference, subject = answers(Truth(_RIGHT, drop / 100, _DISCORDANCE), u)
    pairs = Pairs(int((reference & ~subject).sum()), int((subject & ~reference).sum()), n)
    return Drawn(compared(pairs), 100 * pairs.value > _MARGIN)


def _topics(n: int, random: np.random.Generator) -> Codes:
    """Draw topics whose sizes follow Zipf's law up to the largest; return each text's."""
    sizes = np.arange(1, _LARGEST + 1)
    drawn = random.choice(sizes, size=n, p=(1 / sizes) / (1 / sizes).sum())
    return np.repeat(np.arange(n), drawn)[:n]
