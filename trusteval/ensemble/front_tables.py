"""The tables of trust against cost: over all dimensions, by dimension, and by benchmark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trusteval.ensemble.expense import Unit, asks_of_vote, best_unit, price
from trusteval.ensemble.fronts import Front, front_on, front_over
from trusteval.ensemble.market import Market
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

Markets = Mapping[str, Sequence[Market]]
"""By ensemble."""
_COST = {
    Unit.SECONDS: Column("cost", Kind.SECONDS),
    Unit.TOKENS: Column("tokens", Kind.COUNT),
    Unit.ANSWERS: Column("answers", Kind.NUMBER),
}
_SAID = {
    Unit.SECONDS: "cost: seconds per item, of models that are loaded",
    Unit.TOKENS: "tokens: of prompts and answers, per item",
    Unit.ANSWERS: "answers: how many are generated per item, whoever gives them",
}
_NOTES = (
    "on the front: no other is both cheaper and better; by the scores themselves, whose intervals "
    "may overlap",
    "rules that weigh all members' answers take what the full vote in turn does: see the rivals",
)
_ONE_DEVICE = "on one device: the front without the vote at once, which takes one for every member"
_MEANS = (
    "mean over the dimensions of the mean over their benchmarks, of costs and scores alike; over "
    "the benchmarks on which the vote has a score with an interval",
)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A front, what its rows begin with, and the markets that it is of."""

    begin: tuple[Cell, ...]
    front: Front
    markets: Sequence[Market]


def overall_parts(markets: Markets) -> list[Part]:
    """Return every ensemble's front over all dimensions."""
    return [_over((name,), of, of) for name, of in markets.items()]


def overall_tables(parts: Sequence[Part]) -> list[Table]:
    """Show trust against cost over all dimensions, a table for each unit that costs are in."""
    begin = (Column("ensemble"), Column("benchmarks"))
    return list(_tables("front", "over all dimensions", begin, parts, _MEANS))


def dimension_tables(markets: Markets) -> list[Table]:
    """Show trust against cost in every dimension, a table for each unit that costs are in."""
    begin = (Column("ensemble"), Column("dimension"), Column("benchmarks"))
    parts = [
        _over(
            (name, dimension.replace("_", " ")),
            [market for market in of if market.panel.dimension == dimension],
            of,
        )
        for name, of in markets.items()
        for dimension in dict.fromkeys(market.panel.dimension for market in of)
    ]
    return list(_tables("front_by_dimension", "by dimension", begin, parts, _MEANS))


def benchmark_tables(markets: Markets) -> list[Table]:
    """Show trust against cost on every benchmark, a table for each unit that costs are in."""
    begin = (Column("ensemble"), Column("benchmark"))
    parts = [
        Part((name, market.panel.benchmark), front_on(market, best_unit([market.panel])), [market])
        for name, of in markets.items()
        for market in of
    ]
    return list(_tables("front_by_benchmark", "by benchmark", begin, parts, ()))


def _over(begin: tuple[str, ...], some: Sequence[Market], of: Sequence[Market]) -> Part:
    """Return a front over some of an ensemble's markets, in the unit that suits all of them."""
    front = front_over(some, best_unit([market.panel for market in of]))
    return Part((*begin, f"{front.benchmarks} of {front.of}"), front, of)


def _tables(
    name: str, scope: str, begin: tuple[Column, ...], parts: Sequence[Part], notes: tuple[str, ...]
) -> Iterator[Table]:
    for unit in dict.fromkeys(part.front.unit for part in parts):
        those = [part for part in parts if part.front.unit is unit]
        in_time = unit is Unit.SECONDS
        last = [Column("on the front"), *([Column("on one device")] if in_time else [])]
        yield Table(
            name if in_time else f"{name}_in_{unit}",
            f"Trust against cost, {scope}",
            (*begin, Column("choice"), _COST[unit], Column("score", Kind.POINTS), *last),
            tuple((*part.begin, *cells) for part in those for cells in _cells(part.front)),
            (
                *_instead(unit, [market for part in those for market in part.markets]),
                _SAID[unit],
                *notes,
                *_NOTES,
                *([_ONE_DEVICE] if in_time else []),
            ),
        )


def _cells(front: Front) -> Iterator[tuple[Cell, ...]]:
    best = [front.best()]
    if front.unit is Unit.SECONDS:
        best.append(front.best(one_device=True))
    for offer in front.offers:
        yield (offer.name, offer.cost, offer.score, *(_worded(one[offer.name]) for one in best))


def _worded(is_on_it: bool | Unavailable) -> Cell:
    if isinstance(is_on_it, Unavailable):
        return is_on_it
    return "yes" if is_on_it else "no"


def _instead(unit: Unit, markets: Sequence[Market]) -> Iterator[str]:
    """Say why costs are in no better unit."""
    better = {Unit.SECONDS: [], Unit.TOKENS: [Unit.SECONDS]}.get(unit, [Unit.SECONDS, Unit.TOKENS])
    for one in better:
        panels = dict.fromkeys(market.panel for market in markets)
        found = [price(panel, asks_of_vote(panel), one) for panel in panels]
        why = dict.fromkeys(one.why for one in found if isinstance(one, Unavailable))
        yield f"not in {one}: {'; '.join(why)}"
