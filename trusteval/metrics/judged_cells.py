"""What a sum of rates is made of as a judge read it: cells of rows, each with the judge's errors.

A cell with too few rows to count errors on takes those of all settings with the same labels. Where
all its rows have one true label, every answer counts there as it would in the cell: what a refusal
is where one is asked for, it is to the judge where none is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trusteval.answers.judged_tables import JudgedTable, Weights
from trusteval.answers.table import AnswerTable, Codes, Flags, SampleTable
from trusteval.errors import UndefinedError
from trusteval.metrics.aggregation import Term
from trusteval.metrics.making import Rate
from trusteval.stats.judge_errors import Calibration, JudgedCell, Said, spread_over
from trusteval.types import JudgeErrors

OWN = 10
"""Rows of either kind that a cell needs to have errors of its own."""
LEAST = 5
"""Rows of either kind below which nothing is corrected."""


@dataclass(frozen=True, slots=True, eq=False)
class CellOfRate:
    """A cell of a sum, and what is to be told of the judge's errors on it."""

    cell: JudgedCell
    errors: JudgeErrors


def judged_cells(
    terms: Sequence[Term], rows: Mapping[str, AnswerTable], table: JudgedTable
) -> list[CellOfRate]:
    """Return the cells of a sum of rates, in the order of `metrics.parts.rate_cells`.

    `rows` are those that count, by setting, as the run read them. Raises UndefinedError where a
    term is no rate, the judge read no row of a cell, or too few rows tell how it errs.
    """
    known = _Known.of(table)
    return [
        _cell(part, known)
        for term in terms
        for part in _parts(term, _rate(term), rows[term.setting])
    ]


def _rate(term: Term) -> Rate:
    if not isinstance(term.metric.made, Rate):
        raise UndefinedError(f"{term.metric.name} is no share of rows")
    return term.metric.made


# -- the parts of a sum --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Rows of a setting as the run read them; `target` is their true label where it is one."""

    term: Term
    rate: Rate
    rows: AnswerTable
    weight: float
    target: int | None

    @property
    def name(self) -> str:
        by_label = [self.rows.sample_table.labels[self.target or 0]] if self.rate.by_label else []
        return "/".join([self.term.setting, *by_label])

    def holds(self, rows: AnswerTable) -> Flags:
        """Say of which rows it holds, each taken to have the part's true label where it has one."""
        if self.target is not None:
            samples = rows.sample_table
            targets = np.full_like(samples.target, self.target)
            rows = replace(rows, sample_table=replace(samples, target=targets))
        return np.asarray(self.rate.holds(rows) != self.term.complement)


def _parts(term: Term, rate: Rate, rows: AnswerTable) -> Iterator[_Part]:
    among = rows if rate.among is None else rows.only(rate.among(rows))
    targets = np.unique(among.target).tolist()
    if not rate.by_label:
        yield _Part(term, rate, among, term.weight, targets[0] if len(targets) == 1 else None)
        return
    for target in targets:
        mine = among.only(among.target == target)
        yield _Part(term, rate, mine, term.weight / len(targets), target)


