"""Plans a run: what each limit can show of each subject, before any model answers.

The planner's table and the doubts in the first lines of a run are this one computation. How many
answers will differ is read off the accepted baseline, or assumed and said so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, inf, isfinite, sqrt

from trusteval.answers.table import Roll, Sheet
from trusteval.errors import UndefinedError
from trusteval.gates.gate import Gate
from trusteval.metrics.aggregation import AttackSuccess, Formula, Quotient, WeightedSum
from trusteval.metrics.estimates import (
    SHIFT_FORMS,
    cells,
    estimate,
    estimate_drop,
    estimate_gap_shifts,
    gap_cells,
    gap_contrasts,
    quotient,
)
from trusteval.metrics.measuring import rows_of
from trusteval.metrics.rates import RATES
from trusteval.metrics.scoring import Scoring
from trusteval.stats.clusters import Cell
from trusteval.stats.estimate import ALPHA
from trusteval.stats.gap_prospects import Apart, Gaps, Growth
from trusteval.stats.gaps import NOISE, NOISE_OF_TWO
from trusteval.stats.item_weights import Weights
from trusteval.stats.power import growth_for, largest_passing, smallest_found, smallest_limit
from trusteval.stats.prospects import Drop, Prospect, Share, Shift
from trusteval.stats.shifts import ShiftForm
from trusteval.types import Declared, Label, Level, Sample, Subject, Unavailable, Variant

DISCORDANCE = 0.10
"""Assumed share of samples that only one of subject and reference has right."""
DISCORDANCE_AT_FEW_BITS = 0.20
_FEW_BITS = 3
_RATE_OF_YES = 0.5
_RATE_OF_SILENCE = 0.1
_ALL_ANSWER = "if all answer"
_ALL_CLEAN = "if all clean texts are answered right"
_NO_GAPS = "from a reference without gaps"
_IF_HALF = "if half of each group are called yes"
_IF_SILENT = "if a tenth of each group get no answer"
_NO_PROMISE = "compares what is seen: no promise"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one limit can show of some subjects; shares are percent, limits points.

    `decided` is the smallest margin that no change passes in 80 % of runs, or how good the truth
    must be to pass an absolute limit so often; None where nothing can. `twice` is the truth that is
    twice as bad as allowed, `floor` the smallest margin, or the limit nearest to perfect, that the
    best answers could pass. `needed` are the rows for 80 % of PASS, FAIL and red.
    """

    rows: int
    effective: float
    decided: float | None
    unchanged: float | None
    twice: float
    fails: float
    red: float
    floor: float
    can_pass: bool
    needed: tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One limit of a row, and the subjects of whom it shows the same; `note` says what is special.

    `figures` is None where there are none, and `note` says why.
    """

    gate: str
    limit: str
    value: float
    subjects: tuple[str, ...]
    level: Level
    family: int
    figures: Figures | None
    note: str = ""
    is_change: bool = False
    discordance: float | None = None
    is_assumed: bool = True
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Aim:
    """One limit of a row as the statistics have it: how bad a subject may be, as a fraction.

    `floor` is how bad the bound of the best answers is: those that are identical, or perfect.
    """

    key: str
    prospect: Prospect | None
    limit: float
    twice: float
    floor: float = 0.0
    rows: int = 0
    effective: float = 0.0
    is_change: bool = False
    falls: bool = False
    note: str = ""

    def points(self, bad: float) -> float:
        """Return the value in points that is so bad."""
        return 100 * (1 - bad if self.falls else bad)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run asks of a benchmark, and how it is scored."""

    roll: Roll
    scoring: Scoring
    declared: Mapping[str, Declared]

    def answering(self, answer: Callable[[Sample], str]) -> Sheet:
        """Return the rows that count, each with the answer it is given."""
        answers = (Label(answer(sample)) for sample in self.roll.samples)
        return self.scoring.counted(Sheet.of(self.roll, answers))


def assumed_discordance(subject: Subject) -> float:
    """Return what share of answers is assumed to differ from the reference's."""
    few = isinstance(subject, Variant) and 0 < subject.bits <= _FEW_BITS
    return DISCORDANCE_AT_FEW_BITS if few else DISCORDANCE


