"""The ensembles of a run in pictures: their leads, how alike members are, trust against cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trusteval.charts.dots import DotPlot, DotRow
from trusteval.charts.look import Role
from trusteval.ensemble.cost import cost
from trusteval.ensemble.members import recorded_ensembles
from trusteval.ensemble.pairs import pair_tables
from trusteval.ensemble.panels import Panels, panels_of
from trusteval.ensemble.paying import leads
from trusteval.errors import TrustEvalError
from trusteval.report.cells import shown_value
from trusteval.report.pictures.dot_rows import dot_row
from trusteval.report.pictures.matrix import matrices_of
from trusteval.report.pictures.scatter import scatters_of
from trusteval.report.pictures.sketch import Sketch, nothing
from trusteval.tables import Cell, Kind, Spread, Table
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import DENSE, Unavailable

NO_VOTE = "the run holds no ensemble"
_LEADS = "The ensemble against the dense model, its best member and its members"
_AGREEMENT = "How often two members give the same answer"
_COST = "Score against cost"
_OVERALL = "all "
"""How the rows over all dimensions begin."""


def found_panels(answers: AnsweredRun | Unavailable) -> Panels | Unavailable:
    """Return what a run's votes are taken apart into, or why they cannot be."""
    if isinstance(answers, Unavailable):
        return Unavailable(f"the answers are not there: {answers.why}")
    try:
        ensembles = recorded_ensembles(answers, bits={})
        panels = panels_of(answers, ensembles, dense=DENSE) if ensembles else None
    except TrustEvalError as error:
        return Unavailable(str(error))
    if panels is None:
        return Unavailable(NO_VOTE)
    told = "; ".join(panels.left_out)
    return panels if panels.panels else Unavailable(f"no vote can be taken apart: {told}")


def leads_sketch(panels: Panels | Unavailable) -> Sketch:
    """Sketch how far each vote is ahead of everybody, a chart per dimension, the mean first."""
    if isinstance(panels, Unavailable):
        return nothing("ensemble", _LEADS, panels.why)
    table = leads(panels)
    parts: dict[tuple[str, str], list[tuple[Cell, ...]]] = {}
    for row in table.rows:
        parts.setdefault((str(row[0]), str(row[1])), []).append(row)
    mean_first = sorted(parts, key=lambda part: not part[1].startswith(_OVERALL))
    charts = tuple(
        DotPlot(
            f"{ensemble}: {dimension}",
            tuple(_lead(row) for row in parts[ensemble, dimension]),
            unit="points the vote is ahead; up: shown ahead, down: shown behind, dot: neither",
            span=2.0,
            has_zero=True,
        )
        for ensemble, dimension in mean_first
    )
    caption = "Paired by item: a line is the 90 % interval of the difference, not of two scores."
    return Sketch("ensemble", _LEADS, caption, replace(table, title=_LEADS), charts)


def agreement_sketch(panels: Panels | Unavailable) -> Sketch:
    """Sketch a matrix of members for each vote and benchmark."""
    if isinstance(panels, Unavailable):
        return nothing("agreement", _AGREEMENT, panels.why)
    table = _named(pair_tables(panels), "agreement")
    caption = "Percent of items; members that always agree cannot correct each other."
    charts = tuple(matrices_of(table))
    return Sketch("agreement", _AGREEMENT, caption, replace(table, title=_AGREEMENT), charts)


def vote_cost_sketch(panels: Panels) -> Sketch:
    """Sketch each vote and what could stand in its place, with the front, over all dimensions."""
    table = next(one for one in cost(panels).tables if one.name.startswith("front"))
    charts = tuple(
        replace(chart, title=ensemble)
        for ensemble in dict.fromkeys(str(row[0]) for row in table.rows)
        for chart in scatters_of(
            replace(table, rows=tuple(row for row in table.rows if row[0] == ensemble))
        )
    )
    caption = (
        "Mean over the dimensions. The line is the front: beyond it nobody is both cheaper and "
        "better. By dimension and by benchmark: trusteval ensemble."
    )
    return Sketch("cost", _COST, caption, replace(table, title=_COST), charts)


def _named(tables: Sequence[Table], name: str) -> Table:
    return next(table for table in tables if table.name == name)


def _lead(row: tuple[Cell, ...]) -> DotRow:
    label, cell = str(row[2]), row[3]
    role, marker = Role.SERIES_1, "o"
    if isinstance(cell, Spread) and cell.low > 0:
        role, marker = Role.SERIES_3, "^"
    elif isinstance(cell, Spread) and cell.high < 0:
        role, marker = Role.SERIES_2, "v"
    said = "" if isinstance(cell, Unavailable) else shown_value(cell, Kind.CHANGE)
    return dot_row(label, cell, said=said, role=role, marker=marker)
