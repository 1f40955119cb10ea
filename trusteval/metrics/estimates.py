"""Estimates a formula's value from judged rows, and how far two subjects lie apart, paired.

Turns sheets into what `trusteval.stats` takes: cells for rates, rows of groups for gaps. A formula
with a metric of the reference protocols' own conventions has no estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from trusteval.answers.table import Codes, Flags, Sheet
from trusteval.errors import UndefinedError
from trusteval.metrics.aggregation import AttackSuccess, Formula, Quotient, Term, WeightedSum
from trusteval.metrics.rates import RATES, Indicator
from trusteval.stats.clusters import (
    Cell,
    estimate_difference,
    estimate_ratio,
    estimate_ratio_difference,
    estimate_score,
    weighted_sum,
)
from trusteval.stats.contrasts import contrast
from trusteval.stats.estimate import Complement, Estimate, Normal
from trusteval.stats.fairness import (
    GapRows,
    WeightedGap,
    estimate_gap_difference,
    estimate_gaps,
    single_gap,
)
from trusteval.stats.shifts import ShiftForm, ShiftRows, estimate_shifts, shift_cells

Rows = Mapping[str, Sheet]
"""The rows at hand, by setting."""

# What gaps a disparity is the sum of: share, and whether it is one of odds.
_GAPS = {
    "demographic_parity_difference": ((1.0, False),),
    "equalized_odds_difference": ((1.0, True),),
    "fairness": ((0.5, False), (0.5, True)),
    "non_answer_gap": ((1.0, False),),
}
_FAIR_IS_HIGH = "fairness"
SHIFT_FORMS = {
    "demographic_parity_difference": (ShiftForm.SELECTION,),
    "equalized_odds_difference": (ShiftForm.TRUE_POSITIVE, ShiftForm.FALSE_POSITIVE),
    "fairness": tuple(ShiftForm),
    "score": tuple(ShiftForm),
}
"""Which shifts of rates between groups a gate on a metric asks about."""


def estimate(formula: Formula, rows: Rows) -> Estimate | None:
    """Estimate a value, as a fraction; None where the formula has no estimate.

    Raises UndefinedError where no row counts.
    """
    match formula:
        case WeightedSum(terms) if _all_rates(terms):
            return estimate_score(cells(terms, rows))
        case WeightedSum(terms) if (gaps := _gaps(terms, rows)) is not None:
            of_gaps = _estimate_gaps(gaps)
            return Complement(of_gaps, whole=_whole(terms)) if _is_complement(terms) else of_gaps
        case WeightedSum():
            return None
        case Quotient() | AttackSuccess():
            over, under = quotient(formula, rows)
            return estimate_ratio(over, under) if weighted_sum(under) else None


def estimate_drop(formula: Formula, *, reference: Rows, subject: Rows) -> Estimate | None:
    """Estimate how far a subject's value is below its reference's, as a fraction, in [-1, 1].

    Both have the same rows of the same settings. None where the formula has no estimate.
    """
    match formula:
        case WeightedSum(terms) if _all_rates(terms):
            pairs = zip(cells(terms, reference), cells(terms, subject), strict=True)
            return estimate_difference([replace(ours, y=ours.y - its.y) for ours, its in pairs])
        case WeightedSum(terms):
            ours, its = _gaps(terms, reference), _gaps(terms, subject)
            if ours is None or its is None:
                return None
            if _is_complement(terms):
                return estimate_gap_difference(reference=ours, subject=its)
            return estimate_gap_difference(reference=its, subject=ours)
        case Quotient() | AttackSuccess():
            ours_, its_ = quotient(formula, reference), quotient(formula, subject)
            if not weighted_sum(ours_[1]) or not weighted_sum(its_[1]):
                return None
            return estimate_ratio_difference(ours_, its_)


def estimate_gap_shifts(
    metric: str, settings: Sequence[str], *, reference: Rows, subject: Rows
) -> Mapping[str, Normal]:
    """Estimate how the groups' rates moved apart, mean over settings, by the rate's name.

    Each twice: over the rows both answered, and over all rows with silence counted as no yes, which
    hears a group that gets no answer. `metric` says which rates, as in SHIFT_FORMS. Raises
    UndefinedError where a group has no rows.
    """
    pairs = [(reference[name], subject[name]) for name in settings]
    forms = SHIFT_FORMS[metric]
    try:
        answered = estimate_shifts([_shift_rows(*pair) for pair in pairs], forms)
        heard = estimate_shifts([_shift_rows(*pair, silence_is_no=True) for pair in pairs], forms)
    except ValueError as error:
        raise UndefinedError(f"of the rows both answered: {error}") from error
    return {
        **{f"{_words(form)} gap": shift for form, shift in answered.items()},
        **{f"{_words(form)} gap with silence as no": shift for form, shift in heard.items()},
    }


def _words(form: ShiftForm) -> str:
    return form.value.replace("_", " ")


def gap_contrasts(metric: str, settings: Sequence[str], rows: Rows) -> list[list[Cell]]:
    """Return what each row weighs in each shift that a gate on the metric asks about."""
    same = [_shift_rows(rows[name], rows[name]) for name in settings]
    return [shift_cells(same, form) for form in SHIFT_FORMS[metric]]


def gap_cells(terms: Sequence[Term], rows: Rows) -> list[tuple[float, list[list[Cell]]]] | None:
    """Return each gap of a sum with its weight: what each row weighs in it, in either form of odds.

    None where the terms are no gaps.
    """
    gaps = _gaps(terms, rows)
    if gaps is None:
        return None
    try:
        return [(gap.weight, _forms(gap)) for gap in gaps]
    except ValueError as error:
        raise UndefinedError(str(error)) from error


def _forms(gap: WeightedGap) -> list[list[Cell]]:
    rows = gap.rows
    everyone = Cell(gap.weight, rows.called.astype(np.float64), rows.units, rows.strata)
    counted = [rows.positive, ~rows.positive] if gap.odds else [np.ones_like(rows.positive)]
    return [contrast(everyone, rows.first_group, counted=flags) for flags in counted]


# -- rates -------------------------------------------------------------------------------


def cells(terms: Sequence[Term], rows: Rows) -> list[Cell]:
    """Split the rows of each rate's setting into cells: one, or one per true label."""
    return [cell for term in terms for cell in _cells(term, rows[term.setting])]