# -- what is known of the judge ------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What the judge read, and which of its rows have a known truth, each at its sample's place.

    `place` is where a sample is among what the judge read, -1 where it is not. `truth` and
    `by_judge` are the same rows, as they are and as the judge has them. `labels` are those of each
    setting.
    """

    judged: AnswerTable
    weights: Weights
    place: Codes
    truth: AnswerTable
    by_judge: AnswerTable
    worth: Weights
    by_people: bool
    labels: Mapping[int, tuple[str, ...]]

    @classmethod
    def of(cls, table: JudgedTable) -> _Known:
        judged, weights = table.judged.answers, table.judged.weights
        place = np.full(len(judged.sample_table.samples), -1)
        place[judged.rows] = np.arange(len(judged))
        if table.labels is None:
            truth, by_judge, worth = replace(table.read, rows=judged.rows), judged, weights
        else:
            labelled, by_judge = table.labels.by_people, table.labels.by_judge
            truth, worth = labelled.answers, labelled.weights
        return cls(
            judged=judged,
            weights=weights,
            place=place,
            truth=truth,
            by_judge=by_judge,
            worth=worth,
            by_people=table.labels is not None,
            labels=_labels_of(judged.sample_table),
        )


def _cell(part: _Part, known: _Known) -> CellOfRate:
    calibration, errors = _errors(part, known)
    return CellOfRate(JudgedCell(part.weight, _said(part, known), calibration), errors)


def _said(part: _Part, known: _Known) -> Said:
    """Return what the judge says of all rows of a part, of those that it has not read by others."""
    place = known.place[part.rows.rows]
    drawn = np.flatnonzero(place >= 0)
    if not len(drawn):
        raise UndefinedError(f"the judge read no answer of {part.name}")
    seen = place[drawn]
    return spread_over(
        _units(part.rows),
        drawn=drawn,
        yes=part.holds(known.judged.only(seen)),
        weights=known.weights[seen],
        like=part.holds(part.rows),
    )


def _errors(part: _Part, known: _Known) -> tuple[Calibration, JudgeErrors]:
    own = np.isin(known.truth.rows, part.rows.rows)
    holds = part.holds(known.truth)
    if _fewest(holds[own]) >= OWN:
        calibration = _calibration(part, known, own)
        if calibration.is_informative:
            return calibration, _told(part, calibration, is_pooled=False)
    alike = _alike(part, known)
    n_true, n_false = int(holds[alike].sum()), int((~holds)[alike].sum())
    if min(n_true, n_false) < LEAST:
        source = "labelled" if known.by_people else "judged"
        raise UndefinedError(
            f"of the {source} answers that count for {part.name}, {n_true} hold and {n_false} do "
            f"not: {LEAST} of each are needed to tell how the judge errs"
        )
    calibration = _calibration(part, known, alike)
    return calibration, _told(part, calibration, is_pooled=bool((alike & ~own).any()))


def _alike(part: _Part, known: _Known) -> Flags:
    """Return the rows whose answers tell of the part: those of settings with the same labels.

    Where the part has several true labels, answers are right or wrong, and tell of it as they are.
    """
    setting = known.truth.sample_table.setting
    labels = known.labels[int(setting[part.rows.rows[0]])]
    same = [code for code, others in known.labels.items() if others == labels]
    return np.asarray(np.isin(setting[known.truth.rows], same))


def _labels_of(samples: SampleTable) -> dict[int, tuple[str, ...]]:
    codes, rows = np.unique(samples.setting, return_index=True)
    return {
        code: tuple(label.value for label in samples.samples[row].setting.labels)
        for code, row in zip(codes.tolist(), rows.tolist(), strict=True)
    }


def _calibration(part: _Part, known: _Known, rows: Flags) -> Calibration:
    said = Said(
        part.holds(known.by_judge.only(rows)).astype(np.float64),
        known.worth[rows],
        _units(known.by_judge.only(rows)),
    )
    return Calibration.of(said, part.holds(known.truth.only(rows)))


def _told(part: _Part, calibration: Calibration, *, is_pooled: bool) -> JudgeErrors:
    return JudgeErrors(
        where=part.name,
        sensitivity=100 * calibration.sensitivity,
        n_true=len(calibration.true.yes),
        specificity=100 * calibration.specificity,
        n_false=len(calibration.false.yes),
        is_pooled=is_pooled,
    )


def _fewest(holds: Flags) -> int:
    return min(int(holds.sum()), int((~holds).sum()))


def _units(rows: AnswerTable) -> Codes:
    """Number the units that rows descend from; equal names in two strata are two units."""
    samples = rows.sample_table
    many = int(samples.unit.max()) + 1
    return np.asarray(samples.stratum[rows.rows] * many + samples.unit[rows.rows])
