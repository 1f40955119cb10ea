"""What `trusteval compare` found, told in lines or as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from trusteval.gates.limits import digits_for
from trusteval.printable import shortened
from trusteval.stats.composition import STANDINGS
from trusteval.stats.estimate import Estimate
from trusteval.tracking.change import Conclusion, Limits, claim_of
from trusteval.tracking.comparison import BenchmarkComparison
from trusteval.tracking.flips import Flip

_EXIT = {
    Conclusion.REGRESSION: 1,
    Conclusion.NOT_COMPARABLE: 4,
    Conclusion.SUSPECT: 3,
    Conclusion.INCONCLUSIVE: 3,
    Conclusion.NONE_ON_THESE_ITEMS: 0,
    Conclusion.NO_REGRESSION: 0,
    Conclusion.IDENTICAL: 0,
}
"""Exit codes, worst first."""
SCHEMA_VERSION = 1
_TEXT = 100
_MOST_ITEMS = 10**7
"""More than anybody has."""


def comparison_lines(found: Sequence[BenchmarkComparison], *, flips: int) -> Iterator[str]:
    """Tell what changed, what besides the weights differs, and which items flipped."""
    yield from dict.fromkeys(f"CONFOUND {c.subject}: {line}" for c in found for line in c.confounds)
    yield from dict.fromkeys(f"READER {c.rereading}" for c in found if c.rereading)
    for comparison in found:
        yield _line(comparison)
        if comparison.moves is not None and comparison.moved_p is not None:
            yield from _move_lines(comparison, comparison.moved_p)
        yield from (f"    {note}" for note in comparison.notes)
        if comparison.beside:
            yield _beside(comparison.beside)
        shown = sorted(comparison.flips, key=lambda flip: not flip.lost)[:flips]
        for flip in shown:
            kind = "lost" if flip.lost else "gained"
            said = f"{flip.before} -> {flip.after} ({shortened(flip.target, most=_TEXT)} is right)"
            yield f"    {kind} {flip.id}: {said} {shortened(flip.text, most=_TEXT)}"
        if len(comparison.flips) > len(shown) > 0:
            yield f"    and {len(comparison.flips) - len(shown)} more (--json has all)"
    counts = {change: sum(c.change is change for c in found) for change in _EXIT}
    yield ", ".join(f"{n} {change}" for change, n in counts.items() if n) or "nothing to compare"


def outcome(found: Sequence[BenchmarkComparison]) -> Conclusion:
    """Return the worst of what became of the benchmarks; of none nothing can be compared."""
    changes = {comparison.change for comparison in found}
    return next((change for change in _EXIT if change in changes), Conclusion.NOT_COMPARABLE)


def exit_code(found: Sequence[BenchmarkComparison], *, cut_short: bool = False) -> int:
    """Return 1 for a regression, else 4 where something is not comparable, else 3, else 0.

    Of a run that was `cut_short` something is not comparable: what it did not get to.
    """
    worst = outcome(found)
    is_hidden = cut_short and worst is not Conclusion.REGRESSION
    return _EXIT[Conclusion.NOT_COMPARABLE if is_hidden else worst]


def comparison_document(
    found: Sequence[BenchmarkComparison],
    *,
    limits: Limits,
    runs: Mapping[str, Mapping[str, Any]],
    cut_short: bool = False,
) -> dict[str, Any]:
    """Return a comparison as plain values, flips in full; points.

    `runs` say what `before` and `after` are, `cut_short` is as for `exit_code`; the family in
    `limits` is that of the subject with the most comparisons.
    """
    return {
        "kind": "trusteval comparison",
        "schema": SCHEMA_VERSION,
        "runs": {name: dict(run) for name, run in runs.items()},
        "max_drop": limits.max_drop,
        "family": limits.family,
        "outcome": outcome(found).value,
        "exit_code": exit_code(found, cut_short=cut_short),
        "comparisons": _comparisons(found),
    }


def _comparisons(found: Sequence[BenchmarkComparison]) -> list[dict[str, Any]]:
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
            "max_drop": c.limits.max_drop,
            "family": c.limits.family,
            "n": c.n,
            "answered_otherwise": c.otherwise,
            "flips_reach": None if c.reach is None else 100 * c.reach,
            "moves": c.moves
            and {
                old: dict(zip(STANDINGS, row, strict=True))
                for old, row in zip(STANDINGS, c.moves.table.tolist(), strict=True)
            },
            "moved_p": c.moved_p,
            "confounds": list(c.confounds),
            "rereading": c.rereading,
            "notes": list(c.notes),
            "metric": c.after and c.after.metric,
            "is_better_high": c.is_better_high,
            "flips": _flips(c.flips),
            "flips_outside_score": _flips(c.beside),
        }
        for c in found
    ]


def _flips(flips: Sequence[Flip]) -> list[dict[str, Any]]:
    return [
        {
            "id": flip.id,
            "text": flip.text,
            "target": flip.target,
            "before": flip.before,
            "after": flip.after,
        }
        for flip in flips
    ]


def _line(comparison: BenchmarkComparison) -> str:
    named = f"{comparison.subject} on {comparison.benchmark}: {comparison.change}"
    drop, before, after = comparison.drop, comparison.before, comparison.after
    if comparison.change is Conclusion.IDENTICAL and after is not None:
        value = f"undefined ({after.undefined})" if after.value is None else f"{after.value:.1f}"
        same = "answers to" if comparison.knows_answers else f"{after.metric} on"
        return f"{named}, the same {same} all {comparison.n} items, {after.metric} {value}"
    if drop is None or before is None or after is None:
        return f"{named} ({comparison.why})"
    return "; ".join(
        (
            f"{named}, {before.metric} {before.value:.1f} -> {after.value:.1f}, "
            f"{_worse(comparison)} {100 * drop.value:.1f} "
            f"(90 % interval {100 * drop.low:.1f} to {100 * drop.high:.1f})",
            f"n={comparison.n}, {_lost_and_gained(comparison.flips)}",
            *_reasons(comparison, drop),
        )
    )


def _worse(comparison: BenchmarkComparison) -> str:
    """Return what it is called where a score is worse."""
    return "drop" if comparison.is_better_high else "rise"


def _lost_and_gained(flips: Sequence[Flip]) -> str:
    lost = sum(flip.lost for flip in flips)
    return f"{lost} lost, {len(flips) - lost} gained"


def _reasons(comparison: BenchmarkComparison, drop: Estimate) -> Iterator[str]:
    """Say what a verdict that is not shown for other items rests on, and what would show it."""
    limits, n = comparison.limits, comparison.n
    match comparison.change:
        case Conclusion.NONE_ON_THESE_ITEMS if comparison.reach is not None:
            otherwise = "answered" if comparison.knows_answers else "earned"
            yield (
                f"{comparison.otherwise} {otherwise} differently; if all were losses, they would "
                f"cost {_digits(100 * comparison.reach, limits.max_drop)} of the "
                f"{limits.max_drop:g} allowed"
            )
        case Conclusion.SUSPECT:
            yield (
                f"p {comparison.p:.2g} would be a regression as the only comparison; among the "
                f"{limits.family} of {comparison.subject} it needs {limits.error:.2g}: neither "
                "shown nor excused"
            )
            return
        case Conclusion.INCONCLUSIVE:
            pass
        case _:
            return
    grown = n * claim_of(drop, limits).settling()[0]
    would = f", about {ceil(grown):,} items would exclude more than {limits.max_drop:g}"
    yield (
        f"for other items {_worse(comparison)}s up to {100 * drop.high:.1f} are not excluded"
        f"{f'{would} if nothing changed' if n < grown < _MOST_ITEMS else ''}"
    )


def _digits(value: float, limit: float) -> str:
    return f"{value:.{digits_for([value], [limit])}f}"


def _beside(flips: Sequence[Flip]) -> str:
    settings = ", ".join(dict.fromkeys(flip.id.partition("/")[0] for flip in flips))
    return f"    outside the score ({settings}): {_lost_and_gained(flips)}"


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
        yield f"    {', '.join(moved)}; p {p:.2g} for no movement on balance"
