"""The planner's table, in Markdown for terminal and page alike, and its document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from trusteval.planning import Line
from trusteval.preflight import assumptions
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


def table_lines(lines: Sequence[Line]) -> list[str]:
    """Lay out what each limit can show, a line each, with what is assumed below."""
    cells = [_COLUMNS, *map(_cells, lines)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(_COLUMNS))]
    ruled = [cells[0], tuple("-" * width for width in widths), *cells[1:]]
    table = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in ruled
    ]
    notes = dict.fromkeys(
        f"{line.gate} {line.limit} for {', '.join(line.subjects)}: {line.note}"
        for line in lines
        if line.note
    )
    return [*table, "", *_legend(), *assumptions(lines), *notes]


def plan_document(lines: Sequence[Line], *, profile: str) -> dict[str, Any]:
    """Return the same for programs; what is infinite is null."""
    return {"profile": profile, "lines": [_finite(asdict(line)) for line in lines]}


def _legend() -> list[str]:
    return [
        "Shares are percent of runs. units: even items that know as much. passes from: the "
        "smallest margin that no change passes, or the true value that passes, in 80 %. twice: "
        "a change of twice the margin, twice the rate or error allowed. red: FAIL or SUSPECT, "
        "which block; FAIL with the rows of one subject as its family. rows for 80 %: of PASS "
        "unchanged / FAIL / red. (warn): such a row blocks nothing."
    ]


def _cells(line: Line) -> tuple[str, ...]:
    limit = f"{line.limit} {line.value:g}" if line.limit != "detect_drop" else line.limit
    if line.level is Level.WARN:
        limit += " (warn)"
    head = (line.gate, limit, ", ".join(line.subjects))
    figures = line.figures
    if figures is None:
        return (*head, *[_NONE] * (len(_COLUMNS) - len(head)))
    if not isfinite(figures.twice):
        found = _NONE if figures.decided is None else f"finds {figures.decided:.1f}"
        return (*head, f"{figures.rows:,}", f"{figures.effective:,.0f}", found, "never", *["-"] * 3)
    return (
        *head,
        f"{figures.rows:,}",
        f"{figures.effective:,.0f}",
        "never" if figures.decided is None else f"{figures.decided:.1f}",
        _NONE if figures.unchanged is None else f"{figures.unchanged:.0f}",
        f"{figures.fails:.0f}",
        f"{figures.red:.0f}",
        " / ".join(_NONE if rows is None else f"{rows:,}" for rows in figures.needed),
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
