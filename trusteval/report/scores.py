"""The scores of a run: a row per dimension and subject, and what has to stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

from trusteval.report.kind_rates import KindRate, kind_tables
from trusteval.report.outcomes import SEVERITY, verdict_of
from trusteval.report.record import RunRecord
from trusteval.report.score_line import ScoreLine
from trusteval.report.unjudged import Cause, Unjudged
from trusteval.tables import Table
from trusteval.types import Dimension, Interval, InvalidReason


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One subject on one benchmark, every cell as it is shown; most are empty without a score.

    The 90 % `interval` is shown where there is room.
    """

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
    interval: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells in the order of COLUMNS."""
        return astuple(self)[: len(COLUMNS)]


PROTOCOLS_NOTE = (
    "The reference protocols reproduce published scoring, traps included; only they compare with "
    "published numbers, and only over all rows with the published prompts. They read MMLU's first "
    "character after one blank, and few-shot fairness is asked in user and assistant turns, where "
    "the reference writes system messages."
)
"""What stands beside the scores under every protocol."""
COLUMNS = (
    *("dimension", "subject", "score", "n", "refused"),
    *("empty", "unparseable", "contradictory", "truncated", "non-answers", "verdict"),
)


@dataclass(frozen=True, slots=True)
class Headline:
    """A dimension that several benchmarks measure: the mean of those that have a score."""

    dimension: str
    subject: str
    benchmarks: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class ProtocolRow:
    """One subject's score on one benchmark under every protocol, as it is shown."""

    benchmark: str
    subject: str
    scores: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AskedRows:
    """How many rows of every setting of a benchmark were asked."""

    benchmark: str
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Scores:
    """All scores of a run as they are shown; gates read those of `protocol`.

    `beside` are the metrics without which a score misleads, `kinds` rates by kind of item,
    `perplexity` says how well every variant predicts the fixed text.
    """

    rows: tuple[SummaryRow, ...]
    headlines: tuple[Headline, ...]
    perplexity: tuple[str, ...]
    beside: tuple[str, ...]
    protocol: str
    protocol_rows: tuple[ProtocolRow, ...]
    asked: tuple[AskedRows, ...]
    kinds: tuple[Table, ...] = ()


def scores(record: RunRecord) -> Scores:
    """Word the scores of a run."""
    asked = {line.benchmark: line.data.rows or {} for line in record.lines}
    return Scores(
        rows=tuple(_rows(record)),
        headlines=tuple(_headlines(record)),
        perplexity=tuple(_perplexity_lines(record)),
        beside=tuple(_beside_lines(record)),
        protocol=str(record.facts.protocol),
        protocol_rows=tuple(_protocol_rows(record)),
        asked=tuple(AskedRows(benchmark, rows) for benchmark, rows in asked.items()),
        kinds=tuple(kind_tables(_kinds(record))),
    )


def _rows(record: RunRecord) -> list[SummaryRow]:
    """Return scores, and who has none because of an error, by dimension and subject."""
    shared, order = _dimensions_of_several(record), record.places
    rows: list[tuple[tuple[str, str, int], SummaryRow]] = [
        (
            (str(line.dimension), line.benchmark, order.get(line.subject, -1)),
            _row(
                line,
                verdict_of(line, record.verdicts, record.unjudged),
                named=line.dimension in shared,
            ),
        )
        for line in record.lines
    ]
    scored = {(line.subject, line.benchmark) for line in record.scores}
    missing: dict[tuple[str, str], list[Unjudged]] = {}
    for one in record.unjudged:
        if one.cause is not Cause.NOT_RUN and (one.subject, one.benchmark) not in scored:
            missing.setdefault((one.subject, one.benchmark or ""), []).append(one)
    for (subject, benchmark), about in missing.items():
        dimension = about[0].dimension
        cause = max((one.cause.value for one in about), key=SEVERITY.index)
        named = dimension is None or dimension in shared
        shown = benchmark or "-" if named else str(dimension).replace("_", " ")
        place = str(dimension or "~"), benchmark, order.get(subject, -1)
        rows.append((place, SummaryRow(shown, subject, verdict=cause)))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


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
        interval=interval_words(score.interval),
    )


def interval_words(interval: Interval | None) -> str:
    """Word both ends of an interval in points; empty where there is none."""
    return "" if interval is None else f"{interval.low:.1f} to {interval.high:.1f}"


def _headlines(record: RunRecord) -> list[Headline]:
    """Return one headline per subject for every dimension that several benchmarks measure.

    What has no dimension of ours has no mean either.
    """
    found: dict[tuple[str, str], dict[str, float]] = {}
    for line in record.lines:
        shared = line.dimension in _dimensions_of_several(record) - {Dimension.OTHER}
        if shared and line.score.value is not None:
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
    dimensions = [*benchmarks.values(), Dimension.OTHER]  # one of these alone needs its name too
    return {dimension for dimension in dimensions if dimensions.count(dimension) > 1}


def _beside_lines(record: RunRecord) -> list[str]:
    """Word the metrics without which a score misleads, one line each."""
    words: dict[str, list[str]] = {}
    for line in record.lines:
        for metric, value in line.beside.items():
            subjects = words.setdefault(f"{line.benchmark} {metric}", [])
            subjects.append(f"{line.subject} {_points(value)}")
    return [f"{metric}: {', '.join(subjects)}" for metric, subjects in words.items()]


def _kinds(record: RunRecord) -> dict[str, dict[str, tuple[KindRate, ...]]]:
    """Return rates by benchmark and subject."""
    found: dict[str, dict[str, tuple[KindRate, ...]]] = {}
    for line in record.lines:
        if line.kinds:
            found.setdefault(line.benchmark, {})[line.subject] = line.kinds
    return found


def _perplexity_lines(record: RunRecord) -> list[str]:
    """Say in one line how well every variant predicts the fixed text, if it was measured."""
    measured = record.noted("perplexity")
    shown = ", ".join(f"{name} {perplexity}" for name, perplexity in measured.items())
    return [f"perplexity on the fixed text: {shown}"] if measured else []


def _protocol_rows(record: RunRecord) -> list[ProtocolRow]:
    """Return every headline beside the scores the reference protocols give the same answers.

    None where no other protocol reads them, as with what another tool scored.
    """
    own = str(record.facts.protocol)
    if not any(line.other_protocols for line in record.lines):
        return []
    return [
        ProtocolRow(
            line.benchmark,
            line.subject,
            {
                name: _points(value)
                for name, value in {own: line.score.value, **line.other_protocols}.items()
            },
        )
        for line in record.lines
    ]


def _points(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.1f}"
