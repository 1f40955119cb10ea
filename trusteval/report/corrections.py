"""The scores of a run corrected for its judge's errors, beside those that were read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trusteval.gates.correction_words import error_words, standard_words
from trusteval.judging.record import JudgeLine
from trusteval.report.record import RunRecord
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.types import Correction, Score, Unavailable

_COLUMNS = (
    *(Column("benchmark"), Column("subject"), Column("score", Kind.POINTS)),
    *(Column("corrected", Kind.POINTS), Column("by the judge alone", Kind.POINTS)),
    *(Column("the judge is right"), Column("counted")),
)
_BY_READER = (
    "Against the strict reader, not people: the corrected score is then an estimate of what that "
    "reader reads, and says nothing of whether it is right. Only its interval is news: how much a "
    "judge that errs so often leaves open. Labels of people (--trust-judge-labels) tell the rest."
)
_CLIPPED = "cut off at 0 or 100: "


def corrections_table(record: RunRecord, lines: Sequence[JudgeLine]) -> Table:
    """Lay read and corrected scores beside each other, in the order of the lines."""
    read = {(line.benchmark, line.subject): line.score for line in record.scores}
    known = [(line, line.corrected) for line in lines if line.corrected is not None]
    return Table(
        "judge_corrections",
        "Scores corrected for the judge's errors",
        _COLUMNS,
        tuple(
            _row(line, corrected, read.get((line.benchmark, line.subject)))
            for line, corrected in known
        ),
        notes=tuple(_notes(known)),
    )


def _row(line: JudgeLine, corrected: Correction, read: Score | None) -> tuple[Cell, ...]:
    missing = Unavailable(corrected.undefined or "the judge read nothing")
    score: Cell = Unavailable("no score")
    if read is not None and read.value is not None:
        bounds = read.interval
        score = read.value if bounds is None else Spread(read.value, bounds.low, bounds.high)
    elif read is not None:
        score = Unavailable(read.undefined or "no score")
    own: Cell = missing
    if corrected.value is not None and corrected.interval is not None:
        own = Spread(corrected.value, corrected.interval.low, corrected.interval.high)
    return (
        *(line.benchmark, line.subject, score, own),
        missing if corrected.judged is None else corrected.judged,
        "; ".join(error_words(corrected.errors)) or missing,
        standard_words(corrected),
    )


def _notes(known: Sequence[tuple[JudgeLine, Correction]]) -> Iterator[str]:
    clipped = [f"{line.subject} on {line.benchmark}" for line, one in known if one.is_clipped]
    if clipped:
        yield _CLIPPED + ", ".join(clipped)
    if not all(one.by_people for _, one in known):
        yield _BY_READER
