"""Sections of tables as text for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import TextWrapper

from trusteval.printable import printable
from trusteval.report.drawn import drawn
from trusteval.report.markup import in_markdown
from trusteval.report.table_texts import cell_texts, said_below
from trusteval.tables import Kind, Section, Table

_LEAST_WIDTH = 120


def section_lines(sections: Sequence[Section], *, width: int) -> Iterator[str]:
    """Yield what a terminal shows; at least 120 letters wide."""
    width = max(width, _LEAST_WIDTH)
    for section in sections:
        yield from ("", section.title, "=" * len(section.title))
        yield from _folded(section.notes, width=width)
        for table in section.tables:
            yield from ("", table.title)
            if table.rows:
                yield from drawn(table.columns, cell_texts(table), width=width)
            yield from _folded(said_below(table), width=width)


def _folded(lines: Iterable[str], *, width: int) -> Iterator[str]:
    """Fold lines between words; what goes on is set in."""
    fold = TextWrapper(
        width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    for line in lines:
        yield from fold.wrap(printable(line)) or [""]


def section_markdown(sections: Sequence[Section], *, level: int = 2) -> Iterator[str]:
    """Yield lines of Markdown; sections are headings of `level`, tables of one below."""
    for section in sections:
        yield from (f"{'#' * level} {in_markdown(section.title)}", "")
        for note in section.notes:
            yield from (in_markdown(note), "")
        for table in section.tables:
            yield from (f"{'#' * (level + 1)} {in_markdown(table.title)}", "")
            if table.rows:
                yield from (*_piped(table), "")
            if said := list(said_below(table)):
                yield from (*(f"- {in_markdown(line)}" for line in said), "")


def _piped(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(in_markdown(column.name) for column in table.columns)} |"
    rules = ("---" if column.kind is Kind.TEXT else "---:" for column in table.columns)
    yield f"|{'|'.join(rules)}|"
    for row in cell_texts(table):
        yield f"| {' | '.join(map(in_markdown, row))} |"
