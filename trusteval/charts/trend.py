"""How scores went from run to run: a line each, over the band of its intervals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import nan
from typing import Any

from trusteval.charts.key import Entry, draw_key, key_height
from trusteval.charts.look import LIGHT, SMALL, WIDTH, Role, marked, series
from trusteval.charts.panel import Panel
from trusteval.charts.scale import draw_scale, extent
from trusteval.charts.words import begun

_LEFT, _RIGHT = 34.0, 16.0
_ABOVE, _PLOT, _SCALE = 20.0, 130.0, 34.0
_SPAN = 5.0
_MOST_DATES = 4


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A score at a time; None where it was undefined."""

    when: datetime
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One name's scores; the line is broken where one is undefined. `style` is as for points."""

    name: str
    points: tuple[TrendPoint, ...]
    style: int = 0


@dataclass(frozen=True, slots=True)
class Trend:
    """Lines over time; `unit` says what they measure."""

    title: str
    lines: tuple[TrendLine, ...]
    unit: str = "score, points"

    @property
    def about(self) -> str:
        n_runs = len({point.when for line in self.lines for point in line.points})
        return f"{len(self.lines)} lines over {n_runs} runs; {self.unit}."

    @property
    def height(self) -> float:
        return _ABOVE + _PLOT + _SCALE + key_height(self._entries)

    def draw(self, panel: Panel) -> None:
        """Draw the lines, the dates, then the key."""
        from matplotlib import dates

        panel.say(begun(self.unit, size=SMALL, width=WIDTH), x=0, y=11, role=Role.MUTED)
        across = WIDTH - _LEFT - _RIGHT
        axes = panel.axes(left=_LEFT, top=_ABOVE, width=across, height=_PLOT)
        ends = [
            end
            for line in self.lines
            for point in line.points
            for end in (point.value, point.low, point.high)
            if end is not None
        ]
        axes.set(ylim=extent(ends, at_least=_SPAN), xlim=self._span)
        draw_scale(axes, across=False)
        for line in self.lines:
            _draw_line(axes, line)
        locator = dates.AutoDateLocator(minticks=2, maxticks=_MOST_DATES)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
        axes.xaxis.get_offset_text().set(fontsize=SMALL, color=LIGHT[Role.MUTED])
        draw_key(panel, self._entries, top=_ABOVE + _PLOT + _SCALE)

    @property
    def _entries(self) -> tuple[Entry, ...]:
        styled = ((line.name, series(line.style)) for line in self.lines)
        return tuple(Entry(name, role, marker=marker) for name, (role, marker) in styled)

    @property
    def _span(self) -> tuple[datetime, datetime]:
        times = [point.when for line in self.lines for point in line.points]
        margin = max((max(times) - min(times)) * 0.05, timedelta(minutes=1))
        return min(times) - margin, max(times) + margin


def _draw_line(axes: Any, line: TrendLine) -> None:
    role, marker = series(line.style)
    when = [point.when for point in line.points]
    values, low, high = (
        [nan if value is None else value for value in column]
        for column in zip(*((p.value, p.low, p.high) for p in line.points), strict=True)
    )
    axes.fill_between(when, low, high, color=LIGHT[role], alpha=0.15, linewidth=0)
    axes.plot(when, values, color=LIGHT[role], linewidth=1.5, clip_on=False)
    axes.plot(when, values, marker=marker, **marked(role))
