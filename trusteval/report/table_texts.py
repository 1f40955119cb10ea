"""The texts of a table, cell by cell, and what is said below it: the same wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from trusteval.report.cells import shown_cell
from trusteval.tables import Cell, Kind, Table
from trusteval.types import Unavailable


def cell_texts(table: Table) -> list[list[str]]:
    """Return the rows as texts; what is unavailable carries the number of its reason."""
    kinds = [column.kind for column in table.columns]
    numbers = {why: place for place, why in enumerate(_reasons(table), 1)}

    def text(cell: Cell, kind: Kind) -> str:
        mark = f" [{numbers[cell.why]}]" if isinstance(cell, Unavailable) else ""
        return f"{shown_cell(cell, kind)}{mark}"

    return [[text(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in table.rows]


def said_below(table: Table) -> Iterator[str]:
    """Yield how many rows are not shown, the reasons by their numbers, and the table's notes."""
    if not table.rows:
        yield "no row"
    if table.further:
        yield f"{len(table.further)} further rows are in the JSON document (--json)"
    for place, why in enumerate(_reasons(table), 1):
        yield f"[{place}] {why}"
    yield from table.notes


def _reasons(table: Table) -> list[str]:
    """Return why cells hold nothing, each reason once."""
    lacking = (cell for row in table.rows for cell in row if isinstance(cell, Unavailable))
    return list(dict.fromkeys(cell.why for cell in lacking))