def plan(
    gates: Sequence[Gate],
    subjects: Sequence[Subject],
    *,
    asked: Mapping[str, Asked | Unavailable],
    known: Mapping[tuple[str, str], float],
    families: Mapping[str, int],
) -> list[Line]:
    """Return what each limit of the gates can show of the subjects it holds.

    `asked` is by benchmark, or why nothing can be asked of it; `known` is the discordance with the
    reference that the baseline shows, by subject and benchmark; `families` is how many blocking
    rows hold each subject.
    """
    done: dict[tuple[object, ...], list[Line]] = {}
    holding: dict[tuple[object, ...], list[str]] = {}
    for gate in gates:
        for subject in subjects:
            if not gate.applies_to(subject.name):
                continue
            place = subject.name, gate.benchmark
            discordance = known.get(place, assumed_discordance(subject))
            compared = gate.compares(subject.name)
            family = families[subject.name] if gate.is_tested else 1
            case = (gate.number, gate.id, family, *((discordance, place in known) * compared))
            holding.setdefault(case, []).append(subject.name)
            if case not in done:
                lines = _lines(
                    gate,
                    asked[gate.benchmark],
                    discordance=discordance,
                    family=family,
                    compared=compared,
                )
                is_assumed = place not in known
                done[case] = [replace(line, is_assumed=is_assumed) for line in lines]
    return [
        replace(line, subjects=tuple(holding[case]))
        for case, lines in done.items()
        for line in lines
    ]


def _lines(
    gate: Gate, asked: Asked | Unavailable, *, discordance: float, family: int, compared: bool
) -> list[Line]:
    limits = limits_of(gate, compared=compared)

    def line(key: str, figures: Figures | None, note: str) -> Line:
        is_change = key not in ("at_least", "at_most")
        return Line(
            gate.id,
            key,
            limits[key],
            (),
            gate.level,
            family,
            figures,
            note,
            is_change=is_change,
            discordance=discordance if is_change else None,
            number=gate.number,
        )

    if gate.point:
        return [line(key, None, _NO_PROMISE) for key in limits]
    if isinstance(asked, Unavailable):
        return [line(key, None, asked.why) for key in limits]
    try:
        aims = _aims(gate, asked, limits, discordance=discordance)
    except UndefinedError as undefined:
        return [line(key, None, str(undefined)) for key in limits]
    return [
        line(aim.key, None if aim.prospect is None else _figures(aim, family, len(aims)), aim.note)
        for aim in aims
    ]


def limits_of(gate: Gate, *, compared: bool) -> dict[str, float]:
    """Return the limits a row holds somebody to, by their keys."""
    absolute = {"at_least": gate.at_least, "at_most": gate.at_most}
    relative = {"max_drop": gate.max_drop, "max_rise": gate.max_rise, "gap_shift": gate.gap_shift}
    if gate.detect_drop:
        relative["detect_drop"] = 0.0
    asked = {**absolute, **(relative if compared else {})}
    return {key: limit for key, limit in asked.items() if limit is not None}


def _figures(aim: Aim, family: int, claims: int) -> Figures:
    prospect, limit, twice = aim.prospect, aim.limit, aim.twice
    assert prospect is not None
    level, alone = ALPHA / family / claims, ALPHA / claims
    if aim.key == "detect_drop":
        decided = 100 * smallest_found(prospect, 0.0, level=level)
        return Figures(
            aim.rows, aim.effective, decided, 0.0, inf, 0.0, 0.0, 0.0, True, (None, None, None)
        )
    unchanged, decided_at = None, None
    if aim.is_change:
        unchanged = 100 * prospect.passes(limit, 0.0)
        decided = 100 * smallest_limit(prospect)
    else:
        decided_at = largest_passing(prospect, limit)
        decided = inf if decided_at is None else aim.points(decided_at)
    growths = (
        growth_for(lambda grown: grown.passes(limit, 0.0), prospect) if aim.is_change else inf,
        growth_for(lambda grown: grown.fails(limit, twice, level=level), prospect),
        growth_for(lambda grown: grown.fails(limit, twice, level=alone), prospect),
    )
    return Figures(
        rows=aim.rows,
        effective=aim.effective,
        decided=decided if isfinite(decided) else None,
        unchanged=unchanged,
        twice=aim.points(twice) if not aim.is_change else 100 * twice,
        fails=100 * prospect.fails(limit, twice, level=level),
        red=100 * prospect.fails(limit, twice, level=alone),
        floor=100 * aim.floor if aim.is_change else aim.points(aim.floor),
        can_pass=aim.floor <= limit,
        needed=tuple(_rows(aim.rows * growth) for growth in growths),  # type: ignore[arg-type]
    )


def _rows(number: float) -> int | None:
    return max(1, ceil(number)) if isfinite(number) else None


# -- what a limit is about ---------------------------------------------------------------


