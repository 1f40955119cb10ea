"""What the statistics take of a formula's rows: cells of rates, of quotients, rows of groups.

A formula with a metric of the reference protocols' own conventions has none, and no estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, Flags
from trusteval.errors import UndefinedError
from trusteval.metrics.aggregation import (
    AttackSuccess,
    Formula,
    Lesser,
    Quotient,
    Term,
    WeightedSum,
)
from trusteval.metrics.attacks import attacks
from trusteval.metrics.making import Gap, Rate
from trusteval.stats.clusters import Cell
from trusteval.stats.fairness import GapRows, WeightedGap
from trusteval.stats.lesser import Two

Rows = Mapping[str, AnswerTable]
"""The rows at hand, by setting."""


@dataclass(frozen=True, slots=True, eq=False)
class RateParts:
    """The cells of each term of a sum of rates: one, or one per true label."""

    terms: tuple[tuple[Cell, ...], ...]

    @property
    def cells(self) -> list[Cell]:
        return [cell for of_term in self.terms for cell in of_term]


@dataclass(frozen=True, slots=True, eq=False)
class LesserParts:
    """The cells of what always counts in a sum of rates, and each two of which the lesser does."""

    fixed: tuple[Cell, ...]
    two: tuple[Two, ...]

    @property
    def cells(self) -> list[Cell]:
        """The cells that count, as seen."""
        return [*self.fixed, *(cell for two in self.two for cell in two.lesser)]


@dataclass(frozen=True, slots=True, eq=False)
class RatioParts:
    """The cells of what is divided, and of what it is divided by, row by row the same."""

    over: tuple[Cell, ...]
    under: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GapParts:
    """The gaps that a value is the sum of, or `whole` minus their sum if `is_complement`."""

    gaps: tuple[WeightedGap, ...]
    whole: float
    is_complement: bool


Parts = RateParts | LesserParts | RatioParts | GapParts


def parts_of(formula: Formula, rows: Rows) -> Parts | None:
    """Return what a formula's estimate is made of, None where it has none.

    Raises UndefinedError where no row counts for a rate, or there are not two groups.
    """
    match formula:
        case WeightedSum(terms, ()):
            return rate_parts(terms, rows) or gap_parts(terms, rows)
        case WeightedSum(terms, lesser):
            return lesser_parts(terms, lesser, rows)
        case Quotient() | AttackSuccess():
            return ratio_parts(formula, rows)


# -- rates -------------------------------------------------------------------------------


def rate_parts(terms: Sequence[Term], rows: Rows) -> RateParts | None:
    """Return the parts of a sum of rates, None where a term is none."""
    rates = [(term, term.metric.made) for term in terms if isinstance(term.metric.made, Rate)]
    if len(rates) < len(terms):
        return None
    return RateParts(tuple(rate_cells(term, rate, rows[term.setting]) for term, rate in rates))


def lesser_parts(terms: Sequence[Term], lesser: Sequence[Lesser], rows: Rows) -> LesserParts:
    """Return the parts of a sum of rates, and of the lesser of each two sums of rates.

    Raises ValueError where a term is no rate.
    """
    return LesserParts(
        _cells_of_rates(terms, rows),
        tuple(
            Two(_cells_of_rates(two.one, rows), _cells_of_rates(two.other, rows)) for two in lesser
        ),
    )


def _cells_of_rates(terms: Sequence[Term], rows: Rows) -> tuple[Cell, ...]:
    parts = rate_parts(terms, rows)
    if parts is None:
        raise ValueError(f"expected rates beside the lesser of two, got {terms}")
    return tuple(parts.cells)


def rate_cells(term: Term, rate: Rate, rows: AnswerTable) -> tuple[Cell, ...]:
    """Split the rows of a rate's setting into cells: one, or one per true label."""
    among = rows if rate.among is None else rows.only(rate.among(rows))
    if not len(among):
        raise UndefinedError(f"no row of {term.setting} counts for {term.metric.name}")
    holds = rate.holds(among) != term.complement
    if not rate.by_label:
        return (_cell(among, holds, weight=term.weight),)
    target = among.target
    labels = np.unique(target).tolist()
    return tuple(
        _cell(among.only(mine), holds[mine], weight=term.weight / len(labels))
        for mine in (target == label for label in labels)
    )


def _cell(rows: AnswerTable, holds: Flags, *, weight: float) -> Cell:
    return Cell(weight, holds.astype(np.float64), *units(rows))


def units(rows: AnswerTable) -> tuple[Codes, Codes]:
    """Return which unit each row descends from, and which stratum that is in."""
    return rows.sample_table.unit[rows.rows], rows.sample_table.stratum[rows.rows]


# -- quotients ---------------------------------------------------------------------------


def ratio_parts(formula: Quotient | AttackSuccess, rows: Rows) -> RatioParts:
    """Return the parts of a quotient; raises UndefinedError where nothing is paired."""
    match formula:
        case Quotient():
            return _quotient_parts(formula, rows)
        case AttackSuccess():
            return _attack_parts(formula, rows)


def _quotient_parts(formula: Quotient, rows: Rows) -> RatioParts:
    ratio = formula.ratio
    over, under = [], []
    for name, weight in formula.weights.items():
        given = ratio.given(rows[name])
        over.append(_cell(rows[name], ratio.holds(rows[name]) & given, weight=weight))
        under.append(_cell(rows[name], given, weight=weight))
    return RatioParts(tuple(over), tuple(under))


def _attack_parts(formula: AttackSuccess, rows: Rows) -> RatioParts:
    over, under = [], []
    for attack in attacks(formula, rows):
        over.append(_cell(attack.clean, attack.succeeded, weight=attack.weight))
        under.append(_cell(attack.clean, attack.right, weight=attack.weight))
    return RatioParts(tuple(over), tuple(under))


# -- gaps --------------------------------------------------------------------------------


def gap_parts(terms: Sequence[Term], rows: Rows) -> GapParts | None:
    """Return the parts of a sum of disparities, None where a term has no gaps or another side."""
    complements = {term.complement != term.metric.is_better_high for term in terms}
    if len(complements) > 1 or not all(term.metric.gaps for term in terms):
        return None
    gaps = tuple(
        WeightedGap(_gap_rows(gap, rows[term.setting]), term.weight * gap.share, gap.odds)
        for term in terms
        for gap in term.metric.gaps
    )
    return GapParts(gaps, sum(term.weight for term in terms), *complements)


def _gap_rows(gap: Gap, rows: AnswerTable) -> GapRows:
    if gap.of_labels:
        first = rows.truly_positive
        return GapRows(rows.correct, first, first, *units(rows))
    if gap.of_silence:
        among, called = rows, ~rows.answered
    else:
        among = rows.only(rows.answered)
        called = among.called_positive
    return GapRows(called, first_group(among), among.truly_positive, *units(among))


def first_group(rows: AnswerTable) -> Flags:
    """Return which rows are of the first of two groups; raises UndefinedError if they are not."""
    groups = rows.groups
    if len(groups) != 2:
        raise UndefinedError(f"expected two groups, got {len(groups)}")
    return next(iter(groups.values()))
