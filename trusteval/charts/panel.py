"""The place of one chart in a figure, measured in pixels from its upper left corner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from trusteval.charts.look import LIGHT, PER_INCH, SMALL, WIDTH, Role, marked
from trusteval.printable import printable

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a figure, `height` pixels high, whose corner lies at `left`, `top`."""

    figure: Any
    height: float
    left: float = 0.0
    top: float = 0.0
    width: float = WIDTH

    def axes(self, *, left: float, top: float, width: float, height: float) -> Any:
        """Return axes of the given place, without frame, ticks or clipping at their edge."""
        x, y = self._place(left, top + height)
        across, down = self._size
        axes = self.figure.add_axes((x, y, width / across, height / down))
        axes.patch.set_visible(False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0, pad=3, labelsize=SMALL, labelcolor=LIGHT[Role.MUTED])
        axes.set(xticks=[], yticks=[])
        return axes

    def box(self, *, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """Fill a rectangle whose upper left corner is given."""
        from matplotlib.patches import Rectangle

        corner = self._place(x, y + height)
        across, down = self._size
        where = {"transform": self.figure.transFigure, **look}
        self.figure.add_artist(Rectangle(corner, width / across, height / down, **where))

    def mark(self, marker: str, *, x: float, y: float, role: Role) -> None:
        """Put the mark of a series at a place."""
        from matplotlib.lines import Line2D

        across, up = self._place(x, y)
        where = {"transform": self.figure.transFigure, **marked(role)}
        self.figure.add_artist(Line2D([across], [up], marker=marker, **where))

    def say(
        self,
        words: str,
        *,
        x: float,
        y: float,
        role: Role = Role.INK,
        size: float = SMALL,
        align: Align = "left",
        bold: bool = False,
    ) -> None:
        """Write one line whose letters stand on y; whatever it holds is text."""
        self.figure.text(
            *self._place(x, y),
            printable(words),
            color=LIGHT[role],
            fontsize=size,
            horizontalalignment=align,
            verticalalignment="baseline",
            fontweight="bold" if bold else "normal",
            parse_math=False,
        )

    def below(self, height: float) -> Panel:
        """Return what is left of the panel under its first pixels."""
        return Panel(self.figure, self.height - height, left=self.left, top=self.top + height)

    @property
    def _size(self) -> tuple[float, float]:
        """The whole figure's, in pixels."""
        across, down = self.figure.get_size_inches()
        return across * PER_INCH, down * PER_INCH

    def _place(self, x: float, y: float) -> tuple[float, float]:
        """Return a place as matplotlib has it: shares of the figure, from its lower left corner."""
        across, down = self._size
        return (self.left + x) / across, 1 - (self.top + y) / down


class Chart(Protocol):
    """What can be drawn: `title` stands above it, `about` says in a sentence what is seen.

    `height` is in pixels, without the title.
    """

    @property
    def title(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def height(self) -> float: ...
    def draw(self, panel: Panel) -> None: ...
