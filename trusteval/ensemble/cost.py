"""What a vote costs, as it was recorded, and what else that buys: trust against cost.

Time and memory are never assumed: what nobody measured is said where its number would stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trusteval.ensemble.expense import Unit
from trusteval.ensemble.front_tables import (
    Part,
    benchmark_tables,
    dimension_tables,
    overall_parts,
    overall_tables,
)
from trusteval.ensemble.market import markets_of
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.price_list import answers_table, models_table
from trusteval.ensemble.way_tables import asked_table, holding_table, ways_table
from trusteval.ensemble.ways import CHEAPEST, HIGHEST, Way, ways_of
from trusteval.tables import Section
from trusteval.types import Unavailable

_PER_ITEM = {
    Unit.SECONDS: "seconds per item",
    Unit.TOKENS: "tokens per item",
    Unit.ANSWERS: "answers per item",
}


def cost(panels: Panels) -> Section:
    """Show what votes and their members cost, and which choices are worth it."""
    ways = {panel: ways_of(panel) for panel in panels.panels}
    markets = {
        name: markets_of({panel: ways[panel] for panel in panels.of(name)})
        for name in panels.ensembles
    }
    overall = overall_parts(markets)
    return Section(
        "cost",
        "Trust against cost",
        (
            *overall_tables(overall),
            *dimension_tables(markets),
            *benchmark_tables(markets),
            ways_table(ways),
            holding_table(panels),
            asked_table(ways),
            answers_table(panels),
            models_table(panels),
        ),
        (
            *map(_front_said, overall),
            *(_cascades_said(panels.of(name), ways) for name in panels.ensembles),
        ),
    )


def _front_said(part: Part) -> str:
    """Say in words which choices are on a front, and which are not."""
    front, best = part.front, part.front.best()
    unplaced = [name for name, is_on_it in best.items() if isinstance(is_on_it, Unavailable)]
    sides = {
        "on the front": [name for name, is_on_it in best.items() if is_on_it is True],
        "not on it": [name for name, is_on_it in best.items() if is_on_it is False],
        "not placed": unplaced,
    }
    said = "; ".join(f"{side}: {', '.join(names)}" for side, names in sides.items() if names)
    return f"{part.begin[0]}, all dimensions, score against {_PER_ITEM[front.unit]}: {said}"


def _cascades_said(panels: Sequence[Panel], ways: Mapping[Panel, Sequence[Way]]) -> str:
    """Say what cascades save, and that they gave the vote's answers, which `ways_of` checked."""
    items = sum(len(panel.sample_table.samples) for panel in panels)
    asked = " and ".join(
        f"{_mean_asked(panels, ways, name):.2f} in a {name}" for name in (CHEAPEST, HIGHEST)
    )
    return (
        f"{panels[0].ensemble}: a cascade gives the full vote's answer on all {items:,} items, as "
        f"was checked; of {len(panels[0].names)} members it asks {asked}"
    )


def _mean_asked(panels: Sequence[Panel], ways: Mapping[Panel, Sequence[Way]], name: str) -> float:
    answers = sum(
        len(panel.rows) * sum(way.asks.values())
        for panel in panels
        for way in ways[panel]
        if way.name == name
    )
    return answers / sum(len(panel.rows) for panel in panels)
