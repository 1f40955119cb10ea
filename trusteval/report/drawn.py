"""Draws rows of texts for a terminal: no figure is ever cut, whatever the width.

What is too wide folds its texts; then its columns stand in several blocks below each other, each
with the texts on the left that say what a row is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO

from trusteval.printable import printable
from trusteval.tables import Column, Kind

_NARROWEST = 18
"""To how many cells a column of texts may be folded."""
_GAP = 2
"""Between two columns."""
_MOST_REPEATED = 2
"""Columns of texts on the left, in which what the row above has too is left blank."""


def drawn(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int) -> Iterator[str]:
    """Yield the lines of a table of texts."""
    shown = [[printable(text) for text in row] for row in rows]
    for place, block in enumerate(_blocks(columns, shown, width=width)):
        yield from ("",) if place else ()
        of_block = [[row[column] for column in block] for row in shown]
        yield from _block([columns[column] for column in block], of_block, width=width)


def _blocks(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int
) -> list[list[int]]:
    """Return which columns stand beside each other, as many as there is room for."""
    needed = [_needed(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
    keys = _keys(columns)
    room = width - sum(needed[:keys])
    blocks: list[list[int]] = [[*range(keys)]]
    left = room
    for number in range(keys, len(columns)):
        if needed[number] > left and len(blocks[-1]) > keys:
            blocks.append([*range(keys)])
            left = room
        blocks[-1].append(number)
        left -= needed[number]
    return blocks


def _keys(columns: Sequence[Column]) -> int:
    """Return how many columns on the left say what a row is about: texts, before any figure."""
    figures = [place for place, column in enumerate(columns) if column.kind is not Kind.TEXT]
    return figures[0] if figures else len(columns)


def _needed(column: Column, texts: Sequence[str]) -> int:
    """Return the cells that a column cannot do without."""
    from rich.cells import cell_len

    widest = max(map(cell_len, (printable(column.name), *texts)))
    return _GAP + (min(widest, _NARROWEST) if column.kind is Kind.TEXT else widest)


def _block(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int
) -> Iterator[str]:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Drawing
    from rich.text import Text

    drawing = Drawing(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        is_text = column.kind is Kind.TEXT
        justify = "left" if is_text else "right"
        heading = Text(printable(column.name))
        drawing.add_column(heading, justify=justify, no_wrap=not is_text, overflow="fold")  # type: ignore[arg-type]
    for row in _without_repeats(rows, most=min(_MOST_REPEATED, _keys(columns))):
        drawing.add_row(*map(Text, row))
    needed = sum(_needed(column, [row[n] for row in rows]) for n, column in enumerate(columns))
    out = StringIO()
    plain = {"markup": False, "emoji": False, "highlight": False}
    Console(file=out, width=max(width, needed), color_system=None, **plain).print(drawing)  # type: ignore[arg-type]
    yield from (line.rstrip() for line in out.getvalue().strip("\n").splitlines() if line.strip())


def _without_repeats(rows: Sequence[Sequence[str]], *, most: int) -> Iterator[list[str]]:
    """Blank what a row shares with the one above, from the left up to the first difference."""
    above: Sequence[str] = ()
    for row in rows:
        same = 0
        while same < min(most, len(above)) and row[same] == above[same]:
            same += 1
        yield [*("" for _ in range(same)), *row[same:]]
        above = row
