"""Draws rows of texts for a terminal: no figure is ever cut, whatever the width.

What is too wide folds its texts; then its columns stand in several blocks below each other, each
with the texts on the left that say what a row is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO

from trusteval.printable import printable
from trusteval.tables import Column, Kind

_NARROWEST = 18
"""To how many cells a column of texts may be folded."""
_GAP = 2
"""Between two columns."""
_MOST_REPEATED = 2
"""Columns of texts on the left, in which what the row above has too is left blank."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a table is drawn beyond its texts.

    `paint` says in which of rich's styles a text of a column is drawn, "" for none; with it lines
    hold codes of colours. `headings` stand in place of names of columns, in lines of their own.
    """

    paint: Callable[[Column, str], str] | None = None
    headings: Mapping[str, str] = field(default_factory=dict)

    def heading(self, column: Column) -> str:
        return self.headings.get(column.name) or printable(column.name)


PLAIN = Look()


def drawn(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    width: int,
    look: Look = PLAIN,
) -> Iterator[str]:
    """Yield the lines of a table of texts; a row without any is a gap."""
    shown = [[printable(text) for text in row] for row in rows]
    for place, block in enumerate(_blocks(columns, shown, width=width, look=look)):
        yield from ("",) if place else ()
        of_block = [[row[column] for column in block] for row in shown]
        yield from _block([columns[column] for column in block], of_block, width=width, look=look)


def natural_width(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, look: Look = PLAIN
) -> int:
    """Return how many cells a table takes in which nothing is folded."""
    texts = ([printable(row[n]) for row in rows] for n in range(len(columns)))
    widest = map(_widest, map(look.heading, columns), texts)
    return sum(widest) + _GAP * len(columns)


def _blocks(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int, look: Look
) -> list[list[int]]:
    """Return which columns stand beside each other, as many as there is room for."""
    needed = _needed(columns, rows, look=look)
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


def _needed(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, look: Look) -> list[int]:
    """Return the cells that each column cannot do without."""
    widest = [_widest(look.heading(c), [row[n] for row in rows]) for n, c in enumerate(columns)]
    return [
        _GAP + (min(cells, _NARROWEST) if column.kind is Kind.TEXT else cells)
        for column, cells in zip(columns, widest, strict=True)
    ]


def _widest(heading: str, texts: Sequence[str]) -> int:
    from rich.cells import cell_len

    return max(map(cell_len, (*heading.split("\n"), *texts)))


def _block(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, width: int, look: Look
) -> Iterator[str]:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Drawing
    from rich.text import Text

    drawing = Drawing(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        is_text = column.kind is Kind.TEXT
        justify = "left" if is_text else "right"
        heading = Text(look.heading(column))
        drawing.add_column(heading, justify=justify, no_wrap=not is_text, overflow="fold")  # type: ignore[arg-type]
    paint = look.paint or (lambda _column, _text: "")
    for row in _without_repeats(rows, most=min(_MOST_REPEATED, _keys(columns))):
        drawing.add_row(*map(Text, row, map(paint, columns, row)))
    out = StringIO()
    system = "standard" if look.paint else None
    needed = sum(_needed(columns, rows, look=look))
    console = Console(
        file=out,
        width=max(width, needed),
        color_system=system,  # type: ignore[arg-type]
        force_terminal=look.paint is not None,
        no_color=look.paint is None,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(drawing)
    # The box has a line without anything above the headings, and one below the rows.
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    yield from lines[not lines[0] : len(lines) - (not lines[-1])]


def _without_repeats(rows: Sequence[Sequence[str]], *, most: int) -> Iterator[list[str]]:
    """Blank what a row shares with the one above, from the left up to the first difference."""
    above: Sequence[str] = ()
    for row in rows:
        same = 0
        while same < min(most, len(above)) and row[same] == above[same]:
            same += 1
        yield [*("" for _ in range(same)), *row[same:]]
        above = row
