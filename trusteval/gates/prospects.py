"""Foresees estimates of rows that nobody answered yet: of rates, ratios, gaps and their shifts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from trusteval.metrics.aggregation import AttackSuccess, Formula, Quotient, WeightedSum
from trusteval.metrics.estimates import gap_cells, gap_contrasts
from trusteval.metrics.parts import GapParts, LesserParts, Parts, RateParts, RatioParts, Rows
from trusteval.stats.clusters import Cell
from trusteval.stats.gap_prospects import Apart, Gaps, Growth
from trusteval.stats.gaps import NOISE, NOISE_OF_TWO
from trusteval.stats.item_weights import Weights
from trusteval.stats.prospects import Drop, Prospect, Share, Shift
from trusteval.stats.shifts import ShiftForm

_RATE_OF_YES = 0.5
_RATE_OF_SILENCE = 0.1
_ALL_ANSWER = "if all answer"
_ALL_CLEAN = "if all clean texts are answered right"
_NO_GAPS = "from a reference without gaps"
_IF_HALF = "if half of each group are called yes"
_ONE_WAY = "if it is clear which of two ways is worse"
_IF_SILENT = "if a tenth of each group get no answer"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A prospect, what each row weighs in it, and what it takes for granted, in words."""

    prospect: Prospect
    weights: Weights
    note: str = ""


def foresee_value(
    formula: Formula, parts: Parts | None, *, discordance: float | None
) -> Foreseen | None:
    """Return the prospect of a value or, with a discordance, of its change; None without any."""
    match parts:
        case None:
            return None
        case RateParts() | LesserParts() | RatioParts():
            weights = _weights(parts)
            prospect = Share(weights) if discordance is None else Drop(weights, discordance)
            return Foreseen(prospect, weights, _assumed_of(formula))
        case GapParts():
            of_silence = _is_of_silence(formula)
            gaps, sole = _gaps(parts, rate=_RATE_OF_SILENCE if of_silence else _RATE_OF_YES)
            if discordance is not None:
                return Foreseen(Growth(gaps, discordance), gaps.weights, _NO_GAPS)
            note = _IF_SILENT if of_silence else _IF_HALF
            return Foreseen(gaps if sole is None else sole, gaps.weights, note)


def foresee_shift(
    forms: Sequence[ShiftForm], settings: Sequence[str], rows: Rows, *, discordance: float
) -> Foreseen:
    """Return the prospect of how far groups' rates move apart.

    Raises UndefinedError where a group has no rows.
    """
    weighed = [Weights.of(of_form) for of_form in gap_contrasts(forms, settings, rows)]
    by_form = list(zip(forms, weighed, strict=True))
    separate = tuple(w for form, w in by_form if form is not ShiftForm.SELECTION)
    pooled = tuple(w for form, w in by_form if form is ShiftForm.SELECTION)
    # Each form is estimated twice: of those who answered, and with silence as no.
    prospect = Shift(separate, pooled, discordance, tests=2 * len(forms))
    return Foreseen(prospect, min(weighed, key=lambda one: one.effective))


def _weights(parts: RateParts | LesserParts | RatioParts) -> Weights:
    """Return what each row weighs in a rate, or in a ratio if it counts."""
    match parts:
        case RateParts() | LesserParts():
            return Weights.of(parts.cells)
        case RatioParts():
            return Weights.of(list(_counting(parts.under))).even()


def _counting(under: Sequence[Cell]) -> Iterator[Cell]:
    """Keep the rows that a ratio counts, each with its weight."""
    for cell in under:
        counts = cell.y > 0
        if counts.any():
            yield Cell(
                cell.share * int(counts.sum()),
                cell.y[counts],
                cell.units[counts],
                cell.strata[counts],
            )


def _gaps(parts: GapParts, *, rate: float) -> tuple[Gaps, Apart | None]:
    """Return the prospects of a sum of gaps, and of one gap that is the only one.

    `rate` is how often somebody is counted in either group.
    """
    gaps = gap_cells(parts)
    spread = rate * (1 - rate)
    errors = [
        [sqrt(spread * sum(1 / len(cell.y) for cell in form)) for form in forms]
        for _, forms in gaps
    ]
    widest = [max(range(len(of_forms)), key=of_forms.__getitem__) for of_forms in errors]
    of_sum = Gaps(
        Weights.of(
            [c for place, (_, forms) in zip(widest, gaps, strict=True) for c in forms[place]]
        ),
        spread,
        shares=tuple(weight for weight, _ in gaps),
        errors=tuple(map(max, errors)),
        factors=tuple(NOISE_OF_TWO if len(forms) > 1 else NOISE for _, forms in gaps),
    )
    return of_sum, Apart(tuple(errors[0])) if len(gaps) == 1 else None


def _assumed_of(formula: Formula) -> str:
    match formula:
        case Quotient():
            return _ALL_ANSWER
        case AttackSuccess():
            return _ALL_CLEAN
        case WeightedSum():
            return _ONE_WAY if formula.lesser else ""


def _is_of_silence(formula: Formula) -> bool:
    return isinstance(formula, WeightedSum) and all(
        gap.of_silence for term in formula.terms for gap in term.metric.gaps
    )
