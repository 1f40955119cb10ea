"""The tables of the ways to hold a vote: what each takes, and whom a cascade asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from trusteval.ensemble.expense import Unit, price
from trusteval.ensemble.holding import loading_of, memory_of
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.ways import CHEAPEST, HIGHEST, IN_TURN, Way
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

Ways = Mapping[Panel, Sequence[Way]]
_WAYS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("way"),
    Column("answers", Kind.NUMBER),
    Column("fewer answers", Kind.SHARE),
    Column("tokens", Kind.COUNT),
    Column("seconds", Kind.SECONDS),
    Column("less time", Kind.SHARE),
    Column("processor seconds", Kind.SECONDS),
)
_HOLDING = (
    Column("ensemble"),
    Column("members are held"),
    Column("memory", Kind.BYTES),
    Column("loading", Kind.SECONDS),
    Column("items", Kind.COUNT),
    Column("loading per item", Kind.SECONDS),
)
_ASKED = (
    Column("ensemble"),
    Column("benchmark"),
    Column("way"),
    Column("ordered by"),
    Column("place", Kind.COUNT),
    Column("member"),
    Column("asked on", Kind.SHARE),
)


def ways_table(ways: Ways) -> Table:
    """Show what holding each vote takes, per item."""
    return Table(
        "ways",
        "Ways to hold the vote, per item",
        _WAYS,
        tuple(row for panel, of in ways.items() for row in _way_rows(panel, of)),
        (
            "answers: members asked; fewer answers and less time: than the full vote in turn",
            "seconds: of members that are loaded, each at the mean of all its recorded answers to "
            "the benchmark; answers generated together share their time evenly, so that one asked "
            "alone takes longer",
        ),
    )


def _way_rows(panel: Panel, ways: Sequence[Way]) -> Iterator[tuple[Cell, ...]]:
    (in_turn,) = (way for way in ways if way.name == IN_TURN)
    for way in ways:
        answers, seconds = sum(way.asks.values()), way.seconds(panel)
        yield (
            panel.ensemble,
            panel.benchmark,
            way.name,
            answers,
            1 - answers / len(panel.names),
            price(panel, way.asks, Unit.TOKENS),
            seconds,
            _saved(seconds, of=in_turn.seconds(panel)),
            price(panel, way.asks, Unit.PROCESSOR),
        )


def _saved(seconds: float | Unavailable, *, of: float | Unavailable) -> float | Unavailable:
    """Return which share of a time is saved."""
    if isinstance(seconds, Unavailable):
        return seconds
    if isinstance(of, Unavailable):
        return of
    return 1 - seconds / of if of else Unavailable("the full vote took no seconds")


def holding_table(panels: Panels) -> Table:
    """Show what memory each vote takes, and how long loading its members."""
    return Table(
        "holding",
        "Memory of the vote",
        _HOLDING,
        tuple(
            _holding_row(panels.of(name), at_once=at_once)
            for name in panels.ensembles
            for at_once in (False, True)
        ),
        (
            "in turn: members take turns on one device, each is loaded once and asked all its "
            "items (of a cascade those that are still open); the memory is the largest peak. Who "
            "asks item by item in so little memory loads a member for every item instead",
            "at once: all members stay loaded, each on a device of its own; the memory is the sum "
            "of the peaks, the loading that of the slowest",
            "loading per item: spread over the items of all benchmarks, asked once",
        ),
    )


def _holding_row(panels: Sequence[Panel], *, at_once: bool) -> tuple[Cell, ...]:
    """Show what a vote's members take; the same on every benchmark that says it."""
    items = sum(len(panel.sample_table.samples) for panel in panels)
    memory = _first(memory_of(panel, panel.names, at_once=at_once) for panel in panels)
    loading = _first(loading_of(panel, panel.names, at_once=at_once) for panel in panels)
    return (
        panels[0].ensemble,
        "at once" if at_once else "in turn",
        memory,
        loading,
        items,
        loading if isinstance(loading, Unavailable) else loading / items,
    )


def _first(found: Iterable[float | Unavailable]) -> float | Unavailable:
    """Return the first that is known, else why the first is not."""
    every = list(found)
    return next((one for one in every if not isinstance(one, Unavailable)), every[0])


def asked_table(ways: Ways) -> Table:
    """Show on which share of the items a cascade asks each member."""
    return Table(
        "asked",
        "Whom a cascade asks",
        _ASKED,
        tuple(
            (panel.ensemble, panel.benchmark, way.name, way.ordered_by, place, member, share)
            for panel, of in ways.items()
            for way in of
            if way.name in (CHEAPEST, HIGHEST)
            for place, (member, share) in enumerate(way.asks.items(), 1)
        ),
        (
            "a member is asked while those after it could still change the outcome; cheapest "
            "first: by measured seconds, where all members' are known and of one machine, else "
            "the fewest bits first",
        ),
    )
