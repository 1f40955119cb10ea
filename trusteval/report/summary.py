"""Words a run for people: one row per dimension and subject, one sentence per gate that matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trusteval.report.record import RunRecord, ScoreLine
from trusteval.types import InvalidReason, Level, Outcome, Verdict

# What a row's worst verdict is called, mildest first.
_SEVERITY = ("-", "PASS", "WARN", "INCONCLUSIVE", "FAIL")


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One subject on one benchmark, every cell as it is shown."""

    dimension: str
    subject: str
    score: str
    n: str
    refused: str
    empty: str
    unparseable: str
    contradictory: str
    truncated: str
    non_answer_rate: str
    verdict: str


COLUMNS = (
    *("dimension", "subject", "score", "n", "refused"),
    *("empty", "unparseable", "contradictory", "truncated", "non-answers", "verdict"),
)


def summary_rows(record: RunRecord) -> list[SummaryRow]:
    """Return the scores by dimension, then in the order of the subjects."""
    order = {name: place for place, name in enumerate(record.subjects)}
    lines = sorted(
        record.scores, key=lambda s: (s.dimension, s.benchmark, order.get(s.subject, -1))
    )
    return [_row(line, verdict_of(line, record.verdicts)) for line in lines]


def verdict_of(line: ScoreLine, verdicts: Sequence[Verdict]) -> str:
    """Return the worst verdict of a subject on a benchmark; "-" if no gate asks."""
    about = [
        shown_outcome(verdict)
        for verdict in verdicts
        if verdict.subject == line.subject and verdict.gate.split(".")[0] == line.benchmark
    ]
    return max(about, key=_SEVERITY.index, default="-")


def shown_outcome(verdict: Verdict) -> str:
    """Return the outcome, or WARN for a warning row that did not pass."""
    if verdict.level is Level.WARN and verdict.outcome is not Outcome.PASS:
        return "WARN"
    return verdict.outcome.value


def sentences(record: RunRecord, *, passed: bool) -> list[str]:
    """Return the verdicts' sentences, those that passed or the others, worst first."""
    chosen = [v for v in record.verdicts if (shown_outcome(v) == "PASS") == passed]
    chosen.sort(key=lambda v: (-_SEVERITY.index(shown_outcome(v)), v.gate, v.subject))
    return [f"{shown_outcome(v)}: {v.message}" for v in chosen]


def tally(record: RunRecord) -> str:
    """Count the verdicts: "31 PASS, 4 WARN"."""
    shown = [shown_outcome(verdict) for verdict in record.verdicts]
    parts = [f"{shown.count(kind)} {kind}" for kind in _SEVERITY[1:] if kind in shown]
    return ", ".join(parts) or "no gate judged"


def invariants_line(record: RunRecord) -> str:
    """Say how many laws of the vote held; names those that did not."""
    if not record.invariants:
        return "Vote invariants: not run"
    failed = sorted(i.name for i in record.invariants if i.outcome != "passed")
    held = len(record.invariants) - len(failed)
    line = f"Vote invariants: {held} of {len(record.invariants)} hold"
    return f"{line}; broken: {', '.join(failed)}" if failed else line


def caveats(record: RunRecord) -> list[str]:
    """Say what the numbers are not."""
    lines = []
    if record.facts.get("profile") == "demo":
        lines.append(
            "demo: scores are from the small slice written for trusteval, on its own prompts; they "
            "show that the gate works and compare with no published number"
        )
    if record.facts.get("engine") != "hf":
        lines.append(f"no model ran: the answers are from the {record.facts['engine']} engine")
    return lines


def _row(line: ScoreLine, verdict: str) -> SummaryRow:
    counts, score = line.score.counts, line.score
    reasons = {reason: str(counts.invalid.get(reason, 0) or "") for reason in InvalidReason}
    return SummaryRow(
        dimension=line.dimension.replace("_", " "),
        subject=line.subject,
        score="undefined" if score.value is None else f"{score.value:.1f}",
        n=str(counts.n),
        refused=str(counts.refused or ""),
        empty=reasons[InvalidReason.EMPTY],
        unparseable=reasons[InvalidReason.UNPARSEABLE],
        contradictory=reasons[InvalidReason.CONTRADICTORY],
        truncated=reasons[InvalidReason.TRUNCATED],
        non_answer_rate="" if line.non_answer_rate is None else f"{line.non_answer_rate:.1f} %",
        verdict=verdict,
    )
