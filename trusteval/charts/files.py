"""Charts as a file of their own, in the light colours on their paper."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from trusteval.charts.library import matplotlib_settled
from trusteval.charts.look import LIGHT, Role
from trusteval.charts.panel import Chart
from trusteval.charts.sheet import figure_of
from trusteval.errors import DrawingError

_PIXELS_PER_INCH = 144
"""Of a file that holds pixels: two for each pixel of a chart."""
_INCHES_AROUND = 0.15


def chart_file(charts: Sequence[Chart], *, kind: str, heading: str = "", beside: int = 1) -> bytes:
    """Return the content of a file that shows charts row by row; the same charts, the same SVG.

    `kind` is the ending of its name: svg, png, pdf. Raises DrawingError for another one, and
    without matplotlib.
    """
    drawn = BytesIO()
    with matplotlib_settled():
        figure = figure_of(charts, beside=beside, heading=heading)
        figure.patch.set(visible=True, facecolor=LIGHT[Role.PAPER])
        try:
            figure.savefig(
                drawn,
                format=kind,
                dpi=_PIXELS_PER_INCH,
                metadata={"Date": None} if kind == "svg" else None,
                bbox_inches="tight",
                pad_inches=_INCHES_AROUND,
            )
        except (ValueError, OSError) as error:
            raise DrawingError(f"cannot draw a .{kind}: {error}") from error
    return drawn.getvalue()
