"""Panels whose samples say whose they are, and everybody who answers in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trusteval.answers.fallback import fall_back
from trusteval.answers.table import AnswerTable
from trusteval.ensemble.groups import TwoGroups, names_groups, two_groups
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.tables import Cell, Column
from trusteval.types import Unavailable

FALLBACK = "fallback"
"""What the fallback chain is called beside the subjects of a run."""
COLUMNS = (Column("ensemble"), Column("benchmark"))
"""What tells grouped panels apart in a table."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupedPanel:
    """A panel, who answers `beside` its vote, by name, and its two groups or why there are not."""

    panel: Panel
    beside: Mapping[str, AnswerTable]
    groups: TwoGroups | Unavailable

    @property
    def key(self) -> tuple[Cell, Cell]:
        return self.panel.ensemble, self.panel.benchmark

    @property
    def subjects(self) -> Mapping[str, AnswerTable]:
        """Everybody: who answers beside the vote, then the vote."""
        return {**self.beside, self.panel.ensemble: self.panel.vote}

    @property
    def positive(self) -> str:
        """The answer that counts as positive."""
        table = self.panel.sample_table
        codes = table.positive[self.panel.rows].tolist()
        return " or ".join(dict.fromkeys(table.labels[code] for code in codes))


def grouped_panels(panels: Panels) -> tuple[GroupedPanel, ...]:
    """Return the panels that name a group, with dense, the members and the chain beside each."""
    return tuple(_grouped(panel) for panel in panels.panels if names_groups(panel))


def notes_on_groups(grouped: Sequence[GroupedPanel], panels: Panels) -> Iterator[str]:
    """Say which benchmarks of a run have which groups, and which have none."""
    for one in grouped:
        match one.groups:
            case TwoGroups(names=(first, second)):
                yield (
                    f"{one.panel.benchmark}: what has a sign is {first} minus {second}; positive "
                    f"is the answer {one.positive}"
                )
            case Unavailable(why):
                yield f"{one.panel.benchmark}: {why}"
    there = {one.panel.benchmark for one in grouped}
    without = [p.benchmark for p in panels.panels if p.benchmark not in there]
    if without:
        yield f"no sensitive groups: {', '.join(dict.fromkeys(without))}"


def _grouped(panel: Panel) -> GroupedPanel:
    singles = [name for name in (panel.dense, *panel.names) if name is not None]
    beside = {name: panel.singles[name] for name in singles}
    chain = {FALLBACK: fall_back(panel.members, panel.cast)}
    return GroupedPanel(panel, {**beside, **chain}, two_groups(panel))
