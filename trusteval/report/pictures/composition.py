"""What every subject's answers are made of: correct, wrong, refused, and invalid by kind."""

from __future__ import annotations

from collections import Counter

from trusteval.answers.table import AnswerTable
from trusteval.charts.bars import Bar, Part, StackedBars
from trusteval.charts.look import Role
from trusteval.report.pictures.sketch import Sketch, nothing
from trusteval.report.record import RunRecord
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Answer, Invalid, InvalidReason, Label, Refusal, Unavailable

_TITLE = "What answers are made of"
_CORRECT, _WRONG, _REFUSED = "correct", "wrong", "refused"
_PARTS = (
    Part(_CORRECT, Role.PASS),
    Part(_WRONG, Role.SERIES_2),
    Part(_REFUSED, Role.OPEN, "//"),
    Part(InvalidReason.EMPTY.value, Role.SERIES_6, "--"),
    Part(InvalidReason.UNPARSEABLE.value, Role.SERIES_7, "xx"),
    Part(InvalidReason.CONTRADICTORY.value, Role.SERIES_4, "||"),
    Part(InvalidReason.TRUNCATED.value, Role.SERIES_5, "\\\\"),
)
_COLUMNS = (
    *map(Column, ("benchmark", "subject")),
    *(Column(part.name, Kind.COUNT) for part in _PARTS),
    Column("n", Kind.COUNT),
)


def composition_sketch(record: RunRecord, answers: AnsweredRun | Unavailable) -> Sketch:
    """Sketch a bar for each subject's answers, a chart per benchmark."""
    if isinstance(answers, Unavailable):
        return nothing("composition", _TITLE, f"the answers are not there: {answers.why}")
    if not answers.answer_tables:
        return nothing("composition", _TITLE, "no answer was kept")
    charts, rows = list[StackedBars](), list[tuple[Cell, ...]]()
    for benchmark in sorted(answers.benchmarks):
        found = {
            subject: _counts(answers.answer_tables[subject, benchmark])
            for subject in sorted(answers.subjects, key=lambda s: record.places.get(s, -1))
            if (subject, benchmark) in answers.answer_tables
        }
        bars = tuple(Bar(subject, counts, _said(counts)) for subject, counts in found.items())
        charts.append(StackedBars(benchmark, _PARTS, bars))
        rows += [(benchmark, subject, *counts, sum(counts)) for subject, counts in found.items()]
    caption = "Shares of all answers to a benchmark; empty to truncated are invalid answers."
    return Sketch(
        "composition",
        _TITLE,
        caption,
        Table("composition", _TITLE, _COLUMNS, tuple(rows)),
        tuple(charts),
    )


def _counts(table: AnswerTable) -> tuple[int, ...]:
    """Return how many answers are of each part; together they are all.

    A refusal that is right, as of a prompt to decline, is correct.
    """
    is_right = table.correct
    found = Counter({_CORRECT: int(is_right.sum())})
    for code, n in Counter(table.code[table.rows][~is_right].tolist()).items():
        found[_kind(table.answers[code])] += n
    return tuple(found[part.name] for part in _PARTS)


def _kind(answer: Answer) -> str:
    """Return the part of an answer, wrong of every label."""
    match answer:
        case Label():
            return _WRONG
        case Refusal():
            return _REFUSED
        case Invalid(reason):
            return reason.value


def _said(counts: tuple[int, ...]) -> str:
    n = sum(counts)
    return f"{100 * counts[0] / n:.1f} % of {n:,} correct" if n else ""
