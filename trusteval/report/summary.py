"""Words a run for people: one row per dimension and subject, one sentence per gate that matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trusteval.gates.gate import row_sentences
from trusteval.report.ledger import Ending
from trusteval.report.multiplicity import holm_adjusted
from trusteval.report.record import RunRecord
from trusteval.report.score_line import ScoreLine
from trusteval.report.unjudged import Cause, Unjudged
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.run_facts import GateFacts
from trusteval.types import Dimension, InvalidReason, Level, Outcome, Verdict

# What a row's worst verdict is called, mildest first.
_SEVERITY = (
    *("-", "PASS", "WARN", "INCONCLUSIVE", "SUSPECT", "UNDECIDABLE"),
    *("NOT RUN", "BROKEN", "ERROR", "FAIL"),
)


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One subject on one benchmark, every cell as it is shown; most are empty without a score."""

    dimension: str
    subject: str
    score: str = "-"
    n: str = ""
    refused: str = ""
    empty: str = ""
    unparseable: str = ""
    contradictory: str = ""
    truncated: str = ""
    non_answer_rate: str = ""
    verdict: str = "-"


COLUMNS = (
    *("dimension", "subject", "score", "n", "refused"),
    *("empty", "unparseable", "contradictory", "truncated", "non-answers", "verdict"),
)


def summary_rows(record: RunRecord) -> list[SummaryRow]:
    """Return scores, and who has none because of an error, by dimension and subject."""
    shared, order = _dimensions_of_several(record), _order(record)
    rows: list[tuple[tuple[str, str, int], SummaryRow]] = [
        (
            (str(line.dimension), line.benchmark, order.get(line.subject, -1)),
            _row(
                line,
                verdict_of(line, record.verdicts, record.unjudged),
                named=line.dimension in shared,
            ),
        )
        for line in _ordered(record)
    ]
    scored = {(line.subject, line.benchmark) for line in record.scores}
    missing: dict[tuple[str, str], list[Unjudged]] = {}
    for one in record.unjudged:
        if one.cause is not Cause.NOT_RUN and (one.subject, one.benchmark) not in scored:
            missing.setdefault((one.subject, one.benchmark or ""), []).append(one)
    for (subject, benchmark), about in missing.items():
        dimension = about[0].dimension
        cause = max((one.cause.value for one in about), key=_SEVERITY.index)
        named = dimension is None or dimension in shared
        shown = benchmark or "-" if named else str(dimension).replace("_", " ")
        place = str(dimension or "~"), benchmark, order.get(subject, -1)
        rows.append((place, SummaryRow(shown, subject, verdict=cause)))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


@dataclass(frozen=True, slots=True)
class Headline:
    """A dimension that several benchmarks measure: the mean of those that have a score."""

    dimension: str
    subject: str
    benchmarks: tuple[str, ...]
    score: float


def headlines(record: RunRecord) -> list[Headline]:
    """Return one headline per subject for every dimension that several benchmarks measure."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for line in _ordered(record):
        if line.dimension in _dimensions_of_several(record) and line.score.value is not None:
            found.setdefault((line.dimension, line.subject), {})[line.benchmark] = line.score.value
    return [
        Headline(dimension, subject, tuple(scores), sum(scores.values()) / len(scores))
        for (dimension, subject), scores in found.items()
    ]


def _dimensions_of_several(record: RunRecord) -> set[str]:
    benchmarks: dict[str, Dimension] = {line.benchmark: line.dimension for line in record.scores}
    for one in record.unjudged:
        if one.benchmark is not None and one.dimension is not None:
            benchmarks[one.benchmark] = one.dimension
    dimensions = list(benchmarks.values())
    return {dimension for dimension in dimensions if dimensions.count(dimension) > 1}


def _order(record: RunRecord) -> dict[str, int]:
    return {name: place for place, name in enumerate(record.subjects)}


def _ordered(record: RunRecord) -> list[ScoreLine]:
    order = _order(record)
    return sorted(record.scores, key=lambda s: (s.dimension, s.benchmark, order.get(s.subject, -1)))


def verdict_of(
    line: ScoreLine, verdicts: Sequence[Verdict], unjudged: Sequence[Unjudged] = ()
) -> str:
    """Return the worst verdict of a subject on a benchmark; "-" if no gate asks.

    A gate that was not judged outranks those that passed.
    """
    about = [
        shown_outcome(verdict)
        for verdict in verdicts
        if verdict.subject == line.subject and verdict.benchmark == line.benchmark
    ]
    about += [
        one.cause.value
        for one in unjudged
        if one.subject == line.subject and one.benchmark == line.benchmark
    ]
    return max(about, key=_SEVERITY.index, default="-")


def shown_outcome(verdict: Verdict) -> str:
    """Return the outcome, or WARN for a warning row that did not pass."""
    if verdict.level is Level.WARN and verdict.outcome is not Outcome.PASS:
        return "WARN"
    return verdict.word


def sentences(record: RunRecord, *, passed: bool) -> list[str]:
    """Return the verdicts' sentences, those that passed or the others, worst first."""
    chosen = [v for v in record.verdicts if (shown_outcome(v) == "PASS") == passed]
    chosen.sort(key=lambda v: (-_SEVERITY.index(shown_outcome(v)), v.gate, v.subject))
    adjusted = holm_adjusted(record.verdicts)
    return [f"{shown_outcome(v)}: {v.message}{_p_values(v, adjusted)}{_reason(v)}" for v in chosen]


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


