"""Tables of findings, before anybody lays them out: typed columns, cells that say why they lack.

Terminal, Markdown and JSON are made of the same tables, so that none says what another hides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

from trusteval.types import Unavailable


class Kind(StrEnum):
    """What a column holds, which decides how it is shown.

    POINTS are 0 to 100, CHANGE are points with a sign, SHARE is a fraction shown as percent, P is a
    p-value, NUMBER a plain figure.
    """

    TEXT = "text"
    COUNT = "count"
    POINTS = "points"
    CHANGE = "change"
    SHARE = "share"
    P = "p"
    NUMBER = "number"
    SECONDS = "seconds"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Spread:
    """A value with its 90 % interval, each bound one-sided 95 %."""

    value: float
    low: float
    high: float


Cell = str | int | float | Spread | Unavailable
"""What stands in a table; Unavailable is shown as a dash with its reason below the table."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, which is also its key in a document, and what it holds."""

    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; `name` is its key in a document, `notes` are said below it.

    `further` are rows that a document holds after the others, and that are only counted elsewhere.
    A number that is none, or without bounds, is unavailable. Raises ValueError for a row of another
    length, or two columns of one name.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    further: tuple[tuple[Cell, ...], ...] = ()

    def __post_init__(self) -> None:
        if len({column.name for column in self.columns}) < len(self.columns):
            raise ValueError(f"table {self.name}: two columns of one name")
        for row in (*self.rows, *self.further):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table {self.name}: {len(self.columns)} columns, a row of {len(row)}"
                )
        for name in ("rows", "further"):
            finite = tuple(tuple(map(_finite, row)) for row in getattr(self, name))
            object.__setattr__(self, name, finite)


@dataclass(frozen=True, slots=True)
class Section:
    """What was found out about one question; `notes` come before its tables."""

    name: str
    title: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


def _finite(cell: Cell) -> Cell:
    """Return a cell, or that it has no number where it has none that a document can hold."""
    match cell:
        case Spread(value, low, high) if not all(map(isfinite, (value, low, high))):
            return Unavailable("its estimate or a bound of it is no finite number")
        case float() if not isfinite(cell):
            return Unavailable("it is no finite number")
        case _:
            return cell


def document_of(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Return sections as plain values: a row is an object whose keys are the columns' names."""
    return [
        {
            "name": section.name,
            "title": section.title,
            "notes": list(section.notes),
            "tables": [_table(table) for table in section.tables],
        }
        for section in sections
    ]


def _table(table: Table) -> dict[str, Any]:
    names = [column.name for column in table.columns]
    return {
        "name": table.name,
        "title": table.title,
        "columns": [{"name": c.name, "kind": c.kind.value} for c in table.columns],
        "rows": [
            dict(zip(names, map(_cell, row), strict=True)) for row in (*table.rows, *table.further)
        ],
        "notes": list(table.notes),
    }


def _cell(cell: Cell) -> Any:
    match cell:
        case Spread(value, low, high):
            return {"value": value, "low": low, "high": high}
        case Unavailable(why):
            return {"unavailable": why}
        case _:
            return cell
