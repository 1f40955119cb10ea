"""The summary as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from io import StringIO

from trusteval.printable import printable
from trusteval.report.record import RunRecord
from trusteval.report.summary import (
    COLUMNS,
    beside_lines,
    broken_lines,
    caveats,
    failed_test_lines,
    incomplete_lines,
    invariants_line,
    lost_answer_lines,
    perplexity_lines,
    remote_code_lines,
    sentences,
    summary_rows,
    tally,
    unjudged_lines,
)
from trusteval.report.tries import tries_lines

_HEADINGS = {"contradictory": "contra-\ndictory", "unparseable": "unpars-\nable"}
_TEXT_COLUMNS = ("dimension", "subject", "verdict")
_LEAST_WIDTH = 120


def summary_lines(record: RunRecord, *, width: int) -> Iterator[str]:
    """Yield the lines of the table, the sentences of verdicts that did not pass, the tally."""
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
    for row in summary_rows(record):
        dimension, *rest = astuple(row)
        if previous and dimension != previous:
            table.add_section()
        cells = ("" if dimension == previous else dimension, *rest)
        # Text, not str, in which names like [red] would be markup.
        table.add_row(*(Text(printable(str(cell))) for cell in cells))
        previous = dimension
    out = StringIO()
    # A name in brackets or between colons is a name, no mark-up.
    plain = {"markup": False, "emoji": False, "highlight": False}
    Console(file=out, width=max(width, _LEAST_WIDTH), color_system=None, **plain).print(table)  # type: ignore[arg-type]
    drawn = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    yield from incomplete_lines(record)
    yield from drawn.strip("\n").splitlines()
    yield ""
    yield from remote_code_lines(record)
    yield from perplexity_lines(record)
    yield from beside_lines(record)
    yield ""
    yield from broken_lines(record)
    yield from sentences(record, passed=False)
    yield from unjudged_lines(record, each=False)
    yield from failed_test_lines(record, each=False)
    yield from lost_answer_lines(record)
    yield f"{tally(record)}. {invariants_line(record)}."
    yield from incomplete_lines(record)
    yield from tries_lines(record)
    yield from caveats(record)