def tally(record: RunRecord) -> str:
    """Count the verdicts and what has none: "12 PASS, 3 WARN, 48 ERROR"."""
    shown = [shown_outcome(verdict) for verdict in record.verdicts]
    shown += [one.cause.value for one in record.unjudged]
    parts = [f"{shown.count(kind)} {kind}" for kind in _SEVERITY[1:] if kind in shown]
    return ", ".join(parts) or "no gate judged"


def incomplete_lines(record: RunRecord) -> list[str]:
    """Say how much of what was asked has a verdict, where that is not all of it."""
    if record.is_complete:
        return []
    cut_short = [] if record.ending is Ending.FINISHED else [record.ending.sentence]
    said = [
        f"{n_judged} of {n_asked} {word} gates judged"
        for word, level in (("blocking", Level.BLOCK), ("warning", Level.WARN))
        for n_judged, n_asked in [record.judged(level)]
        if n_asked or level is Level.BLOCK
    ]
    return [f"INCOMPLETE: {', '.join([*cut_short, *said])}"]


def failed_test_lines(record: RunRecord, *, each: bool) -> list[str]:
    """Say which tests failed that are no gate's verdict; the first of them if not `each`."""
    said = sorted(one.sentence for one in record.failed_tests)
    if each or len(said) < 2:
        return [f"FAILED beside the gates: {words}" for words in said]
    return [f"FAILED beside the gates: {said[0]} and {len(said) - 1} more"]


def unjudged_lines(record: RunRecord, *, each: bool) -> list[str]:
    """Say of every gate without a verdict why; those that did not run in one line if not `each`."""
    worst = sorted(
        record.unjudged,
        key=lambda one: (-_SEVERITY.index(one.cause), one.gate or "", one.benchmark or ""),
    )
    lines = [
        f"{one.cause}: {one.sentence}" for one in worst if each or one.cause is not Cause.NOT_RUN
    ]
    if each:
        return lines
    for why in dict.fromkeys(one.why for one in worst if one.cause is Cause.NOT_RUN):
        gates = [one for one in worst if one.cause is Cause.NOT_RUN and one.why == why]
        first = f"{gates[0].subject} on {gates[0].gate}"
        more = f" and {len(gates) - 1} more" if len(gates) > 1 else ""
        lines.append(f"NOT RUN: {first}{more}: {why}")
    return lines


def lost_answer_lines(record: RunRecord) -> list[str]:
    """Say whose answers were judged and are not among those of the run."""
    return [
        f"LOST: the answers of {subject} to {', '.join(benchmarks)}, with the process that had them"
        for subject, benchmarks in sorted(record.lost_answers.items())
    ]


def run_line(circumstances: Mapping[str, Any]) -> str:
    """Say which run a report is of: when it started, at which commit, by which command."""
    command = " ".join(map(str, circumstances.get("command", ())))
    said = [
        f"run of {circumstances.get('started', 'an unknown time')}",
        f"commit {str(circumstances.get('commit') or 'unknown')[:12]}",
        *([command] if command else []),
    ]
    if replaced := circumstances.get("replaces"):
        said.append(f"in place of the complete report of {replaced}")
    return ", ".join(said)


def invariants_line(record: RunRecord) -> str:
    """Say how many laws of the vote held; names those that did not."""
    if not record.invariants:
        return "Vote invariants: not run"
    failed = sorted(i.name for i in record.invariants if i.outcome != "passed")
    held = len(record.invariants) - len(failed)
    line = f"Vote invariants: {held} of {len(record.invariants)} hold"
    return f"{line}; broken: {', '.join(failed)}" if failed else line


def beside_lines(record: RunRecord) -> list[str]:
    """Word the metrics without which a score misleads, one line each."""
    words: dict[str, list[str]] = {}
    for line in _ordered(record):
        for metric, value in line.beside.items():
            subjects = words.setdefault(f"{line.benchmark} {metric}", [])
            subjects.append(f"{line.subject} {_points(value)}")
    return [f"{metric}: {', '.join(subjects)}" for metric, subjects in words.items()]


def broken_lines(record: RunRecord) -> list[str]:
    """Say which subjects were not judged, because they are broken."""
    return [f"BROKEN: {why}" for _, why in sorted(record.broken.items())]


