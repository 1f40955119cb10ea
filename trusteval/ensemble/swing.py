"""How far a score swings when one precision is taken for another: of members, and of votes.

The same change is made to both. A single model is one precision, so that another is another member;
a vote over all members but one is changed in one by leaving out another. The swing is the mean
difference, without its sign, between two of them. With three members a vote over two is the
fallback chain of these two, so that little is known of votes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from trusteval.answers.ensembles import elect
from trusteval.ensemble.contest import Contest, contest
from trusteval.ensemble.panel import Panel
from trusteval.stats.estimate import Estimate
from trusteval.stats.independent import IndependentMean, above, below
from trusteval.types import Unavailable

_FEWEST = 3
_LIFT = 0.8
"""What noise lifts a difference without its sign by, in standard errors: sqrt(2 / pi), rounded."""
_FAR = 3
"""Standard errors from where on noise lifts nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Swing:
    """The members' swing, that of votes over all but one, and the first minus the second.

    Fractions; a difference above 0 says that voting calms. Each is lifted by noise.
    """

    members: float
    votes: float
    calming: Estimate


def swing_of(panel: Panel) -> Swing | Unavailable:
    """Measure how far a panel's members and its votes over all but one swing.

    The difference is a sum of scores once each pair's direction is held as observed; a bound moves
    by what noise may have lifted, as those of gaps do (docs/statistics.md).
    """
    if len(panel.members) < _FEWEST:
        return Unavailable(f"a swing of votes needs {_FEWEST} members, got {len(panel.members)}")
    all_but_one = {
        f"all but {name}": elect(
            [m for m in panel.members if m.name != name],
            [one for m, one in zip(panel.members, panel.cast, strict=True) if m.name != name],
        )
        for name in panel.names
    }
    members = {name: panel.singles[name] for name in panel.names}
    measured = contest(panel, {**members, **all_but_one})
    of_members, of_votes = (_side(measured, tuple(names)) for names in (members, all_but_one))
    if isinstance(of_members, Unavailable):
        return of_members
    if isinstance(of_votes, Unavailable):
        return of_votes
    taken = {name: -weight for name, weight in of_votes.weights.items()}
    base = measured.contrast({**of_members.weights, **taken})
    if isinstance(base, Unavailable):
        return base
    calming = IndependentMean(
        base.value,
        replace(below(base), shift=below(base).shift + of_members.lift),
        replace(above(base), shift=above(base).shift + of_votes.lift),
    )
    return Swing(of_members.swing, of_votes.swing, calming)


@dataclass(frozen=True, slots=True)
class _Side:
    """A mean difference, what each one's value weighs in it, and what noise may have lifted."""

    swing: float
    weights: Mapping[str, float]
    lift: float


def _side(measured: Contest, names: Sequence[str]) -> _Side | Unavailable:
    pairs = list(combinations(names, 2))
    weights = dict.fromkeys(names, 0.0)
    swing = lift = 0.0
    for pair in pairs:
        lead = measured.lead(*pair)
        if isinstance(lead, Unavailable):
            return lead
        swing += abs(lead.value) / len(pairs)
        lift += _lift(lead) / len(pairs)
        for name, sign in zip(pair, (1, -1), strict=True):
            weights[name] += (sign if lead.value >= 0 else -sign) / len(pairs)
    return _Side(swing, weights, lift)


def _lift(lead: Estimate) -> float:
    error = (below(lead).error + above(lead).error) / 2
    return _LIFT * error if abs(lead.value) <= _FAR * error else 0.0
