"""Turns judged answers into values, 0 to 100, with their counts and intervals.

Three families: rates (weighted means of an indicator), ratios of two rates, and disparities
between the sensitive groups of a setting. Refused and invalid answers stay in every denominator
unless a metric says otherwise. arXiv 2511.22483, section III-B; definitions in docs/method.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import fsum

import numpy as np

from trusteval.answers.table import Sheet, sheet_of
from trusteval.errors import UndefinedError
from trusteval.metrics.aggregation import (
    ATTACK_SUCCESS_RATE,
    AttackSuccess,
    Formula,
    Quotient,
    Term,
    WeightedSum,
    formula_of,
)
from trusteval.metrics.disparities import DISPARITIES
from trusteval.metrics.estimates import cells, estimate, quotient
from trusteval.metrics.metric import OF_GATES
from trusteval.metrics.rates import RATES, RATIOS
from trusteval.stats.clusters import weighted_sum
from trusteval.types import Counts, Declared, Interval, Judged, Score

MEASURES = (*RATES, *RATIOS, ATTACK_SUCCESS_RATE, *DISPARITIES)
"""Every metric that has one definition for all benchmarks and protocols."""
SCORE = "score"
"""What a protocol makes of a benchmark, or of a part of it (`trusteval.metrics.scoring`)."""
METRICS = tuple(OF_GATES)
"""Every metric a gate can name; a protocol may have its own form of one."""


def measure(
    metric: str,
    judged: Sequence[Judged],
    *,
    weights: Mapping[str, float],
    declared: Mapping[str, Declared],
) -> Score:
    """Measure one of MEASURES over the settings in `weights` (name to share, summing to 1).

    `declared` are the settings asked for with what they have to bring; one that is absent or
    lacks a true label makes the value None. Raises KeyError for an unknown metric.
    """
    if metric not in MEASURES:
        raise KeyError(metric)
    return evaluate(metric, formula_of(metric, weights), judged, declared=declared)


def evaluate(
    name: str, formula: Formula, judged: Sequence[Judged], *, declared: Mapping[str, Declared]
) -> Score:
    """Score rows by a formula, under a name.

    The value is None where a setting it needs is missing, or a metric is undefined.
    """
    sheet = sheet_of(judged)
    rows = rows_of(formula, sheet, declared=declared)
    counts = _together(sheet, [rows[name] for name in formula.settings]).counts
    missing = tuple(n for n in rows if not _is_there(rows[n], declared.get(n)))
    if missing:
        return Score(
            name,
            None,
            counts,
            undefined="; ".join(_lacks(missing, rows, declared)),
            missing_settings=missing,
            complete=False,
        )
    complete = all(len(rows[name]) >= declared[name].n_expected for name in rows)
    try:
        value = _value(formula, rows)
        estimated = estimate(formula, rows)
    except UndefinedError as undefined:
        return Score(
            name,
            None,
            counts,
            undefined=str(undefined),
            complete=complete,
            too_few=undefined.too_few,
        )
    interval = None
    if estimated is not None:
        interval = Interval(100 * estimated.low, 100 * estimated.high)
    return Score(name, 100 * value, counts, interval, complete=complete)


def rows_of(
    formula: Formula, sheet: Sheet, *, declared: Mapping[str, Declared]
) -> dict[str, Sheet]:
    """Return the rows of the settings that a formula needs, none of one that has none."""
    there = sheet.by_setting()
    return {name: there.get(name, sheet.only(slice(0))) for name in formula.needed(declared)}


def count(judged: Sequence[Judged]) -> Counts:
    """Count answers by kind; a label read from a contradictory text counts as contradictory."""
    return sheet_of(judged).counts


def _together(whole: Sheet, parts: Sequence[Sheet]) -> Sheet:
    """Join parts of a sheet."""
    nothing = whole.rows[:0]
    return replace(whole, rows=np.concatenate([nothing, *(part.rows for part in parts)]))


def _is_there(rows: Sheet, declared: Declared | None) -> bool:
    """Whether a setting has rows, and every true label among them."""
    return declared is not None and len(rows) > 0 and declared.targets <= rows.targets


def _lacks(
    missing: Sequence[str], rows: Mapping[str, Sheet], declared: Mapping[str, Declared]
) -> Iterator[str]:
    """Say which settings have no rows, and which labels those lack that have some."""
    absent = [name for name in missing if name not in declared or not len(rows[name])]
    if absent:
        yield f"missing settings: {', '.join(absent)}"
    for name in missing:
        if name not in absent:
            labels = sorted(declared[name].targets - rows[name].targets)
            yield f"{name} has no row whose true label is {' or '.join(labels)}"


def _value(formula: Formula, rows: Mapping[str, Sheet]) -> float:
    match formula:
        case WeightedSum(terms):
            return min(fsum(_of_term(term, rows[term.setting]) for term in terms), 1.0)
        case Quotient() | AttackSuccess():
            return _quotient(formula, rows)


def _of_term(term: Term, rows: Sheet) -> float:
    if term.metric in RATES:
        return weighted_sum(cells([term], {term.setting: rows}))
    if term.metric in DISPARITIES:
        of_setting = DISPARITIES[term.metric](rows)
    else:
        of_setting = _quotient(Quotient(RATIOS[term.metric], {"": 1.0}), {"": rows})
    return term.weight * (1 - of_setting if term.complement else of_setting)


def _quotient(formula: Quotient | AttackSuccess, rows: Mapping[str, Sheet]) -> float:
    over, under = quotient(formula, rows)
    given = weighted_sum(under)
    if given:
        return weighted_sum(over) / given
    if formula.value_of_nothing is None:
        raise UndefinedError(formula.nothing)
    return formula.value_of_nothing
