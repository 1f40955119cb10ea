"""Gathers what a gate decides by from judged answers: the score, its estimate, the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from trusteval.answers.table import Sheet
from trusteval.errors import UndefinedError
from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.gate import Gate
from trusteval.metrics.aggregation import AttackSuccess, Formula, Quotient
from trusteval.metrics.disparities import smallest_group
from trusteval.metrics.estimates import SHIFT_FORMS, estimate, estimate_drop, estimate_gap_shifts
from trusteval.metrics.measuring import evaluate, rows_of
from trusteval.metrics.scoring import Scoring
from trusteval.stats.estimate import Estimate
from trusteval.stats.proportion import Proportion
from trusteval.types import Declared, Score, Unavailable

MIN_COUNTED = 10
"""Fewer items than these leave a ratio undefined."""


def gather(
    gate: Gate,
    judged: Sheet,
    *,
    scoring: Scoring,
    declared: Mapping[str, Declared],
    reference: Sheet | Unavailable | None = None,
) -> Evidence:
    """Return the evidence of what a subject answered.

    `reference` is what the gate's reference answered to the same samples, or why that cannot be
    had; None for a subject that is not compared.
    """
    rows = scoring.counted(judged)
    formula = scoring.formula(gate.metric, rows, declared=declared, part=gate.setting)
    score = _score(gate, formula, rows, declared)
    if score.value is None:
        return Evidence(score)
    estimated = estimate(formula, rows_of(formula, rows, declared=declared))
    if isinstance(formula, Quotient | AttackSuccess) and (few := _too_few(estimated)):
        return Evidence(replace(score, value=None, interval=None, undefined=few))
    if reference is None:
        return Evidence(score, estimated)
    if isinstance(reference, Unavailable):
        return Evidence(score, estimated, Comparison(obstacle=reference.why))
    compared = _compare(gate, formula, rows, scoring.counted(reference), declared)
    return Evidence(score, estimated, compared)


def _compare(
    gate: Gate, formula: Formula, rows: Sheet, reference: Sheet, declared: Mapping[str, Declared]
) -> Comparison:
    before = _score(gate, formula, reference, declared)
    if before.value is None:
        return Comparison(obstacle=f"undefined there ({before.undefined})", too_few=before.too_few)
    subject, standard = (rows_of(formula, part, declared=declared) for part in (rows, reference))
    if gate.max_rise is not None:
        worse = estimate_drop(formula, reference=subject, subject=standard)
    else:
        worse = estimate_drop(formula, reference=standard, subject=subject)
    if gate.gap_shift is None or gate.metric not in SHIFT_FORMS:
        return Comparison(worse)
    try:
        shifts = estimate_gap_shifts(
            gate.metric, formula.settings, reference=standard, subject=subject
        )
    except UndefinedError as undefined:
        return Comparison(obstacle=str(undefined), too_few=undefined.too_few)
    return Comparison(worse, shifts)


def _too_few(estimated: Estimate | None) -> str | None:
    """Say that a ratio is one of hardly anybody; None where it is of enough."""
    if isinstance(estimated, Proportion) and estimated.n < MIN_COUNTED:
        return f"only {estimated.n:.3g} items count for it, needs {MIN_COUNTED}"
    return None


def _score(gate: Gate, formula: Formula, rows: Sheet, declared: Mapping[str, Declared]) -> Score:
    score = evaluate(gate.metric, formula, rows, declared=declared)
    if gate.min_group is None or score.value is None:
        return score
    for name, part in rows_of(formula, rows, declared=declared).items():
        group, n = smallest_group(part)
        if n < gate.min_group:
            needs = f"{name}: group {group} has {n} answered rows, needs {gate.min_group}"
            return replace(score, value=None, interval=None, undefined=needs, too_few=n > 0)
    return score
