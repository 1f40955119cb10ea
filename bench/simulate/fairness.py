"""Gates on gaps between groups: on their size, and on how far they shift."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from bench.simulate.answers import Flags, Truth, Values, answers, uniform
from bench.simulate.layout import Layout
from bench.simulate.layouts import fairness
from bench.simulate.shares import Drawn, Row, Shares, absolute, compared, count, gate, shifted
from trusteval.gates.gate import Gate
from trusteval.metrics.estimates import estimate, estimate_drop, estimate_gap_shifts
from trusteval.metrics.metric import METRICS

CORRELATION = 0.5
PER_GROUP = (100, 500, 1000)
_DISCORDANCE = 0.10
_RATES = (0.3, 0.7)
"""How often people not labelled yes are called yes, and people labelled yes."""
_MARGIN, _GAP = 5.0, 10.0
_METRICS = {
    1: ("demographic_parity_difference", "equalized_odds_difference", "score"),
    8: ("score",),
}
_SCORES = {1: ("score",), 8: ("score",)}
_SHIFTING = dict.fromkeys((1, 8), ("demographic_parity_difference", "score"))
# What a gap of 1 among the people labelled yes alone is worth: half of them are.
_OF_ONE_LABEL = {
    "demographic_parity_difference": 0.5,
    "equalized_odds_difference": 1.0,
    "score": 0.75,
}

Draw = Callable[[np.random.Generator], Drawn]


def gaps(*, draws: int, seed: int) -> list[Row]:
    """Simulate limits of a gap's size: true gaps of 0, of the limit, and 5 points beyond it."""
    cases = [
        *((*asked, False) for asked in _asked(_METRICS)),
        *((*asked, True) for asked in _asked(_SCORES)),
    ]
    return [
        _row(
            f"{_limited(metric)}, {layout.name}, {_apart(one_label)}",
            None,
            (0.0, _GAP, _GAP + _MARGIN),
            partial(_sized, layout, metric, one_label),
            draws=draws,
            seed=(seed, 0, number),
        )
        for number, (layout, metric, one_label) in enumerate(cases)
    ]


def growing_gaps(*, draws: int, seed: int) -> list[Row]:
    """Simulate `max_drop` on the score: gaps that grow by 0, by the limit, by 5 points more.

    They start at 0, both labels growing, or at 15 among the people labelled yes alone.
    """
    starts = ((0.0, False), (15.0, True))
    cases = [(layout, *start) for start in starts for layout, _ in _asked(_SCORES)]
    return [
        _row(
            f"max_drop on score from {100 - gap:g}, {layout.name}, {_apart(one_label)}",
            _DISCORDANCE,
            (0.0, _MARGIN, 2 * _MARGIN),
            partial(_grown, layout, gap, one_label),
            draws=draws,
            seed=(seed, 1, number),
        )
        for number, (layout, gap, one_label) in enumerate(cases)
    ]


def shifts(*, draws: int, seed: int) -> list[Row]:
    """Simulate `gap_shift`: true shifts of 0, of the limit, and 5 points beyond it."""
    cases = [
        *((_MARGIN, *asked) for asked in _asked(_SHIFTING)),
        *((2 * _MARGIN, fairness(100, 8), metric) for metric in _SHIFTING[8]),
    ]
    return [
        _row(
            f"gap_shift on {metric}, {layout.name}",
            _DISCORDANCE,
            (0.0, margin, margin + 5),
            partial(_shifted, layout, metric, margin),
            draws=draws,
            seed=(seed, 2, number),
        )
        for number, (margin, layout, metric) in enumerate(cases)
    ]


def _asked(metrics: Mapping[int, tuple[str, ...]]) -> list[tuple[Layout, str]]:
    return [
        (layout, metric)
        for n_settings, named in metrics.items()
        for layout in (fairness(per_group, n_settings) for per_group in PER_GROUP)
        for metric in named
    ]


