"""What answers of a run without a vote took, beside what they scored."""

from __future__ import annotations

from trusteval.report.pictures.scatter import scatters_of
from trusteval.report.pictures.scores import score_cell
from trusteval.report.pictures.sketch import Sketch, nothing
from trusteval.report.record import RunRecord
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Cost, Unavailable

_TITLE = "Score against cost"
_COLUMNS = (
    *map(Column, ("benchmark", "subject")),
    Column("cost", Kind.SECONDS),
    Column("score", Kind.POINTS),
)


def costs_sketch(record: RunRecord, answers: AnsweredRun | Unavailable) -> Sketch:
    """Sketch every subject's score over its seconds for an answer, a chart per benchmark."""
    if isinstance(answers, Unavailable):
        return nothing("cost", _TITLE, f"the answers are not there: {answers.why}")
    rows = tuple(
        (line.benchmark, line.subject, _seconds(found), score_cell(line))
        for line in record.lines
        if (found := answers.costs.get((line.subject, line.benchmark))) is not None
    )
    if all(isinstance(row[2], Unavailable) for row in rows):
        return nothing("cost", _TITLE, "nobody measured what answers took")
    table = Table("cost", _TITLE, _COLUMNS, rows)
    caption = (
        "Seconds for an answer, of a model that is loaded. The line is the front: beyond it nobody "
        "is both cheaper and better."
    )
    return Sketch("cost", _TITLE, caption, table, tuple(scatters_of(table)))


def _seconds(cost: Cost) -> Cell:
    """Return the mean over the answers whose time is known."""
    if cost.wall_seconds is None or not cost.n_measured:
        return Unavailable("nobody measured it")
    return cost.wall_seconds / cost.n_measured
