"""Says before any model runs which gates the samples cannot resolve, whatever the models say.

A margin is resolved if a subject without a drop passes it in four of five runs. How many answers
will differ is not known yet: it is read off the accepted baseline, or assumed and said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from trusteval.estimates import cells, gap_contrasts
from trusteval.formulas import WeightedSum
from trusteval.gates import Gate
from trusteval.metrics import rows_of
from trusteval.rates import RATES
from trusteval.scoring import Scoring
from trusteval.sheet import Roll, Sheet
from trusteval.stats.clusters import Cell
from trusteval.stats.power import (
    minimum_detectable_effect_of_aggregate,
    minimum_detectable_shift,
)
from trusteval.types import Declared, Label, Subject, Variant

DISCORDANCE = 0.10
"""Assumed share of samples that only one of subject and reference has right."""
DISCORDANCE_AT_FEW_BITS = 0.20
_FEW_BITS = 3
CORRELATION = 0.5
"""Assumed between the settings of one source item."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A gate that cannot be resolved for a subject: the margin, and the smallest that could."""

    gate: str
    subject: str
    margin: float
    smallest: float
    discordance: float
    is_assumed: bool

    def sentence(self) -> str:
        known = "assumed" if self.is_assumed else "as in the baseline"
        return (
            f"{self.gate} cannot be resolved for {self.subject}: margin {self.margin:g}, these "
            f"samples resolve {self.smallest:.1f} (if {100 * self.discordance:.0f} % of the "
            f"answers differ, {known})"
        )


def assumed_discordance(subject: Subject) -> float:
    """Return what share of answers is assumed to differ from the reference's."""
    few = isinstance(subject, Variant) and 0 < subject.bits <= _FEW_BITS
    return DISCORDANCE_AT_FEW_BITS if few else DISCORDANCE


def smallest_resolved(
    gate: Gate,
    roll: Roll,
    *,
    scoring: Scoring,
    declared: Mapping[str, Declared],
    discordance: float,
) -> float | None:
    """Return the smallest margin in points that a subject without a drop passes in 80 % of runs.

    None where the gate has no margin, or one that depends on the answers themselves.
    """
    # Which label stands there is all the same: only what each row weighs is asked.
    blank = scoring.counted(Sheet.of(roll, (Label(sample.target) for sample in roll.samples)))
    formula = scoring.formula(gate.metric, blank, declared=declared, part=gate.setting)
    rows = rows_of(formula, blank, declared=declared)
    if not all(len(part) for part in rows.values()):
        return None
    if gate.gap_shift is not None:
        weighed = gap_contrasts(gate.metric, formula.settings, rows)
        errors = [_standard_error(of_form, discordance) for of_form in weighed]
        return 100 * minimum_detectable_shift(max(errors))
    if gate.max_drop is None and gate.max_rise is None:
        return None
    if not isinstance(formula, WeightedSum) or not all(t.metric in RATES for t in formula.terms):
        return None
    error = _standard_error(cells(formula.terms, rows), discordance)
    return 100 * minimum_detectable_effect_of_aggregate(error)


def _standard_error(weighed: Sequence[Cell], discordance: float) -> float:
    """Return the standard error where rows differ alike and those of a source item together.

    Each unit's variance is discordance * ((1 - r) * sum of squared shares + r * squared sum).
    """
    units = np.concatenate([cell.units for cell in weighed])
    shares = np.concatenate([np.full(len(cell.y), cell.share) for cell in weighed])
    _, place = np.unique(units, return_inverse=True)
    squares = np.bincount(place, shares**2)
    sums = np.bincount(place, shares)
    variance = (1 - CORRELATION) * squares + CORRELATION * sums**2
    return sqrt(discordance * float(variance.sum()))


def preflight(
    pairs: Sequence[tuple[Gate, Subject]],
    *,
    rolls: Mapping[str, Roll],
    scorings: Mapping[str, Scoring],
    declared: Mapping[str, Mapping[str, Declared]],
    known: Mapping[tuple[str, str], float],
) -> list[Doubt]:
    """Return the gates that the samples cannot resolve, of those whose data is there.

    `rolls`, `scorings` and `declared` are by benchmark; `known` is the discordance with the
    reference that the baseline shows, by subject and benchmark.
    """
    doubts = []
    for gate, subject in pairs:
        if not gate.compares(subject.name) or gate.benchmark not in rolls:
            continue
        key = subject.name, gate.benchmark
        discordance = known.get(key, assumed_discordance(subject))
        smallest = smallest_resolved(
            gate,
            rolls[gate.benchmark],
            scoring=scorings[gate.benchmark],
            declared=declared[gate.benchmark],
            discordance=discordance,
        )
        margin = min(gate.margins, default=inf)
        if smallest is not None and smallest > margin:
            is_assumed = key not in known
            doubts.append(Doubt(gate.id, subject.name, margin, smallest, discordance, is_assumed))
    return doubts
