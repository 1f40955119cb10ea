"""The scores of a run as numbers, each with what must stand beside it."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from trusteval.report.outcomes import verdict_of
from trusteval.report.record import RunRecord
from trusteval.report.score_line import ScoreLine


@dataclass(frozen=True, slots=True)
class Figure:
    """A subject's score on a benchmark, in points from 0 to 100 with its 90 % interval.

    What has no value is None, and `undefined` says why; `verdict` is the worst of its gates, "-"
    without one. `non_answer_rate` is in percent, `n` counts items.
    """

    line: ScoreLine
    value: float | None
    low: float | None
    high: float | None
    non_answer_rate: float | None
    n: int
    undefined: str | None
    verdict: str


def figures(record: RunRecord, *, subjects: Collection[str]) -> list[Figure]:
    """Return the scores of some subjects, by dimension, benchmark and subject."""
    return [_figure(line, record) for line in record.lines if line.subject in subjects]


def _figure(line: ScoreLine, record: RunRecord) -> Figure:
    score = line.score
    value = _finite(score.value)
    interval = score.interval
    why = score.undefined or "it has no value, and the run does not say why"
    return Figure(
        line,
        value,
        None if interval is None else _finite(interval.low),
        None if interval is None else _finite(interval.high),
        _finite(line.non_answer_rate),
        score.counts.n,
        why if value is None else None,
        verdict_of(line, record.verdicts, record.unjudged),
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
