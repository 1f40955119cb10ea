"""The three claims of arXiv 2511.22483 about a vote, each as something that answers can refute.

1. The vote is at least as good as its best member in most dimensions: not behind the best member,
   whichever that is, by WORTH or more. Shown where that is shown in more than half of the
   dimensions, refuted where the vote is shown behind in at least half of them.
2. It refuses less often, and leaves less unanswered, than the dense model and than the mean member:
   the rate, mean over the dimensions, is shown lower.
3. The score varies less with the choice of precisions: a swing of votes is shown smaller than that
   of members, mean over the dimensions (`trusteval.ensemble.swing`).

By dimension all are adjusted by Holm over the dimensions, for and against apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from trusteval.ensemble.contest import DENSE, MEAN, VOTE
from trusteval.ensemble.payoff import WORTH
from trusteval.ensemble.scope import Finding, Scope
from trusteval.stats.estimate import ALPHA
from trusteval.stats.holm import holm
from trusteval.types import Unavailable


class Standing(StrEnum):
    """What answers say of a claim."""

    SHOWN = "shown"
    REFUTED = "refuted"
    UNSHOWN = "not shown"


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A claim, what was found over all dimensions, and in how many it holds.

    `seen` counts the dimensions in which it holds as seen, `shown` and `refuted` those in which it
    is shown or refuted; of the `dimensions` some may say nothing.
    """

    claim: str
    found: Finding
    dimensions: int
    seen: int
    shown: int
    refuted: int
    standing: Standing


def at_least_the_best(scope: Scope) -> Claim:
    """Judge that the vote is at least as good as its best member in most dimensions."""
    by_dimension = {name: one.best() for name, one in scope.dimensions.items()}
    n, half = len(by_dimension), len(by_dimension) / 2
    shown = _count(_p(one, above=-WORTH) for one in by_dimension.values())
    refuted = _count(_p(one, below=0.0) for one in by_dimension.values())
    standing = Standing.UNSHOWN
    if shown > half:
        standing = Standing.SHOWN
    elif n and refuted >= half:
        standing = Standing.REFUTED
    leads = [one.lead for one in by_dimension.values()]
    seen = sum(not isinstance(lead, Unavailable) and lead.value >= 0 for lead in leads)
    return Claim("as good as its best member", scope.best(), n, seen, shown, refuted, standing)


def lower_rates(rates: Mapping[str, Scope]) -> Iterable[Claim]:
    """Judge that rates are lower for the vote; `rates` are scopes by what is counted."""
    for counted, scope in rates.items():
        for its in (DENSE, MEAN):
            found = {name: one.lead(VOTE, its) for name, one in scope.dimensions.items()}
            yield _of_mean(f"fewer {counted} than {its}", scope.lead(VOTE, its), found, sign=-1)


def less_swing(whole: Finding, by_dimension: Mapping[str, Finding]) -> Claim:
    """Judge that the score of votes varies less with the precisions than that of members."""
    return _of_mean("less variance across precisions", whole, by_dimension, sign=1)


def _of_mean(
    claim: str, whole: Finding, by_dimension: Mapping[str, Finding], *, sign: int
) -> Claim:
    """Judge that a mean over dimensions is above 0, or with the sign -1 below."""
    up = [_p(one, above=0.0) for one in by_dimension.values()]
    down = [_p(one, below=0.0) for one in by_dimension.values()]
    for_it, against = (up, down) if sign > 0 else (down, up)
    of_whole = _p(whole, above=0.0), _p(whole, below=0.0)
    standing = Standing.UNSHOWN
    if of_whole[sign < 0] <= ALPHA:
        standing = Standing.SHOWN
    elif of_whole[sign > 0] <= ALPHA:
        standing = Standing.REFUTED
    leads = [one.lead for one in by_dimension.values()]
    seen = sum(not isinstance(lead, Unavailable) and sign * lead.value > 0 for lead in leads)
    return Claim(claim, whole, len(leads), seen, _count(for_it), _count(against), standing)


def _p(found: Finding, *, above: float | None = None, below: float | None = None) -> float:
    """Return the p of being above or below a limit; what brings no evidence has 1."""
    if isinstance(found.lead, Unavailable):
        return 1.0
    if above is not None:
        return found.lead.p_above(above)
    return 1.0 if below is None else found.lead.p_below(below)


def _count(p_values: Iterable[float]) -> int:
    return sum(p <= ALPHA for p in holm(list(p_values)))
