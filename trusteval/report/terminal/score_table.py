"""The scores of a run for a terminal: one table where there is room, else what matters first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from trusteval.printable import printable
from trusteval.report.drawn import Look, drawn, natural_width
from trusteval.report.outcomes import SEVERITY
from trusteval.report.scores import SummaryRow
from trusteval.report.terminal.folding import folded
from trusteval.report.terminal.marks import STYLES, Mark, closing_mark_of, mark_of
from trusteval.system.screen import Screen
from trusteval.tables import Column, Kind

_UNBOUNDED = 120
"""How wide a table is drawn where lines have no end."""
_HEADINGS = {
    **{"contradictory": "contra-\ndictory", "unparseable": "unpars-\nable"},
    **{"interval": "90 % interval", "non_answer_rate": "non-answers"},
}
_WHO = ("dimension", "subject")
_SILENCE = ("refused", "empty", "unparseable", "contradictory", "truncated")
_WIDE = (*_WHO, "score", "n", *_SILENCE, "non_answer_rate", "verdict")
_WIDEST = (*_WHO, "score", "interval", *_WIDE[3:])
_NARROW = ("subject", "score", "n", "non_answer_rate", "verdict")
_LESS_NARROW = ("subject", "score", "interval", "n", "non_answer_rate", "verdict")
_TEXTS = (*_WHO, "verdict")
_LOOK = Look(headings=_HEADINGS)


_GAP = SummaryRow("", "", score="", verdict="")


def score_table(rows: Sequence[SummaryRow], screen: Screen) -> Iterator[str]:
    """Yield the lines of the scores, those of one dimension together; nothing is cut.

    As many columns as there is room for: the interval only on a wide screen; why answers are none
    in a table of its own on a narrow one.
    """
    apart = _apart(rows)
    if screen.width is None or _fits(_WIDE, apart, screen):
        has_room = screen.width is not None and _fits(_WIDEST, apart, screen)
        yield from _drawn(_WIDEST if has_room else _WIDE, apart, screen)
        return
    below = _below_headings(rows)
    names = _LESS_NARROW if _fits(_LESS_NARROW, below, screen) else _NARROW
    yield from _drawn(names, below, screen)
    yield ""
    silent = [row for row in rows if any(getattr(row, name) for name in _SILENCE)]
    if silent:
        yield from folded("non-answers of n, by their kind:", screen=screen)
        yield from _drawn(("subject", *_SILENCE), _below_headings(silent), screen)
    else:
        yield from folded("no non-answers", screen=screen)


def verdict_lines(rows: Sequence[SummaryRow], screen: Screen) -> Iterator[str]:
    """Yield for every dimension who has which verdict and score, worst first."""
    for dimension, of_one in groupby(rows, key=attrgetter("dimension")):
        worst_first = sorted(of_one, key=lambda row: -SEVERITY.index(row.verdict))
        pieces: list[str | Mark] = [f"{dimension}:"]
        for place, row in enumerate(worst_first):
            above, below = worst_first[place - 1 : place], worst_first[place + 1 : place + 2]
            if not above or above[0].verdict != row.verdict:
                pieces.append("no gate:" if row.verdict == "-" else mark_of(row.verdict, screen))
            end = "" if not below else "," if below[0].verdict == row.verdict else ";"
            pieces.append(Mark(f"{printable(row.subject)} {row.score}{end}", ""))
        yield from folded(*pieces, screen=screen)


def _apart(rows: Sequence[SummaryRow]) -> list[SummaryRow]:
    """Return the rows with a gap between dimensions."""
    found: list[SummaryRow] = []
    for row in rows:
        if found and row.dimension != found[-1].dimension:
            found.append(_GAP)
        found.append(row)
    return found


def _below_headings(rows: Sequence[SummaryRow]) -> list[SummaryRow]:
    """Return the rows of each dimension, set in below its name."""
    found = []
    for dimension, of_one in groupby(rows, key=attrgetter("dimension")):
        found.append(replace(_GAP, subject=dimension))
        found += [replace(row, subject=f"  {row.subject}") for row in of_one]
    return found


def _fits(names: Sequence[str], rows: Sequence[SummaryRow], screen: Screen) -> bool:
    needed = natural_width(_columns(names), _texts(names, rows, screen), look=_LOOK)
    return screen.width is None or needed <= screen.width


def _drawn(names: Sequence[str], rows: Sequence[SummaryRow], screen: Screen) -> Iterator[str]:
    styles = {closing_mark_of(word, screen).text: style for word, style in STYLES.items()}

    def paint(column: Column, text: str) -> str:
        return styles.get(text, "") if column.name == "verdict" else ""

    look = replace(_LOOK, paint=paint if screen.has_colours else None)
    texts, width = _texts(names, rows, screen), screen.width or _UNBOUNDED
    yield from drawn(_columns(names), texts, width=width, look=look)


def _columns(names: Sequence[str]) -> list[Column]:
    return [Column(name, Kind.TEXT if name in _TEXTS else Kind.NUMBER) for name in names]


def _texts(names: Sequence[str], rows: Sequence[SummaryRow], screen: Screen) -> list[list[str]]:
    return [[_text(row, name, screen) for name in names] for row in rows]


def _text(row: SummaryRow, name: str, screen: Screen) -> str:
    text: str = getattr(row, name)
    is_verdict = name == "verdict" and text in STYLES
    return closing_mark_of(text, screen).text if is_verdict else text
