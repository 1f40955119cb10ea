"""What each member brings to a vote: its Shapley share, what it decided, where it was outvoted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress

import numpy as np
import numpy.typing as npt

from trusteval.ensemble.ballots import NOBODY, Ballots, ballots_of, votes_of
from trusteval.ensemble.figures import NO_ERROR, POINTS, spread
from trusteval.ensemble.panels import Panels
from trusteval.stats.estimate import Normal
from trusteval.stats.shapley import shapley
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

MOST_MEMBERS = 10
"""Every subset is voted: 1,024 of ten."""
_COLUMNS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("member"),
    Column("alone", Kind.POINTS),
    Column("Shapley", Kind.CHANGE),
    Column("broke ties", Kind.COUNT),
    Column("pivotal", Kind.COUNT),
    Column("pivotal, right", Kind.COUNT),
    Column("outvoted", Kind.COUNT),
    Column("outvoted, right", Kind.COUNT),
)
_NOTES = (
    "Shares of items right, in points. Shapley: what a member adds to the share that the vote gets "
    "right, averaged over all orders of joining; of all members they sum to the vote's.",
    "Broke ties: its ballot decided among equally many. Pivotal: without it the vote would say "
    "something else; right: and is right with it. Outvoted: it gave a label and the vote another; "
    "right: its own was the true one.",
    NO_ERROR,
)


def contribution_table(panels: Panels) -> Table:
    """Show per panel what every member brings."""
    rows = tuple(
        (panel.ensemble, panel.benchmark, name, *cells)
        for panel in panels.panels
        for name, cells in zip(panel.names, _of_members(ballots_of(panel)), strict=True)
    )
    return Table("contributions", "What each member brings to the vote", _COLUMNS, rows, _NOTES)


def _of_members(ballots: Ballots) -> Iterator[tuple[Cell, ...]]:
    everyone = list(range(ballots.n_members))
    winners, right = ballots.winners(everyone), ballots.is_right(everyone)
    elected = _said(ballots, winners)
    ties = _ties(ballots, winners)
    shares = _shapley(ballots)
    for member in everyone:
        others = [other for other in everyone if other != member]
        without = _said(ballots, ballots.winners(others)) if others else np.full(len(right), NOBODY)
        pivotal = elected != without
        outvoted = (ballots.codes[:, member] >= 0) & (ballots.codes[:, member] != elected)
        yield (
            POINTS * ballots.design.mean(ballots.right[:, member]),
            shares[member],
            int((ties & (winners == member)).sum()),
            int(pivotal.sum()),
            int((pivotal & right).sum()),
            int(outvoted.sum()),
            int((outvoted & ballots.right[:, member]).sum()),
        )


def _said(ballots: Ballots, winners: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the code that was elected; where nobody was, a code that no ballot has."""
    none = ballots.codes.min() - 1
    taken = np.take_along_axis(ballots.codes, np.maximum(winners, 0)[:, None], axis=1)[:, 0]
    return np.where(winners == NOBODY, none, taken)


def _ties(ballots: Ballots, winners: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say on which rows something else had as many votes, in either turn of the vote."""
    codes, joined, admitted = ballots.codes, ballots.joined, ballots.admitted
    places = np.maximum(winners, 0)[:, None]
    counts = [votes_of(one, admitted) for one in (joined, codes)]
    won, won_joined = (np.take_along_axis(one, places, axis=1) for one in (codes, joined))
    level, level_joined = (
        one == np.take_along_axis(one, places, axis=1) for one in (counts[1], counts[0])
    )
    whether = (joined != won_joined) & level_joined
    how = (joined == won_joined) & (codes != won) & level
    found = (admitted & (whether | how)).any(axis=1)
    return np.asarray(found & (winners != NOBODY))


def _shapley(ballots: Ballots) -> list[Cell]:
    """Return each member's share with its interval.

    It is linear in what each subset gets right, so it is a mean over rows of the rows' own, and
    its error that of a mean over units.
    """
    m = ballots.n_members
    if m > MOST_MEMBERS:
        return [Unavailable(f"more than {MOST_MEMBERS} members")] * m
    reached = np.array(
        [
            ballots.is_right(list(compress(range(m), (subset >> i & 1 for i in range(m)))))
            for subset in range(1 << m)
        ],
        np.float64,
    )
    patterns, of_row = np.unique(reached.T, axis=0, return_inverse=True)
    of_pattern = np.array([shapley(pattern) for pattern in patterns])
    of_rows = of_pattern[of_row.ravel()]
    design = ballots.design
    found = list[Cell]()
    for member in range(m):
        value = design.mean(of_rows[:, member])
        error = float(np.sqrt(design.variance(of_rows[:, member] - value)))
        found.append(spread(Normal(value, error, least=-1.0, most=1.0), scale=POINTS))
    return found