def perplexity_lines(record: RunRecord) -> list[str]:
    """Say in one line how well every variant predicts the fixed text, if it was measured."""
    measured = _noted(record, "perplexity")
    shown = ", ".join(f"{name} {perplexity}" for name, perplexity in measured.items())
    return [f"perplexity on the fixed text: {shown}"] if measured else []


def remote_code_lines(record: RunRecord) -> list[str]:
    """Say loudly whose own code ran."""
    ran = _noted(record, "remote code")
    return [f"WARNING: {name} ran code of its own ({code})" for name, code in ran.items()]


def _noted(record: RunRecord, key: str) -> dict[str, str]:
    notes = {line.subject: line.notes for line in record.scores}
    return {name: notes[name][key] for name in record.subjects if key in notes.get(name, {})}


def caveats(record: RunRecord) -> list[str]:
    """Say what the numbers are not."""
    lines = [*_rows_of_nobody(record.facts.gates), *(record.doubts or ())]
    is_demo = record.facts.profile == "demo"
    if is_demo:
        lines.append(
            "demo: scores are from the small slice written for trusteval, on its own prompts; they "
            "show that the gate works and compare with no published number"
        )
    for why in sorted(set(record.not_recorded.values())):
        names = sorted(name for name, reason in record.not_recorded.items() if reason == why)
        lines.append(f"not recorded: {', '.join(names)}: {why}")
    for line in {line.benchmark: line for line in record.scores if not is_demo}.values():
        lines += [f"{line.benchmark}: {words}" for words in _data_caveats(line.data)]
    for line in _ordered(record):
        if line.partial_score is not None:
            lines.append(
                f"{line.benchmark}: {line.subject} scores {line.partial_score:.1f} over the "
                "settings at hand; missing ones leave the benchmark's own score undefined"
            )
    if record.facts.engine not in ("hf", "openai"):
        lines.append(f"no model ran: the answers are from the {record.facts.engine} engine")
    if served := _noted(record, "served by"):
        lines.append(
            f"served: {', '.join(served)}; a server does not show its weights, so answers recorded "
            "before it was redeployed cannot be told from new ones (use another store)"
        )
    return lines


def _rows_of_nobody(gates: GateFacts | None) -> list[str]:
    """Say which rows of gates.toml were judged for nobody or mean nothing, and whom none judged."""
    match gates:
        case GateFacts(
            origin=str(origin),
            left_out=tuple(rows),
            without_row=tuple(whom),
            unbreakable=tuple(loose),
        ):
            return row_sentences(origin, left_out=rows, without_row=whom, unbreakable=loose)
        case _:
            return []


@dataclass(frozen=True, slots=True)
class ProtocolRow:
    """One subject's score on one benchmark under every protocol, as it is shown."""

    benchmark: str
    subject: str
    scores: Mapping[str, str]


def protocol_rows(record: RunRecord) -> list[ProtocolRow]:
    """Return every headline beside the scores the reference protocols give the same answers."""
    own = str(record.facts.protocol)
    return [
        ProtocolRow(
            line.benchmark,
            line.subject,
            {
                name: _points(value)
                for name, value in {own: line.score.value, **line.other_protocols}.items()
            },
        )
        for line in _ordered(record)
    ]


def asked_rows(record: RunRecord) -> dict[str, Mapping[str, int]]:
    """Return how many rows of every setting were asked, by benchmark."""
    return {line.benchmark: line.data.rows or {} for line in _ordered(record)}


def _data_caveats(data: DataFacts) -> list[str]:
    lines = []
    settings, rows = data.rows or {}, sum((data.rows or {}).values())
    n_settings, n_rows = data.published_settings or 0, data.rows_read or 0
    if len(settings) < n_settings or rows < n_rows:
        lines.append(
            f"asks {len(settings)} of {n_settings} settings, {rows} of the {n_rows} rows they have"
        )
    if data.missing:
        lines.append(f"no data for the settings {', '.join(data.missing)}")
    for wanted, used in (data.substitutes or {}).items():
        lines.append(f"{used} stands in for {wanted}")
    if data.deviating:
        lines.append(f"rows differ from the published ones in {', '.join(data.deviating)}")
    return lines


def _points(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.1f}"


def _row(line: ScoreLine, verdict: str, *, named: bool) -> SummaryRow:
    counts, score = line.score.counts, line.score
    reasons = {reason: str(counts.invalid.get(reason, 0) or "") for reason in InvalidReason}
    return SummaryRow(
        dimension=line.benchmark if named else line.dimension.replace("_", " "),
        subject=line.subject,
        score=_points(score.value),
        n=str(counts.n),
        refused=str(counts.refused or ""),
        empty=reasons[InvalidReason.EMPTY],
        unparseable=reasons[InvalidReason.UNPARSEABLE],
        contradictory=reasons[InvalidReason.CONTRADICTORY],
        truncated=reasons[InvalidReason.TRUNCATED],
        non_answer_rate="" if line.non_answer_rate is None else f"{line.non_answer_rate:.1f} %",
        verdict=verdict,
    )
