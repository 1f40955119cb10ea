"""How likely subjects found each label of a benchmark's items, side by side and in shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from trusteval.answers.probabilities import Floats, LabelProbabilities
from trusteval.answers.table import Codes, Flags
from trusteval.answers.voting import precedence
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.stats.clusters import Cell
from trusteval.stats.design import Design
from trusteval.stats.divergence import normalised
from trusteval.types import Label, Unavailable, Variant, draw_of

NOT_RECORDED = Unavailable("its probabilities are not recorded")


@dataclass(frozen=True, eq=False)
class Weighed:
    """The items that a benchmark's score covers, and the share of each label by subject.

    `panel` is one that has them; `members` are those of all votes over these items, draws apart,
    highest precision first. Of each subject that has probabilities, `log` holds the logarithm of
    what each of `labels` has of the sum over the labels of its row's setting: -inf for other
    labels, NaN in all of a row of which one is unknown. Labels are in the order that settings
    declare them in; equal ones count as if the first were likelier.
    """

    panel: Panel
    members: tuple[Variant, ...]
    labels: tuple[str, ...]
    log: Mapping[str, Floats]

    @property
    def benchmark(self) -> str:
        return self.panel.benchmark

    @property
    def items(self) -> int:
        return len(self.panel.rows)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The dense model, the members, then who else answered, of all but draws."""
        panel = self.panel
        dense = [panel.dense] if panel.dense is not None else []
        others = [name for name in panel.singles if draw_of(name) is None]
        return tuple(dict.fromkeys([*dense, *(one.name for one in self.members), *others]))

    def known(self, *names: str) -> Codes:
        """Return the rows on which all of some subjects, at least one, have every label's share.

        Where the true label is none of the setting's, nobody has.
        """
        return np.flatnonzero(np.logical_and.reduce([self._known[name] for name in names]))

    @cached_property
    def _known(self) -> dict[str, Flags]:
        has_truth = self.truth >= 0
        return {name: has_truth & ~np.isnan(log).any(axis=1) for name, log in self.log.items()}

    @cached_property
    def truth(self) -> Codes:
        """The number of each row's true label; negative where its setting has no such label."""
        table, number = self.panel.sample_table, _numbers(self.labels)
        of_table = np.array([number.get(name, -1) for name in table.labels], np.int64)
        truth = of_table[table.target[self.panel.rows]]
        own = _own_labels(self.panel, self.labels)
        return np.where(own[np.arange(self.items), truth], truth, -1)

    @cached_property
    def settings(self) -> dict[str, Codes]:
        """The rows of each setting, by its name."""
        setting = self.panel.sample_table.setting[self.panel.rows]
        names = self.panel.sample_table.settings
        return {names[code]: np.flatnonzero(setting == code) for code in np.unique(setting)}

    def design(self, rows: Codes) -> Design:
        """Describe some rows, at least one: all of one weight, rows of one unit go together."""
        return Design.of(len(rows), units=self._column("unit")[rows])

    def cell(self, y: npt.ArrayLike, rows: Codes) -> Cell:
        """Return a value per row as the cell of a mean."""
        values = np.asarray(y, np.float64)
        return Cell(1.0, values, self._column("unit")[rows], self._column("stratum")[rows])

    def said(self, name: str) -> Codes:
        """Return the number of the label that a subject's text says, -1 where it says none."""
        answers, number = self.panel.singles[name], _numbers(self.labels)
        said = [number.get(a.value, -1) if isinstance(a, Label) else -1 for a in answers.answers]
        return np.array(said, np.int64)[answers.code[self.panel.rows]]

    def right(self, name: str) -> Flags:
        """Say on which rows a subject's text is right."""
        return self.panel.scored(self.panel.singles[name]).correct

    def _column(self, name: str) -> Codes:
        column: Codes = getattr(self.panel.sample_table, name)[self.panel.rows]
        return column


def weighed(panels: Panels) -> tuple[Weighed, ...]:
    """Return what is weighed on each benchmark; once for all votes over the same items."""
    found: list[Weighed] = []
    for panel in panels.panels:
        members = [one for one in panel.members if one.draw is None]
        place = next((n for n, one in enumerate(found) if _has(one, panel)), None)
        if place is None:
            found.append(_weighed(panel, members))
        else:
            one = found[place]
            found[place] = replace(one, members=_in_order([*one.members, *members]))
    return tuple(found)


def _has(one: Weighed, panel: Panel) -> bool:
    """Say whether a panel is over the items of another: all its members answered those."""
    return one.benchmark == panel.benchmark and set(panel.names) <= set(one.panel.singles)


def _weighed(panel: Panel, members: Sequence[Variant]) -> Weighed:
    labels = tuple(dict.fromkeys(name for names in _declared(panel).values() for name in names))
    own = _own_labels(panel, labels)
    log = {
        name: normalised(_aligned(told.only(panel.rows), labels, own=own))
        for name, told in panel.probabilities.items()
    }
    return Weighed(panel, _in_order(members), labels, log)


def _in_order(members: Sequence[Variant]) -> tuple[Variant, ...]:
    return tuple(sorted({one.name: one for one in members}.values(), key=precedence))


def _aligned(told: LabelProbabilities, labels: Sequence[str], *, own: Flags) -> Floats:
    """Return logarithms in the order of some labels: -inf where a row does not have the label."""
    log = np.full(own.shape, np.nan)
    number = _numbers(labels)
    for place, name in enumerate(told.labels):
        if name in number:
            log[:, number[name]] = told.log[:, place]
    return np.where(own, log, -np.inf)


def _declared(panel: Panel) -> dict[int, tuple[str, ...]]:
    """Return the labels of each setting that the score covers, by the setting's number."""
    table = panel.sample_table
    codes, first = np.unique(table.setting[panel.rows], return_index=True)
    samples = [table.samples[row] for row in panel.rows[first].tolist()]
    return {
        code: tuple(label.value for label in sample.setting.labels)
        for code, sample in zip(codes.tolist(), samples, strict=True)
    }


def _own_labels(panel: Panel, labels: Sequence[str]) -> Flags:
    """Say of each row which labels its setting has."""
    number = _numbers(labels)
    own = np.zeros((len(panel.sample_table.settings), len(labels)), np.bool_)
    for code, names in _declared(panel).items():
        own[code, [number[name] for name in names]] = True
    return np.asarray(own[panel.sample_table.setting[panel.rows]])


def _numbers(labels: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(labels)}


def lead_of_best(log: Floats) -> Floats:
    """Return by how much each row's likeliest label is ahead of its next, at least 0."""
    in_order = np.sort(log, axis=1)
    return np.asarray(in_order[:, -1] - in_order[:, -2])


def lead_of(log: Floats, label: Codes) -> Floats:
    """Return by how much each row's given label is ahead of its likeliest other, or behind."""
    rows = np.arange(len(log))
    others = log.copy()
    others[rows, label] = -np.inf
    return np.asarray(log[rows, label] - others.max(axis=1))


def notes_on_gaps(found: Sequence[Weighed]) -> Iterator[str]:
    """Say whose labels are unknown on how many items, and why."""
    for one in found:
        if not one.log:
            yield f"{one.benchmark}: no probabilities are recorded"
            continue
        for name in one.subjects:
            if name not in one.log:
                yield f"{one.benchmark}: no probabilities of {name} are recorded"
                continue
            unknown = one.items - len(one.known(name))
            if unknown:
                why = "; ".join(one.panel.probabilities[name].unknown) or "nobody says why"
                yield f"{one.benchmark}, {name}: {unknown} of {one.items} items unknown: {why}"
