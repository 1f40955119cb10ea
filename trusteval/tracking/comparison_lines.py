"""What `trusteval compare` found, told in lines or as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from trusteval.stats.composition import STANDINGS
from trusteval.tracking.comparison import BenchmarkComparison, Change

_EXIT = {
    Change.REGRESSION: 1,
    Change.NOT_COMPARABLE: 4,
    Change.INCONCLUSIVE: 3,
    Change.NO_REGRESSION: 0,
}
"""Exit codes, worst first."""
_TEXT = 100


def comparison_lines(found: Sequence[BenchmarkComparison], *, flips: int) -> Iterator[str]:
    """Tell what changed, what besides the weights differs, and which items flipped."""
    yield from dict.fromkeys(f"CONFOUND {c.subject}: {line}" for c in found for line in c.confounds)
    yield from dict.fromkeys(f"READER {c.rereading}" for c in found if c.rereading)
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
            "confounds": list(c.confounds),
            "rereading": c.rereading,
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
        yield f"    {', '.join(moved)}; that nothing moved on balance has p {p:.2g}"
