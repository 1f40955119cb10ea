"""Tables as a page lays them out: which columns are figures, which fold, what is said below."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.report.table_texts import cell_texts, said_below
from trusteval.tables import Kind, Table

_LONG = 26
"""Letters of a text from which its column may be folded."""


@dataclass(frozen=True, slots=True)
class HtmlColumn:
    """A column's heading; `style` is the class of its cells: figure, short or long."""

    name: str
    style: str


@dataclass(frozen=True, slots=True)
class HtmlTable:
    """A table's texts; `has_names` says that the first cell of a row is what the row is about."""

    title: str
    columns: tuple[HtmlColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    below: tuple[str, ...]
    has_names: bool


def html_table(table: Table) -> HtmlTable:
    """Return what a template puts into a table, all of it text that is not yet escaped."""
    texts = cell_texts(table)
    columns = tuple(
        HtmlColumn(column.name, _style(column.kind, [row[place] for row in texts]))
        for place, column in enumerate(table.columns)
    )
    return HtmlTable(
        table.title,
        columns,
        tuple(map(tuple, texts)),
        tuple(said_below(table)),
        bool(table.columns) and table.columns[0].kind is Kind.TEXT,
    )


def _style(kind: Kind, texts: list[str]) -> str:
    if kind is not Kind.TEXT:
        return "figure"
    return "long" if max(map(len, texts), default=0) > _LONG else "short"
