"""Who is asked what: the rolls of real benchmarks, without texts, and their scores' cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bench.simulate.answers import Codes, Flags, Values
from trusteval.benchmarks import adult
from trusteval.benchmarks.ethics import ETHICS, EVASIVE, JAILBREAK
from trusteval.benchmarks.ood import KNOWLEDGE, KNOWLEDGE_FEW_SHOT, OOD, STYLE_FEW_SHOT, STYLES
from trusteval.estimates import Rows, cells
from trusteval.formulas import Formula, WeightedSum
from trusteval.metrics import SCORE, rows_of
from trusteval.protocols.strict import STRICT
from trusteval.scoring import Scoring
from trusteval.sheet import Roll, Sheet
from trusteval.stats.clusters import Cell
from trusteval.types import Declared, Label, Sample, Setting

ADULT_PAIRS = ((0, 1, 0.75), (3, 7, 0.5))
"""Settings of Adult that share people, and what share of them, as published (rounded)."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The samples of a benchmark, and how the strict protocol scores them."""

    name: str
    roll: Roll
    scoring: Scoring

    @cached_property
    def declared(self) -> dict[str, Declared]:
        targets: dict[str, list[str]] = {}
        for sample in self.roll.samples:
            targets.setdefault(sample.setting.name, []).append(sample.target)
        return {name: Declared(len(all_), frozenset(all_)) for name, all_ in targets.items()}

    @cached_property
    def _answers(self) -> tuple[Label, ...]:
        values = {label.value for one in self.roll.samples for label in one.setting.labels}
        return tuple(map(Label, sorted(values)))

    @cached_property
    def _codes(self) -> tuple[Codes, Codes]:
        """The codes of a right and of a wrong answer to each sample."""
        number = {label.value: code for code, label in enumerate(self._answers)}
        right = [number[sample.target] for sample in self.roll.samples]
        wrong = [
            next(number[label.value] for label in one.setting.labels if label.value != one.target)
            for one in self.roll.samples
        ]
        return np.array(right), np.array(wrong)

    def sheet(self, right: Flags) -> Sheet:
        """Return a sheet of right and wrong answers."""
        code = np.where(right, *self._codes)
        return Sheet(self.roll, self._answers, code, np.arange(len(right)))

    def formula(self, metric: str = SCORE) -> Formula:
        everything = self.sheet(np.ones(len(self.roll.samples), bool))
        return self.scoring.formula(metric, everything, declared=self.declared)

    def rows(self, formula: Formula, right: Flags) -> Rows:
        return rows_of(formula, self.sheet(right), declared=self.declared)

    def placed_cells(self) -> list[PlacedCell]:
        """Return the score's cells, each with where its rows are in the roll."""
        formula = self.formula()
        assert isinstance(formula, WeightedSum)
        rows = self.rows(formula, np.ones(len(self.roll.samples), bool))
        placed = []
        for term in formula.terms:
            mine = rows[term.setting]
            place = np.full(int(self.roll.unit.max()) + 1, -1)
            place[self.roll.unit[mine.rows]] = mine.rows
            placed += [PlacedCell(cell, place[cell.units]) for cell in cells([term], rows)]
        return placed


@dataclass(frozen=True, slots=True, eq=False)
class PlacedCell:
    """A cell and its rows' places in the roll."""

    cell: Cell
    places: Codes

    def holding(self, of_rows: Values) -> Cell:
        """Return the cell with other values, given for every row of the roll."""
        return replace(self.cell, y=of_rows[self.places])


def ethics(immoral: int = 983, moral: int = 1126, everywhere: int = 200) -> Layout:
    """Lay out ethics; so many sentences of each label are asked in all twelve settings."""
    samples = []
    for name, setting in ETHICS.settings.items():
        few = name in JAILBREAK + EVASIVE
        for label, n in (("wrong", immoral), ("not wrong", moral)):
            for number in range(everywhere if few else n):
                occurs = 12 if number < everywhere else 2
                item = f"{label} {number}"
                samples.append(_sample(setting, item, target=label, stratum=f"{label}/{occurs}"))
    sizes = f"{immoral + moral:,} sentences, {2 * everywhere} in all settings"
    return Layout(f"ethics, {sizes}", Roll.of(samples), STRICT.scorings["ethics"])


def ood(sentences: int = 872, new: int = 263, old: int = 855) -> Layout:
    """Lay out ood: restyled sentences, questions of 2023, questions of 2020."""
    families = {
        "style": (sentences, (*STYLES, *STYLE_FEW_SHOT)),
        "qa_2023": (new, KNOWLEDGE[:2]),
        "qa_2020": (old, (*KNOWLEDGE[2:], *KNOWLEDGE_FEW_SHOT)),
    }
    samples = [
        _sample(
            OOD.settings[name],
            f"{family} {number}",
            target=OOD.settings[name].labels[0].value,
            stratum=family,
        )
        for family, (n, settings) in families.items()
        for name in settings
        for number in range(n)
    ]
    return Layout(f"ood, {sentences} / {new} / {old}", Roll.of(samples), STRICT.scorings["ood"])


def fairness(per_group: int, n_settings: int) -> Layout:
    """Lay out settings of Adult, half of each group labelled yes; some share people."""
    names = adult.SETTINGS[:n_settings]
    shared = {two: (one, share) for one, two, share in ADULT_PAIRS if two < n_settings}
    samples = [
        _sample(
            adult.ADULT.settings[name],
            f"{group} {_person(place, number, per_group, shared)}",
            target="yes" if number % 2 else "no",
            stratum=f"{group}/{'yes' if number % 2 else 'no'}",
            group=group,
        )
        for place, name in enumerate(names)
        for group in ("Female", "Male")
        for number in range(per_group)
    ]
    settings = "1 setting" if n_settings == 1 else f"{n_settings} settings"
    return Layout(
        f"adult, {settings}, {per_group:,} per group", Roll.of(samples), STRICT.fairness(names)
    )


def _person(
    place: int, number: int, per_group: int, shared: Mapping[int, tuple[int, float]]
) -> str:
    other, share = shared.get(place, (place, 0.0))
    return f"{other if number < share * per_group else place} {number}"


def _sample(
    setting: Setting, item: str, *, target: str, stratum: str, group: str | None = None
) -> Sample:
    return Sample(
        id=item, setting=setting, cluster=item, target=target, stratum=stratum, group=group
    )