def _row(
    what: str,
    discordance: float | None,
    truths: tuple[float, float, float],
    simulated: Callable[[float], tuple[Gate, Draw]],
    *,
    draws: int,
    seed: tuple[int, ...],
) -> Row:
    def shares(true: float, part: int) -> Shares:
        few = draws if part == 1 else draws // 4
        return count(*simulated(true), draws=few, seed=(*seed, part))

    return Row(
        what,
        None if discordance is None else 100 * discordance,
        truths[1],
        truths[2] - truths[1],
        *(shares(true, part) for part, true in enumerate(truths)),
    )


def _limited(metric: str) -> str:
    return "at_least on score" if metric == "score" else f"at_most on {metric}"


def _apart(one_label: bool) -> str:
    return "one label apart" if one_label else "both labels apart"


# -- draws -------------------------------------------------------------------------------


def _sides(layout: Layout, *, metric: str, one_label: bool) -> Values:
    """Return by how much each row's rate of yes moves for the metric to grow by 1."""
    sample_table = layout.sample_table
    side = np.where(sample_table.group == 1, 0.5, -0.5)
    if not one_label:
        return side
    return np.where(sample_table.target == sample_table.positive, side / _OF_ONE_LABEL[metric], 0.0)


def _rates(layout: Layout) -> Values:
    """Return how often each row is called yes where there is no gap."""
    return np.where(
        layout.sample_table.target == layout.sample_table.positive, _RATES[1], _RATES[0]
    )


def _right(layout: Layout, called: Flags) -> Flags:
    return np.asarray(called == (layout.sample_table.target == layout.sample_table.positive))


def _sized(layout: Layout, metric: str, one_label: bool, true: float) -> tuple[Gate, Draw]:
    sides = _sides(layout, metric=metric, one_label=one_label)
    rates, formula = _rates(layout) + sides * true / 100, layout.formula(metric)
    is_score = metric == "score"
    asked = gate(metric, at_least=100 - _GAP) if is_score else gate(metric, at_most=_GAP)

    def draw(random: np.random.Generator) -> Drawn:
        u = uniform(layout.sample_table.unit, correlation=CORRELATION, random=random)
        found = estimate(layout.parts(formula, _right(layout, u < rates)))
        assert found is not None
        gap = 1 - found.value if is_score else found.value
        return Drawn(absolute(found), 100 * gap > _GAP)

    return asked, draw


def _grown(layout: Layout, gap: float, one_label: bool, true: float) -> tuple[Gate, Draw]:
    formula = layout.formula()
    drawn = _drawn_pair(layout, _sides(layout, metric="score", one_label=one_label), gap, true)

    def draw(random: np.random.Generator) -> Drawn:
        reference, subject = (layout.parts(formula, right) for right in drawn(random))
        worse = estimate_drop(reference=reference, subject=subject)
        assert worse is not None
        return Drawn(compared(worse), 100 * worse.value > _MARGIN)

    return gate(max_drop=_MARGIN), draw


def _shifted(layout: Layout, metric: str, margin: float, true: float) -> tuple[Gate, Draw]:
    formula = layout.formula()
    drawn = _drawn_pair(layout, _sides(layout, metric=metric, one_label=False), 0.0, true)

    def draw(random: np.random.Generator) -> Drawn:
        reference, subject = (layout.rows(formula, right) for right in drawn(random))
        moved = estimate_gap_shifts(
            METRICS[metric].shifts, formula.settings, reference=reference, subject=subject
        )
        seen = max(abs(shift.value) for shift in moved.values())
        return Drawn(shifted(moved), 100 * seen > margin)

    return gate(metric, gap_shift=margin), draw


def _drawn_pair(
    layout: Layout, sides: Values, gap: float, growth: float
) -> Callable[[np.random.Generator], tuple[Flags, Flags]]:
    """Return what draws the right answers of a reference with a gap and a subject with more of it.

    A call of yes takes the place of a right answer in the model; the groups move apart evenly.
    """
    truth = Truth(_rates(layout) + sides * gap / 100, -sides * growth / 100, _DISCORDANCE)

    def draw(random: np.random.Generator) -> tuple[Flags, Flags]:
        u = uniform(layout.sample_table.unit, correlation=CORRELATION, random=random)
        reference, subject = answers(truth, u)
        return _right(layout, reference), _right(layout, subject)

    return draw
