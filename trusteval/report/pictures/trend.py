"""How the scores of this run's model went, from run to run, as far as they were asked alike."""

from __future__ import annotations

from pathlib import Path

from trusteval.report.pictures.sketch import Sketch, nothing
from trusteval.report.record import RunRecord
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.tracking.plot import trend_charts
from trusteval.tracking.points import Point
from trusteval.types import Unavailable

_TITLE = "Scores from run to run"
_MOST_ROWS = 200
"""Of the table; earlier ones are in `trusteval history`."""
_COLUMNS = (
    *map(Column, ("run", "commit", "benchmark", "subject")),
    Column("score", Kind.POINTS),
    Column("n", Kind.COUNT),
    Column("verdict"),
)


def trend_sketch(record: RunRecord, history: tuple[Point, ...]) -> Sketch:
    """Sketch a line per subject, a chart per benchmark that several runs asked alike."""
    model = Path(record.facts.model or "").name
    kind = (model, record.facts.profile, record.facts.protocol)
    points = [p for p in history if (p.model, p.profile, p.protocol) == kind]
    charts = [
        chart
        for chart in trend_charts(points)
        if len({point.when for line in chart.lines for point in line.points}) > 1
    ]
    if not charts:
        return nothing("trend", _TITLE, "no history beside this report has several runs like this")
    latest = sorted(points, key=lambda p: p.started, reverse=True)
    rows = tuple(map(_cells, latest))
    table = Table("trend", _TITLE, _COLUMNS, rows[:_MOST_ROWS], further=rows[_MOST_ROWS:])
    caption = (
        "Runs of the same model, profile and protocol. What was asked otherwise has a chart of its "
        "own; a band is the 90 % interval."
    )
    return Sketch("trend", _TITLE, caption, table, tuple(charts))


def _cells(point: Point) -> tuple[Cell, ...]:
    about = (f"{point.started:%Y-%m-%d %H:%M}", (point.commit or "-")[:10])
    return (*about, point.benchmark, point.subject, _score(point), point.n, point.verdict)


def _score(point: Point) -> Cell:
    if point.value is None:
        return Unavailable("undefined")
    if point.low is None or point.high is None:
        return point.value
    return Spread(point.value, point.low, point.high)
