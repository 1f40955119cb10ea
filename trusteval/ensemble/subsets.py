"""What votes of some of the members come to: all subsets of two to six."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb

from trusteval.ensemble.contest import lead_of
from trusteval.ensemble.electorate import Electorate
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.who import score_cell
from trusteval.ensemble.wording import lead_cell
from trusteval.metrics.measuring import Measurement
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.types import Unavailable

_SIZES = range(2, 7)
_MOST = 300
"""Subsets of a panel, beyond which larger ones are left out."""
_ALL = 11
"""So many subsets are shown; of more the best and the worst few."""
_FEW = 3
_COLUMNS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("members"),
    Column("score", Kind.POINTS),
    Column("over all", Kind.CHANGE),
    Column("over own best", Kind.CHANGE),
    Column("silent", Kind.COUNT),
    Column("items", Kind.COUNT),
)


def sizes_of(n_members: int) -> tuple[int, ...]:
    """Return the sizes of the subsets that are elected, without that of all members."""
    sizes, total = list[int](), 0
    for size in _SIZES:
        total += comb(n_members, size)
        if size < n_members and total <= _MOST:
            sizes.append(size)
    return tuple(sizes)


def subset_table(panels: dict[Panel, Electorate]) -> Table:
    """Show the vote of every subset, best first, against all members and its own best member."""
    told, further, notes = list[tuple[Cell, ...]](), list[tuple[Cell, ...]](), dict[str, None]()
    for panel, electorate in panels.items():
        rows = sorted(_rows(panel, electorate), key=_score, reverse=True)
        few = rows if len(rows) <= _ALL else [*rows[:_FEW], *rows[-_FEW:]]
        told += few
        further += rows[_FEW:-_FEW] if len(rows) > _ALL else []
        notes[_said(panel)] = None
    fixed = (
        "the best of many subsets, chosen by these very items, is flattered by them",
        "over own best: over the member of it that scores best here, as seen, without interval; "
        "silent: items without a label",
    )
    return Table(
        "subsets",
        "Votes of fewer members: points, paired",
        _COLUMNS,
        tuple(told),
        (*notes, *fixed),
        tuple(further),
    )


def _said(panel: Panel) -> str:
    n = len(panel.members)
    sizes = sizes_of(n)
    count = sum(comb(n, size) for size in sizes)
    left_out = [size for size in _SIZES if size < n and size not in sizes]
    more = f"; of {min(left_out)} and more they are too many" if left_out else ""
    return f"{panel.ensemble}: {count} subsets of its {n} members{more}"


def _rows(panel: Panel, electorate: Electorate) -> Iterator[tuple[Cell, ...]]:
    whole = panel.measure(panel.vote)
    alone = {name: panel.measure(panel.singles[name]).score.value for name in panel.names}
    for size in sizes_of(len(panel.members)):
        for names in combinations(panel.names, size):
            voted = electorate.elect(names)
            measured = panel.measure(voted)
            yield (
                *(panel.ensemble, panel.benchmark, " ".join(names)),
                _plain(score_cell(measured)),
                lead_cell(lead_of(measured, whole)),
                _over_best(measured, [alone[name] for name in names]),
                int((~panel.scored(voted).answered).sum()),
                len(panel.rows),
            )


def _plain(cell: Cell) -> Cell:
    return cell.value if isinstance(cell, Spread) else cell


def _over_best(measured: Measurement, members: list[float | None]) -> Cell:
    known = [value for value in members if value is not None]
    if measured.score.value is None or not known:
        return Unavailable("the vote or all of its members have no score")
    return measured.score.value - max(known)


def _score(row: tuple[Cell, ...]) -> float:
    return row[3] if isinstance(row[3], float) else float("-inf")
