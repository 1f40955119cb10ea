"""A matrix of pairs: how much two have in common, as depth of colour and as figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.charts.look import LABEL, LIGHT, SMALL, WIDTH, Role
from trusteval.charts.panel import Panel
from trusteval.charts.words import room, shortened

_LEAST_CELL, _MOST_CELL = 24.0, 48.0
_ROW = 24.0
_HEAD = 16.0
_LONGEST = 120.0
"""Pixels of a name beside its row."""
_DEEPEST = 0.55
"""Of the colour under a figure, so that it can be read."""


@dataclass(frozen=True, slots=True)
class Shade:
    """What stands in a cell: a share from 0 to 1, or None where it is unknown, and its figure."""

    share: float | None
    shown: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Names with each other; a pair stands on both sides of the diagonal.

    Of a pair that `cells` lack, nothing is drawn. Columns are called by the numbers of the rows.
    """

    title: str
    names: tuple[str, ...]
    cells: Mapping[tuple[str, str], Shade]
    unit: str = ""

    @property
    def about(self) -> str:
        return f"{len(self.cells)} pairs of {len(self.names)}; {self.unit or 'shares'}."

    @property
    def height(self) -> float:
        return _HEAD + _ROW * len(self.names) + (_HEAD if self.unit else 0.0)

    def draw(self, panel: Panel) -> None:
        """Draw the numbers of columns, then a row for each name."""
        left, cell = self._left, self._cell
        places = {name: place for place, name in enumerate(self.names)}
        for name, place in places.items():
            panel.say(
                str(place + 1), x=left + cell * (place + 0.5), y=11, role=Role.MUTED, align="center"
            )
            y = _HEAD + _ROW * (place + 0.5) + 4
            panel.say(
                shortened(f"{place + 1} {name}", size=LABEL, width=left - 4),
                x=0,
                y=y,
                size=LABEL,
            )
        for (one, other), shade in self.cells.items():
            for row, column in {(places[one], places[other]), (places[other], places[one])}:
                self._draw_cell(panel, shade, place=(row, column))
        if self.unit:
            words = shortened(self.unit, size=SMALL, width=WIDTH)
            panel.say(words, x=0, y=self.height - 4, role=Role.MUTED)

    @property
    def _left(self) -> float:
        widest = max(room(f"{n} {name}", size=LABEL) for n, name in enumerate(self.names, 1)) + 4
        least = WIDTH - _LEAST_CELL * len(self.names)
        return min(widest, max(_LONGEST, WIDTH - _MOST_CELL * len(self.names)), max(least, 40.0))

    @property
    def _cell(self) -> float:
        return min(_MOST_CELL, (WIDTH - self._left) / len(self.names))

    def _draw_cell(self, panel: Panel, shade: Shade, *, place: tuple[int, int]) -> None:
        row, column = place
        x, y = self._left + self._cell * column, _HEAD + _ROW * row
        depth = 0.0 if shade.share is None else _DEEPEST * min(1.0, max(0.0, shade.share))
        look = {"facecolor": LIGHT[Role.SERIES_1], "alpha": depth, "linewidth": 0}
        panel.box(x=x + 0.5, y=y + 0.5, width=self._cell - 1, height=_ROW - 1, **look)
        panel.say(shade.shown, x=x + self._cell / 2, y=y + _ROW / 2 + 3.5, align="center")
