"""A picture before it is drawn, and after: its charts, and the table with the same figures."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.charts.panel import Chart
from trusteval.charts.svg import page_svg
from trusteval.errors import DrawingError
from trusteval.tables import Table

_MOST_CHARTS = 24
"""Of one picture; the table has the rest."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a report shows under one title: drawings that stand beside each other, and their table.

    `name` is the picture's own among all of a run, and begins its drawings' ids. Where there is
    nothing to draw, `missing` says why, in a sentence without its full stop.
    """

    name: str
    title: str
    caption: str
    svgs: tuple[str, ...]
    table: Table
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is to be drawn: the charts that matter most stand first."""

    name: str
    title: str
    caption: str
    table: Table
    charts: tuple[Chart, ...] = ()
    missing: str = ""


def nothing(name: str, title: str, why: str) -> Sketch:
    """Return what stands where a picture cannot be made."""
    return Sketch(name, title, "", Table(name, title, (), ()), missing=why)


def picture_of(sketch: Sketch) -> Picture:
    """Draw a sketch, at most 24 charts of it; the caption says how many are left out."""
    caption, missing = sketch.caption, sketch.missing
    drawn = sketch.charts[:_MOST_CHARTS]
    if left_out := len(sketch.charts) - len(drawn):
        caption = f"{caption} {left_out} of {len(sketch.charts)} charts are left out here; " + (
            "the table has their figures."
        )
    try:
        svgs = tuple(
            page_svg(chart, name=f"{sketch.name}-{place}") for place, chart in enumerate(drawn, 1)
        )
    except DrawingError as error:
        svgs, missing = (), str(error)
    return Picture(sketch.name, sketch.title, caption, svgs, sketch.table, missing)
