"""Who votes: every ensemble's members in the vote's order, and the score of each on its own."""

from __future__ import annotations

from collections.abc import Iterator

from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.metrics.measuring import Measurement
from trusteval.tables import Cell, Column, Kind, Section, Spread, Table
from trusteval.types import Unavailable

_COLUMNS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("subject"),
    Column("is"),
    Column("score", Kind.POINTS),
    Column("items", Kind.COUNT),
    Column("refused", Kind.COUNT),
    Column("invalid", Kind.COUNT),
)


def who_votes(panels: Panels) -> Section:
    """Show the members, the model they stand beside and the vote, each with its score."""
    rows = tuple(row for panel in panels.panels for row in _rows(panel))
    scores = Table("scores", "Scores of members and vote", _COLUMNS, rows)
    return Section("who", "Who votes", (scores,))


def _rows(panel: Panel) -> Iterator[tuple[Cell, ...]]:
    singles = [name for name in (panel.dense, *panel.names) if name is not None]
    subjects = [(name, panel.singles[name]) for name in dict.fromkeys(singles)]
    for name, answers in (*subjects, (panel.ensemble, panel.vote)):
        kind = "vote" if name == panel.ensemble else "member" if name in panel.names else "dense"
        measured = panel.measure(answers)
        counts = measured.score.counts
        yield (
            panel.ensemble,
            panel.benchmark,
            name,
            kind,
            score_cell(measured),
            counts.n,
            counts.refused,
            sum(counts.invalid.values()),
        )


def score_cell(measured: Measurement) -> Cell:
    """Return a value in points with its interval, or why there is none."""
    value, interval = measured.score.value, measured.score.interval
    if value is None:
        return Unavailable(measured.score.undefined or "it has no value")
    return value if interval is None else Spread(value, interval.low, interval.high)
