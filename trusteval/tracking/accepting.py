"""Accepts a run as the baseline: refuses one that got worse, unless somebody says why it may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.baseline import Acceptance, Baseline, accepted, write_baseline
from trusteval.tracking.comparison import Change, compare_runs, shared_pairs


@dataclass(frozen=True, slots=True)
class Request:
    """Accepting at `path`: on which day, at which commit, and why a regression is accepted."""

    path: Path
    date: str
    commit: str | None
    regression: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Whether the baseline was written, and the lines that say so."""

    accepted: bool
    lines: tuple[str, ...]


def accept(
    request: Request,
    before: Baseline | None,
    run: AnsweredRun,
    *,
    scores: Sequence[Mapping[str, Any]],
    failed: Sequence[str],
) -> Reply:
    """Write the baseline if nothing got worse or a reason is given; `failed` are failed gates."""
    if not run.sheets:
        return Reply(False, ("nothing was judged, so nothing is accepted",))
    worse = [*failed, *regressions(before, run)]
    if worse and request.regression is None:
        return Reply(
            False,
            (
                *worse,
                f"not accepted: {request.path} stays as it is; "
                '--trust-accept-regression "reason" accepts this all the same and keeps the reason',
            ),
        )
    touched = tuple(sorted("/".join(key) for key in run.sheets))
    acceptance = Acceptance(
        request.date, request.commit, touched, request.regression if worse else None
    )
    write_baseline(request.path, accepted(before, run, scores=scores, acceptance=acceptance))
    what = (
        f"{len(touched)} parts" if before is not None else f"{len(touched)} parts, a new baseline"
    )
    return Reply(True, (*worse, f"accepted into {request.path}: {what}"))


def regressions(before: Baseline | None, run: AnsweredRun) -> list[str]:
    """Say where the answers are shown to be worse than those accepted before, by however little."""
    if before is None:
        return []
    compared = compare_runs(
        before.answers, run, pairs=shared_pairs(before.answers, run), max_drop=0.0
    )
    return [
        f"{found.subject} on {found.benchmark}: score dropped by {100 * found.drop.value:.1f} "
        f"(90 % interval {100 * found.drop.low:.1f} to {100 * found.drop.high:.1f}) from what was "
        "accepted"
        for found in compared
        if found.change is Change.REGRESSION and found.drop is not None
    ]
