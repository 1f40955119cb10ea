"""Trust against cost: which choices no other is both cheaper and better than."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from trusteval.ensemble.expense import Unit
from trusteval.ensemble.market import Market, score_of
from trusteval.ensemble.scope import Scope
from trusteval.ensemble.ways import IN_TURN
from trusteval.ensemble.who import score_cell
from trusteval.ensemble.wording import lead_cell
from trusteval.metrics.measuring import Measurement
from trusteval.stats.pareto import front
from trusteval.tables import Cell, Spread
from trusteval.types import Unavailable


@dataclass(frozen=True, slots=True)
class Offer:
    """What a choice takes per item, and its score in points."""

    name: str
    cost: float | Unavailable
    score: Cell
    is_at_once: bool

    @property
    def place(self) -> tuple[float, float] | Unavailable:
        """Return its cost and score as numbers, or which it lacks."""
        if isinstance(self.cost, Unavailable):
            return self.cost
        match self.score:
            case Spread(value):
                return self.cost, value
            case Unavailable():
                return self.score
            case _:
                return self.cost, float(self.score)


@dataclass(frozen=True, slots=True)
class Front:
    """Offers on `benchmarks` of `of` benchmarks; the cost is in a unit."""

    offers: tuple[Offer, ...]
    unit: Unit
    benchmarks: int = 1
    of: int = 1

    def best(self, *, one_device: bool = False) -> Mapping[str, bool | Unavailable]:
        """Return by name whether an offer is on the front, or what it lacks to be placed.

        With `one_device` what takes a device for every member is no offer, and not on it.
        """
        found: dict[str, bool | Unavailable] = {}
        placed: dict[str, tuple[float, float]] = {}
        for offer in self.offers:
            if isinstance(offer.place, Unavailable):
                found[offer.name] = offer.place
            elif one_device and offer.is_at_once:
                found[offer.name] = False
            else:
                placed[offer.name] = offer.place
        costs, scores = zip(*placed.values(), strict=True) if placed else ((), ())
        on_it = dict(zip(placed, front(costs, scores).tolist(), strict=True))
        return {offer.name: {**found, **on_it}[offer.name] for offer in self.offers}


def front_on(market: Market, unit: Unit) -> Front:
    """Return the front on one benchmark."""
    measured = market.contest.measured
    offers = (
        Offer(one.name, market.cost(one.name, unit), _score(measured[one.name]), one.is_at_once)
        for one in market.offered(unit)
    )
    return Front(tuple(offers), unit)


def _score(measured: Measurement | Unavailable) -> Cell:
    return measured if isinstance(measured, Unavailable) else score_cell(measured)


def front_over(markets: Sequence[Market], unit: Unit) -> Front:
    """Return the front of means over dimensions, each the mean over its benchmarks.

    All means are over the benchmarks on which the vote has a score with an interval.
    """
    choices = markets[0].offered(unit)
    scope = Scope(tuple(market.contest for market in markets))
    kept = scope.having(lambda one: score_of(one, IN_TURN))
    if isinstance(kept, Unavailable):
        nothing = (Offer(one.name, kept, kept, one.is_at_once) for one in choices)
        return Front(tuple(nothing), unit, benchmarks=0, of=len(markets))
    some = [market for market in markets if market.contest in kept.contests]

    def offer(name: str, *, is_at_once: bool) -> Offer:
        return Offer(name, _mean_cost(some, name, unit), _mean_score(kept, name), is_at_once)

    offers = (offer(one.name, is_at_once=one.is_at_once) for one in choices)
    return Front(tuple(offers), unit, benchmarks=len(some), of=len(markets))


def _mean_score(scope: Scope, name: str) -> Cell:
    for one in scope.contests:
        if isinstance(score := score_of(one, name), Unavailable):
            return Unavailable(f"{one.benchmark}: {score.why}")
    return lead_cell(scope.find(lambda one: score_of(one, name)).lead)


def _mean_cost(markets: Sequence[Market], name: str, unit: Unit) -> float | Unavailable:
    """Return the mean over dimensions of the mean over their benchmarks, as scores have it."""
    by_dimension: dict[str, list[float]] = {}
    for market in markets:
        taken = market.cost(name, unit)
        if isinstance(taken, Unavailable):
            return Unavailable(f"{market.panel.benchmark}: {taken.why}")
        by_dimension.setdefault(market.panel.dimension, []).append(taken)
    means = [fsum(some) / len(some) for some in by_dimension.values()]
    return fsum(means) / len(means)
