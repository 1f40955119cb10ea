"""The history of runs: one self-describing line of JSON per run, appended and never rewritten."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError
from trusteval.tracking.reader_version import reader_of

SCHEMA_VERSION = 1
NAME = "history.jsonl"


@dataclass(frozen=True, slots=True)
class Point:
    """One score of one subject in one run, points; `low` and `high` are its 90 % interval.

    `reader` is the version that read its answers.
    """

    started: datetime
    commit: str | None
    model: str
    profile: str
    protocol: str
    reader: int
    weights: str | None
    subject: str
    benchmark: str
    dimension: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    verdict: str


def append_run(path: Path, record: Mapping[str, Any]) -> None:
    """Append one run in a single write, so that runs side by side keep their lines whole.

    A line that a crash left unfinished is closed first. Raises TrackingError for a place that
    cannot be written.
    """
    line = json.dumps({"schema": SCHEMA_VERSION, **record}, sort_keys=True, ensure_ascii=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            whole = f"{chr(10) if torn else ''}{line}\n".encode()
            if os.write(handle, whole) < len(whole):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)
    except OSError as error:
        raise TrackingError(f"cannot write {path}: {error.strerror}") from error


def read_history(path: Path) -> tuple[list[Point], int]:
    """Return every score of every run as written, and how many lines cannot be read.

    A torn line, or one of another schema, is left out and counted. Raises TrackingError where
    there is no history.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise TrackingError(f"no history at {path}: {error.strerror}; run a gate first") from error
    points: list[Point] = []
    unreadable = 0
    # JSON escapes line feeds and no other break: splitlines() would cut a model's name in two.
    for line in filter(str.strip, text.split("\n")):
        try:
            points += _points(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError):
            unreadable += 1
    return points, unreadable


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


def trends(points: Sequence[Point]) -> dict[tuple[str, ...], list[Point]]:
    """Group points that are asked alike: same model, profile, protocol, benchmark and subject."""
    grouped: dict[tuple[str, ...], list[Point]] = {}
    for point in points:
        key = (point.model, point.profile, point.protocol, point.benchmark, point.subject)
        grouped.setdefault(key, []).append(point)
    return {key: sorted(some, key=lambda p: p.started) for key, some in sorted(grouped.items())}


def _points(run: Mapping[str, Any]) -> list[Point]:
    if run["schema"] != SCHEMA_VERSION:
        raise ValueError(f"schema {run['schema']}")
    facts = run["facts"]
    return [
        Point(
            started=datetime.fromisoformat(run["started"]),
            commit=run["commit"],
            model=Path(facts["model"]).name,
            profile=facts["profile"],
            protocol=facts["protocol"],
            reader=reader_of(facts),
            weights=line["weights"],
            subject=line["subject"],
            benchmark=line["benchmark"],
            dimension=line["dimension"],
            value=line["value"],
            low=line["interval"] and line["interval"]["low"],
            high=line["interval"] and line["interval"]["high"],
            n=line["n"],
            verdict=line["verdict"],
        )
        for line in run["scores"]
    ]
