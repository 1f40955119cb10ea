"""Silence that is no accident: refusals of what would be wrong, and of one group's yes."""

from __future__ import annotations

from functools import partial

import numpy as np

from bench.simulate.aggregates import CORRELATION, RIGHT
from bench.simulate.answers import Truth, answers, uniform
from bench.simulate.layout import Layout
from bench.simulate.layouts import ethics, fairness, quick
from bench.simulate.shares import Drawn, Row, at_three_truths, gate
from bench.simulate.weighed import Replies, Weighed
from trusteval.gates.evidence import gather
from trusteval.gates.gate import Gate

_YES = 0.5
"""How often the reference calls anybody yes."""
_ADULT = "demographic_parity_difference"


def refusals(*, draws: int, seed: int) -> list[Row]:
    """Simulate refusals of nothing but what would have been wrong, as rises and as a ratio's."""
    rows = []
    for number, (layout, limit) in enumerate(((ethics(), 3.0), (quick("ethics"), 8.0))):
        asked = gate("refusal_rate", max_rise=limit)
        rows.append(
            at_three_truths(
                asked,
                f"{layout.name}: refusal_rate, max_rise {limit:g}",
                partial(_rising, Weighed(asked, layout), limit),
                truths=(0.0, limit, 2 * limit),
                discordance=2.0,
                draws=draws,
                seed=(seed, 8, number),
            )
        )
    return rows


def _rising(weighed: Weighed, limit: float, true: float, random: np.random.Generator) -> Drawn:
    """Let both refuse among what is wrong; 20 % are, of which the reference refuses a quarter."""
    unit = weighed.layout.sample_table.unit
    u = uniform(unit, correlation=CORRELATION, random=random)
    right = u < RIGHT
    v = uniform(unit, correlation=CORRELATION, random=random)
    refused = answers(Truth(0.25, -true / 20, 0.1), v)
    reference, subject = (Replies(right, ~right & one) for one in refused)
    evidence = weighed.evidence(subject, reference)
    assert evidence.comparison is not None
    assert evidence.comparison.worse is not None
    return Drawn(evidence, 100 * evidence.comparison.worse.value > limit)


def shifts(*, draws: int, seed: int) -> list[Row]:
    """Simulate `gap_shift` where the women's yes falls silent and nothing else changes much."""
    rows = []
    cases = ((5.0, 1, 500), (5.0, 1, 1000), (5.0, 8, 100), (10.0, 1, 500), (10.0, 8, 100))
    for number, (margin, settings, people) in enumerate(cases):
        layout = fairness(people, settings)
        asked = gate(_ADULT, gap_shift=margin)
        rows.append(
            at_three_truths(
                asked,
                f"gap_shift {margin:g}, {layout.name}",
                partial(_silenced, asked, layout),
                truths=(0.0, margin, 2 * margin),
                discordance=4.0,
                draws=draws // 2,
                seed=(seed, 9, number),
            )
        )
    return rows


def _silenced(asked: Gate, layout: Layout, true: float, random: np.random.Generator) -> Drawn:
    sample_table = layout.sample_table
    u = uniform(sample_table.unit, correlation=CORRELATION, random=random)
    before, after = answers(Truth(_YES, 0.0, 0.04), u)
    women = sample_table.group == sample_table.groups.index("Female")
    quiet = uniform(sample_table.unit, correlation=CORRELATION, random=random) < true / 100 / _YES
    truly = sample_table.target == sample_table.positive
    answer_tables = [
        layout.answer_table(before == truly),
        layout.answer_table(after == truly, refused=women & after & quiet),
    ]
    reference, subject = (layout.measured(asked, answer_table) for answer_table in answer_tables)
    evidence = gather(asked, subject, reference=reference)
    assert evidence.comparison is not None
    # What sees only who is answered: the shift that used to be tested.
    answered = next(iter(evidence.comparison.shifts.values()))
    return Drawn(evidence, 100 * abs(answered.value) > (asked.gap_shift or 0.0))
