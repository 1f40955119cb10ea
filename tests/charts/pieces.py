"""A chart of each kind, with names that would act if they could."""

from __future__ import annotations

from datetime import UTC, datetime

from trusteval.charts.bars import Bar, Part, StackedBars
from trusteval.charts.dots import DotPlot, DotRow
from trusteval.charts.look import Role
from trusteval.charts.matrix import Matrix, Shade
from trusteval.charts.panel import Chart
from trusteval.charts.scatter import Scatter, ScatterPoint
from trusteval.charts.trend import Trend, TrendLine, TrendPoint

NAMES = (
    *("gptq-8", "a$b_$c", "größer", "<b onclick=x()>&amp;</b>", "_hidden", "模型", "]]></svg>"),
    *("\x1b[2J\u202eevil", "http://example.org/x", "x" * 5000),
)
DOTS = DotPlot(
    "a drop",
    (
        DotRow("kept", 1.0, -1.0, 2.0, said="PASS", role=Role.PASS),
        DotRow("broken", 6.0, 4.0, 8.0, said="FAIL", role=Role.FAIL, marker="X"),
        DotRow("unknown", None, why="missing settings: law"),
    ),
    unit="points worse than dense",
    at_most=3.0,
    has_zero=True,
)
PARTS = (Part("correct", Role.PASS), Part("wrong", Role.SERIES_2), Part("empty", Role.OPEN, "//"))
BARS = StackedBars("ethics", PARTS, (Bar("dense", (3, 1, 0), "75 %"), Bar("gptq-4", (0, 0, 0))))
MATRIX = Matrix(
    "alike",
    ("a", "b", "c"),
    {("a", "b"): Shade(0.5, "50"), ("a", "c"): Shade(None, "-")},
    unit="percent",
)
SCATTER = Scatter(
    "mmlu",
    (
        ScatterPoint("cheap", 1.0, 50.0, 45.0, 55.0),
        ScatterPoint("good", 2.0, 60.0, style=1),
        ScatterPoint("unpriced", None, 70.0, style=2),
    ),
    cost="seconds",
    score="points",
)
DAYS = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3)]
TREND = Trend(
    "ethics",
    (
        TrendLine(
            "dense",
            (
                TrendPoint(DAYS[0], 50.0, 45.0, 55.0),
                TrendPoint(DAYS[1], None),
                TrendPoint(DAYS[2], 52.0),
            ),
        ),
    ),
)
CHARTS: dict[str, Chart] = {
    **{"dots": DOTS, "bars": BARS, "matrix": MATRIX, "scatter": SCATTER, "trend": TREND},
}


def called(name: str) -> tuple[Chart, ...]:
    """Return a chart of each kind, everything in which is called so."""
    return (
        DotPlot(name, (DotRow(name, 1.0, said=name), DotRow(name, None, why=name)), unit=name),
        StackedBars(name, (Part(name, Role.PASS),), (Bar(name, (1,), said=name),)),
        Matrix(name, (name, "b"), {(name, "b"): Shade(0.5, "50")}, unit=name),
        Scatter(
            name, (ScatterPoint(name, 1.0, 1.0), ScatterPoint(name, None, 1.0)), name, score=name
        ),
        Trend(name, (TrendLine(name, (TrendPoint(DAYS[0], 1.0),)),), unit=name),
    )
