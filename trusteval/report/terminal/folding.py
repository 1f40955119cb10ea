"""Folds lines between words, where a screen is narrower; no figure is parted from its unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trusteval.printable import printable_line
from trusteval.report.terminal.marks import Mark
from trusteval.system.screen import Screen

_HANGING = 2
_TIED = "\x00"
"""Stands for a blank that is no place to fold; no printable text has it."""


@dataclass(frozen=True, slots=True)
class _Word:
    plain: str
    shown: str


def folded(*pieces: str | Mark, screen: Screen, indent: int = 0) -> Iterator[str]:
    """Yield the lines of texts and marks that follow each other, each a word apart.

    What goes on is set in by two more. Texts may be anybody's: they are made printable here.
    """
    from rich.cells import cell_len

    words = [word for piece in pieces for word in _words(piece, screen)]
    if screen.width is None:
        yield " " * indent + " ".join(word.shown for word in words)
        return
    start, line, used = " " * indent, list[str](), indent
    for word in _broken(words, most=screen.width - indent - _HANGING):
        cells = cell_len(word.plain)
        if line and used + 1 + cells > screen.width:
            yield start + " ".join(line)
            start, line, used = " " * (indent + _HANGING), [], indent + _HANGING
        used += cells + bool(line)
        line.append(word.shown)
    yield start + " ".join(line)


def _words(piece: str | Mark, screen: Screen) -> Iterator[_Word]:
    if isinstance(piece, Mark):
        yield _Word(piece.text, piece.shown(screen))
        return
    for word in printable_line(piece).replace(" %", f"{_TIED}%").split(" "):
        untied = word.replace(_TIED, " ")
        yield _Word(untied, untied)


def _broken(words: list[_Word], *, most: int) -> Iterator[_Word]:
    """Break what is longer than a line, such as a path, at its end."""
    from rich.cells import cell_len, chop_cells

    for word in words:
        if cell_len(word.plain) <= most or word.plain != word.shown:
            yield word
        else:
            yield from (_Word(part, part) for part in chop_cells(word.plain, most))
