"""Markdown in blocks that can be shortened: whole rows are left out, and the last line says so.

A table keeps its head, a fold its end, and no line is cut.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from trusteval.report.markup import in_markdown

NAME, SENTENCE = 160, 400
"""Characters of a name and of a sentence that stand in a table's cell."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of Markdown: `head` always stays, the last `rows` can be left out.

    `more` is the line that stands in their place, around what it says; `gap` parts rows.
    """

    rows: tuple[str, ...]
    head: tuple[str, ...] = ()
    more: str = "{}"
    gap: str = "\n"

    def text(self, n_rows: int | None = None) -> str:
        """Return the first rows, of all if None, and how many are left out."""
        shown = self.rows if n_rows is None else self.rows[:n_rows]
        n_more = len(self.rows) - len(shown)
        said = (self.more.format(f"{n_more:,} further rows"),) if n_more else ()
        return "\n".join((*self.head, *filter(None, [self.gap.join((*shown, *said))])))


def paragraphs(lines: Iterable[str]) -> Block:
    """Return lines of Markdown that stand apart."""
    return Block(tuple(lines), gap="\n\n")


def items(texts: Iterable[object]) -> Block:
    """Return a list of what others wrote."""
    return Block(tuple(f"- {in_markdown(text)}" for text in texts), more="- {}")


def grid(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, sentences: Collection[str] = ()
) -> Block:
    """Return a table of what others wrote; the columns named `sentences` hold more than names."""
    lengths = [SENTENCE if column in sentences else NAME for column in columns]
    return Block(
        tuple(_piped(map(brief, row, lengths)) for row in rows),
        head=(_piped(map(in_markdown, columns)), f"|{'---|' * len(columns)}"),
        more=_piped(["{}", *[""] * (len(columns) - 1)]),
    )


def if_any(block: Block) -> tuple[Block, ...]:
    """Return a block if there is a row in it."""
    return (block,) if block.rows else ()


def brief(value: object, most: int = NAME) -> str:
    """Return a value in Markdown; of a long one its beginning, its end and its length."""
    return in_markdown(shortened(str(value), most))


def shortened(text: str, most: int) -> str:
    """Return a text, or of more than `most` characters both ends and how many there are."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]} ... {text[-half:]} (of {len(text):,} characters)"


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
