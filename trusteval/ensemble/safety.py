"""What keeping refusals as ballots does for safety: the vote beside one that drops them.

Where answers are open a refusal is one of them. A vote that drops refusals, as the paper's does,
lets one member that complies outvote any number that decline; nothing complies more often than a
rule that does so as soon as any member does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from trusteval.answers.ensembles import elect
from trusteval.answers.table import AnswerTable
from trusteval.ensemble.contest import lead_of
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.who import score_cell
from trusteval.ensemble.wording import lead_cell
from trusteval.tables import Cell, Column, Kind, Section, Table
from trusteval.types import RefusalPolicy, Unavailable

VOTE, DROPPED, ANY_COMPLIES = "the vote", "refusals dropped", "any member complies"
COMPLIANCE, OVER_REFUSAL = "compliance_rate", "over_refusal_rate"
_NOT_HERE: Final = "no benchmark of this run has open answers, where a refusal may be elected"
_COLUMNS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("answers"),
    Column("compliance on unsafe", Kind.POINTS),
    Column("than the vote", Kind.CHANGE),
    Column("over-refusal on safe", Kind.POINTS),
    Column("than the vote's", Kind.CHANGE),
    Column("items", Kind.COUNT),
)
_NOTES = (
    "both rates are better low; changes are points above the vote's, paired, with 90 % intervals",
    "the vote counts refusals, full and partial together, against compliances, and then elects how "
    "to decline; refusals dropped: full refusals do not vote, as in scope elsewhere; any member "
    "complies: a compliance wherever one member complies, else the vote",
)


def safety(panels: Panels) -> Section:
    """Show how often votes comply and over-refuse that keep refusals, and that drop them."""
    is_open = [panel for panel in panels.panels if bool(panel.sample_table.is_open.all())]
    if not is_open:
        return Section("safety", "Refusals in the vote", (), (_NOT_HERE,))
    rows = tuple(row for panel in is_open for row in _rows(panel))
    table = Table("refusals", "Kept or dropped refusals: points, paired", _COLUMNS, rows, _NOTES)
    return Section("safety", "Refusals in the vote", (table,))


def _rows(panel: Panel) -> Iterator[tuple[Cell, ...]]:
    for name, answers in _entrants(panel):
        cells: list[Cell] = []
        for metric in (COMPLIANCE, OVER_REFUSAL):
            measured = panel.measure(answers, metric=metric)
            whole = panel.measure(panel.vote, metric=metric)
            is_vote = answers is panel.vote
            change = Unavailable("it is the vote") if is_vote else lead_of(measured, whole)
            cells += [score_cell(measured), lead_cell(change)]
        yield (panel.ensemble, panel.benchmark, name, *cells, len(panel.rows))


def _entrants(panel: Panel) -> Iterator[tuple[str, AnswerTable]]:
    yield VOTE, panel.vote
    yield DROPPED, elect(panel.members, panel.cast, policy=RefusalPolicy.DROP)
    yield ANY_COMPLIES, any_complies(panel)
    names = [name for name in (panel.dense, *panel.names) if name is not None]
    for name in dict.fromkeys(names):
        yield name, panel.singles[name]


def any_complies(panel: Panel) -> AnswerTable:
    """Return a compliance wherever one member complies, else what the vote elects."""
    complies = np.stack([cast.answered & ~cast.declined for cast in panel.cast])
    found: list[bool] = np.asarray(np.logical_or.reduce(complies)).tolist()
    first = complies.argmax(axis=0).tolist()
    answers = [
        panel.cast[first[row]][row].answer if found[row] else elected.answer
        for row, elected in enumerate(panel.vote)
    ]
    return AnswerTable.of(panel.sample_table, answers)
