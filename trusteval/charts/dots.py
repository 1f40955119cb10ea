"""Values with their intervals, a row each: scores, rates, and changes against a margin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

from trusteval.charts.look import LABEL, LIGHT, SERIES, SMALL, WIDTH, Role, marked, ringed
from trusteval.charts.panel import Panel
from trusteval.charts.scale import draw_scale, extent
from trusteval.charts.words import begun, folded, room, shortened

_BESIDE, _UNDER = 21.0, 34.0
"""Heights of a row whose label stands beside its line, and of one whose label stands above it."""
_LEAST_ACROSS = 130.0
"""Pixels that lines have at least, where labels stand beside them."""
_LONGEST_SAID = 110.0
_GAP = 8.0
_LIMIT_LINE, _SCALE_LINE, _UNIT_LINE = 15.0, 17.0, 14.0
_MOST_UNIT_LINES = 3
_NOTHING = "no value"


@dataclass(frozen=True, slots=True)
class DotRow:
    """A value, with its interval where it has one; without one, `why` it has none.

    `ring` is a second value, `said` what stands behind the row: its figure, or its verdict.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    ring: float | None = None
    said: str = ""
    why: str = ""
    role: Role = Role.SERIES_1
    marker: str = "o"


@dataclass(frozen=True, slots=True)
class DotPlot:
    """Rows over one axis, which `unit` tells about.

    What breaks a limit, below `at_least` or above `at_most`, is shaded. `span` is the least that
    the axis shows, `within` what values cannot leave; with `has_zero` it shows a line at 0.
    """

    title: str
    rows: tuple[DotRow, ...]
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    span: float = 1.0
    within: tuple[float, float] | None = None
    has_zero: bool = False

    @property
    def about(self) -> str:
        known = sum(row.value is not None for row in self.rows)
        limits = " and ".join(self._limits)
        against = f" against a limit of {limits}" if limits else ""
        missing = f", {len(self.rows) - known} without a value" if known < len(self.rows) else ""
        return f"{known} values with their intervals{against}{missing}; {self.unit}."

    @property
    def height(self) -> float:
        return self._above + self._row * len(self.rows) + self._below

    def draw(self, panel: Panel) -> None:
        """Draw rows from the top, then the axis and what it measures."""
        low, high = self._extent
        left, right = self._left, self._right
        axes = panel.axes(
            left=left,
            top=self._above,
            width=WIDTH - left - right,
            height=self._row * len(self.rows),
        )
        axes.set(xlim=(low, high), ylim=(len(self.rows), 0))
        if any(row.value is not None for row in self.rows):
            draw_scale(axes, across=True)
            self._draw_limits(panel, axes)
        for place, row in enumerate(self.rows):
            self._draw_row(panel, axes, row, place)
        for number, line in enumerate(self._unit_lines):
            y = self.height - self._below + _SCALE_LINE + _UNIT_LINE * number + 10
            panel.say(line, x=0, y=y, role=Role.MUTED)

    # -- where things are ---------------------------------------------------------------------

    @property
    def _is_beside(self) -> bool:
        return WIDTH - self._widest - _GAP - self._right >= _LEAST_ACROSS

    @property
    def _widest(self) -> float:
        return max(room(row.label, size=LABEL) for row in self.rows)

    @property
    def _row(self) -> float:
        return _BESIDE if self._is_beside else _UNDER

    @property
    def _left(self) -> float:
        return self._widest + _GAP if self._is_beside else _GAP

    @property
    def _right(self) -> float:
        return max(room(_said(row), size=SMALL) for row in self.rows) + 1.5 * _GAP

    @property
    def _above(self) -> float:
        return _LIMIT_LINE if self._limits else 4.0

    @property
    def _below(self) -> float:
        return _SCALE_LINE + _UNIT_LINE * len(self._unit_lines) + 2

    @property
    def _unit_lines(self) -> list[str]:
        return folded(self.unit, size=SMALL, width=WIDTH, most=_MOST_UNIT_LINES)

    @property
    def _limits(self) -> tuple[str, ...]:
        least = () if self.at_least is None else (f"at least {self.at_least:g}",)
        return least if self.at_most is None else (*least, f"at most {self.at_most:g}")

    @property
    def _extent(self) -> tuple[float, float]:
        shown = [self.at_least, self.at_most, 0.0 if self.has_zero else None]
        for row in self.rows:
            shown += [row.value, row.low, row.high, row.ring]
        known = [value for value in shown if value is not None]
        return extent(known, at_least=self.span, within=self.within)

    # -- what is drawn ------------------------------------------------------------------------

    def _draw_limits(self, panel: Panel, axes: Any) -> None:
        low, high = self._extent
        if self.has_zero:
            axes.axvline(0, color=LIGHT[Role.MUTED], linewidth=1.0, clip_on=False)
        for limit, broken in self._broken():
            first, last = max(low, broken[0]), min(high, broken[1])
            axes.axvspan(first, last, color=LIGHT[Role.FAIL], alpha=0.13, linewidth=0)
            axes.axvline(limit, color=LIGHT[Role.FAIL], linewidth=1.2, linestyle=(0, (4, 2)))
            words = f"at least {limit:g}" if broken[0] < limit else f"at most {limit:g}"
            across = WIDTH - self._left - self._right
            x = self._left + (limit - low) / (high - low) * across
            half = room(words, size=SMALL) / 2
            panel.say(
                words,
                x=min(max(x, half), WIDTH - half),
                y=_LIMIT_LINE - 4,
                role=Role.FAIL,
                align="center",
            )

    def _broken(self) -> Iterator[tuple[float, tuple[float, float]]]:
        """Yield limits, each with where it is broken."""
        if self.at_least is not None:
            yield self.at_least, (-inf, self.at_least)
        if self.at_most is not None:
            yield self.at_most, (self.at_most, inf)

    def _draw_row(self, panel: Panel, axes: Any, row: DotRow, place: int) -> None:
        top = self._above + self._row * place
        middle = place + (0.5 if self._is_beside else 0.72)
        y = top + self._row * (middle - place)
        label_y = y + 4 if self._is_beside else top + 12
        width = WIDTH if not self._is_beside else self._left
        panel.say(shortened(row.label, size=LABEL, width=width), x=0, y=label_y, size=LABEL)
        if row.value is None:
            why = f"{_NOTHING}: {row.why}" if row.why else _NOTHING
            wide = WIDTH - self._left - self._right
            words = begun(why, size=SMALL, width=wide)
            panel.say(words, x=self._left, y=y + 3.5, role=Role.MUTED)
        else:
            if row.low is not None and row.high is not None:
                axes.plot(
                    [row.low, row.high],
                    [middle, middle],
                    color=LIGHT[row.role],
                    linewidth=2.0,
                    clip_on=False,
                )
            axes.plot([row.value], [middle], marker=row.marker, **marked(row.role))
            if row.ring is not None:
                axes.plot([row.ring], [middle], marker=row.marker, **ringed(row.role))
        role = Role.INK if row.role in SERIES else row.role  # a mark's colour is faint in letters
        panel.say(_said(row), x=WIDTH, y=y + 3.5, role=role, align="right")


def _said(row: DotRow) -> str:
    return begun(row.said, size=SMALL, width=_LONGEST_SAID)
