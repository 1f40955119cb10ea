"""The verdicts of a run in sentences, worst first, and how many there are of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.report.multiplicity import holm_adjusted
from trusteval.report.outcomes import SEVERITY, shown_outcome
from trusteval.report.record import RunRecord
from trusteval.types import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Sentence:
    """One verdict: what it is called, and why it is so."""

    outcome: str
    words: str
    verdict: Verdict

    def __str__(self) -> str:
        return f"{self.outcome}: {self.words}"


@dataclass(frozen=True, slots=True)
class Judgements:
    """What gates decided; `tally` counts that and what has no verdict."""

    tally: str
    not_passed: tuple[Sentence, ...]
    passed: tuple[Sentence, ...]


def judgements(record: RunRecord) -> Judgements:
    """Word the verdicts of a run."""
    said = _sentences(record)
    return Judgements(
        tally=_tally(record),
        not_passed=tuple(one for one in said if one.outcome != "PASS"),
        passed=tuple(one for one in said if one.outcome == "PASS"),
    )


def _sentences(record: RunRecord) -> list[Sentence]:
    worst_first = sorted(
        record.verdicts,
        key=lambda v: (-SEVERITY.index(shown_outcome(v)), v.gate, v.subject),
    )
    adjusted = holm_adjusted(record.verdicts)
    return [
        Sentence(shown_outcome(v), f"{v.message}{_p_values(v, adjusted)}{_reason(v)}", v)
        for v in worst_first
    ]


def _reason(verdict: Verdict) -> str:
    """Say why the row of a PASS is there; the others' messages say it themselves."""
    return f"; why: {verdict.why}" if verdict.outcome is Outcome.PASS and verdict.why else ""


def _p_values(verdict: Verdict, adjusted: Mapping[tuple[str, str], float]) -> str:
    """Say how surely a limit is broken, where that is in question."""
    if verdict.p is None or verdict.outcome is Outcome.PASS:
        return ""
    holm = adjusted[verdict.gate, verdict.subject]
    among = f", Holm-adjusted {holm:.2g} of {verdict.family}" if verdict.family > 1 else ""
    return f"; p {verdict.p:.2g}{among}"


def _tally(record: RunRecord) -> str:
    """Count the verdicts and what has none: "12 PASS, 3 WARN, 48 ERROR"."""
    shown = [shown_outcome(verdict) for verdict in record.verdicts]
    shown += [one.cause.value for one in record.unjudged]
    parts = [f"{shown.count(kind)} {kind}" for kind in SEVERITY[1:] if kind in shown]
    return ", ".join(parts) or "no gate judged"
