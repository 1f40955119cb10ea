"""What a limit is about, as the statistics have it: how bad a subject may be, and the prospect.

A row's limits are foreseen on the rows that are asked, before anybody answered them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.errors import UndefinedError
from trusteval.gates.gate import Gate
from trusteval.gates.limit_checks import ABSOLUTE
from trusteval.gates.prospects import Foreseen, foresee_shift, foresee_value
from trusteval.metrics.aggregation import Formula
from trusteval.metrics.estimates import estimate, estimate_drop, estimate_gap_shifts
from trusteval.metrics.measuring import rows_of
from trusteval.metrics.metric import Metric
from trusteval.metrics.parts import Parts, Rows, parts_of
from trusteval.metrics.scoring import Scoring
from trusteval.stats.prospects import Drop, Prospect, Share, Shift
from trusteval.types import Declared, Label, Sample


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

    sample_table: SampleTable
    scoring: Scoring
    declared: Mapping[str, Declared]

    def answering(self, answer: Callable[[Sample], str]) -> AnswerTable:
        """Return the rows that count, each with the answer it is given."""
        answers = (Label(answer(sample)) for sample in self.sample_table.samples)
        return self.scoring.counted(AnswerTable.of(self.sample_table, answers))


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The rows that a limit is about: `rows` answered right, `same` with one answer to all."""

    metric: Metric
    formula: Formula
    rows: Rows
    same: Rows

    @property
    def right(self) -> Parts | None:
        return parts_of(self.formula, self.rows)

    @property
    def alike(self) -> Parts | None:
        return parts_of(self.formula, self.same)


def aims_of(
    gate: Gate, asked: Asked, limits: Mapping[str, float], *, discordance: float
) -> list[Aim]:
    """Return a row's limits with their prospects; raises UndefinedError if rows are missing."""
    ground = _ground(gate, asked)
    aims = [_aim(key, limit / 100, ground, discordance) for key, limit in limits.items()]
    return [replace(aim, floor=_floor(aim, ground)) for aim in aims]


def _ground(gate: Gate, asked: Asked) -> _Ground:
    # Which label stands there is all the same: only what each row weighs is asked.
    blank = asked.answering(lambda sample: sample.target)
    formula = asked.scoring.formula(gate.metric, blank, declared=asked.declared, part=gate.setting)
    rows = rows_of(formula, blank, declared=asked.declared)
    if not rows:
        raise UndefinedError("undefined: nothing that it is made of is asked")
    if missing := [name for name, part in rows.items() if not len(part)]:
        some = ", ".join(missing[:2]) + (", ..." if len(missing) > 2 else "")
        raise UndefinedError(f"undefined: {len(missing)} of {len(rows)} settings missing ({some})")
    # Whoever gives everybody the same answer shows no gap, and who gives it again no change.
    alike = asked.answering(lambda sample: sample.setting.labels[0].value)
    same = rows_of(formula, alike, declared=asked.declared)
    return _Ground(asked.scoring.form_of(gate.metric), formula, rows, same)


def _floor(aim: Aim, ground: _Ground) -> float:
    match aim.prospect:
        case None:
            return 0.0
        case Share() as share:
            return share.floor
        case Shift():
            shifts = estimate_gap_shifts(
                ground.metric.shifts,
                ground.formula.settings,
                reference=ground.same,
                subject=ground.same,
            )
            return max(shift.high for shift in shifts.values())
        case Drop():
            right = ground.right
            bound = estimate_drop(reference=right, subject=right)
        case _ if aim.is_change:
            alike = ground.alike
            bound = estimate_drop(reference=alike, subject=alike)
        case _:
            bound = estimate(ground.alike)
    if bound is None:
        return 0.0
    return 1 - bound.low if aim.falls else bound.high


def _aim(key: str, limit: float, ground: _Ground, discordance: float) -> Aim:
    is_change = key not in ABSOLUTE
    bad = 1 - limit if key == "at_least" else limit
    foreseen: Foreseen | None
    if key == "gap_shift":
        foreseen = foresee_shift(
            ground.metric.shifts, ground.formula.settings, ground.rows, discordance=discordance
        )
    else:
        foreseen = foresee_value(
            ground.formula, ground.right, discordance=discordance if is_change else None
        )
    if foreseen is None:
        note = "no interval here: set point = true"
        return Aim(key, None, bad, 0.0, is_change=is_change, note=note)
    return Aim(
        key,
        foreseen.prospect,
        bad,
        min(1.0, 2 * bad),
        rows=foreseen.weights.rows,
        effective=foreseen.weights.effective,
        is_change=is_change,
        falls=key == "at_least",
        note=foreseen.note,
    )