def _aims(
    gate: Gate, asked: Asked, limits: Mapping[str, float], *, discordance: float
) -> list[Aim]:
    """Return a row's limits with their prospects; raises UndefinedError if rows are missing."""
    # Which label stands there is all the same: only what each row weighs is asked.
    blank = asked.answering(lambda sample: sample.target)
    formula = asked.scoring.formula(gate.metric, blank, declared=asked.declared, part=gate.setting)
    rows = rows_of(formula, blank, declared=asked.declared)
    if missing := [name for name, part in rows.items() if not len(part)]:
        some = ", ".join(missing[:2]) + (", ..." if len(missing) > 2 else "")
        raise UndefinedError(f"undefined: {len(missing)} of {len(rows)} settings missing ({some})")
    # Whoever gives everybody the same answer shows no gap, and who gives it again no change.
    alike = asked.answering(lambda sample: sample.setting.labels[0].value)
    same = rows_of(formula, alike, declared=asked.declared)
    aims = [_aim(gate, key, lim / 100, formula, rows, discordance) for key, lim in limits.items()]
    return [replace(aim, floor=_floor(gate, aim, formula, rows, same)) for aim in aims]


def _floor(
    gate: Gate,
    aim: Aim,
    formula: Formula,
    rows: Mapping[str, Sheet],
    same: Mapping[str, Sheet],
) -> float:
    match aim.prospect:
        case None:
            return 0.0
        case Share() as share:
            return share.floor
        case Shift():
            shifts = estimate_gap_shifts(
                gate.metric, formula.settings, reference=same, subject=same
            )
            return max(shift.high for shift in shifts.values())
        case Drop():
            bound = estimate_drop(formula, reference=rows, subject=rows)
        case _ if aim.is_change:
            bound = estimate_drop(formula, reference=same, subject=same)
        case _:
            bound = estimate(formula, same)
    if bound is None:
        return 0.0
    return 1 - bound.low if aim.falls else bound.high


def _aim(
    gate: Gate,
    key: str,
    limit: float,
    formula: Formula,
    rows: Mapping[str, Sheet],
    discordance: float,
) -> Aim:
    is_change = key not in ("at_least", "at_most")
    bad = 1 - limit if key == "at_least" else limit
    note = ""
    prospect: Prospect
    if key == "gap_shift":
        prospect, weights = _shift(gate.metric, formula.settings, rows, discordance)
    elif (weighed := _weighed(formula, rows)) is not None:
        weights = weighed
        prospect = Drop(weights, discordance) if is_change else Share(weights)
        note = _assumed_of(formula)
    else:
        of_gaps = _gaps(formula, rows)
        if of_gaps is None:
            note = "no interval here: set point = true"
            return Aim(key, None, bad, 0.0, is_change=is_change, note=note)
        gaps, sole = of_gaps
        weights = gaps.weights
        if is_change:
            prospect, note = Growth(gaps, discordance), _NO_GAPS
        else:
            prospect = gaps if sole is None else sole
            note = _IF_SILENT if _is_of_silence(formula) else _IF_HALF
    return Aim(
        key,
        prospect,
        bad,
        min(1.0, 2 * bad),
        rows=weights.rows,
        effective=weights.effective,
        is_change=is_change,
        falls=key == "at_least",
        note=note,
    )


def _weighed(formula: Formula, rows: Mapping[str, Sheet]) -> Weights | None:
    """Return what each row weighs in a rate or a ratio; None for gaps and others' conventions."""
    if isinstance(formula, Quotient | AttackSuccess):
        return Weights.of(list(_counting(quotient(formula, rows)[1]))).even()
    if all(term.metric in RATES for term in formula.terms):
        return Weights.of(cells(formula.terms, rows))
    return None


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


def _shift(
    metric: str, settings: Sequence[str], rows: Mapping[str, Sheet], discordance: float
) -> tuple[Shift, Weights]:
    try:
        weighed = [Weights.of(of_form) for of_form in gap_contrasts(metric, settings, rows)]
    except ValueError as error:
        raise UndefinedError(str(error)) from error
    forms = SHIFT_FORMS[metric]
    by_form = list(zip(forms, weighed, strict=True))
    separate = tuple(w for form, w in by_form if form is not ShiftForm.SELECTION)
    pooled = tuple(w for form, w in by_form if form is ShiftForm.SELECTION)
    # Each form is estimated twice: of those who answered, and with silence as no.
    return Shift(separate, pooled, discordance, tests=2 * len(forms)), min(
        weighed, key=lambda one: one.effective
    )


def _gaps(formula: Formula, rows: Mapping[str, Sheet]) -> tuple[Gaps, Apart | None] | None:
    """Return the prospects of a sum of gaps, and of one gap that is the only one."""
    if not isinstance(formula, WeightedSum):
        return None
    gaps = gap_cells(formula.terms, rows)
    if gaps is None:
        return None
    rate = _RATE_OF_SILENCE if _is_of_silence(formula) else _RATE_OF_YES
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
            return ""


def _is_of_silence(formula: Formula) -> bool:
    return isinstance(formula, WeightedSum) and all(
        term.metric == "non_answer_gap" for term in formula.terms
    )
