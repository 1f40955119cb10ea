"""The history of runs: one self-describing line of JSON per run, appended and never rewritten."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError

SCHEMA_VERSION = 1
NAME = "history.jsonl"


@dataclass(frozen=True, slots=True)
class Point:
    """One score of one subject in one run, points; `low` and `high` are its 90 % interval."""

    started: str
    commit: str | None
    model: str
    profile: str
    protocol: str
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
            os.write(handle, f"{chr(10) if torn else ''}{line}\n".encode())
        finally:
            os.close(handle)
    except OSError as error:
        raise TrackingError(f"cannot write {path}: {error.strerror}") from error


def read_history(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Return the runs in the order they were written, and how many lines cannot be read.

    A torn line, or one of another schema, is left out and counted. Raises TrackingError where
    there is no history.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise TrackingError(f"no history at {path}: {error.strerror}; run a gate first") from error
    runs, unreadable = [], 0
    for line in filter(str.strip, lines):
        try:
            run = json.loads(line)
            _ = run["started"], run["facts"], run["scores"]
        except (ValueError, KeyError, TypeError):
            unreadable += 1
            continue
        if run.get("schema") == SCHEMA_VERSION:
            runs.append(run)
        else:
            unreadable += 1
    return runs, unreadable


def points_of(runs: Iterable[Mapping[str, Any]]) -> list[Point]:
    """Return every score of every run."""
    return [_point(run, line) for run in runs for line in run["scores"]]


def trends(points: Sequence[Point]) -> dict[tuple[str, ...], list[Point]]:
    """Group points that are asked alike: same model, profile, protocol, benchmark and subject."""
    grouped: dict[tuple[str, ...], list[Point]] = {}
    for point in points:
        key = (point.model, point.profile, point.protocol, point.benchmark, point.subject)
        grouped.setdefault(key, []).append(point)
    return {key: sorted(some, key=lambda p: p.started) for key, some in sorted(grouped.items())}


def _point(run: Mapping[str, Any], line: Mapping[str, Any]) -> Point:
    interval = line.get("interval") or {}
    facts = run["facts"]
    return Point(
        started=run["started"],
        commit=run.get("commit"),
        model=str(facts.get("model")),
        profile=str(facts.get("profile")),
        protocol=str(facts.get("protocol")),
        weights=line.get("weights"),
        subject=line["subject"],
        benchmark=line["benchmark"],
        dimension=line["dimension"],
        value=line["value"],
        low=interval.get("low"),
        high=interval.get("high"),
        n=line["n"],
        verdict=line["verdict"],
    )
