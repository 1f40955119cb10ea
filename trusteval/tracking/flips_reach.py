"""How far the answers that changed could lower a score at most: as if every one were a loss.

It is a sum over the very items that were asked, no estimate: where it is within the margin, nothing
beyond the margin was lost on them, whatever moved (docs/tracking.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trusteval.answers.table import AnswerTable, Flags
from trusteval.metrics.aggregation import WeightedSum
from trusteval.metrics.making import Gap
from trusteval.metrics.measuring import Measurement
from trusteval.metrics.parts import GapParts, LesserParts, RateParts
from trusteval.stats.clusters import Cell


def flips_reach(*, before: Measurement, after: Measurement) -> float | None:
    """Return by how much what changed could lower a value, a fraction; None where nobody can say.

    Of rates it is what the changed rows weigh, of the lesser of two what they do where they weigh
    more. A rate of a group changes by at most one over its
    rows that count both times for each changed row, and a gap by what its rates do.
    """
    match before.parts, after.parts:
        case RateParts() as ours, RateParts() as its:
            return _of_cells(ours.cells, its.cells)
        case LesserParts() as ours, LesserParts() as its:
            return _of_cells(ours.fixed, its.fixed) + sum(
                max(_of_cells(one.one, two.one), _of_cells(one.other, two.other))
                for one, two in zip(ours.two, its.two, strict=True)
            )
        case GapParts(), GapParts() if isinstance(after.formula, WeightedSum):
            return sum(
                term.weight
                * gap.share
                * _of_gap(gap, before.rows[term.setting], after.rows[term.setting])
                for term in after.formula.terms
                for gap in term.metric.gaps
            )
        case _:
            return None


def _of_cells(before: Sequence[Cell], after: Sequence[Cell]) -> float:
    pairs = zip(before, after, strict=True)
    return sum(one.share * float(np.abs(one.y - other.y).sum()) for one, other in pairs)


def _of_gap(gap: Gap, before: AnswerTable, after: AnswerTable) -> float:
    spoke = before.answered != after.answered
    everyone = np.ones_like(spoke)
    if gap.of_labels:
        first = after.truly_positive
        return _of_rates([first, ~first], everyone, everyone, before.correct != after.correct)
    if gap.of_silence:
        both, changed = everyone, spoke
    else:
        both = before.answered & after.answered
        changed = spoke | (before.called_positive != after.called_positive)
    among = (after.truly_positive, ~after.truly_positive) if gap.odds else (everyone,)
    groups = list(after.groups.values())
    return max(_of_rates(groups, some, both, changed) for some in among)


def _of_rates(groups: Sequence[Flags], among: Flags, both: Flags, changed: Flags) -> float:
    """Return by how much the groups' rates among some rows can have moved apart."""
    moved = [
        (np.count_nonzero(changed & members & among), np.count_nonzero(both & members & among))
        for members in groups
    ]
    return min(1.0, sum(n / size if size else float(n > 0) for n, size in moved))
