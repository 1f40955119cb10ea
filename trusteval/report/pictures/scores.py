"""Score, and refusals and non-answers, per benchmark and subject: the paper's first two figures."""

from __future__ import annotations

from collections.abc import Iterator

from trusteval.charts.dots import DotPlot, DotRow
from trusteval.charts.look import series
from trusteval.report.cells import shown_value
from trusteval.report.pictures.dot_rows import dot_row
from trusteval.report.pictures.sketch import Sketch, nothing
from trusteval.report.record import RunRecord
from trusteval.report.score_line import ScoreLine
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.types import Unavailable

_WHOLE = (0.0, 100.0)
_LEAST_SPAN = 20.0
_LEAST_RATE_SPAN = 10.0
_SCORES = (
    *map(Column, ("benchmark", "dimension", "subject")),
    Column("score", Kind.POINTS),
    Column("n", Kind.COUNT),
)
_RATES = (
    *map(Column, ("benchmark", "dimension", "subject")),
    Column("refused", Kind.POINTS),
    Column("non-answers", Kind.POINTS),
    Column("n", Kind.COUNT),
)
NO_SCORE = "no score was measured"


def scores_sketch(record: RunRecord) -> Sketch:
    """Sketch every subject's score with its interval, a chart per benchmark."""
    title = "Score per dimension and variant"
    if not record.scores:
        return nothing("scores", title, NO_SCORE)
    charts, rows = list[DotPlot](), list[tuple[Cell, ...]]()
    for benchmark, dimension, found in _by_benchmark(record):
        dots = tuple(
            _score_dot(subject, one, style=record.places[subject]) for subject, one in found.items()
        )
        charts.append(
            DotPlot(
                _named(benchmark, dimension),
                dots,
                unit="score, points; line: 90 % interval",
                span=_LEAST_SPAN,
                within=_WHOLE,
            )
        )
        rows += [
            (benchmark, dimension, subject, score_cell(one), _n(one))
            for subject, one in found.items()
        ]
    caption = f"Each chart has a scale of its own.{_not_recorded(record)}"
    table = Table("scores", title, _SCORES, tuple(rows))
    return Sketch("scores", title, caption, table, tuple(charts))


def non_answers_sketch(record: RunRecord) -> Sketch:
    """Sketch how often every subject refused, and gave no answer at all, a chart per benchmark."""
    title = "Refusals and non-answers per dimension and variant"
    if not record.scores:
        return nothing("non-answers", title, NO_SCORE)
    charts, rows = list[DotPlot](), list[tuple[Cell, ...]]()
    for benchmark, dimension, found in _by_benchmark(record):
        dots = tuple(
            _rate_dot(subject, one, style=record.places[subject]) for subject, one in found.items()
        )
        charts.append(
            DotPlot(
                _named(benchmark, dimension),
                dots,
                unit="percent of answers; filled: refused, ring: non-answers (refused or invalid)",
                span=_LEAST_RATE_SPAN,
                within=_WHOLE,
            )
        )
        rows += [
            (benchmark, dimension, subject, _refused(one), _non_answers(one), _n(one))
            for subject, one in found.items()
        ]
    caption = (
        "Refused: of all answers; non-answers: as the report's table has them, under the run's "
        f"protocol.{_not_recorded(record)}"
    )
    table = Table("non-answers", title, _RATES, tuple(rows))
    return Sketch("non-answers", title, caption, table, tuple(charts))


Found = dict[str, ScoreLine | Unavailable]


def _by_benchmark(record: RunRecord) -> Iterator[tuple[str, str, Found]]:
    """Yield benchmarks with their dimensions, each with every subject's line or why it has none."""
    lines = {(line.benchmark, line.subject): line for line in record.lines}
    for benchmark, dimension in {line.benchmark: line.dimension for line in record.lines}.items():
        yield (
            benchmark,
            dimension.replace("_", " "),
            {
                subject: lines.get((benchmark, subject), _why_not(record, subject, benchmark))
                for subject in record.subjects
            },
        )


def _why_not(record: RunRecord, subject: str, benchmark: str) -> Unavailable:
    for one in record.unjudged:
        if one.subject == subject and one.benchmark in (benchmark, None):
            return Unavailable(f"{one.cause.value}: {one.why}")
    return Unavailable(record.broken.get(subject, "it was not asked"))


def _named(benchmark: str, dimension: str) -> str:
    return benchmark if benchmark == dimension else f"{dimension}: {benchmark}"


def _not_recorded(record: RunRecord) -> str:
    told = "; ".join(f"{name}: {why}" for name, why in record.not_recorded.items())
    return f" Without scores: {told}." if told else ""


def score_cell(line: ScoreLine | Unavailable) -> Cell:
    """Return a score with its interval where it has one, or why there is none."""
    if isinstance(line, Unavailable):
        return line
    score = line.score
    if score.value is None:
        return Unavailable(f"undefined: {score.undefined}")
    if score.interval is None:
        return score.value
    return Spread(score.value, score.interval.low, score.interval.high)


def _score_dot(subject: str, line: ScoreLine | Unavailable, *, style: int) -> DotRow:
    role, marker = series(style)
    cell = score_cell(line)
    said = "" if isinstance(cell, Unavailable) else shown_value(cell, Kind.POINTS)
    return dot_row(subject, cell, said=said, role=role, marker=marker)


def _n(line: ScoreLine | Unavailable) -> Cell:
    return line if isinstance(line, Unavailable) else line.score.counts.n


def _refused(line: ScoreLine | Unavailable) -> Cell:
    if isinstance(line, Unavailable):
        return line
    counts = line.score.counts
    return 100 * counts.refused / counts.n if counts.n else Unavailable("no answer")


def _non_answers(line: ScoreLine | Unavailable) -> Cell:
    if isinstance(line, Unavailable):
        return line
    rate = line.non_answer_rate
    return Unavailable("the rate is undefined") if rate is None else rate


def _rate_dot(subject: str, line: ScoreLine | Unavailable, *, style: int) -> DotRow:
    role, marker = series(style)
    refused, silent = _refused(line), _non_answers(line)
    if not isinstance(refused, float) or not isinstance(silent, float):
        why = next(cell.why for cell in (refused, silent) if isinstance(cell, Unavailable))
        return DotRow(subject, None, why=why)
    said = f"{refused:.1f} / {silent:.1f}"
    return DotRow(subject, refused, ring=silent, said=said, role=role, marker=marker)
