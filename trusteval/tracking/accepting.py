"""Accepts a run as the baseline: refuses one that got worse, unless somebody says why it may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trusteval.printable import printable
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.baseline import (
    Acceptance,
    Baseline,
    accepted,
    read_baseline,
    write_baseline,
)
from trusteval.tracking.change import Change
from trusteval.tracking.comparison import BenchmarkComparison, compare_runs, shared_pairs
from trusteval.tracking.margins import Margins


@dataclass(frozen=True, slots=True)
class Request:
    """Accepting at `path`: on which day, at which commit, by which versions, and why a regression
    is accepted. `tries` counts how often each subject was tried since it was accepted last.
    """

    path: Path
    date: str
    commit: str | None
    versions: Mapping[str, str]
    regression: str | None = None
    tries: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """Whether the baseline was written, and the lines that say so."""

    accepted: bool
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        # Names and reasons come from a file and from models.
        object.__setattr__(self, "lines", tuple(map(printable, self.lines)))


def accept(
    request: Request,
    run: AnsweredRun,
    *,
    scores: Sequence[Mapping[str, Any]],
    failed: Sequence[str],
) -> Reply:
    """Write the baseline if nothing got worse or a reason is given.

    What is there is read now: somebody may have accepted other parts while this run was at work.
    `failed` says what this run itself does not let through. Raises TrackingError for a baseline
    that the run does not fit, or a place that cannot be written.
    """
    if not run.sheets:
        return Reply(False, ("nothing was judged, so nothing is accepted",))
    name = "/".join(request.path.parts[-2:])
    before = read_baseline(request.path) if request.path.exists() else None
    compared = [] if before is None else _compared(before, run)
    worse = [*failed, *filter(None, map(_worsening, compared))]
    if worse and request.regression is None:
        refused = (
            f"not accepted: {name} stays as it is; "
            '--trust-accept-regression "reason" accepts this all the same and keeps the reason'
        )
        return Reply(False, (*worse, refused))
    touched = tuple(sorted("/".join(key) for key in run.sheets))
    tries = {name: made for name, made in request.tries.items() if name in run.subjects}
    acceptance = Acceptance(
        request.date,
        request.commit,
        touched,
        request.versions,
        request.regression if worse else None,
        tries,
    )
    write_baseline(request.path, accepted(before, run, scores=scores, acceptance=acceptance))
    unseen = [c for c in compared if c.change is Change.NOT_COMPARABLE]
    return Reply(
        True,
        (
            *worse,
            *dict.fromkeys(f"baseline {c.rereading}" for c in compared if c.rereading),
            *(f"{c.subject} on {c.benchmark}: not compared with before ({c.why})" for c in unseen),
            *filter(None, map(_suspicion, compared)),
            *_tries_lines(tries),
            f"accepted into {name}: {len(touched)} parts{'' if before else ', a new baseline'}",
        ),
    )


def _tries_lines(tries: Mapping[str, int]) -> list[str]:
    """Say how many tries it took, which the baseline keeps."""
    shown = ", ".join(f"{name} {made}" for name, made in sorted(tries.items()))
    return [f"tries since it was last accepted: {shown}"] if tries else []


def _compared(before: Baseline, run: AnsweredRun) -> list[BenchmarkComparison]:
    """Compare what ran with what was accepted of it; any drop that is shown is a regression."""
    found = compare_runs(
        before.answers, run, pairs=shared_pairs(before.answers, run), margins=Margins(0.0)
    )
    both = before.answers.sheets.keys() & run.sheets.keys()
    return [
        comparison for comparison in found if (comparison.subject, comparison.benchmark) in both
    ]


def _suspicion(found: BenchmarkComparison) -> str | None:
    """Say which drop would be one if its benchmark were the only one that was compared."""
    if found.change is not Change.SUSPECT or found.p is None:
        return None
    return f"suspect, and accepted: {_dropped(found)} (p {found.p:.2g} alone)"


def _dropped(found: BenchmarkComparison) -> str | None:
    if found.drop is None:
        return None
    value, low, high = (100 * x for x in (found.drop.value, found.drop.low, found.drop.high))
    return (
        f"{found.subject} on {found.benchmark}: score dropped by {value:.1f} (90 % interval "
        f"{low:.1f} to {high:.1f}) from what was accepted"
    )


def _worsening(found: BenchmarkComparison) -> str | None:
    """Say in what a benchmark is worse than what was accepted; None where it is not shown to be."""
    where = f"{found.subject} on {found.benchmark}"
    if found.change is Change.REGRESSION:
        return _dropped(found)
    before, after = found.before, found.after
    if before is not None and before.value is not None and after is not None:
        lost = after.value is None
        return (
            f"{where}: score {before.value:.1f} before, undefined now ({found.why})"
            if lost
            else None
        )
    return None