def _cells(term: Term, rows: Sheet) -> list[Cell]:
    rate = RATES[term.metric]
    among = rows if rate.among is None else rows.only(rate.among(rows))
    if not len(among):
        raise UndefinedError(f"no row of {term.setting} counts for {term.metric}")
    holds = rate.holds(among) != term.complement
    if not rate.by_label:
        return [_cell(among, holds, weight=term.weight)]
    target = among.target
    labels = np.unique(target).tolist()
    return [
        _cell(among.only(mine), holds[mine], weight=term.weight / len(labels))
        for mine in (target == label for label in labels)
    ]


def _cell(rows: Sheet, holds: Flags, *, weight: float) -> Cell:
    return Cell(weight, holds.astype(np.float64), *_units(rows))


def _units(rows: Sheet) -> tuple[Codes, Codes]:
    return rows.roll.unit[rows.rows], rows.roll.stratum[rows.rows]


def _all_rates(terms: Sequence[Term]) -> bool:
    return all(term.metric in RATES for term in terms)


# -- quotients ---------------------------------------------------------------------------


def quotient(formula: Quotient | AttackSuccess, rows: Rows) -> tuple[list[Cell], list[Cell]]:
    """Return the cells of what is divided, and of what it is divided by, row by row the same."""
    if isinstance(formula, AttackSuccess):
        return _attack_success(formula, rows)

    def weighted(holds: Indicator) -> list[Cell]:
        return [
            _cell(rows[name], holds(rows[name]), weight=weight)
            for name, weight in formula.weights.items()
        ]

    ratio = formula.ratio
    return weighted(lambda some: ratio.holds(some) & ratio.given(some)), weighted(ratio.given)


def _attack_success(formula: AttackSuccess, rows: Rows) -> tuple[list[Cell], list[Cell]]:
    """Lay every clean row beside its perturbed one; all weigh the same."""
    over, under = [], []
    pairs = [
        (rows[name], rows[AttackSuccess.clean(name)])
        for name in formula.settings
        if len(rows.get(AttackSuccess.clean(name), ()))
    ]
    if not pairs:
        raise UndefinedError(formula.nothing)
    total = sum(len(clean) for _, clean in pairs)
    for perturbed, clean in pairs:
        place = {row.sample.id: index for index, row in enumerate(perturbed)}
        right = clean.correct
        alone = [
            row.sample.id
            for row, holds in zip(clean, right.tolist(), strict=True)
            if holds and row.sample.id not in place
        ]
        if alone:
            raise UndefinedError(f"clean items without a perturbed one: {alone[:3]}")
        beside = perturbed.correct[[place.get(row.sample.id, 0) for row in clean]]
        weight = len(clean) / total
        over.append(_cell(clean, right & ~beside, weight=weight))
        under.append(_cell(clean, right, weight=weight))
    return over, under


# -- gaps --------------------------------------------------------------------------------


def _gaps(terms: Sequence[Term], rows: Rows) -> list[WeightedGap] | None:
    if not all(term.metric in _GAPS for term in terms):
        return None
    if len({term.complement != (term.metric == _FAIR_IS_HIGH) for term in terms}) > 1:
        return None
    return [
        WeightedGap(_gap_rows(term.metric, rows[term.setting]), term.weight * share, odds)
        for term in terms
        for share, odds in _GAPS[term.metric]
    ]


def _estimate_gaps(gaps: Sequence[WeightedGap]) -> Estimate:
    match gaps:
        case [WeightedGap(rows, weight, odds)] if weight == 1.0:
            return single_gap(rows, odds=odds)
        case _:
            return estimate_gaps(gaps)


def _gap_rows(metric: str, rows: Sheet) -> GapRows:
    if metric == "non_answer_gap":
        among, called = rows, ~rows.answered
    else:
        among = rows.only(rows.answered)
        called = among.called_positive
    return GapRows(called, _first_group(among), among.truly_positive, *_units(among))


def _shift_rows(reference: Sheet, subject: Sheet, *, silence_is_no: bool = False) -> ShiftRows:
    both = reference.answered & subject.answered
    counted = np.ones_like(both) if silence_is_no else both
    ours, its = (sheet.only(counted) for sheet in (reference, subject))
    change = its.called_positive.astype(np.int64) - ours.called_positive.astype(np.int64)
    return ShiftRows(change, _first_group(its), its.truly_positive, *_units(its))


def _first_group(rows: Sheet) -> Flags:
    groups = rows.groups
    if len(groups) != 2:
        raise UndefinedError(f"expected two groups, got {len(groups)}")
    return next(iter(groups.values()))


def _is_complement(terms: Sequence[Term]) -> bool:
    """Whether a sum of gaps is high where groups are treated alike."""
    return terms[0].complement != (terms[0].metric == _FAIR_IS_HIGH)


def _whole(terms: Sequence[Term]) -> float:
    return sum(term.weight for term in terms)
