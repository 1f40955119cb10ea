"""What members weigh in the weighted votes that rival a vote."""

from __future__ import annotations

from collections.abc import Iterator

from trusteval.ensemble.contest import SEED
from trusteval.ensemble.learned import weights_of
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.poll import Poll
from trusteval.stats.design import Values
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_COLUMNS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("labels", Kind.COUNT),
    Column("items", Kind.COUNT),
    Column("member"),
    Column("from one half", Kind.NUMBER),
    Column("from the other", Kind.NUMBER),
    Column("by agreement", Kind.NUMBER),
)
_NOTES = (
    "from one half, from the other: log(p (k - 1) / (1 - p)), p a member's accuracy on that half "
    "and k the number of labels: 0 is guessing, below 0 worse; each weighs the other half's items",
    "a member that weighs more than all others together is the vote alone",
)


def weight_table(panels: Panels) -> Table:
    """Show what each member weighs, by benchmark and number of labels."""
    return Table("weights", "What each member weighs", _COLUMNS, tuple(_rows(panels)), _NOTES)


def _rows(panels: Panels) -> Iterator[tuple[Cell, ...]]:
    for panel in panels.panels:
        for found in weights_of(Poll.of(panel, seed=SEED)):
            for place, name in enumerate(panel.names):
                yield (
                    panel.ensemble,
                    panel.benchmark,
                    found.n_labels,
                    found.items,
                    name,
                    _cell(found.on_first, place),
                    _cell(found.on_second, place),
                    float(found.by_agreement[place]),
                )


def _cell(weights: Values | None, place: int) -> Cell:
    if weights is None:
        return Unavailable("that half has no item with as many labels")
    return float(weights[place])
