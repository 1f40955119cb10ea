"""What a vote could reach: the items that all members get wrong, and what independence promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from trusteval.answers.table import Codes, Flags
from trusteval.ensemble.ballots import Ballots, ballots_of
from trusteval.ensemble.figures import NO_ERROR, POINTS, spread
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.wording import counted
from trusteval.stats.ceiling import all_wrong, mean_correlation, oracle_accuracy
from trusteval.stats.condorcet import condorcet
from trusteval.stats.design import Design
from trusteval.stats.undefined import Undefined
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_COLUMNS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("labels", Kind.COUNT),
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
    "other (Condorcet), wrong ones spread evenly over the other labels. Mean phi: the mean "
    "correlation of being right over the pairs of members.",
    NO_ERROR,
)


def ceiling_sentence(panels: Sequence[Panel]) -> str:
    """Say how far any rule over an ensemble's members could get, over all its items.

    `panels` are one ensemble's, at least one; benchmarks share no units.
    """
    right, voted, units = list[Flags](), list[Flags](), list[Codes]()
    for ballots in map(ballots_of, panels):
        right.append(ballots.right)
        voted.append(ballots.is_right(range(ballots.n_members)))
        first = 1 + max((int(one.max()) for one in units), default=-1)
        units.append(first + ballots.design.units)
    rows = np.concatenate(right)
    design = Design.of(len(rows), units=np.concatenate(units))
    wrong = all_wrong(rows, design=design)
    items = counted(len(rows), "item")
    return (
        f"All members are wrong on {100 * wrong.value:.1f} % ({100 * wrong.low:.1f} to "
        f"{100 * wrong.high:.1f}) of the {items}, so that no rule that picks a "
        "member's answer, vote, cascade or router, is right on more than "
        f"{100 * (1 - wrong.value):.1f} %; the vote is on "
        f"{100 * design.mean(np.concatenate(voted)):.1f} %."
    )


def ceiling_table(panels: Panels) -> Table:
    """Show per panel how far any rule over its members could get, and how far the vote did."""
    rows = tuple(row for panel in panels.panels for row in _rows(panel))
    return Table("ceiling", "What any vote over these members could reach", _COLUMNS, rows, _NOTES)


def _rows(panel: Panel) -> Iterator[tuple[Cell, ...]]:
    """Yield a row per number of labels: what independence promises depends on it."""
    ballots = ballots_of(panel)
    for labels in np.unique(ballots.n_labels).tolist():
        yield _row(panel, ballots.where(ballots.n_labels == labels), labels=labels)


def _row(panel: Panel, ballots: Ballots, *, labels: int) -> tuple[Cell, ...]:
    design, everyone = ballots.design, range(ballots.n_members)
    voted = ballots.is_right(everyone)
    promised = condorcet(ballots.right, ballots.admitted, voted, design=design, labels=labels)
    best = max(design.mean(column) for column in ballots.right.T)
    correlation = mean_correlation(ballots.right, design=design).value
    return (
        panel.ensemble,
        panel.benchmark,
        labels,
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
