"""What `trusteval compare` and `trusteval history` do, told in lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError
from trusteval.stats.composition import STANDINGS
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME, read_answers
from trusteval.tracking.comparison import (
    BenchmarkComparison,
    Change,
    Pair,
    compare_runs,
    confounds,
    shared_pairs,
)
from trusteval.tracking.history import Point, points_of, read_history, trends

_EXIT = {
    Change.REGRESSION: 1,
    Change.NOT_COMPARABLE: 4,
    Change.INCONCLUSIVE: 3,
    Change.NO_REGRESSION: 0,
}
"""Exit codes, worst first."""
_TEXT = 100
_BARS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """A recorded run, and the subject of it that is meant; None for all."""

    run: AnsweredRun
    subject: str | None


def select(text: str) -> Selection:
    """Read PATH or PATH:SUBJECT, a reports folder or a baseline.

    Raises TrackingError for a place without recorded answers, or a subject that is not in it.
    """
    path, subject = _place(text), None
    if not path.exists() and ":" in text:
        place, _, subject = text.rpartition(":")
        path = _place(place)
    run = read_answers(path)
    if subject is not None and subject not in run.subjects:
        raise TrackingError(f"{path} has no subject {subject!r}; it has {', '.join(run.subjects)}")
    return Selection(run, subject)


def _place(text: str) -> Path:
    path = Path(text)
    return path / NAME if path.is_dir() else path


def compare_selections(
    first: Selection, second: Selection, *, max_drop: float
) -> list[BenchmarkComparison]:
    """Compare two selections; raises TrackingError where they have no subject in common."""
    return compare_runs(first.run, second.run, pairs=_pairs(first, second), max_drop=max_drop)


def _pairs(first: Selection, second: Selection) -> list[Pair]:
    if first.subject is not None or second.subject is not None:
        before, after = first.subject or second.subject, second.subject or first.subject
        for name, run in ((before, first.run), (after, second.run)):
            if name not in run.subjects:
                raise TrackingError(f"one run has no subject {name!r}; name both, RUN:SUBJECT")
        return [Pair(str(before), str(after))]
    pairs = shared_pairs(first.run, second.run)
    if not pairs:
        raise TrackingError(
            f"no subject is in both runs: {', '.join(first.run.subjects)} and "
            f"{', '.join(second.run.subjects)}; name them, RUN:SUBJECT"
        )
    return pairs


def comparison_lines(
    first: Selection, second: Selection, found: Sequence[BenchmarkComparison], *, flips: int
) -> Iterator[str]:
    """Tell what changed, what besides the weights differs, and which items flipped."""
    for pair in _pairs(first, second):
        for difference in confounds(first.run, second.run, pair):
            yield f"CONFOUND {pair.name}: {difference}"
    for comparison in found:
        yield _line(comparison)
        if comparison.moves is not None and comparison.moved_p is not None:
            yield from _move_lines(comparison, comparison.moved_p)
        shown = sorted(comparison.flips, key=lambda flip: not flip.lost)[:flips]
        for flip in shown:
            kind = "lost" if flip.lost else "gained"
            text = flip.text if len(flip.text) <= _TEXT else f"{flip.text[: _TEXT - 3]}..."
            said = f"{flip.before} -> {flip.after} ({flip.target} is right)"
            yield f"    {kind} {flip.id}: {said} {text}"
        if len(comparison.flips) > len(shown) > 0:
            yield f"    and {len(comparison.flips) - len(shown)} more (--json has all)"
    counts = {change: sum(c.change is change for c in found) for change in _EXIT}
    yield ", ".join(f"{n} {change}" for change, n in counts.items() if n) or "nothing to compare"


def exit_code(found: Sequence[BenchmarkComparison]) -> int:
    """Return 1 for a regression, else 4 where something is not comparable, else 3, else 0."""
    changes = {comparison.change for comparison in found}
    return next((code for change, code in _EXIT.items() if change in changes), 4)


def comparison_document(found: Sequence[BenchmarkComparison]) -> list[dict[str, Any]]:
    """Return comparisons as plain values, flips in full; points."""
    return [
        {
            "benchmark": c.benchmark,
            "subject": c.subject,
            "change": c.change.value,
            "why": c.why,
            "before": c.before and c.before.value,
            "after": c.after and c.after.value,
            "drop": c.drop
            and {
                "value": 100 * c.drop.value,
                "low": 100 * c.drop.low,
                "high": 100 * c.drop.high,
            },
            "p": c.p,
            "moves": c.moves
            and {
                old: dict(zip(STANDINGS, row, strict=True))
                for old, row in zip(STANDINGS, c.moves.table.tolist(), strict=True)
            },
            "moved_p": c.moved_p,
            "flips": [
                {
                    "id": flip.id,
                    "text": flip.text,
                    "target": flip.target,
                    "before": flip.before,
                    "after": flip.after,
                }
                for flip in c.flips
            ],
        }
        for c in found
    ]


def _line(comparison: BenchmarkComparison) -> str:
    named = f"{comparison.subject} on {comparison.benchmark}: {comparison.change}"
    drop, before, after = comparison.drop, comparison.before, comparison.after
    if drop is None or before is None or after is None:
        return f"{named} ({comparison.why})"
    lost = sum(flip.lost for flip in comparison.flips)
    return (
        f"{named}, score {before.value:.1f} -> {after.value:.1f}, drop {100 * drop.value:.1f} "
        f"(90 % interval {100 * drop.low:.1f} to {100 * drop.high:.1f}); n={after.counts.n}, "
        f"{lost} lost, {len(comparison.flips) - lost} gained"
    )


def _move_lines(comparison: BenchmarkComparison, p: float) -> Iterator[str]:
    if comparison.moves is None:
        return
    table = comparison.moves.table
    moved = [
        f"{table[i, j]} {old} -> {new}"
        for i, old in enumerate(STANDINGS)
        for j, new in enumerate(STANDINGS)
        if i != j and table[i, j]
    ]
    if moved:
        yield f"    {', '.join(moved)}; p {p:.2g} that none of it is on balance"


# -- history -------------------------------------------------------------------------------


def history_lines(
    path: Path, *, subject: str | None, benchmark: str | None, last: int
) -> Iterator[str]:
    """Tell how each subject's scores went, run by run, oldest first."""
    runs, unreadable = read_history(path)
    chosen = chosen_points(points_of(runs), subject=subject, benchmark=benchmark)
    for (model, profile, protocol, measured, name), points in trends(chosen).items():
        yield f"{name} on {measured} ({model}, {profile}, {protocol}): {sparkline(points)}"
        weights = None
        for point in points[-last:]:
            changed = "" if weights in (None, point.weights) else "  other weights"
            weights = point.weights
            yield f"  {point.started}  {(point.commit or '-')[:10]:10}  {_value(point)}{changed}"
    if unreadable:
        yield f"{unreadable} lines of {path} cannot be read and are left out"


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
    if not chosen:
        subjects = ", ".join(dict.fromkeys(point.subject for point in points)) or "nothing"
        benchmarks = ", ".join(dict.fromkeys(point.benchmark for point in points)) or "nothing"
        raise TrackingError(f"nothing is recorded of that; there is {subjects} on {benchmarks}")
    return chosen


def sparkline(points: Sequence[Point]) -> str:
    """Draw values as bars between the least and the most of them; a blank where there is none."""
    values = [point.value for point in points]
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    steps = len(_BARS) - 2
    return "".join(
        " " if value is None else _BARS[1 + round(steps * (value - low) / ((high - low) or 1))]
        for value in values
    )


def _value(point: Point) -> str:
    if point.value is None:
        return f"undefined  {point.verdict}"
    interval = "" if point.low is None else f" ({point.low:.1f} to {point.high:.1f})"
    return f"{point.value:5.1f}{interval}  n={point.n}  {point.verdict}"
