"""The summary as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO

from trusteval.printable import printable
from trusteval.report.scores import COLUMNS, SummaryRow
from trusteval.report.summary import Summary

_HEADINGS = {"contradictory": "contra-\ndictory", "unparseable": "unpars-\nable"}
_TEXT_COLUMNS = ("dimension", "subject", "verdict")
_LEAST_WIDTH = 120


def summary_lines(summary: Summary, *, width: int) -> Iterator[str]:
    """Yield the lines of the table, the sentences of verdicts that did not pass, the tally."""
    yield from summary.gaps.incomplete
    yield from _table(summary.scores.rows, width=width)
    yield ""
    yield from summary.remote_code
    yield from summary.scores.perplexity
    yield from summary.scores.beside
    yield ""
    yield from summary.gaps.broken
    yield from map(str, summary.judgements.not_passed)
    yield from summary.gaps.unjudged_in_short
    yield from summary.gaps.failed_tests_in_short
    yield from summary.gaps.lost_answers
    yield f"{summary.judgements.tally}. {summary.laws.line}."
    yield from summary.gaps.incomplete
    yield from summary.tries
    yield from summary.caveats


def _table(rows: Sequence[SummaryRow], *, width: int) -> list[str]:
    """Draw the rows, those of one dimension together."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in COLUMNS:
        justify = "left" if name in _TEXT_COLUMNS else "right"
        heading = _HEADINGS.get(name, name)
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    previous = ""
    for dimension, *rest in (row.cells for row in rows):
        if previous and dimension != previous:
            table.add_section()
        cells = ("" if dimension == previous else dimension, *rest)
        # Text, not str, in which names like [red] would be markup.
        table.add_row(*(Text(printable(cell)) for cell in cells))
        previous = dimension
    out = StringIO()
    # A name in brackets or between colons is a name, no mark-up.
    plain = {"markup": False, "emoji": False, "highlight": False}
    Console(file=out, width=max(width, _LEAST_WIDTH), color_system=None, **plain).print(table)  # type: ignore[arg-type]
    drawn = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    return drawn.strip("\n").splitlines()
