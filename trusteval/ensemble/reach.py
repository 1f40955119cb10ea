"""What a vote could reach: the items that all members get wrong, and what independence promised."""

from __future__ import annotations

from trusteval.ensemble.ballots import Ballots, ballots_of
from trusteval.ensemble.figures import POINTS, spread
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.stats.ceiling import all_wrong, condorcet, mean_correlation, oracle_accuracy
from trusteval.stats.undefined import Undefined
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_COLUMNS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("items", Kind.COUNT),
    Column("all wrong", Kind.SHARE),
    Column("ceiling", Kind.POINTS),
    Column("best member", Kind.POINTS),
    Column("vote", Kind.POINTS),
    Column("if independent", Kind.POINTS),
    Column("seen minus that", Kind.CHANGE),
    Column("mean phi", Kind.NUMBER),
)
_NOTES = (
    "Shares of items right, every item alike, not the benchmark's score. All wrong: no rule that "
    "picks a member's answer, vote, cascade or router, is right on more than the ceiling.",
    "If independent: a vote of members as good as these whose errors have nothing to do with each "
    "other (Condorcet), all wrong votes taken for one label; with more than two labels they may "
    "split, and it is a lower bound. Mean phi: the mean correlation of being right over the pairs.",
)


def ceiling_table(panels: Panels) -> Table:
    """Show per panel how far any rule over its members could get, and how far the vote did."""
    rows = tuple(_row(panel, ballots_of(panel)) for panel in panels.panels)
    return Table("ceiling", "What any vote over these members could reach", _COLUMNS, rows, _NOTES)


def _row(panel: Panel, ballots: Ballots) -> tuple[Cell, ...]:
    design, everyone = ballots.design, range(ballots.n_members)
    voted = ballots.is_right(everyone)
    promised = condorcet(ballots.right, ballots.admitted, voted, design=design)
    best = max(design.mean(column) for column in ballots.right.T)
    correlation = mean_correlation(ballots.right, design=design).value
    return (
        panel.ensemble,
        panel.benchmark,
        len(ballots.truth),
        spread(all_wrong(ballots.right, design=design)),
        spread(oracle_accuracy(ballots.right, design=design), scale=POINTS),
        POINTS * best,
        spread(promised.seen, scale=POINTS),
        POINTS * promised.predicted,
        spread(promised.excess, scale=POINTS),
        Unavailable(f"undefined: {correlation.reason}")
        if isinstance(correlation, Undefined)
        else correlation,
    )
