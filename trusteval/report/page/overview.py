"""The matrix of a run: every subject with its answer, and what each benchmark found of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trusteval.report.decision import Decision, decision_on
from trusteval.report.outcomes import SEVERITY, verdict_of
from trusteval.report.page.anchors import anchor
from trusteval.report.page.marks import NO_GATE, Mark, mark_of
from trusteval.report.record import RunRecord
from trusteval.report.score_line import ScoreLine
from trusteval.report.scores import interval_words
from trusteval.report.unjudged import Cause
from trusteval.types import Dimension


@dataclass(frozen=True, slots=True)
class Head:
    """A column: a dimension, or one of its benchmarks where it has several."""

    benchmark: str
    title: str


@dataclass(frozen=True, slots=True)
class OverviewCell:
    """What was found of a subject on a benchmark; `place` is where the gates behind it stand.

    `score` is "undefined" or "no score" where there is none, `silent` the rate of non-answers;
    `place` is empty where no gate asks.
    """

    mark: Mark
    score: str
    interval: str = ""
    silent: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A subject, whether it may ship because of what, and its cells."""

    subject: str
    mark: Mark
    because: str
    cells: tuple[OverviewCell, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """All subjects under all benchmarks of a run."""

    heads: tuple[Head, ...]
    rows: tuple[OverviewRow, ...]


def overview(record: RunRecord, whole: Decision) -> Overview:
    """Lay out what a run found."""
    heads = _heads(record)
    names = dict.fromkeys([*record.subjects, *(one.subject for one in record.unjudged)])
    rows = []
    for subject in names:
        decided = decision_on(subject, record, whole=whole)
        rows.append(
            OverviewRow(
                subject,
                NO_GATE if decided is None else mark_of(decided.answer),
                "no blocking gate asks" if decided is None else decided.because,
                tuple(_cell(record, subject, head.benchmark) for head in heads),
            )
        )
    return Overview(tuple(heads), tuple(rows))


def _heads(record: RunRecord) -> list[Head]:
    found: dict[str, Dimension] = {line.benchmark: line.dimension for line in record.lines}
    for one in record.unjudged:
        if one.benchmark is not None and one.dimension is not None:
            found.setdefault(one.benchmark, one.dimension)
    dimensions = list(found.values())
    return [
        Head(
            benchmark,
            benchmark if dimensions.count(dimension) > 1 else dimension.replace("_", " "),
        )
        for benchmark, dimension in sorted(found.items(), key=lambda pair: (pair[1], pair[0]))
    ]


def _cell(record: RunRecord, subject: str, benchmark: str) -> OverviewCell:
    lines = [s for s in record.scores if (s.subject, s.benchmark) == (subject, benchmark)]
    asks = any((v.subject, v.benchmark) == (subject, benchmark) for v in record.verdicts)
    causes = [
        one.cause
        for one in record.unjudged
        if one.subject == subject and one.benchmark in (benchmark, None)
    ]
    asks |= any(
        one.gate is not None and (one.subject, one.benchmark) == (subject, benchmark)
        for one in record.unjudged
    )
    place = anchor("gates", benchmark, subject) if asks else ""
    if not lines:
        return OverviewCell(mark_of(_worst(causes)), "no score", place=place)
    line = lines[-1]
    mark = mark_of(verdict_of(line, record.verdicts, record.unjudged))
    return OverviewCell(mark, *_scored(line), place=place)


def _worst(causes: Sequence[Cause]) -> str:
    return max((cause.value for cause in causes), key=SEVERITY.index, default="-")


def _scored(line: ScoreLine) -> tuple[str, str, str]:
    score, rate = line.score, line.non_answer_rate
    return (
        "undefined" if score.value is None else f"{score.value:.1f}",
        interval_words(score.interval) or "no interval",
        "silence unknown" if rate is None else f"{rate:.1f} % silent",
    )
