"""The planner's table, in Markdown for terminal and page alike, and its document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from trusteval.gates.planning import Line
from trusteval.gates.power_check import assumptions
from trusteval.types import Level

_COLUMNS = (
    "row",
    "limit",
    "subjects",
    "rows",
    "units",
    "passes from",
    "PASS unchanged",
    "FAIL at twice",
    "red at twice",
    "rows for 80 %",
)
_NONE = "-"
_LEGEND = (
    "Shares are percent of runs; units: even items that know as much; (warn): blocks nothing.",
    "passes from: the smallest margin that no change passes in 80 %, or the true value that does.",
    "twice: a change of twice the margin, or twice the rate or error allowed. FAIL: at 0.05 over "
    "the blocking rows of one subject. red: FAIL or SUSPECT, either blocks.",
    "rows for 80 %: of PASS unchanged / FAIL / red.",
)


def table_lines(lines: Sequence[Line]) -> list[str]:
    """Lay out what each limit can show, with what is assumed and said below.

    Subjects of whom it shows the same share a line, which has the most rows that one needs.
    """
    rows: dict[tuple[object, ...], tuple[list[str], list[Line]]] = {}
    for line in lines:
        cells = _cells(line)
        place = line.number, line.gate, *cells
        names, alike = rows.setdefault(place, ([], []))
        names += line.subjects
        alike.append(line)
    shown = [
        (line.gate, cells[0], ", ".join(names), *cells[1:], _needed(alike))
        for (_, _, *cells), (names, alike) in rows.items()
        for line in alike[:1]
    ]
    widths = [max(len(str(row[i])) for row in (_COLUMNS, *shown)) for i in range(len(_COLUMNS))]
    ruled = [_COLUMNS, tuple("-" * width for width in widths), *shown]
    table = [
        f"| {' | '.join(str(c).ljust(w) for c, w in zip(row, widths, strict=True))} |"
        for row in ruled
    ]
    notes = dict.fromkeys(f"{x.gate} {x.limit} {x.value:g}: {x.note}" for x in lines if x.note)
    said = [*_LEGEND, *assumptions(lines), *notes]
    return [*table, "", *(f"- {words}" for words in said)]


def plan_document(lines: Sequence[Line], *, profile: str) -> dict[str, Any]:
    """Return the same for programs; what is infinite is null."""
    return {"profile": profile, "lines": [_finite(asdict(line)) for line in lines]}


def _cells(line: Line) -> tuple[str, ...]:
    limit = f"{line.limit} {line.value:g}" if line.limit != "detect_drop" else line.limit
    if line.level is Level.WARN:
        limit += " (warn)"
    figures = line.figures
    if figures is None:
        return (limit, *[_NONE] * 6)
    sizes = f"{figures.rows:,}", f"{figures.effective:,.0f}"
    if not isfinite(figures.twice):  # a tripwire
        found = _NONE if figures.decided is None else f"finds {figures.decided:.1f}"
        return (limit, *sizes, found, "never", _NONE, _NONE)
    return (
        limit,
        *sizes,
        "never" if figures.decided is None else f"{figures.decided:.1f}",
        _NONE if figures.unchanged is None else f"{figures.unchanged:.0f}",
        f"{figures.fails:.0f}",
        f"{figures.red:.0f}",
    )


def _needed(lines: Sequence[Line]) -> str:
    """Word the most rows that PASS, FAIL and red need of some subject."""
    figures = [line.figures for line in lines if line.figures is not None]
    if not figures or not isfinite(figures[0].twice):
        return _NONE
    parts = zip(*(found.needed for found in figures), strict=True)
    return " / ".join(
        _NONE if None in part else f"{max(rows for rows in part if rows is not None):,}"
        for part in parts
    )


def _finite(value: Any) -> Any:
    match value:
        case dict():
            return {key: _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
        case float() if not isfinite(value):
            return None
        case _:
            return value
