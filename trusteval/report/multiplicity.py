"""What p-values are worth beside each other: Holm's adjustment, printed and never deciding."""

from __future__ import annotations

from collections.abc import Sequence

from trusteval.stats.holm import holm
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
        unheard = [1.0] * (size - len(found))
        adjusted |= zip(found, holm([*found.values(), *unheard]), strict=False)
    return adjusted
