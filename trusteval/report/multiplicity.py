"""What p-values are worth beside each other: Holm's adjustment, printed and never deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trusteval.types import Verdict


def holm_adjusted(verdicts: Sequence[Verdict]) -> dict[tuple[str, str], float]:
    """Return the Holm-adjusted p-value of every tested verdict, by gate and subject.

    Of a subject's m blocking rows, those that brought no evidence count with p = 1. A warning row
    is a family of its own.
    """
    adjusted: dict[tuple[str, str], float] = {}
    families: dict[tuple[str, int], dict[tuple[str, str], float]] = {}
    for verdict in verdicts:
        if verdict.p is not None:
            own = families.setdefault((verdict.subject, verdict.family), {})
            own[verdict.gate, verdict.subject] = verdict.p
    for (_, size), found in families.items():
        adjusted |= _holm(found, size) if size > 1 else found
    return adjusted


def _holm(p_values: Mapping[tuple[str, str], float], size: int) -> dict[tuple[str, str], float]:
    """Step down: the i-th smallest times size - i, never less than a smaller one's (Holm 1979)."""
    adjusted: dict[tuple[str, str], float] = {}
    highest = 0.0
    for place, (key, p) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        highest = max(highest, min(1.0, (size - place) * p))
        adjusted[key] = highest
    return adjusted
