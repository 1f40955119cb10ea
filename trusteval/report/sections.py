"""Sections of tables as text for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO

from trusteval.printable import printable
from trusteval.report.cells import shown_cell
from trusteval.report.markup import in_markdown
from trusteval.tables import Cell, Kind, Section, Table
from trusteval.types import Unavailable

_LEAST_WIDTH = 120


def section_lines(sections: Sequence[Section], *, width: int) -> Iterator[str]:
    """Yield what a terminal shows."""
    for section in sections:
        yield from ("", section.title, "=" * len(section.title))
        yield from section.notes
        for table in section.tables:
            yield from ("", table.title)
            yield from _drawn(table, width=width)
            yield from _said_below(table)


def section_markdown(sections: Sequence[Section], *, level: int = 2) -> Iterator[str]:
    """Yield lines of Markdown; sections are headings of `level`, tables of one below."""
    for section in sections:
        yield from (f"{'#' * level} {in_markdown(section.title)}", "")
        for note in section.notes:
            yield from (in_markdown(note), "")
        for table in section.tables:
            yield from (f"{'#' * (level + 1)} {in_markdown(table.title)}", "")
            yield from _piped(table)
            yield ""
            for note in _said_below(table):
                yield f"- {in_markdown(note)}"
            yield ""


def _drawn(table: Table, *, width: int) -> list[str]:
    """Draw a table; what repeats the row above in its first columns is left blank."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Drawing
    from rich.text import Text

    if not table.rows:
        return []
    drawing = Drawing(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in table.columns:
        justify = "left" if column.kind is Kind.TEXT else "right"
        drawing.add_column(Text(printable(column.name)), justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for row in _without_repeats(_texts(table)):
        drawing.add_row(*(Text(printable(text)) for text in row))
    out = StringIO()
    plain = {"markup": False, "emoji": False, "highlight": False}
    Console(file=out, width=max(width, _LEAST_WIDTH), color_system=None, **plain).print(drawing)  # type: ignore[arg-type]
    drawn = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    return drawn.strip("\n").splitlines()


def _piped(table: Table) -> Iterator[str]:
    if not table.rows:
        return
    yield f"| {' | '.join(in_markdown(column.name) for column in table.columns)} |"
    rules = ("---" if column.kind is Kind.TEXT else "---:" for column in table.columns)
    yield f"|{'|'.join(rules)}|"
    for row in _texts(table):
        yield f"| {' | '.join(map(in_markdown, row))} |"


def _texts(table: Table) -> list[list[str]]:
    kinds = [column.kind for column in table.columns]
    numbers = {why: place for place, why in enumerate(_reasons(table), 1)}

    def text(cell: Cell, kind: Kind) -> str:
        mark = f" [{numbers[cell.why]}]" if isinstance(cell, Unavailable) else ""
        return f"{shown_cell(cell, kind)}{mark}"

    return [[text(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in table.rows]


def _reasons(table: Table) -> list[str]:
    """Return why cells hold nothing, each reason once."""
    lacking = (cell for row in table.rows for cell in row if isinstance(cell, Unavailable))
    return list(dict.fromkeys(cell.why for cell in lacking))


def _said_below(table: Table) -> Iterator[str]:
    if not table.rows:
        yield "no row"
    if table.further:
        yield f"{len(table.further)} further rows are in the JSON document (--json)"
    for place, why in enumerate(_reasons(table), 1):
        yield f"[{place}] {why}"
    yield from table.notes


def _without_repeats(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Blank what a row shares with the one above, from the left up to the first difference."""
    above: Sequence[str] = ()
    for row in rows:
        same = 0
        while same < min(2, len(above)) and row[same] == above[same]:
            same += 1
        yield [*("" for _ in range(same)), *row[same:]]
        above = row
