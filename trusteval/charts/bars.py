"""What wholes are made of: a bar each, its parts from the left in one order."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.charts.key import Entry, draw_key, key_height
from trusteval.charts.look import LABEL, LIGHT, SMALL, WIDTH, Role, filled
from trusteval.charts.panel import Panel
from trusteval.charts.words import begun, room, shortened

_ROW = 34.0
_BAR = 12.0
_KEY_GAP = 4.0
_NOTHING = "no answer"


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of part, told from others by its hatch too."""

    name: str
    role: Role
    hatch: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A whole: how many it has of every part of its chart, and what is `said` of it behind."""

    label: str
    counts: tuple[int, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Bars of one length, whatever they count; the key holds the parts that occur.

    Raises ValueError for a bar with another number of counts than there are parts.
    """

    title: str
    parts: tuple[Part, ...]
    bars: tuple[Bar, ...]

    def __post_init__(self) -> None:
        if any(len(bar.counts) != len(self.parts) for bar in self.bars):
            raise ValueError(f"{self.title}: a bar without a count for each part")

    @property
    def about(self) -> str:
        names = ", ".join(entry.name for entry in self._entries)
        return f"{len(self.bars)} bars, parted into {names or 'nothing'}."

    @property
    def height(self) -> float:
        return _ROW * len(self.bars) + _KEY_GAP + key_height(self._entries)

    def draw(self, panel: Panel) -> None:
        """Draw each bar under its label, then the key."""
        for place, bar in enumerate(self.bars):
            top = _ROW * place
            said = begun(bar.said, size=SMALL, width=WIDTH / 2)
            left = WIDTH - room(said, size=SMALL) - 8
            label = shortened(bar.label, size=LABEL, width=left)
            panel.say(label, x=0, y=top + 12, size=LABEL)
            panel.say(said, x=WIDTH, y=top + 12, role=Role.MUTED, align="right")
            self._draw_bar(panel, bar, top=top + 16)
            if not sum(bar.counts):
                panel.say(_NOTHING, x=0, y=top + 26, role=Role.MUTED)
        draw_key(panel, self._entries, top=_ROW * len(self.bars) + _KEY_GAP)

    @property
    def _entries(self) -> tuple[Entry, ...]:
        occur = [any(counts) for counts in zip(*(bar.counts for bar in self.bars), strict=True)]
        return tuple(
            Entry(part.name, part.role, hatch=part.hatch)
            for part, is_there in zip(self.parts, occur, strict=True)
            if is_there
        )

    def _draw_bar(self, panel: Panel, bar: Bar, *, top: float) -> None:
        n, left = sum(bar.counts), 0.0
        for part, count in zip(self.parts, bar.counts, strict=True):
            if count:
                width = WIDTH * count / n
                look = filled(part.role, part.hatch)
                panel.box(x=left, y=top, width=width, height=_BAR, **look)
                left += width
        if not n:
            look = {"fill": False, "edgecolor": LIGHT[Role.LINE]}
            panel.box(x=0, y=top, width=WIDTH, height=_BAR, **look)
