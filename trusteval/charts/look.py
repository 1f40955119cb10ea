"""The one look: colours by what they mean, light, dark and in print, and the sheet of styles.

Charts are drawn in the light colours. On a page each becomes the class that is called after it, so
that the page's own sheet decides. All are told apart under every kind of colour blindness, and
none says anything alone. After Okabe and Ito (2008), moved until text has a contrast of 4.5 : 1 and
marks have one of 3 : 1 on their paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a colour is for; its name is that of the custom property and the end of the class."""

    INK = "ink"
    PAPER = "paper"
    MUTED = "muted"
    LINE = "line"
    PANEL = "panel"
    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    OPEN = "open"
    SERIES_1 = "series-1"
    SERIES_2 = "series-2"
    SERIES_3 = "series-3"
    SERIES_4 = "series-4"
    SERIES_5 = "series-5"
    SERIES_6 = "series-6"
    SERIES_7 = "series-7"
    SERIES_8 = "series-8"


LIGHT: Mapping[Role, str] = {
    Role.INK: "#1b1f24",
    Role.PAPER: "#ffffff",
    Role.MUTED: "#57606a",
    Role.LINE: "#d0d7de",
    Role.PANEL: "#f4f5f7",
    Role.PASS: "#0e7c72",
    Role.WARN: "#5c3d00",
    Role.FAIL: "#cb3e17",
    Role.OPEN: "#6847ba",
    Role.SERIES_1: "#0056c7",
    Role.SERIES_2: "#e86c10",
    Role.SERIES_3: "#007f45",
    Role.SERIES_4: "#ab3895",
    Role.SERIES_5: "#633c00",
    Role.SERIES_6: "#5e96e4",
    Role.SERIES_7: "#364549",
    Role.SERIES_8: "#241b05",
}
DARK: Mapping[Role, str] = {
    Role.INK: "#e8eaed",
    Role.PAPER: "#14171c",
    Role.MUTED: "#a8b0ba",
    Role.LINE: "#3a424d",
    Role.PANEL: "#1e232b",
    Role.PASS: "#3ddc97",
    Role.WARN: "#f0b429",
    Role.FAIL: "#ff8a70",
    Role.OPEN: "#b9a7ff",
    Role.SERIES_1: "#6298ec",
    Role.SERIES_2: "#e2572b",
    Role.SERIES_3: "#2a9d6c",
    Role.SERIES_4: "#c58ab5",
    Role.SERIES_5: "#ff9c0d",
    Role.SERIES_6: "#59d7fb",
    Role.SERIES_7: "#dee3e5",
    Role.SERIES_8: "#f2d27e",
}
SERIES = tuple(role for role in Role if role.startswith("series-"))
MARKERS = tuple("osD^vPX*")
"""Shapes of matplotlib, one for each colour of a series: no two series differ in colour alone."""

WIDTH = 340.0
"""Of one chart in CSS pixels: what a telephone of 360 has room for; its own unit in print."""
PER_INCH = 72
"""Pixels of a chart to an inch of matplotlib's figures: its unit in SVG."""
TITLE, LABEL, SMALL = 12.0, 11.0, 10.0
"""Heights of letters in pixels."""


def series(place: int) -> tuple[Role, str]:
    """Return colour and shape of a series; after eight the colours come with other shapes."""
    around, at = divmod(place, len(SERIES))
    return SERIES[at], MARKERS[(at + 3 * around) % len(MARKERS)]


def marked(role: Role) -> dict[str, Any]:
    """Return how matplotlib draws the mark of a value."""
    look = {"markersize": 7, "color": LIGHT[role], "markeredgewidth": 0}
    return {**look, "linestyle": "", "clip_on": False}


def ringed(role: Role) -> dict[str, Any]:
    """Return how matplotlib draws the mark of a second value, around what is seen through it."""
    return {**marked(role), "markersize": 9, "markeredgewidth": 1.5, "markerfacecolor": "none"}


def filled(role: Role, hatch: str = "") -> dict[str, Any]:
    """Return how matplotlib draws an area, in the paper's colour what is hatched and around it."""
    edge = {"edgecolor": LIGHT[Role.PAPER], "linewidth": 1.0}
    return {"facecolor": LIGHT[role], "hatch": hatch or None, **edge, "clip_on": False}


def stylesheet() -> str:
    """Return the styles of a page with charts: the colours, and what draws with them.

    Dark where the reader's screen is; print is light.
    """
    return "\n".join(
        (
            f":root{{color-scheme:light dark;{_properties(LIGHT)}}}",
            f"@media screen and (prefers-color-scheme:dark){{:root{{{_properties(DARK)}}}}}",
            "@media print{:root{color-scheme:light}}",
            ".charts{display:grid;gap:1rem;align-items:start;"
            "grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr))}",
            ".chart{display:block;width:100%;max-width:28rem;height:auto;break-inside:avoid}",
            ".chart text{font-family:system-ui,sans-serif;font-variant-numeric:tabular-nums}",
            *_rules(),
        )
    )


def _properties(colours: Mapping[Role, str]) -> str:
    return "".join(f"--{role}:{colour};" for role, colour in colours.items())


def _rules() -> Iterator[str]:
    for role in Role:
        yield f".chart .fill-{role}{{fill:var(--{role})}}"
        yield f".chart .line-{role}{{stroke:var(--{role})}}"
