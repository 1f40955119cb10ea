"""What a gate decides by: a score, its estimate, and how it compares with a reference's.

Nothing is measured here: a gate lays two measurements beside each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trusteval.errors import UndefinedError
from trusteval.gates.gate import Gate, Rival
from trusteval.metrics.aggregation import AttackSuccess, Quotient
from trusteval.metrics.disparities import smallest_group
from trusteval.metrics.estimates import estimate_gap_shifts
from trusteval.metrics.measuring import Measurement, measured_drop
from trusteval.stats.estimate import Estimate, Normal
from trusteval.stats.members import BehindBest
from trusteval.stats.proportion import Proportion
from trusteval.types import Score, Unavailable

MIN_COUNTED = 10
"""Fewer items than these leave a ratio undefined."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A subject beside its reference, paired by sample; estimates are fractions.

    `worse` is how much worse the subject is: reference minus subject for a drop, the opposite for
    a rise. `shifts` are how the gaps between groups moved, by the rate that moved. `obstacle` says
    why there is no comparison, `too_few` that more samples would remove it, `note` what else has to
    be known of it.
    """

    worse: Estimate | None = None
    shifts: Mapping[str, Normal] = field(default_factory=dict)
    obstacle: str | None = None
    too_few: bool = False
    note: str = ""

    @property
    def farthest(self) -> float:
        """How far the two may lie apart either way, by the interval that reaches farthest."""
        estimates = [*self.shifts.values(), *([] if self.worse is None else [self.worse])]
        return max((max(abs(e.low), abs(e.high)) for e in estimates), default=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """What was measured of a vote's members, by their names: the best of them is the standard."""

    measured: Mapping[str, Measurement]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A score with its estimate as a fraction, None where its formula has none.

    `comparison` is there where a gate asks for one; `noise` is that of a subject with itself, asked
    twice, where it was.
    """

    score: Score
    estimate: Estimate | None = None
    comparison: Comparison | None = None
    noise: Comparison | None = None


def gather(
    gate: Gate,
    subject: Measurement,
    *,
    reference: Measurement | Members | Unavailable | None = None,
) -> Evidence:
    """Return the evidence of what was measured of a subject.

    `reference` is the same of the gate's reference over the same samples, of each member where that
    is the best of them, or why that cannot be had; None for a subject that is not compared.
    """
    score = _score(gate, subject)
    if score.value is None:
        return Evidence(score)
    if isinstance(subject.formula, Quotient | AttackSuccess) and (few := _too_few(subject)):
        return Evidence(replace(score, value=None, interval=None, undefined=few))
    match reference:
        case None:
            return Evidence(score, subject.estimate)
        case Unavailable(why):
            return Evidence(score, subject.estimate, Comparison(obstacle=why))
        case Members(members):
            compared = _compare_with_best(gate, subject, members)
            return Evidence(score, subject.estimate, compared)
        case Measurement():
            return Evidence(score, subject.estimate, _compare(gate, subject, reference))


def _compare(gate: Gate, subject: Measurement, reference: Measurement) -> Comparison:
    before = _score(gate, reference)
    if before.value is None:
        return Comparison(obstacle=f"undefined there ({before.undefined})", too_few=before.too_few)
    better, worse = (reference, subject) if gate.max_rise is None else (subject, reference)
    drop = measured_drop(better, worse)
    note = f"fallback chain {before.value:.1f}" if gate.rival is Rival.FALLBACK else ""
    forms = subject.metric.shifts
    if gate.gap_shift is None or not forms:
        return Comparison(drop, note=note)
    try:
        shifts = estimate_gap_shifts(
            forms, subject.formula.settings, reference=reference.rows, subject=subject.rows
        )
    except UndefinedError as undefined:
        return Comparison(obstacle=str(undefined), too_few=undefined.too_few)
    return Comparison(drop, shifts, note=note)


def _compare_with_best(
    gate: Gate, subject: Measurement, members: Mapping[str, Measurement]
) -> Comparison:
    """Lay a vote beside every member; the best is known only where all of them are."""
    behind = {}
    for name, member in members.items():
        compared = _compare(gate, subject, member)
        if compared.obstacle is not None:
            return replace(compared, obstacle=f"of {name}, {compared.obstacle}")
        if compared.worse is None:
            return compared
        behind[name] = compared.worse
    values = [f"{name} {member.score.value:.1f}" for name, member in members.items()]
    return Comparison(BehindBest(behind), note=f"members {', '.join(values)}")


def _too_few(measured: Measurement) -> str | None:
    """Say that a ratio is one of hardly anybody; None where it is of enough."""
    match measured.estimate:
        case Proportion(n=n) if n < MIN_COUNTED:
            return f"only {n:.3g} items count for it, needs {MIN_COUNTED}"
        case _:
            return None


def _score(gate: Gate, measured: Measurement) -> Score:
    """Return a score under the gate's name for it, undefined where it wants larger groups."""
    score = replace(measured.score, metric=gate.metric)
    if gate.min_group is None or score.value is None:
        return score
    for name, part in measured.rows.items():
        group, n = smallest_group(part)
        if n < gate.min_group:
            needs = f"{name}: group {group} has {n} answered rows, needs {gate.min_group}"
            return replace(score, value=None, interval=None, undefined=needs, too_few=n > 0)
    return score
