"""Words what is said when a run is accepted: what is worse, left out, or not compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trusteval.tracking.change import Conclusion
from trusteval.tracking.comparison import BenchmarkComparison

_MOST_SAID = 8
"""So many parts, or reasons, are named before the others are counted."""


def first_of(reasons: Sequence[str]) -> Iterable[str]:
    """Return the first reasons, and how many more there are."""
    yield from reasons[:_MOST_SAID]
    if len(reasons) > _MOST_SAID:
        yield f"and {len(reasons) - _MOST_SAID} more"


def left_out_lines(left_out: Mapping[tuple[str, str], str]) -> Iterable[str]:
    """Say which parts are not accepted and why, the first of them by name."""
    told = [f"not accepted: {'/'.join(key)}: {why}" for key, why in sorted(left_out.items())]
    yield from told[:_MOST_SAID]
    if others := sorted(left_out)[_MOST_SAID:]:
        yield f"not accepted for such a reason: {', '.join(map('/'.join, others))}"


def tries_lines(tries: Mapping[str, int]) -> list[str]:
    """Say how many tries it took, which the baseline keeps."""
    shown = ", ".join(f"{name} {made}" for name, made in sorted(tries.items()))
    return [f"tries since it was last accepted: {shown}"] if tries else []


def unlike_before(compared: Sequence[BenchmarkComparison]) -> Iterable[str]:
    """Say which readers read what is compared, and what is not compared with before."""
    yield from dict.fromkeys(f"baseline {c.rereading}" for c in compared if c.rereading)
    for one in compared:
        if one.change is Conclusion.NOT_COMPARABLE:
            yield f"{one.subject} on {one.benchmark}: not compared with before ({one.why})"


def suspicion(found: BenchmarkComparison) -> str | None:
    """Say which drop would be one if its benchmark were the only one that was compared."""
    if found.change is not Conclusion.SUSPECT or found.p is None:
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


def worsening(found: BenchmarkComparison) -> str | None:
    """Say in what a benchmark is worse than what was accepted; None where it is not shown to be."""
    where = f"{found.subject} on {found.benchmark}"
    if found.change is Conclusion.REGRESSION:
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
