"""Every limit of every gate with what was held against it: the picture that explains verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from trusteval.charts.dots import DotPlot, DotRow
from trusteval.charts.look import Role
from trusteval.report.cells import NOTHING
from trusteval.report.outcomes import SEVERITY, SIGNS, shown_outcome, signed
from trusteval.report.pictures.dot_rows import dot_row
from trusteval.report.pictures.sketch import Sketch, nothing
from trusteval.report.record import RunRecord
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.types import LimitCheck, Outcome, Unavailable, Verdict

_TITLE = "Verdicts: what was measured against every limit"
_COLUMNS = (
    *map(Column, ("gate", "subject", "measured", "against")),
    Column("value", Kind.POINTS),
    *map(Column, ("limit", "verdict")),
)
_ROLES = {
    "PASS": Role.PASS,
    "WARN": Role.WARN,
    **dict.fromkeys(("FAIL", "ERROR", "BROKEN"), Role.FAIL),
}
_SHAPES = {Role.PASS: "o", Role.WARN: "^", Role.FAIL: "X", Role.OPEN: "D"}
_CAPTION = (
    "A gate passes where the whole interval keeps out of the shaded area, and fails where it is "
    "shown to lie in it, all of a subject's gates counted; anything else is open. A gate that says "
    "so (point = true) is decided by its dot alone. Kept: this limit holds, and another of the "
    "same gate keeps it from a PASS. WARN: a gate that only warns did not pass. "
    "Worst verdicts first."
)
_KEPT = "kept"
_OLD = (
    "verdicts.json does not hold what limits were compared with: it is of an earlier version, or "
    "no gate had an estimate"
)


@dataclass(frozen=True, slots=True)
class _Limit:
    """What a chart is about: the rows of one gate that were held against the same limit."""

    gate: str
    measured: str = ""
    reference: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class _Held:
    """A subject's verdict, with the estimate that one limit was compared with, or why none was."""

    subject: str
    word: str
    found: LimitCheck | Unavailable
    is_by_point: bool = False
    is_kept: bool = False


def limits_sketch(record: RunRecord) -> Sketch:
    """Sketch a chart for each limit, a row for each subject that it holds."""
    if not record.verdicts and not record.unjudged:
        return nothing("verdicts", _TITLE, "no gate was judged")
    if record.verdicts and not any(verdict.limits for verdict in record.verdicts):
        return nothing("verdicts", _TITLE, _OLD)
    held = _held(record)
    worst_first = sorted(
        held, key=lambda limit: (-max(_severity(one) for one in held[limit]), limit.gate)
    )
    rows = tuple(_cells(limit, one) for limit in worst_first for one in held[limit])
    charts = tuple(_chart(limit, held[limit]) for limit in worst_first)
    return Sketch("verdicts", _TITLE, _CAPTION, Table("verdicts", _TITLE, _COLUMNS, rows), charts)


def _held(record: RunRecord) -> dict[_Limit, list[_Held]]:
    """Return all subjects by limit; who has no estimate stands with the gate's first limit."""
    found: dict[_Limit, list[_Held]] = {}
    for verdict in sorted(record.verdicts, key=lambda v: record.places.get(v.subject, -1)):
        for check in verdict.limits:
            found.setdefault(_limit(verdict, check), []).append(_held_of(verdict, check))
    first = {limit.gate: limit for limit in reversed(found)}
    for verdict in record.verdicts:
        if not verdict.limits:
            why = Unavailable(verdict.score.undefined or "nothing to compare")
            limit = first.setdefault(verdict.gate, _Limit(verdict.gate))
            one = _Held(verdict.subject, shown_outcome(verdict), why)
            found.setdefault(limit, []).append(one)
    for missing in record.unjudged:
        if missing.gate is not None:
            limit = first.setdefault(missing.gate, _Limit(missing.gate))
            one = _Held(missing.subject, missing.cause.value, Unavailable(missing.why))
            found.setdefault(limit, []).append(one)
    return found


def _limit(verdict: Verdict, check: LimitCheck) -> _Limit:
    reference = verdict.reference if check.is_change else None
    return _Limit(
        verdict.gate, check.name, reference, check.at_least, check.at_most, check.is_change
    )


def _held_of(verdict: Verdict, check: LimitCheck) -> _Held:
    is_by_point = verdict.p is None and verdict.outcome is not Outcome.INCONCLUSIVE
    one = _Held(verdict.subject, shown_outcome(verdict), check, is_by_point)
    is_one_of_several = len(verdict.limits) > 1 and verdict.outcome is not Outcome.PASS
    return replace(one, is_kept=is_one_of_several and _is_kept(check))


def _is_kept(check: LimitCheck) -> bool:
    """Whether the whole interval keeps a limit."""
    ends = (check.interval.low, check.interval.high) if check.interval else (check.value,) * 2
    return (check.at_least is None or ends[0] >= check.at_least) and (
        check.at_most is None or ends[1] <= check.at_most
    )


def _severity(held: _Held) -> int:
    return SEVERITY.index(held.word)


def _chart(limit: _Limit, held: list[_Held]) -> DotPlot:
    return DotPlot(
        title="".join(_titled(limit)),
        rows=tuple(map(_row, held)),
        unit=_unit(limit, held),
        at_least=limit.at_least,
        at_most=limit.at_most,
        span=1.0 if limit.is_change else 10.0,
        within=None if limit.is_change else (0.0, 100.0),
        has_zero=limit.is_change,
    )


def _titled(limit: _Limit) -> Iterator[str]:
    yield limit.gate
    if limit.reference is not None:
        yield f" against {limit.reference}"


def _unit(limit: _Limit, held: list[_Held]) -> str:
    if not limit.measured:
        return "nothing was compared"
    measured = f"{limit.measured}, points"
    if limit.is_change:
        measured = f"{limit.measured}: points worse than {limit.reference or 'the reference'}"
    alone = "; decided by the dot alone" if all(one.is_by_point for one in held) else ""
    return f"{measured}; line: 90 % interval; shaded: not allowed{alone}"


def _row(held: _Held) -> DotRow:
    role = Role.PASS if held.is_kept else _ROLES.get(held.word, Role.OPEN)
    said = f"{SIGNS['PASS']} {_KEPT}" if held.is_kept else signed(held.word)
    return dot_row(held.subject, _found(held.found), said=said, role=role, marker=_SHAPES[role])


def _cells(limit: _Limit, held: _Held) -> tuple[Cell, ...]:
    least = () if limit.at_least is None else (f"at least {limit.at_least:g}",)
    most = () if limit.at_most is None else (f"at most {limit.at_most:g}",)
    against = limit.reference or NOTHING
    about = (limit.gate, held.subject, limit.measured or NOTHING, against)
    limits = " and ".join((*least, *most)) or NOTHING
    return (*about, _found(held.found), limits, signed(held.word))


def _found(found: LimitCheck | Unavailable) -> Cell:
    if isinstance(found, Unavailable):
        return found
    interval = found.interval
    return Spread(found.value, interval.low, interval.high) if interval else found.value
