"""Does filtering remove one group's silence more than the other's: where the vote answers instead.

An item is rescued where a subject alone is silent and the vote answers; the fallback chain rescues
the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.table import AnswerTable, Flags
from trusteval.ensemble.group_tables import in_points
from trusteval.ensemble.grouped import COLUMNS, GroupedPanel
from trusteval.ensemble.groups import TwoGroups
from trusteval.metrics.parts import units
from trusteval.stats.apart import Apart
from trusteval.stats.clusters import Cell as Weighted
from trusteval.stats.clusters import Values, estimate_ratio, estimate_score
from trusteval.stats.proportion import Proportion
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

MEAN_MEMBER = "mean member"
REFUSED, INVALID = "refused", "invalid"


@dataclass(frozen=True, slots=True, eq=False)
class Rescue:
    """What the vote does for one group where others are silent.

    `silent` says of each item of the group how large a part of the others is silent in one way,
    `rescued` the same of those where the vote answers.
    """

    group: str
    items: AnswerTable
    silent: Values
    rescued: Values

    @property
    def of_silent(self) -> Proportion | Unavailable:
        if not self.silent.any():
            return Unavailable(f"silent on no item of group {self.group}")
        return estimate_ratio([self._cell(self.rescued)], [self._cell(self.silent)])

    @property
    def of_items(self) -> Proportion:
        return estimate_score([self._cell(self.rescued)])

    def _cell(self, values: Values) -> Weighted:
        return Weighted(1.0, values, *units(self.items))


@dataclass(frozen=True, slots=True, eq=False)
class Rescues:
    """Who was silent and how, and what the vote does there for either group."""

    of: GroupedPanel
    subject: str
    silence: str
    first: Rescue
    second: Rescue

    @property
    def key(self) -> tuple[Cell, ...]:
        return (*self.of.key, self.subject, self.silence)

    @property
    def is_of_any(self) -> bool:
        """Whether there was silence to fill."""
        return bool(self.first.silent.any() or self.second.silent.any())

    @property
    def of_silent(self) -> Apart | Unavailable:
        first, second = self.first.of_silent, self.second.of_silent
        if isinstance(first, Unavailable):
            return first
        return second if isinstance(second, Unavailable) else Apart(first, second)

    @property
    def of_items(self) -> Apart:
        return Apart(self.first.of_items, self.second.of_items)


def rescue_tables(grouped: Sequence[GroupedPanel]) -> tuple[Table, Table]:
    """Show per group what the vote answers of another's silence, and the gap between groups."""
    found = [rescues for one in grouped for rescues in rescues_of(one)]
    heard = [rescues for rescues in found if rescues.is_of_any]
    who = (*COLUMNS, Column("who"), Column("was"))
    return _shares(heard, who, never=[*_never(found)]), _gaps(heard, who)


def _never(found: Sequence[Rescues]) -> Iterator[str]:
    """Say of each panel who left nothing to fill."""
    none: dict[tuple[Cell, Cell], list[str]] = {}
    for rescues in found:
        if not rescues.is_of_any:
            none.setdefault(rescues.of.key, []).append(f"{rescues.subject} {rescues.silence}")
    for (ensemble, benchmark), who in none.items():
        yield f"{ensemble} on {benchmark}, on no item: {', '.join(who)}"


def _shares(heard: Sequence[Rescues], who: Sequence[Column], *, never: Sequence[str]) -> Table:
    rows = tuple(
        (*rescues.key, *_counts(rescue), in_points(rescue.of_silent), in_points(rescue.of_items))
        for rescues in heard
        for rescue in (rescues.first, rescues.second)
    )
    columns = (
        *who,
        Column("group"),
        Column("items", Kind.COUNT),
        Column("silent", Kind.COUNT),
        Column("rescued", Kind.COUNT),
        Column("per 100 silent", Kind.POINTS),
        Column("per 100 items", Kind.POINTS),
    )
    notes = (
        "Rescued: the vote answers where that one alone is silent. Items of all settings together; "
        "of the mean member, counts are the mean over members.",
        *never,
    )
    return Table("rescued", "Whose silence the vote fills", columns, rows, notes)


def _gaps(heard: Sequence[Rescues], who: Sequence[Column]) -> Table:
    rows = tuple(
        (*rescues.key, in_points(rescues.of_silent), in_points(rescues.of_items))
        for rescues in heard
    )
    columns = (
        *who,
        Column("rescued per 100 silent", Kind.CHANGE),
        Column("rescued per 100 items", Kind.CHANGE),
    )
    notes = () if rows else ("nobody is silent on any item that has a group",)
    return Table("rescue_gaps", "How much more one group is rescued", columns, rows, notes)


def rescues_of(one: GroupedPanel) -> Iterator[Rescues]:
    """Yield what the vote does where dense, its highest precision and its mean member are silent.

    Refusals and invalid answers apart; nothing without two groups.
    """
    panel = one.panel
    if isinstance(one.groups, Unavailable):
        return
    alone = dict.fromkeys(name for name in (panel.dense, panel.names[0]) if name is not None)
    subjects = {name: [panel.singles[name]] for name in alone}
    subjects[MEAN_MEMBER] = [panel.singles[name] for name in panel.names]
    for subject, answers in subjects.items():
        for silence in (REFUSED, INVALID):
            first, second = _rescue(one.groups, answers, silence=silence)
            yield Rescues(one, subject, silence, first, second)


def _rescue(
    groups: TwoGroups, several: Sequence[AnswerTable], *, silence: str
) -> tuple[Rescue, Rescue]:
    vote = groups.panel.vote
    silent = np.mean([_is_silent(answers, silence) for answers in several], axis=0)
    first, second = (
        Rescue(name, part, silent[part.rows], (silent * vote.answered)[part.rows])
        for name, part in zip(groups.names, groups.split(vote), strict=True)
    )
    return first, second


def _is_silent(answers: AnswerTable, silence: str) -> Flags:
    return answers.refused if silence == REFUSED else answers.invalid


def _counts(rescue: Rescue) -> tuple[Cell, ...]:
    """Return the group, its items, and on how many somebody is silent, and rescued."""
    return (
        rescue.group,
        len(rescue.items),
        float(rescue.silent.sum()),
        float(rescue.rescued.sum()),
    )
