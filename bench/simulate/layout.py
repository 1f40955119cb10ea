"""Who is asked what: the roll of a benchmark, without texts, and answers to it as a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.simulate.answers import Codes, Flags
from trusteval.answers.table import Roll, Sheet
from trusteval.gates.gate import Gate
from trusteval.metrics.aggregation import Formula
from trusteval.metrics.measuring import Measurement, rows_of
from trusteval.metrics.metric import SCORE
from trusteval.metrics.parts import Parts, Rows, parts_of
from trusteval.metrics.scoring import Scoring
from trusteval.types import Answer, Declared, Label, Refusal


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
    def _labels(self) -> tuple[Label, ...]:
        values = {label.value for one in self.roll.samples for label in one.setting.labels}
        return tuple(map(Label, sorted(values)))

    @cached_property
    def _codes(self) -> tuple[Codes, Codes]:
        """The codes of a right and of a wrong answer to each sample."""
        number = {label.value: code for code, label in enumerate(self._labels)}
        right = [number[sample.target] for sample in self.roll.samples]
        wrong = [
            next(number[label.value] for label in one.setting.labels if label.value != one.target)
            for one in self.roll.samples
        ]
        return np.array(right), np.array(wrong)

    def sheet(self, right: Flags, *, refused: Flags | None = None) -> Sheet:
        """Return a sheet of right, wrong and, where refused, no answers."""
        code = np.where(right, *self._codes)
        answers: tuple[Answer, ...] = self._labels
        if refused is not None:
            code, answers = np.where(refused, len(answers), code), (*answers, Refusal())
        return Sheet(self.roll, answers, code, np.arange(len(right)))

    def formula(self, metric: str = SCORE.name, *, part: str | None = None) -> Formula:
        everything = self.sheet(np.ones(len(self.roll.samples), bool))
        return self.scoring.formula(metric, everything, declared=self.declared, part=part)

    def measured(self, gate: Gate, sheet: Sheet) -> Measurement:
        """Measure what somebody answered, as a gate does."""
        return self.scoring.measure(gate.metric, sheet, declared=self.declared, part=gate.setting)

    def parts(self, formula: Formula, right: Flags) -> Parts | None:
        return parts_of(formula, self.rows(formula, right))

    def rows(self, formula: Formula, right: Flags) -> Rows:
        return rows_of(formula, self.sheet(right), declared=self.declared)

    def asked_in(self, *settings: str) -> Flags:
        """Say which rows are of one of the settings."""
        numbers = [self.roll.settings.index(name) for name in settings]
        return np.isin(self.roll.setting, numbers)
