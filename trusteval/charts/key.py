"""The key of a chart: which colour and shape stands for whom, in as many lines as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trusteval.charts.look import SMALL, WIDTH, Role, filled
from trusteval.charts.panel import Panel
from trusteval.charts.words import room, shortened

LINE = 16.0
_GLYPH = 14.0
"""Pixels that colour and shape take, with what is between them and the name."""
_BETWEEN = 12.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and what stands for it: a shape of matplotlib, or a box with a hatch."""

    name: str
    role: Role
    marker: str = ""
    hatch: str = ""


def key_height(entries: Sequence[Entry]) -> float:
    """Return how many pixels a key takes."""
    return LINE * len(_lines(entries))


def draw_key(panel: Panel, entries: Sequence[Entry], *, top: float) -> None:
    """Write the key under the first `top` pixels of a panel."""
    for number, line in enumerate(_lines(entries)):
        middle, x = top + LINE * (number + 0.5), 0.0
        for entry in line:
            if entry.marker:
                panel.mark(entry.marker, x=x + 5, y=middle, role=entry.role)
            else:
                look = filled(entry.role, entry.hatch)
                panel.box(x=x, y=middle - 5, width=10, height=10, **look)
            panel.say(_name(entry), x=x + _GLYPH, y=middle + 3.5)
            x += _needed(entry)


def _lines(entries: Sequence[Entry]) -> list[list[Entry]]:
    lines: list[list[Entry]] = []
    left = 0.0
    for entry in entries:
        if not lines or _needed(entry) - _BETWEEN > left:
            lines.append([])
            left = WIDTH
        lines[-1].append(entry)
        left -= _needed(entry)
    return lines


def _needed(entry: Entry) -> float:
    return _GLYPH + room(_name(entry), size=SMALL) + _BETWEEN


def _name(entry: Entry) -> str:
    return shortened(entry.name, size=SMALL, width=WIDTH - _GLYPH - _BETWEEN)
