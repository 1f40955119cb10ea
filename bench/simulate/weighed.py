"""What a gate gathers, without gathering anew: which unit a row counts for, and how much.

Of rates whose rows do not depend on the answers a score is a fixed weighted sum, so that a draw
costs one of numbers. The first draws of every gate are gathered as well, and must agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bench.simulate.answers import Codes, Flags, Values
from bench.simulate.layout import Layout
from trusteval.gates.evidence import Comparison, Evidence, gather
from trusteval.gates.gate import Gate
from trusteval.metrics.aggregation import WeightedSum
from trusteval.metrics.measuring import Measurement, rows_of
from trusteval.metrics.parts import RateParts, parts_of
from trusteval.stats.estimate import Estimate
from trusteval.stats.losses import Losses
from trusteval.stats.paired import Pairs
from trusteval.stats.proportion import Proportion
from trusteval.types import Counts, Score

CHECKED = 2
"""How many draws of every gate are gathered too."""
_REFUSALS = ("refusal_rate", "non_answer_rate")


@dataclass(frozen=True, slots=True, eq=False)
class Replies:
    """Which rows somebody has right, and which are refused; those are not right."""

    right: Flags
    refused: Flags | None = None


class Weighed:
    """A gate's rows on a layout, weighed once.

    `apart` takes each row for a unit of its own, which is what a unit is there to prevent.
    """

    def __init__(self, gate: Gate, layout: Layout, *, apart: bool = False) -> None:
        self.gate, self.layout = gate, layout
        self._left = 0 if apart else CHECKED
        self.share = shares(gate, layout)
        self._mine = np.flatnonzero(self.share)
        self._abstains = _where_refusing_is_right(gate, layout)
        sample_table = layout.sample_table
        both = sample_table.stratum * (sample_table.unit.max() + 1) + sample_table.unit
        own = np.arange(len(both)) if apart else both
        self._place: Codes = np.unique(own[self._mine], return_inverse=True)[1]
        self._weight = np.bincount(self._place, self.share[self._mine])
        self._n = float(self._weight.sum() ** 2 / (self._weight**2).sum())
        self._is_one = len(self._weight) == len(self._mine) and bool(
            np.allclose(self._weight, 1 / len(self._mine), rtol=1e-9)
        )

    def evidence(self, subject: Replies, reference: Replies | None = None) -> Evidence:
        """Return what the gate decides by."""
        held = self._held(subject)
        value = float(self.share @ held)
        estimate = Proportion(min(value, 1.0) * self._n, self._n)
        score = Score(self.gate.metric, 100 * value, Counts(len(held), 0, {}))
        comparison = None
        if reference is not None:
            change = self._held(reference) - held
            worse = self._difference(change if self.gate.max_rise is None else -change)
            comparison = Comparison(worse)
        found = Evidence(score, estimate, comparison)
        if self._left:
            self._left -= 1
            self._check(found, subject, reference)
        return found

    def value(self, subject: Replies) -> float:
        """Return the score or rate, in points."""
        return 100 * float(self.share @ self._held(subject))

    def _held(self, replies: Replies) -> Values:
        if self.gate.metric in _REFUSALS:
            assert replies.refused is not None
            return replies.refused.astype(np.float64)
        right = replies.right
        if replies.refused is not None:
            right = right | (replies.refused & self._abstains)
        return right.astype(np.float64)

    def _difference(self, change: Values) -> Estimate:
        mine = change[self._mine]
        if self._is_one:
            return Pairs(int((mine > 0).sum()), int((mine < 0).sum()), len(mine))
        size = len(self._weight)
        lost = np.bincount(self._place, self.share[self._mine] * mine, size)
        differing = np.bincount(self._place, np.abs(mine), size)
        return Losses(lost, self._weight, int(np.count_nonzero(differing)))

    def _check(self, found: Evidence, subject: Replies, reference: Replies | None) -> None:
        """Gather as a run does; raises AssertionError where that says anything else."""
        gathered = gather(
            self.gate,
            self._measured(subject),
            reference=None if reference is None else self._measured(reference),
        )
        pairs = [(found.estimate, gathered.estimate)]
        if found.comparison is not None:
            assert gathered.comparison is not None
            pairs.append((found.comparison.worse, gathered.comparison.worse))
        for ours, its in pairs:
            assert ours is not None
            assert its is not None
            assert type(ours) is type(its)
            assert np.allclose([ours.low, ours.value, ours.high], [its.low, its.value, its.high])

    def _measured(self, replies: Replies) -> Measurement:
        answer_table = self.layout.answer_table(replies.right, refused=replies.refused)
        return self.layout.measured(self.gate, answer_table)


def _where_refusing_is_right(gate: Gate, layout: Layout) -> Flags:
    formula = layout.formula(gate.metric, part=gate.setting)
    assert isinstance(formula, WeightedSum)
    return layout.asked_in(
        *(term.setting for term in formula.terms if term.metric.name == "correct_or_abstained")
    )


def shares(gate: Gate, layout: Layout) -> Values:
    """Return what each row of a layout weighs in a gate's metric."""
    formula = layout.formula(gate.metric, part=gate.setting)
    assert isinstance(formula, WeightedSum)
    # A sample table in which each row is a unit of its own, so that cells say which rows they hold.
    sample_table = replace(layout.sample_table, unit=np.arange(len(layout.sample_table.samples)))
    everything = replace(
        layout.answer_table(np.ones(len(sample_table.samples), bool)), sample_table=sample_table
    )
    rows = rows_of(formula, everything, declared=layout.declared)
    weights = np.zeros(len(sample_table.samples))
    parts = parts_of(formula, rows)
    assert isinstance(parts, RateParts)
    for cell in parts.cells:
        weights[cell.units] += cell.share
    return weights
