"""All gates of a run, judged or not, with what is behind each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.report.finished_run import FinishedRun
from trusteval.report.lost_items import LostItems, lost_items
from trusteval.report.multiplicity import holm_adjusted
from trusteval.report.outcomes import SEVERITY, shown_outcome
from trusteval.report.page.anchors import anchor
from trusteval.report.page.marks import Mark, mark_of
from trusteval.report.unjudged import Unjudged
from trusteval.tables import Column, Kind, Spread, Table
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Level, LimitCheck, Outcome, Unavailable, Verdict

_MOST_ITEMS = 3
"""Lost items that stand beside a gate; all of them are among the answers."""
_ERROR = 0.05
"""The error that the blocking gates of a subject share."""
_LEVELS = {Level.BLOCK: "blocking", Level.WARN: "warning", None: "unknown"}


@dataclass(frozen=True, slots=True)
class GateEntry:
    """One gate on one subject; `limits` is None where it was not judged or kept none.

    `chance` says how surely a limit is broken, where that was tested; `lost` are the items that
    speak against a subject, None where none is looked for: at a PASS, and without a verdict.
    """

    place: str
    mark: Mark
    gate: str
    subject: str
    level: str
    sentence: str
    why: str = ""
    chance: str = ""
    limits: Table | None = None
    lost: LostItems | Unavailable | None = None


@dataclass(frozen=True, slots=True)
class GateGroup:
    """The gates on one subject and benchmark, worst first."""

    place: str
    benchmark: str
    subject: str
    entries: tuple[GateEntry, ...]


def gate_groups(run: FinishedRun) -> tuple[GateGroup, ...]:
    """Return the gates by benchmark and subject."""
    record = run.record
    adjusted = holm_adjusted(record.verdicts)
    groups: dict[tuple[str, str], list[GateEntry]] = {}
    for verdict in record.verdicts:
        about = groups.setdefault((verdict.benchmark, verdict.subject), [])
        about.append(_judged(verdict, run.answers, adjusted))
    for one in record.unjudged:
        if one.gate is not None:
            about = groups.setdefault((one.benchmark or "", one.subject), [])
            about.append(_unjudged(one, one.gate))
    places = record.places
    return tuple(
        GateGroup(
            anchor("gates", benchmark, subject),
            benchmark,
            subject,
            tuple(sorted(groups[benchmark, subject], key=_worst_first)),
        )
        for benchmark, subject in sorted(
            groups, key=lambda key: (key[0], places.get(key[1], len(places)), key[1])
        )
    )


def _worst_first(entry: GateEntry) -> tuple[int, str]:
    return -SEVERITY.index(entry.mark.word), entry.gate


def _judged(
    verdict: Verdict,
    answers: AnsweredRun | Unavailable,
    adjusted: Mapping[tuple[str, str], float],
) -> GateEntry:
    why = f"; why: {verdict.why}"
    return GateEntry(
        anchor("gate", verdict.gate, verdict.subject),
        mark_of(shown_outcome(verdict)),
        verdict.gate,
        verdict.subject,
        _LEVELS[verdict.level],
        verdict.message.removesuffix(why) if verdict.why else verdict.message,
        verdict.why,
        _chance(verdict, adjusted),
        _limits(verdict) if verdict.limits else None,
        None if verdict.outcome is Outcome.PASS else _lost(answers, verdict),
    )


def _unjudged(one: Unjudged, gate: str) -> GateEntry:
    return GateEntry(
        anchor("gate", gate, one.subject),
        mark_of(one.cause),
        gate,
        one.subject,
        _LEVELS[one.level],
        one.why,
    )


def _chance(verdict: Verdict, adjusted: Mapping[tuple[str, str], float]) -> str:
    if verdict.p is None:
        return ""
    needed = f"a FAIL needs at most {_ERROR / verdict.family:.2g}"
    if verdict.family == 1:
        return f"p {verdict.p:.2g} for a broken limit; {needed}"
    holm = adjusted[verdict.gate, verdict.subject]
    shared = f"{_ERROR} over a family of {verdict.family} gates; Holm-adjusted p {holm:.2g}"
    return f"p {verdict.p:.2g} for a broken limit; {needed}, {shared}"


def _limits(verdict: Verdict) -> Table:
    columns = (
        Column("what is limited"),
        Column("estimate (90 % interval), points", Kind.POINTS),
        Column("limit"),
    )
    rows = tuple((_named(check), _estimate(check), _limit(check)) for check in verdict.limits)
    return Table("limits", f"What {verdict.gate} holds of {verdict.subject}", columns, rows)


def _named(check: LimitCheck) -> str:
    return f"{check.name}, how much worse" if check.is_change else check.name


def _estimate(check: LimitCheck) -> float | Spread:
    bounds = check.interval
    return check.value if bounds is None else Spread(check.value, bounds.low, bounds.high)


def _limit(check: LimitCheck) -> str:
    said = [
        f"{word} {bound:g}"
        for word, bound in (("at least", check.at_least), ("at most", check.at_most))
        if bound is not None
    ]
    return ", ".join(said) or "none"


def _lost(answers: AnsweredRun | Unavailable, verdict: Verdict) -> LostItems | Unavailable:
    if isinstance(answers, Unavailable):
        return answers
    return lost_items(answers, verdict, most=_MOST_ITEMS)
