"""Ablations: the vote without its filter, with other ties, of fewer and of other members."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from trusteval.answers.ensembles import elect
from trusteval.answers.table import AnswerTable
from trusteval.answers.voting import Rule
from trusteval.ensemble.compositions import composition_table
from trusteval.ensemble.contest import lead_of
from trusteval.ensemble.contradictions import turned_over
from trusteval.ensemble.electorate import Electorate
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.rules import Tie, everything, labels_and_refusals, plurality
from trusteval.ensemble.subsets import subset_table
from trusteval.ensemble.who import score_cell
from trusteval.ensemble.wording import lead_cell
from trusteval.tables import Cell, Column, Kind, Section, Table
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Unavailable

RULES: Final[dict[str, Rule]] = {
    "nothing filtered": partial(plurality, admit=everything),
    "refusals kept everywhere": partial(plurality, admit=labels_and_refusals),
    "ties to lowest precision": partial(plurality, tie=Tie.LOWEST),
    "ties abstain": partial(plurality, tie=Tie.ABSTAIN),
}
"""Each differs from the vote in one thing."""
_COLUMNS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("rule"),
    Column("score", Kind.POINTS),
    Column("over the vote", Kind.CHANGE),
    Column("silent", Kind.COUNT),
    Column("items", Kind.COUNT),
)


def ablations(panels: Panels) -> Section:
    """Show what each part of the vote's rule, and each member, brings."""
    electorates = {panel: Electorate.of(panel.members, panel.cast) for panel in panels.panels}
    rows = [
        row
        for panel, one in electorates.items()
        for row in _rows(panels.run, panel, electorate=one)
    ]
    rules = Table(
        "rules",
        "Other rules than the vote's: points, paired",
        _COLUMNS,
        tuple(rows),
        (
            "the vote drops invalid answers, and refusals where the setting does; ties go to the "
            "highest precision; silent: items without a label",
            "nothing filtered: all invalid answers are one choice, as all refusals are; ties "
            "abstain: a tie is a refusal, which some settings count as right",
            "contradictory counted (so many ballots): with the label that the published code reads "
            "from the text; dropped: where the protocol counts them",
        ),
    )
    tables = rules, subset_table(electorates), composition_table(panels)
    return Section("ablations", "Ablations", tables)


def _rows(run: AnsweredRun, panel: Panel, electorate: Electorate) -> Iterator[tuple[Cell, ...]]:
    whole = panel.measure(panel.vote)
    itself = Unavailable("it is the vote")
    named = panel.ensemble, panel.benchmark

    def cells(answers: AnswerTable) -> tuple[Cell, ...]:
        measured = panel.measure(answers)
        over = itself if answers is panel.vote else lead_cell(lead_of(measured, whole))
        silent = int((~panel.scored(answers).answered).sum())
        return score_cell(measured), over, silent, len(panel.rows)

    yield (*named, "the vote", *cells(panel.vote))
    for name, rule in RULES.items():
        yield (*named, name, *cells(electorate.decide(rule)))
    recast = turned_over(run, panel)
    name = f"contradictory {recast.done} ({recast.ballots:,})"
    if isinstance(recast.cast, Unavailable):
        yield (*named, name, *[recast.cast] * 3, len(panel.rows))
    else:
        yield (*named, name, *cells(elect(panel.members, recast.cast)))
