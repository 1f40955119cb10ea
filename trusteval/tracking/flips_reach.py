"""How far the answers that changed could lower a score at most: as if every one were a loss.

It is a sum over the very items that were asked, no estimate: where it is within the margin, nothing
beyond the margin was lost on them, whatever moved (docs/tracking.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from trusteval.answers.table import Flags, Sheet
from trusteval.metrics.aggregation import Formula, Term, WeightedSum
from trusteval.metrics.estimates import cells
from trusteval.metrics.rates import RATES

_PARITY, _ODDS = "demographic_parity_difference", "equalized_odds_difference"
Rows = Mapping[str, Sheet]


def flips_reach(formula: Formula, *, before: Rows, after: Rows) -> float | None:
    """Return by how much what changed could lower a value, a fraction; None where nobody can say.

    Of rates it is what the changed rows weigh. A rate of a group changes by at most one over its
    rows that both answered for each changed row, and a gap by what its rates do. Raises
    UndefinedError where no row counts.
    """
    if not isinstance(formula, WeightedSum):
        return None
    rates = [term for term in formula.terms if term.metric in RATES]
    gaps = [term for term in formula.terms if term.metric in (_PARITY, _ODDS)]
    if len(rates) + len(gaps) < len(formula.terms):
        return None
    pairs = zip(cells(rates, before), cells(rates, after), strict=True)
    of_rates = sum(ours.share * float(np.abs(ours.y - its.y).sum()) for ours, its in pairs)
    return of_rates + sum(_of_gap(term, before, after) for term in gaps)


def _of_gap(term: Term, before: Rows, after: Rows) -> float:
    ours, its = before[term.setting], after[term.setting]
    both = ours.answered & its.answered
    changed = (ours.answered != its.answered) | (ours.called_positive != its.called_positive)
    everyone = np.ones_like(both)
    among = (everyone,) if term.metric == _PARITY else (its.truly_positive, ~its.truly_positive)
    groups = list(its.groups.values())
    return term.weight * max(_of_rates(groups, some, both, changed) for some in among)


def _of_rates(groups: Sequence[Flags], among: Flags, both: Flags, changed: Flags) -> float:
    """Return by how much the groups' rates among some rows can have moved apart."""
    moved = [
        (np.count_nonzero(changed & members & among), np.count_nonzero(both & members & among))
        for members in groups
    ]
    return min(1.0, sum(n / size if size else float(n > 0) for n, size in moved))
