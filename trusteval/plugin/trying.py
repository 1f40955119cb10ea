"""Counts the tries of a run's subjects by what lies beside its reports: history and baseline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trusteval.errors import TrackingError
from trusteval.report.try_count import TryCount
from trusteval.run import Run
from trusteval.tracking.baseline import Baseline, read_baseline
from trusteval.tracking.history import read_history
from trusteval.tracking.points import Point
from trusteval.tracking.score_entry import ScoreEntry
from trusteval.tracking.tries import Attempt, count_tries


def tries_so_far(run: Run, scores: Sequence[ScoreEntry], path: Path) -> TryCount:
    """Count the tries of every subject with a score that a gate looked at.

    `path` is the history. What of the past cannot be read is no error: it is said where tries are
    limited.
    """
    doubts: list[str] = []
    found = count_tries(
        Attempt(run.options.model, run.profile.name, run.gates_sha256, scores),
        history=_history(path, doubts),
        baseline=_baseline(run, doubts),
    )
    limit = run.options.tries
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
        doubts.append(f"{unreadable} lines of {path.name} cannot be read, nor tries in them")
    return points


def _baseline(run: Run, doubts: list[str]) -> Baseline | None:
    """Return what was accepted, which a run whose gates do not ask for it has not read."""
    path = run.options.baseline
    if run.baseline is not None or path is None or not path.exists():
        return run.baseline
    try:
        return read_baseline(path)
    except TrackingError as error:
        doubts.append(f"when subjects were accepted is not known: {error}")
        return None
