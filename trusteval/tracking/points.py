"""The scores of runs as a history tells them: one point per run, subject and benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError
from trusteval.tracking.run_facts import RunFacts, Sampling, run_facts
from trusteval.tracking.score_entry import ScoreEntry, score_entry

UNKNOWN = "unknown"
"""What a line of an earlier version does not say."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What besides model, profile and protocol has to be the same for scores to be one trend.

    Fingerprints of the prompts and of the rows (where the rows come from, in earlier versions'
    lines), the seed that rows were drawn with, the version that read the answers; in words.
    """

    prompts: str
    data: str
    seed: str
    reader: str


@dataclass(frozen=True, slots=True)
class Point:
    """One score of one subject in one run, points; `low` and `high` are its 90 % interval.

    `asked` says how the run was asked and read, `gates` by which file it was judged; `is_complete`
    whether all that the run was asked was judged, which earlier versions did not keep.
    """

    started: datetime
    commit: str | None
    model: str
    profile: str
    protocol: str
    asked: Asked
    gates: str
    weights: str | None
    subject: str
    benchmark: str
    dimension: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    verdict: str
    is_complete: bool = True


def points_of(run: Mapping[str, Any]) -> list[Point]:
    """Return the points of a line of the history.

    Raises KeyError, TypeError or ValueError for one that is no run's.
    """
    facts, commit = run_facts(run["facts"]), run["commit"]
    started = datetime.fromisoformat(run["started"])
    return [
        Point(
            started=(started if started.tzinfo else started.replace(tzinfo=UTC)).astimezone(UTC),
            commit=None if commit is None else _said(commit),
            model=Path(_said(facts.model)).name,
            profile=_said(facts.profile),
            protocol=_said(facts.protocol),
            asked=_asked(facts, entry),
            gates=facts.gates_sha256 or UNKNOWN,
            weights=entry.weights,
            subject=entry.subject,
            benchmark=entry.benchmark,
            dimension=_said(entry.dimension),
            value=entry.value,
            low=None if entry.interval is None else entry.interval.low,
            high=None if entry.interval is None else entry.interval.high,
            n=_counted(entry.n),
            verdict=_said(entry.verdict),
            is_complete=run.get("complete") is not False,
        )
        for entry in map(_entry, run["scores"])
    ]


def _entry(line: Mapping[str, Any]) -> ScoreEntry:
    """Rebuild a line's score, which says even that it has no value, interval or weights."""
    if missing := {"value", "interval", "weights"} - line.keys():
        raise KeyError(min(missing))
    return score_entry(line)


def _said(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"expected a text, got {type(text).__name__}")
    return text


def _counted(n: int | None) -> int:
    if n is None:
        raise TypeError("expected a number of rows")
    return n


def _asked(facts: RunFacts, entry: ScoreEntry) -> Asked:
    return Asked(
        prompts=facts.prompts_sha256 or UNKNOWN,
        data=facts.data or UNKNOWN if entry.data is None else f"rows {entry.data}",
        seed=_seed(facts.sampling),
        reader=UNKNOWN if facts.reader is None else str(facts.reader),
    )


def _seed(sampling: Sampling | None) -> str:
    if sampling is None:
        return UNKNOWN
    return "none" if sampling.seed is None else str(sampling.seed)


def chosen_points(
    points: Sequence[Point], *, subject: str | None, benchmark: str | None
) -> list[Point]:
    """Keep the points of a subject, and of a benchmark or dimension.

    Raises TrackingError where there is none, naming what there is.
    """
    chosen = [
        point
        for point in points
        if subject in (None, point.subject)
        and benchmark in (None, point.benchmark, point.dimension)
    ]
    if not points:
        raise TrackingError("the history holds no score that can be read; run a gate first")
    if not chosen:
        subjects, benchmarks = (
            ", ".join(dict.fromkeys(names))
            for names in ((p.subject for p in points), (p.benchmark for p in points))
        )
        raise TrackingError(f"nothing is recorded of that; there is {subjects} on {benchmarks}")
    return chosen
