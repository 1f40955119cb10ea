"""Counts the tries of a run's subjects by what lies beside its reports: history and baseline."""

from __future__ import annotations

from pathlib import Path

from trusteval.errors import TrackingError
from trusteval.report.try_count import TryCount
from trusteval.tracking.baseline import Baseline, read_baseline
from trusteval.tracking.history import read_history
from trusteval.tracking.points import Point
from trusteval.tracking.tries import Attempt, count_tries


def tries_so_far(
    attempt: Attempt, *, history: Path, accepted: Baseline | Path | None, limit: int | None
) -> TryCount:
    """Count the tries of every subject with a score that a gate looked at.

    `accepted` is the baseline, or where it may be. What of the past cannot be read is no error: it
    is said where tries are limited.
    """
    doubts: list[str] = []
    found = count_tries(
        attempt, history=_history(history, doubts), baseline=_baseline(accepted, doubts)
    )
    return TryCount(found, limit, () if limit is None else tuple(doubts))


def _history(path: Path, doubts: list[str]) -> list[Point]:
    if not path.exists():
        doubts.append(f"there is no {path.name} yet: tries before this run are not known")
        return []
    try:
        points, unreadable = read_history(path)
    except TrackingError as error:
        doubts.append(f"tries before this run are not known: {error}")
        return []
    if unreadable:
        doubts.append(f"{unreadable} lines of {path.name} cannot be read; their tries are unknown")
    return points


def _baseline(accepted: Baseline | Path | None, doubts: list[str]) -> Baseline | None:
    """Return what was accepted, which a run whose gates do not ask for it has not read."""
    if not isinstance(accepted, Path):
        return accepted
    if not accepted.exists():
        return None
    try:
        return read_baseline(accepted)
    except TrackingError as error:
        doubts.append(f"when subjects were accepted is not known: {error}")
        return None
